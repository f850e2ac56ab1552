/**
 * Whether a control is where it is said to be.
 * @module
 */

import type { Control } from './controls.js'

/** What is wrong with a control's place in the source; null where it stands there exactly once. */
export function displacement({ name, file, piece, instead }: Control, source: string): string | null {
  if (piece === instead) return `Taking out ${name} changes nothing.`
  const count = source.split(piece).length - 1
  return count === 1
    ? null
    : `The control “${name}” stands ${count === 0 ? 'no longer' : `${count} times`} in ${file}. Say in scripts/security/ where it is now:\n    ${piece}`
}
