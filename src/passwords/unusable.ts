/**
 * Unusable passwords: a column value that no password matches, for people who log in some other way or not at all.
 * @module
 */

import { getRandomString } from '../crypto/random.js'

/** What an unusable password starts with. */
export const UNUSABLE_PASSWORD_PREFIX = '!'

/** Random, so that two are never equal and a token bound to one dies with it (U-12). */
const SUFFIX_LENGTH = 40

/**
 * Makes a value for the password column that no password matches.
 *
 * @example
 * makeUnusablePassword()   // '!' and 40 letters and digits
 */
export function makeUnusablePassword(): string {
  return UNUSABLE_PASSWORD_PREFIX + getRandomString(SUFFIX_LENGTH)
}

/**
 * Tells whether a stored value could ever match. As in Django, a null, empty or garbled one counts as usable: only the mark says no.
 *
 * @example
 * isPasswordUsable('!Hq…')   // false
 */
export function isPasswordUsable(encoded: string | null): boolean {
  return encoded === null || !encoded.startsWith(UNUSABLE_PASSWORD_PREFIX)
}
