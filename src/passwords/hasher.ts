/**
 * What a password hasher is: the interface, open for an application's own, and what the built-in ones share.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { getRandomString } from '../crypto/random.js'

/** A stored hash, taken apart. Each hasher adds its costs. */
export interface DecodedHash {
  readonly algorithm: string
  readonly salt: string
  readonly hash: string
}

/** One line of the summary an administrator sees in place of a hash. */
export interface SummaryItem {
  readonly label: string
  readonly value: string
}

/**
 * Makes and checks hashes of one algorithm, in the form `algorithm$…` that Django stores. Passwords come as UTF-8 bytes, already checked
 * for length. Nothing here throws on a stored value, however garbled: `decode` answers null and the rest follows.
 *
 * @example
 * // Rows of an older system that holds md5$salt$hash, made safe in one migration without anybody's password:
 * class Pbkdf2OverMd5 extends Pbkdf2Sha256Hasher {
 *   override readonly algorithm = 'pbkdf2_over_md5'
 *   async wrap(md5: string, salt: string) {
 *     return this.format(salt, this.iterations, await super.derive(Buffer.from(md5), salt, this.iterations))
 *   }
 *   protected override derive(password: Uint8Array, salt: string, iterations: number) {
 *     return super.derive(Buffer.from(createHash('md5').update(salt).update(password).digest('hex')), salt, iterations)
 *   }
 * }
 */
export interface Hasher<Decoded extends DecodedHash = DecodedHash> {
  /** The text before the first `$`. */
  readonly algorithm: string
  /** Makes a random salt as this algorithm writes it. */
  makeSalt(): string
  /** Makes the stored form of `password`. */
  encode(password: Uint8Array, salt: string): Promise<string>
  /** Tells whether `password` is the one `encoded` was made from, with the costs found in `encoded`. */
  verify(password: Uint8Array, encoded: string): Promise<boolean>
  /** Takes a stored form apart; null when it is not one of this algorithm, or asks for more than a machine should do. */
  decode(encoded: string): Decoded | null
  /** Tells whether `encoded` should be replaced: other costs than this hasher's, or a salt too short. */
  mustUpdate(encoded: string): boolean
  /** Does the work by which `encoded` is cheaper than a new hash, so that an old hash answers no sooner than a new one (A1). */
  hardenRuntime(password: Uint8Array, encoded: string): Promise<void>
  /** The parts of `encoded` with everything secret masked, in the order to show them; null when it cannot be read. */
  safeSummary(encoded: string): readonly SummaryItem[] | null
}

/** 22 of 62 letters carry 128 bits; a hash with a shorter salt is replaced at the next login (H-d, H-i). */
export const SALT_LENGTH = 22

/** Makes a salt of letters and digits. */
export function makeLetterSalt(): string {
  return getRandomString(SALT_LENGTH)
}

/** Tells whether a salt carries less than 128 bits. */
export function isSaltShort(salt: string): boolean {
  return [...salt].length < SALT_LENGTH
}

/** Refuses a salt that could not be read back: `$` separates the fields (H-d). */
export function checkSalt(salt: string): void {
  if (salt === '' || salt.includes('$')) {
    throw new ImproperlyConfigured('A salt was given that is empty or holds a “$”. Leave `salt` out: a random one is made.')
  }
}

/** Refuses a cost that is not a whole number from `least` to `most`. */
export function checkCost(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ImproperlyConfigured(
      `${name} is ${value}. Choose a whole number from ${least} to ${most}; \`calibrate()\` recommends costs for this machine.`,
    )
  }
  return value
}

/**
 * Masks a salt or a hash for display: the first `show` characters stay.
 *
 * @example
 * maskHash('a1b2c3d4e5f6')   // 'a1b2c3******'
 */
export function maskHash(hash: string, show = 6): string {
  return [...hash].map((character, index) => (index < show ? character : '*')).join('')
}

/** A stored whole number as Django prints one; 0 for every other spelling, which Django would not have written. */
export function parseCost(text: string): number {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0
}
