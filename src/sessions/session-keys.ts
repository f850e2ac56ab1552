/**
 * Keys of sessions: what the cookie holds, and what of it is stored.
 * @module
 */

import { hash } from 'node:crypto'
import { PortcullisError } from '../base/errors.js'
import { getRandomString, type RandomSource } from '../crypto/random.js'

/** Django's 36 letters: 32 of them carry 165 bits (SE-1). */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 32

/** Django takes any text from 8 letters; the column ends at 40. Nothing else is looked up. */
const POSSIBLE_KEY = /^[!-~]{8,40}$/

/** Makes a key that nobody can guess. */
export function newSessionKey(random?: RandomSource): string {
  return getRandomString(LENGTH, ALPHABET, random)
}

/** Whether a cookie's text could be the key of a session. */
export function isPossibleKey(cookie: string): boolean {
  return POSSIBLE_KEY.test(cookie)
}

/**
 * What is stored in place of a key: its hash, so that whoever reads the table, a backup or the cache cannot come in with what they find.
 * Keys are random, so nothing slower is needed. 40 characters, because Django's column has as many.
 */
export function hashedKey(key: string): string {
  return hash('sha256', key, 'hex').slice(0, 40)
}

/** So often another key is tried where one is taken. Two random keys never meet; only a broken generator comes to the end. */
const TRIES = 10

/** Makes keys until `take` answers with something for one: null says that the key is taken. Throws when every one was. */
export async function withNewKey<T>(store: string, random: RandomSource | undefined, take: (key: string) => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const taken = await take(newSessionKey(random))
    if (taken !== null) return taken
  }
  throw new PortcullisError(
    `No new session could be stored: ${TRIES} random keys were taken, or the store “${store}” refuses writes. Look whether it answers.`,
  )
}
