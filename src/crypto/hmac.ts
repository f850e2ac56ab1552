/**
 * Keyed hashes: what proves that a text came from a holder of the key.
 * @module
 */

import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'

import { encodeUtf8 } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { revealed, type SecretText } from './keys.js'

const ALGORITHMS = ['sha256', 'sha384', 'sha512', 'sha224', 'sha1', 'md5'] as const

/** A hash function. Everything here uses SHA-256; the others are for what older software signed. */
export type HashAlgorithm = (typeof ALGORITHMS)[number]

/**
 * Computes a keyed hash of `value` with a key of its own for each `keySalt`, so that one secret serves many uses.
 * Throws `UnencodableText` where a text has no UTF-8 form.
 *
 * @example
 * saltedHmac('salt', 'value', secret).toString('hex')
 */
export function saltedHmac(keySalt: string, value: string, secret: SecretText, algorithm: HashAlgorithm = 'sha256'): Buffer {
  return hmac(deriveKey(keySalt, secret, algorithm), value, algorithm)
}

/** Makes the key that `saltedHmac` hashes with, for a caller that keeps it. A key object shows nothing when it is printed. */
export function deriveKey(keySalt: string, secret: SecretText, algorithm: HashAlgorithm = 'sha256'): KeyObject {
  if (!ALGORITHMS.includes(algorithm))
    throw new ImproperlyConfigured(`“${String(algorithm)}” is not a hash algorithm. Use one of: ${ALGORITHMS.join(', ')}.`)
  const digest = createHash(algorithm)
    .update(encodeUtf8(keySalt))
    .update(encodeUtf8(revealed(secret)))
    .digest()
  // Given bytes instead, createHmac takes five times as long.
  return createSecretKey(digest)
}

/** Computes the keyed hash of `value` with a key from `deriveKey`. */
export function hmac(key: KeyObject, value: string, algorithm: HashAlgorithm = 'sha256'): Buffer {
  return createHmac(algorithm, key).update(encodeUtf8(value)).digest()
}

/** Joins texts, each behind its length, so that no text's end can pass for the next one's beginning. */
export function lengthPrefixed(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join('')
}

/**
 * Makes a name of texts: 64 hexadecimal digits that show none of them, however long they are, and that only a holder of the key can make.
 *
 * @example
 * const counter = keyedName(deriveKey('counters', secret), 'account', 'ada')
 */
export function keyedName(key: KeyObject, ...parts: readonly string[]): string {
  // What has no UTF-8 form gets a name too: a stranger's text that is only counted is no reason to fail.
  return createHmac('sha256', key).update(lengthPrefixed(parts)).digest('hex')
}

/**
 * Tells whether two texts are equal, in a time that says nothing of where they differ. It does tell their lengths:
 * compare what has a fixed length, such as a hash.
 *
 * @example
 * constantTimeCompare(expectedSignature, givenSignature)
 */
export function constantTimeCompare(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  // Two bytes for each unit: UTF-8 would make any two broken surrogates look the same.
  return timingSafeEqual(Buffer.from(a, 'utf16le'), Buffer.from(b, 'utf16le'))
}
