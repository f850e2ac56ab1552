/**
 * PBKDF2 with HMAC-SHA256 or HMAC-SHA1: Django's default, stored as `pbkdf2_sha256$iterations$salt$hash`.
 * @module
 */

import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { constantTimeCompare } from '../crypto/hmac.js'
import { reportWork } from './hash-work.js'
import { checkCost, checkSalt, isSaltShort, makeLetterSalt, maskHash, parseCost, type DecodedHash, type Hasher, type SummaryItem } from './hasher.js'

const derivePbkdf2 = promisify(pbkdf2)

/** Some twenty seconds of one core. A stored count beyond it was not written by Django and would hold a place in the pool for minutes. */
const MAX_ITERATIONS = 100_000_000

/** What PBKDF2 costs. */
export interface Pbkdf2Cost {
  readonly iterations: number
}

/** The parts of a stored PBKDF2 hash; `hash` is Base64 with padding. */
export interface Pbkdf2Hash extends DecodedHash {
  readonly iterations: number
}

/**
 * PBKDF2-HMAC-SHA256. The salt is used as the text it is written as.
 *
 * @example
 * const hasher = new Pbkdf2Sha256Hasher({ iterations: 1_000_000 })
 */
export class Pbkdf2Sha256Hasher implements Hasher<Pbkdf2Hash> {
  readonly algorithm: string = 'pbkdf2_sha256'
  readonly iterations: number
  protected readonly digest: string = 'sha256'
  protected readonly hashBytes: number = 32

  constructor(cost: Pbkdf2Cost) {
    this.iterations = checkCost('iterations of PBKDF2', cost.iterations, 1, MAX_ITERATIONS)
  }

  makeSalt(): string {
    return makeLetterSalt()
  }

  async encode(password: Uint8Array, salt: string): Promise<string> {
    checkSalt(salt)
    return this.format(salt, this.iterations, await this.derive(password, salt, this.iterations))
  }

  async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const stored = this.decode(encoded)
    if (stored === null) return false
    return constantTimeCompare(stored.hash, await this.derive(password, stored.salt, stored.iterations))
  }

  decode(encoded: string): Pbkdf2Hash | null {
    const [algorithm, count, salt, hash, ...rest] = encoded.split('$')
    if (algorithm !== this.algorithm || count === undefined || !salt || !hash || rest.length > 0) return null
    const iterations = parseCost(count)
    if (iterations === 0 || iterations > MAX_ITERATIONS) return null
    if (Buffer.from(hash, 'base64').toString('base64') !== hash) return null // rule: constant-time: compared with itself
    return { algorithm, iterations, salt, hash }
  }

  mustUpdate(encoded: string): boolean {
    const stored = this.decode(encoded)
    return stored !== null && (stored.iterations !== this.iterations || isSaltShort(stored.salt))
  }

  async hardenRuntime(password: Uint8Array, encoded: string): Promise<void> {
    const stored = this.decode(encoded)
    if (stored !== null && stored.iterations < this.iterations) await this.derive(password, stored.salt, this.iterations - stored.iterations)
  }

  safeSummary(encoded: string): readonly SummaryItem[] | null {
    const stored = this.decode(encoded)
    if (stored === null) return null
    return [
      { label: 'algorithm', value: stored.algorithm },
      { label: 'iterations', value: String(stored.iterations) },
      { label: 'salt', value: maskHash(stored.salt) },
      { label: 'hash', value: maskHash(stored.hash) },
    ]
  }

  /** Writes the stored form. */
  protected format(salt: string, iterations: number, hash: string): string {
    return `${this.algorithm}$${iterations}$${salt}$${hash}`
  }

  /** Derives the hash, in Base64. The one step that a hasher for wrapped older hashes replaces. */
  protected async derive(password: Uint8Array, salt: string, iterations: number): Promise<string> {
    reportWork(this.algorithm, iterations)
    const key = await derivePbkdf2(password, salt, iterations, this.hashBytes, this.digest)
    return key.toString('base64')
  }
}

/** PBKDF2-HMAC-SHA1, for what older installations hold. */
export class Pbkdf2Sha1Hasher extends Pbkdf2Sha256Hasher {
  override readonly algorithm: string = 'pbkdf2_sha1'
  protected override readonly digest: string = 'sha1'
  protected override readonly hashBytes: number = 20
}
