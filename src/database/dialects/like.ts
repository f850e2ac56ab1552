/**
 * LIKE, as all three engines understand it.
 * @module
 */

import type { TextMatch } from './dialect.js'

/** The pattern for a match: the value's own `%`, `_` and `\` stand for themselves. */
export function likePattern(kind: TextMatch, value: string): string {
  const literal = value.replaceAll(/[\\%_]/g, String.raw`\$&`)
  switch (kind) {
    case 'contains':
    case 'icontains':
      return `%${literal}%`
    case 'startsWith':
    case 'istartsWith':
      return `${literal}%`
    case 'endsWith':
    case 'iendsWith':
      return `%${literal}`
    case 'iexact':
      return literal
  }
}
