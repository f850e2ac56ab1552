/**
 * Signed cookies: a value that only this site can have set, for this cookie's name.
 * @module
 */

import type { Clock } from '../base/clock.js'
import { codePointLength } from '../base/text.js'
import { BadSignature, SignatureExpired } from './bad-signature.js'
import type { Keys } from './keys.js'
import { TimestampSigner, type AgeLimit } from './signer.js'

/** Django's key for cookies is this and the secret key. */
const KEY_PREFIX = 'django.http.cookies'

/** Which cookie, and with what it is signed. */
export interface CookieSigning {
  readonly name: string
  readonly keys: Keys
  /** Tells apart cookies of one name with different uses. Default none. */
  readonly salt?: string
  /** Default: the machine's. */
  readonly clock?: Clock
}

/**
 * Signs the value of a cookie.
 *
 * @example
 * const cookie = signCookie('blue', { name: 'theme', keys })
 */
export function signCookie(value: string, signing: CookieSigning): string {
  return signerFor(signing, saltOf(signing)).sign(value)
}

/**
 * Returns the value of a signed cookie. Throws `BadSignature`, or `SignatureExpired` after `maxAge` seconds.
 *
 * `legacySalt` also reads what Django before 5.2.15 signed, where name and salt run together: a cookie `ab` with the salt `c`
 * passes for `a` with `bc`. Leave it off unless such cookies are still about.
 *
 * @example
 * const theme = unsignCookie(cookie, { name: 'theme', keys, maxAge: 86400 })
 */
export function unsignCookie(signed: string, signing: CookieSigning & AgeLimit & { readonly legacySalt?: boolean }): string {
  try {
    return signerFor(signing, saltOf(signing)).unsign(signed, signing)
  } catch (error) {
    // An expired cookie is genuine: the other salt would only ask again.
    if (!(error instanceof BadSignature) || error instanceof SignatureExpired || signing.legacySalt !== true) throw error
  }
  return signerFor(signing, signing.name + (signing.salt ?? '')).unsign(signed, signing)
}

function signerFor(signing: CookieSigning, salt: string): TimestampSigner {
  const key = signing.keys.prefixed(KEY_PREFIX)
  return new TimestampSigner(signing.clock === undefined ? { key, salt } : { key, salt, clock: signing.clock })
}

/** The length before the salt keeps salt and name apart. */
function saltOf({ name, salt = '' }: CookieSigning): string {
  return `${KEY_PREFIX}.v2:${codePointLength(salt)}:${salt}${name}`
}
