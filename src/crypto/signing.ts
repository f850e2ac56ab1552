/**
 * Signed values in one call: `dumps` makes a text that is safe in a link, `loads` reads it back.
 * @module
 */

import { TimestampSigner, type AgeLimit, type TimestampSignerOptions } from './signer.js'

/** The salt where none is given: Django's. */
const SALT = 'django.core.signing'

/** How a value is signed. */
export interface DumpsOptions extends Pick<TimestampSignerOptions, 'key' | 'salt' | 'clock'> {
  /** Compresses the JSON where that is shorter. Default false. */
  readonly compress?: boolean
}

/** What a signed value must satisfy. */
export interface LoadsOptions extends Pick<TimestampSignerOptions, 'key' | 'fallbackKeys' | 'salt' | 'clock'>, AgeLimit {
  /** The largest JSON that is read, in bytes. Default 4 MiB. */
  readonly maxBytes?: number
}

/**
 * Signs any value that JSON can hold, together with the time. Anyone can read it; nobody without the key can change it.
 *
 * @example
 * const token = dumps({ invite: 7 }, { key: secretKey, salt: 'shop.invitations' })
 */
export function dumps(value: unknown, options: DumpsOptions): string {
  return new TimestampSigner({ ...options, salt: options.salt ?? SALT }).signObject(value, options)
}

/**
 * Returns a value that `dumps` signed. Throws `BadSignature` for anything else, and `SignatureExpired` (a kind of it) for
 * what is older than `maxAge` seconds.
 *
 * @example
 * const invitation = loads(token, { key: secretKey, salt: 'shop.invitations', maxAge: 7 * 24 * 3600 })
 */
export function loads(signed: string, options: LoadsOptions): unknown {
  return new TimestampSigner({ ...options, salt: options.salt ?? SALT }).unsignObject(signed, options)
}
