/**
 * Usernames: their one spelling, and what they may be made of.
 * @module
 */

import { problem, type Problem } from '../base/errors.js'
import { codePointLength, isLongerThan, NORMALIZABLE, nfkc, strip, WORD_CLASS } from '../base/text.js'

/** Django's column. */
export const USERNAME_MAX_LENGTH = 150

// Combining marks are no word characters: a name with an accent is normalised before it is checked.
const UNICODE_USERNAME = new RegExp(String.raw`^[${WORD_CLASS}.@+\-]+$`, 'u')
const ASCII_USERNAME = /^[A-Za-z0-9_.@+-]+$/

/** Checks a name for a field: null, or what is wrong. */
export type UsernameValidator = (username: string) => Problem | null

/**
 * Gives a username its one spelling (NFKC), so that `ｉａｍ` and `iam` are one person. Neither trimmed nor lower-cased.
 * What is no text, or longer than any username, comes back as it is.
 *
 * @example
 * normalizeUsername('ｉａｍ')   // 'iam'
 */
export function normalizeUsername<T>(username: T): T
export function normalizeUsername(username: unknown): unknown {
  return typeof username === 'string' ? (nfkc(username) ?? username) : username
}

/**
 * Makes of typed text the username it means: trimmed, then normalised, unless it is too long for the column anyway.
 *
 * @example
 * usernameFromInput(' ｉａｍ ')   // 'iam'
 */
export function usernameFromInput(text: string, options: { maxLength?: number } = {}): string {
  if (text.length > NORMALIZABLE) return text
  const trimmed = strip(text)
  return isLongerThan(trimmed, options.maxLength ?? USERNAME_MAX_LENGTH) ? trimmed : normalizeUsername(trimmed)
}

/** Allows letters and numbers of every script, and `@ . + - _`: the rule unless another is chosen. */
export function unicodeUsernameValidator(username: string): Problem | null {
  return UNICODE_USERNAME.test(username) ? null : problem('invalid.username')
}

/** Allows unaccented letters, digits, and `@ . + - _`. */
export function asciiUsernameValidator(username: string): Problem | null {
  return ASCII_USERNAME.test(username) ? null : problem('invalid.username_ascii')
}

/**
 * Lists what is wrong with a username, as the user model's field does: `blank`, or `invalid` and `max_length`.
 *
 * @example
 * usernameProblems('ada lovelace').map((one) => one.code)   // ['invalid']
 */
export function usernameProblems(username: string, options: { maxLength?: number; validator?: UsernameValidator } = {}): Problem[] {
  if (username === '') return [problem('blank')]
  const limit = options.maxLength ?? USERNAME_MAX_LENGTH
  if (!isLongerThan(username, limit)) return found((options.validator ?? unicodeUsernameValidator)(username))
  const tooLong = problem('max_length', { limit, length: codePointLength(username) })
  // A megabyte is refused for its length alone.
  if (username.length > NORMALIZABLE) return [tooLong]
  return [...found((options.validator ?? unicodeUsernameValidator)(username)), tooLong]
}

function found(wrong: Problem | null): Problem[] {
  return wrong === null ? [] : [wrong]
}
