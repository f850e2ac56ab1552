/**
 * Random text from the system's generator, each letter as likely as any other.
 * @module
 */

import { randomBytes, randomFillSync } from 'node:crypto'

import { ImproperlyConfigured } from '../base/errors.js'

/** Letters and digits: 5.95 bits each, so that 22 of them carry 128 bits. */
export const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Gives `size` unpredictable bytes. Only a test passes another than the system's. */
export type RandomSource = (size: number) => Uint8Array

/** Asking the system costs as much for a few bytes as for this many. */
const POOL_SIZE = 4096

const pool = new Uint8Array(POOL_SIZE)
/** How much of the pool is handed out. */
let used = POOL_SIZE

/** The system's generator, asked for many bytes at a time. What is handed out is wiped here, so that no byte is used twice or found later. */
export const systemRandom: RandomSource = (size) => {
  if (size > POOL_SIZE / 4) return randomBytes(size)
  if (used + size > POOL_SIZE) {
    randomFillSync(pool)
    used = 0
  }
  const drawn = pool.slice(used, used + size)
  pool.fill(0, used, used + size)
  used += size
  return drawn
}

/**
 * Makes a random text of `length` letters from `alphabet`.
 *
 * @example
 * const salt = getRandomString(22)
 * const sessionKey = getRandomString(32, 'abcdefghijklmnopqrstuvwxyz0123456789')
 */
export function getRandomString(length: number, alphabet: string = ALPHANUMERIC, random: RandomSource = systemRandom): string {
  if (!Number.isInteger(length) || length < 0) throw new ImproperlyConfigured(`A random text cannot have ${length} letters. Pass a whole number.`)
  if (alphabet.length === 0 || alphabet.length > 256) {
    throw new ImproperlyConfigured(`An alphabet of ${alphabet.length} letters cannot be drawn from. Pass 1 to 256 ASCII letters.`)
  }
  // A byte modulo 62 would favour the first 8 letters; bytes above the last full multiple are thrown away instead.
  const usable = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    const codes: number[] = []
    for (const byte of random(Math.min(length - text.length, POOL_SIZE / 4))) {
      if (byte < usable) codes.push(alphabet.charCodeAt(byte % alphabet.length))
    }
    // At once: a text put together letter by letter is forty objects until somebody reads it.
    text += String.fromCharCode(...codes)
  }
  return text
}
