/**
 * One spelling for all names that may reach the same account, so that no spelling gets a count of its own (B8).
 * @module
 */

import { caseFold } from '../../base/case-folding.js'
import { NORMALIZABLE, nfkc, strip } from '../../base/text.js'

/** Accents and other marks, and what cannot be seen: collations of MariaDB hold names that differ by these for the same. */
const MARKS_AND_INVISIBLE = /[\p{M}\p{C}\p{Z}]/gu

/**
 * Gives the spelling that tries are counted by. It holds more names for the same than any database does, which costs strangers nothing:
 * the counts that they share shut out neither's known devices.
 *
 * @example
 * accountName('ＶÍＣＴＩＭ ')   // 'victim'
 */
export function accountName(typed: string): string {
  // Nobody is called so: what is too long to be normalised is counted as it is.
  if (typed.length > NORMALIZABLE) return typed
  const folded = caseFold(nfkc(strip(typed)) ?? typed)
  return folded.normalize('NFKD').replaceAll(MARKS_AND_INVISIBLE, '').normalize('NFKC')
}
