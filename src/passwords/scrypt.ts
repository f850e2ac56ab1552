/**
 * scrypt, stored as `scrypt$N$salt$r$p$hash`.
 * @module
 */

import { scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { ImproperlyConfigured } from '../base/errors.js'
import { constantTimeCompare } from '../crypto/hmac.js'
import { reportWork } from './hash-work.js'
import { checkCost, checkSalt, makeLetterSalt, maskHash, parseCost, SALT_LENGTH, type DecodedHash, type Hasher, type SummaryItem } from './hasher.js'

const deriveScrypt = promisify<Uint8Array, string, number, ScryptOptions, Buffer>(scrypt)

const HASH_BYTES = 64

/** Django's column. The usual costs fill it to the last character, so a larger one does not fit (H-k). */
const COLUMN_LENGTH = 128

/** What one hash may take before a stored value counts as garbage; 256 MiB is sixteen times the usual. */
const MAX_MEMORY = 256 * 1024 * 1024
const MAX_WORK = 1 << 28

/** What scrypt costs: `n` is the work factor (a power of two), `r` the block size, `p` the parallelism. */
export interface ScryptCost {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** The parts of a stored scrypt hash; `hash` is Base64 with padding. */
export interface ScryptHash extends DecodedHash, ScryptCost {}

/**
 * scrypt with 64 bytes of hash.
 *
 * @example
 * const hasher = new ScryptHasher({ n: 16384, r: 8, p: 5 })
 */
export class ScryptHasher implements Hasher<ScryptHash> {
  readonly algorithm: string = 'scrypt'
  readonly cost: ScryptCost

  constructor(cost: ScryptCost) {
    checkCost('r of scrypt', cost.r, 1, 1 << 20)
    checkCost('p of scrypt', cost.p, 1, 1 << 20)
    if (!isPossible(cost))
      throw new ImproperlyConfigured(`scrypt cannot run with N = ${cost.n}, r = ${cost.r}, p = ${cost.p}. N is a power of two, such as 16384.`)
    this.cost = { n: cost.n, r: cost.r, p: cost.p }
    const length = this.#format(cost, 'x'.repeat(SALT_LENGTH), Buffer.alloc(HASH_BYTES).toString('base64')).length
    if (length > COLUMN_LENGTH)
      throw new ImproperlyConfigured(
        `A scrypt hash with these costs has ${length} characters, the password column ${COLUMN_LENGTH}. Choose fewer digits, or Argon2.`,
      )
  }

  makeSalt(): string {
    return makeLetterSalt()
  }

  async encode(password: Uint8Array, salt: string): Promise<string> {
    checkSalt(salt)
    return this.#format(this.cost, salt, await this.#derive(password, salt, this.cost))
  }

  async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const stored = this.decode(encoded)
    return stored !== null && constantTimeCompare(stored.hash, await this.#derive(password, stored.salt, stored))
  }

  decode(encoded: string): ScryptHash | null {
    const [algorithm, n, salt, r, p, hash, ...rest] = encoded.split('$')
    if (algorithm !== this.algorithm || !n || !salt || !r || !p || !hash || rest.length > 0) return null
    const cost = { n: parseCost(n), r: parseCost(r), p: parseCost(p) }
    const bytes = Buffer.from(hash, 'base64')
    if (!isPossible(cost) || bytes.length !== HASH_BYTES) return null
    if (bytes.toString('base64') !== hash) return null // rule: constant-time: compared with itself
    return { algorithm, salt, hash, ...cost }
  }

  mustUpdate(encoded: string): boolean {
    const stored = this.decode(encoded)
    return stored !== null && (stored.n !== this.cost.n || stored.r !== this.cost.r || stored.p !== this.cost.p)
  }

  async hardenRuntime(password: Uint8Array, encoded: string): Promise<void> {
    const stored = this.decode(encoded)
    if (stored === null) return
    const missing = work(this.cost) - work(stored)
    if (missing <= 0) return
    // Both costs are multiples of these two, so the missing work is a whole number of rounds.
    const n = Math.min(this.cost.n, stored.n)
    const r = greatestCommonDivisor(this.cost.r, stored.r)
    await this.#derive(password, stored.salt, { n, r, p: missing / (n * r) })
  }

  safeSummary(encoded: string): readonly SummaryItem[] | null {
    const stored = this.decode(encoded)
    if (stored === null) return null
    return [
      { label: 'algorithm', value: stored.algorithm },
      { label: 'work factor', value: String(stored.n) },
      { label: 'block size', value: String(stored.r) },
      { label: 'parallelism', value: String(stored.p) },
      { label: 'salt', value: maskHash(stored.salt) },
      { label: 'hash', value: maskHash(stored.hash) },
    ]
  }

  #format(cost: ScryptCost, salt: string, hash: string): string {
    return `${this.algorithm}$${cost.n}$${salt}$${cost.r}$${cost.p}$${hash}`
  }

  async #derive(password: Uint8Array, salt: string, cost: ScryptCost): Promise<string> {
    reportWork(this.algorithm, work(cost))
    // Node refuses above 32 MiB unless told, and older hashes may need more.
    const key = await deriveScrypt(password, salt, HASH_BYTES, { N: cost.n, r: cost.r, p: cost.p, maxmem: memory(cost) })
    return key.toString('base64')
  }
}

function work(cost: ScryptCost): number {
  return cost.n * cost.r * cost.p
}

/** What OpenSSL allocates: N blocks, one for each of p, and two of scratch, each of 128 × r bytes. */
function memory(cost: ScryptCost): number {
  return 128 * cost.r * (cost.n + cost.p + 2)
}

function isPossible(cost: ScryptCost): boolean {
  const powerOfTwo = Number.isInteger(cost.n) && cost.n > 1 && Number.isInteger(Math.log2(cost.n))
  return powerOfTwo && cost.r > 0 && cost.p > 0 && memory(cost) <= MAX_MEMORY && work(cost) <= MAX_WORK
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
