/**
 * bcrypt, stored as `bcrypt_sha256$$2b$12$…` over a SHA-256 digest, or as `bcrypt$$2b$12$…` over the password itself.
 * For hashes that came from elsewhere; the package bcryptjs is loaded when the first one is met.
 * @module
 */

import { createHash, randomBytes } from 'node:crypto'
import { problem, ValidationError } from '../base/errors.js'
import { constantTimeCompare } from '../crypto/hmac.js'
import { bcryptInWorker } from './bcrypt-workers.js'
import { reportWork } from './hash-work.js'
import { checkCost, maskHash, type DecodedHash, type Hasher, type SummaryItem } from './hasher.js'

/** The format's least cost, and the highest that is tried: each step doubles the time, and 20 takes more than a minute. */
const LEAST_COST = 4
const MOST_COST = 20

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT64 = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const STORED_FORM = /^([^$]+)\$\$(2[aby])\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/

/** Byte order marks are part of a password; other bytes than UTF-8 cannot be handed to the package. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What bcrypt costs: 2 to the power of `rounds`. */
export interface BcryptCost {
  readonly rounds: number
}

/** The parts of a stored bcrypt hash; `variety` is `2a`, `2b` or `2y`, all the same to compute. */
export interface BcryptHash extends DecodedHash {
  readonly variety: string
  readonly rounds: number
}

/**
 * bcrypt over the hexadecimal SHA-256 of the password, so that all of a long one counts.
 *
 * @example
 * const hasher = new BcryptSha256Hasher({ rounds: 12 })
 */
export class BcryptSha256Hasher implements Hasher<BcryptHash> {
  readonly algorithm: string = 'bcrypt_sha256'
  readonly rounds: number

  constructor(cost: BcryptCost) {
    this.rounds = checkCost('rounds of bcrypt', cost.rounds, LEAST_COST, MOST_COST)
  }

  makeSalt(): string {
    const letters = Array.from(randomBytes(16).toString('base64').slice(0, 22), (letter) => BCRYPT64[BASE64.indexOf(letter)])
    return `$2b$${twoDigits(this.rounds)}$${letters.join('')}`
  }

  async encode(password: Uint8Array, salt: string): Promise<string> {
    const input = this.input(password)
    if (input === null) throw new ValidationError(problem('invalid.password'))
    return `${this.algorithm}$${await this.#derive(input, salt, this.rounds)}`
  }

  async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const stored = this.decode(encoded)
    const input = this.input(password)
    if (stored === null || input === null) return false
    const again = await this.#derive(input, settings(stored, stored.rounds), stored.rounds)
    // Whole against whole: stray bits at the end of a salt or a hash make another text, which is not what was stored.
    return constantTimeCompare(encoded, `${this.algorithm}$${again}`)
  }

  decode(encoded: string): BcryptHash | null {
    const [, algorithm, variety, digits, salt, hash] = STORED_FORM.exec(encoded) ?? []
    const rounds = Number(digits)
    if (algorithm !== this.algorithm || !variety || !salt || !hash || rounds < LEAST_COST || rounds > MOST_COST) return null
    return { algorithm, variety, rounds, salt, hash }
  }

  mustUpdate(encoded: string): boolean {
    const stored = this.decode(encoded)
    return stored !== null && stored.rounds !== this.rounds
  }

  async hardenRuntime(password: Uint8Array, encoded: string): Promise<void> {
    const stored = this.decode(encoded)
    const input = this.input(password)
    if (stored === null || input === null) return
    // 2^4 + 2^4 + 2^5 + … + 2^11 is 2^12: one hash at each cost on the way up.
    for (let rounds = stored.rounds; rounds < this.rounds; rounds++) await this.#derive(input, settings(stored, rounds), rounds)
  }

  safeSummary(encoded: string): readonly SummaryItem[] | null {
    const stored = this.decode(encoded)
    if (stored === null) return null
    return [
      { label: 'algorithm', value: stored.algorithm },
      { label: 'work factor', value: String(stored.rounds) },
      { label: 'salt', value: maskHash(stored.salt) },
      { label: 'checksum', value: maskHash(stored.hash) },
    ]
  }

  /** What bcrypt is given for a password; null when that is impossible, and then nothing matches. */
  protected input(password: Uint8Array): string | null {
    return createHash('sha256').update(password).digest('hex')
  }

  async #derive(input: string, salt: string, rounds: number): Promise<string> {
    reportWork(this.algorithm, 2 ** rounds)
    return bcryptInWorker(input, salt)
  }
}

/** bcrypt over the password itself, of which only the first 72 bytes count. */
export class BcryptHasher extends BcryptSha256Hasher {
  override readonly algorithm: string = 'bcrypt'

  protected override input(password: Uint8Array): string | null {
    try {
      return decoder.decode(password)
    } catch {
      return null
    }
  }
}

function settings(stored: BcryptHash, rounds: number): string {
  return `$${stored.variety}$${twoDigits(rounds)}$${stored.salt}`
}

function twoDigits(rounds: number): string {
  return String(rounds).padStart(2, '0')
}
