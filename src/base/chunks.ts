/**
 * Long lists in parts.
 * @module
 */

/** Keys in one list of a statement: well within what every engine takes. */
export const KEYS_AT_ONCE = 500

/** Cuts a list into parts of at most `size`, which is at least 1. */
export function* chunks<T>(list: readonly T[], size: number): Generator<T[]> {
  const most = Math.max(1, Math.floor(size))
  for (let start = 0; start < list.length; start += most) yield list.slice(start, start + most)
}
