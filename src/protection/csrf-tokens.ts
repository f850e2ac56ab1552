/**
 * CSRF tokens in Django's form: a secret behind a fresh mask, so that no two pages carry the same text
 * and a compressed page gives nothing away byte by byte.
 * @module
 */

import { constantTimeCompare } from '../crypto/hmac.js'
import { ALPHANUMERIC, getRandomString } from '../crypto/random.js'

/** 32 of 62 letters carry 190 bits; Django's length. */
const SECRET_LENGTH = 32
const TOKEN_LENGTH = 2 * SECRET_LENGTH

/** What is wrong with the form of a token. */
export type TokenFormatProblem = 'incorrect-length' | 'invalid-characters'

/**
 * Makes a new secret. It is made anew at login and logout, so that what was learnt before is worth nothing after.
 *
 * @example
 * const secret = newCsrfSecret()
 */
export function newCsrfSecret(): string {
  return getRandomString(SECRET_LENGTH)
}

/**
 * Makes the token for one page or header from a secret.
 *
 * @example
 * const token = maskCsrfSecret(newCsrfSecret())
 */
export function maskCsrfSecret(secret: string, mask: string = newCsrfSecret()): string {
  return mask + combine(secret, mask, 1)
}

/** Gives the secret that is behind a token's mask. The token's form has been checked. */
export function unmaskCsrfToken(token: string): string {
  return combine(token.slice(SECRET_LENGTH), token.slice(0, SECRET_LENGTH), -1)
}

/** Tells what is wrong with the form of a token or a bare secret; null when nothing is. */
export function tokenFormatProblem(token: string): TokenFormatProblem | null {
  // Code points, as Django counts; a longer text is not worth counting.
  const length = token.length > 2 * TOKEN_LENGTH ? token.length : Array.from(token).length
  if (length !== TOKEN_LENGTH && length !== SECRET_LENGTH) return 'incorrect-length'
  return /^[a-zA-Z0-9]+$/.test(token) ? null : 'invalid-characters'
}

/**
 * Gives the secret that a stored text holds, which Django before 4.0 masked. Its form has been checked.
 */
export function secretOf(stored: string): string {
  return stored.length === TOKEN_LENGTH ? unmaskCsrfToken(stored) : stored
}

/**
 * Tells whether a token, or a bare secret as scripts send it from the cookie, was made from `secret`.
 *
 * @example
 * doesTokenMatch(maskCsrfSecret(secret), secret)   // true
 */
export function doesTokenMatch(token: string, secret: string): boolean {
  return tokenFormatProblem(token) === null && constantTimeCompare(secretOf(token), secret)
}

function combine(text: string, mask: string, sign: 1 | -1): string {
  const size = ALPHANUMERIC.length
  return Array.from(text, (letter, index) => {
    const shift = ALPHANUMERIC.indexOf(mask.charAt(index))
    return ALPHANUMERIC.charAt((ALPHANUMERIC.indexOf(letter) + sign * shift + size) % size)
  }).join('')
}
