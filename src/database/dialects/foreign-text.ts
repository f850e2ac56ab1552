/**
 * Text that a column cannot hold, in its own character set: MariaDB and MySQL refuse to compare the two instead of finding nothing. Databases
 * made long ago have columns of Latin letters alone.
 * @module
 */

import { problem, ValidationError } from '../../base/errors.js'

/** Two collations that cannot be brought together, three, or more; a parameter that cannot be converted (MySQL 8); a value that cannot be stored. */
const FOREIGN = new Set([1267, 1270, 1271, 3988, 1366])

/** The driver's error as bad input, or null if it is of another kind. */
export function foreignText(error: unknown): ValidationError | null {
  const { errno } = Object(error) as { readonly errno?: unknown }
  return typeof errno === 'number' && FOREIGN.has(errno) ? new ValidationError(problem('invalid')) : null
}
