/**
 * Random text from the system's generator, each letter as likely as any other.
 * @module
 */

import { randomBytes } from 'node:crypto'

import { ImproperlyConfigured } from '../base/errors.js'

/** Letters and digits: 5.95 bits each, so that 22 of them carry 128 bits. */
export const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Gives `size` unpredictable bytes. Only a test passes another than the system's. */
export type RandomSource = (size: number) => Uint8Array

/** Asking the system costs as much for a few bytes as for this many. */
const POOL_SIZE = 4096

let pool = Buffer.alloc(0)

/** The system's generator, asked for many bytes at a time. What is handed out is wiped here, so that no byte is used twice or found later. */
export const systemRandom: RandomSource = (size) => {
  if (size > POOL_SIZE / 4) return randomBytes(size)
  if (pool.length < size) pool = randomBytes(POOL_SIZE)
  const drawn = Buffer.from(pool.subarray(0, size))
  pool.fill(0, 0, size)
  pool = pool.subarray(size)
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
    for (const byte of random(length - text.length)) {
      if (byte < usable) text += alphabet.charAt(byte % alphabet.length)
    }
  }
  return text
}
