/**
 * Signers: a value stays readable, and any change to it shows.
 * @module
 */

import type { KeyObject } from 'node:crypto'

import { systemClock, type Clock } from '../base/clock.js'
import { fromBase62, toBase62 } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { hasLoneSurrogate } from '../base/text.js'
import { BadSignature, SignatureExpired } from './bad-signature.js'
import { constantTimeCompare, deriveKey, hmac, type HashAlgorithm } from './hmac.js'
import { Keys, type SecretText } from './keys.js'
import { decodePayload, encodePayload } from './payload.js'

/** What signatures and times are written with, and so no separator; the odd range from A to z is Django's. */
const UNSAFE_SEPARATOR = /^[A-z0-9\-_=]*\n?$/

/** How a signer is set up. */
export interface SignerOptions {
  /** The key, or a site's keys with their fallbacks. */
  readonly key: SecretText | Keys
  /** Retired keys whose signatures are still good. */
  readonly fallbackKeys?: readonly SecretText[]
  /** What the signatures are for: one made for another salt does not count. Default: the name of Django's class. */
  readonly salt?: string
  /** Stands between value and signature. Default `:`. */
  readonly separator?: string
  /** Default `sha256`. */
  readonly algorithm?: HashAlgorithm
}

/** How a signer that knows the time is set up. */
export interface TimestampSignerOptions extends SignerOptions {
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** How old a signature may be, in seconds. Left out: any age. */
export interface AgeLimit {
  readonly maxAge?: number | undefined
}

/**
 * Signs text: `value:signature`.
 *
 * @example
 * const signer = new Signer({ key: secretKey, salt: 'shop.newsletter' })
 * const link = signer.sign('ada@example.com')
 * signer.unsign(link)   // 'ada@example.com'; throws BadSignature if a letter was changed
 */
export class Signer {
  readonly salt: string
  readonly separator: string
  readonly algorithm: HashAlgorithm
  readonly #keys: readonly [KeyObject, ...KeyObject[]]

  constructor(options: SignerOptions) {
    this.salt = options.salt ?? this.defaultSalt
    this.separator = options.separator ?? ':'
    this.algorithm = options.algorithm ?? 'sha256'
    if (UNSAFE_SEPARATOR.test(this.separator)) {
      throw new ImproperlyConfigured(
        `“${this.separator}” cannot separate a value from its signature. Use a sign that is no letter, digit, -, _ or =, such as “:”.`,
      )
    }
    const keys = Keys.from(options.key)
    const derive = (key: SecretText): KeyObject => deriveKey(`${this.salt}signer`, key, this.algorithm)
    const fallbacks = new Keys(keys.current, [...keys.fallbacks, ...(options.fallbackKeys ?? [])]).fallbacks
    this.#keys = [derive(keys.current), ...fallbacks.map(derive)]
  }

  /** The salt where none is given. */
  protected get defaultSalt(): string {
    return 'django.core.signing.Signer'
  }

  /** Returns the signature of `value` alone, 43 letters of base64url for SHA-256. */
  signature(value: string): string {
    return this.#signature(value, this.#keys[0])
  }

  /** Signs `value`. */
  sign(value: string): string {
    return value + this.separator + this.signature(value)
  }

  /** Returns the value of a signed text. Throws `BadSignature` if no key signed it. */
  unsign(signed: string): string {
    const end = signed.lastIndexOf(this.separator)
    if (end < 0) throw new BadSignature(`There is no “${this.separator}” in the signed text.`)
    const value = signed.slice(0, end)
    const given = signed.slice(end + this.separator.length)
    // What has no UTF-8 form was never signed.
    const isGenuine = !hasLoneSurrogate(value) && this.#keys.some((key) => constantTimeCompare(this.#signature(value, key), given))
    if (!isGenuine) throw new BadSignature('The signature does not match.')
    return value
  }

  /** Signs any value that JSON can hold. */
  signObject(value: unknown, options: { compress?: boolean } = {}): string {
    return this.sign(encodePayload(value, options))
  }

  /** Returns a value signed with `signObject`. Throws `BadSignature` if no key signed it, or it unfolds to more than `maxBytes`. */
  unsignObject(signed: string, options: { maxBytes?: number } = {}): unknown {
    return decodePayload(this.unsign(signed), options)
  }

  #signature(value: string, key: KeyObject): string {
    return hmac(key, value, this.algorithm).toString('base64url')
  }
}

/**
 * Signs text with the time: `value:time:signature`.
 *
 * @example
 * const signer = new TimestampSigner({ key: secretKey, salt: 'shop.download' })
 * signer.unsign(signer.sign('invoice-7'), { maxAge: 3600 })   // throws SignatureExpired after an hour
 */
export class TimestampSigner extends Signer {
  readonly #clock: Clock

  constructor(options: TimestampSignerOptions) {
    super(options)
    this.#clock = options.clock ?? systemClock
  }

  protected override get defaultSalt(): string {
    return 'django.core.signing.TimestampSigner'
  }

  /** Signs `value` together with the present second. */
  override sign(value: string): string {
    return super.sign(value + this.separator + toBase62(Math.trunc(this.#now())))
  }

  /** Returns the value. Throws `SignatureExpired` if it was signed more than `maxAge` seconds ago; exactly as many are still good. */
  override unsign(signed: string, limit: AgeLimit = {}): string {
    const stamped = super.unsign(signed)
    const end = stamped.lastIndexOf(this.separator)
    const madeAt = end < 0 ? null : fromBase62(stamped.slice(end + this.separator.length))
    if (madeAt === null) throw new BadSignature('The signature is right, but the time of signing is missing.')
    const age = this.#now() - madeAt
    if (limit.maxAge !== undefined && !(age <= limit.maxAge)) throw new SignatureExpired(age, limit.maxAge)
    return stamped.slice(0, end)
  }

  /** Returns a value signed with `signObject`. Throws `BadSignature` or `SignatureExpired`, as `unsign` does. */
  override unsignObject(signed: string, options: AgeLimit & { maxBytes?: number } = {}): unknown {
    return decodePayload(this.unsign(signed, options), options)
  }

  #now(): number {
    return this.#clock.now().getTime() / 1000
  }
}
