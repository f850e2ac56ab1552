/**
 * Argon2, stored as `argon2$argon2id$v=19$m=…,t=…,p=…$salt$hash`. New hashes are Argon2id; older ones of every variety verify.
 * @module
 */

import { constantTimeCompare } from '../crypto/hmac.js'
import { findArgon2Engine, type Argon2Engine, type Argon2Job, type Argon2Variety, type Argon2Version } from './argon2-engine.js'
import { reportWork } from './hash-work.js'
import { checkCost, isSaltShort, makeLetterSalt, maskHash, parseCost, type DecodedHash, type Hasher, type SummaryItem } from './hasher.js'

/** The library's least salt and hash, and the most that any column will hold. */
const LEAST_SALT_BYTES = 8
const LEAST_HASH_BYTES = 4
const MOST_HASH_BYTES = 1024

/** 2 GiB, the larger of RFC 9106's two recommendations, and eight passes of it; a stored value beyond either counts as garbage. */
const MAX_MEMORY = 2 * 1024 * 1024
const MAX_WORK = 8 * MAX_MEMORY
const MAX_PARALLELISM = 255

/** What Argon2 costs: `memory` in KiB. `hashBytes` is 32 with today's argon2-cffi; Django with one older than 21.2 writes 16. */
export interface Argon2Cost {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly hashBytes?: number
}

/** The parts of a stored Argon2 hash. `salt` is the text behind the Base64; `hash` is Base64 without padding. */
export interface Argon2Hash extends DecodedHash, Argon2Job {}

/**
 * Argon2id.
 *
 * @example
 * const hasher = new Argon2Hasher({ memory: 19_456, passes: 2, parallelism: 1 })
 */
export class Argon2Hasher implements Hasher<Argon2Hash> {
  readonly algorithm: string = 'argon2'
  readonly cost: Argon2Job
  readonly #findEngine: () => Promise<Argon2Engine>
  #engine: Promise<Argon2Engine> | null = null

  constructor(cost: Argon2Cost, findEngine: () => Promise<Argon2Engine> = findArgon2Engine) {
    const parallelism = checkCost('parallelism of Argon2', cost.parallelism, 1, MAX_PARALLELISM)
    const memory = checkCost('memory of Argon2 (KiB)', cost.memory, 8 * parallelism, MAX_MEMORY)
    const passes = checkCost('passes of Argon2', cost.passes, 1, Math.floor(MAX_WORK / memory))
    const hashBytes = checkCost('hashBytes of Argon2', cost.hashBytes ?? 32, LEAST_HASH_BYTES, 64)
    this.cost = { variety: 'argon2id', version: 19, memory, passes, parallelism, hashBytes }
    this.#findEngine = findEngine
  }

  makeSalt(): string {
    return makeLetterSalt()
  }

  async encode(password: Uint8Array, salt: string): Promise<string> {
    const { memory, passes, parallelism, variety, version } = this.cost
    // The salt is the text itself, as bytes, and is then written in Base64 once more.
    const bytes = Buffer.from(salt)
    const hash = await this.#derive(password, bytes, this.cost)
    return `${this.algorithm}$${variety}$v=${version}$m=${memory},t=${passes},p=${parallelism}$${unpadded(bytes)}$${hash}`
  }

  async verify(password: Uint8Array, encoded: string): Promise<boolean> {
    const stored = this.decode(encoded)
    return stored !== null && constantTimeCompare(stored.hash, await this.#derive(password, Buffer.from(stored.salt, 'latin1'), stored))
  }

  decode(encoded: string): Argon2Hash | null {
    const found = STORED_FORM.exec(encoded)?.groups as Fields | undefined
    if (found === undefined || found.algorithm !== this.algorithm) return null
    const job = {
      variety: found.variety as Argon2Variety,
      // What was made before 1.3 names no version.
      version: (found.version === undefined ? 16 : Number(found.version)) as Argon2Version,
      memory: parseCost(found.memory),
      passes: parseCost(found.passes),
      parallelism: parseCost(found.parallelism),
      hashBytes: Buffer.from(found.hash, 'base64').length,
    }
    const salt = Buffer.from(found.salt, 'base64')
    const canonical = unpadded(salt) === found.salt && unpadded(Buffer.from(found.hash, 'base64')) === found.hash
    if (!canonical || salt.length < LEAST_SALT_BYTES || !isPossible(job)) return null
    return { algorithm: found.algorithm, salt: salt.toString('latin1'), hash: found.hash, ...job }
  }

  mustUpdate(encoded: string): boolean {
    const stored = this.decode(encoded)
    if (stored === null) return false
    const { variety, version, memory, passes, parallelism, hashBytes } = this.cost
    const same = stored.variety === variety && stored.version === version && stored.hashBytes === hashBytes
    return !same || stored.memory !== memory || stored.passes !== passes || stored.parallelism !== parallelism || isSaltShort(stored.salt)
  }

  async hardenRuntime(password: Uint8Array, encoded: string): Promise<void> {
    const stored = this.decode(encoded)
    if (stored === null) return
    const missing = work(this.cost) - work(stored)
    const passes = Math.floor(missing / this.cost.memory)
    const rest = missing - Math.max(0, passes) * this.cost.memory
    const salt = Buffer.from(stored.salt, 'latin1')
    // Whole passes over this hasher's memory, then one over as much memory as makes up the rest.
    if (passes > 0) await this.#derive(password, salt, { ...this.cost, passes })
    if (rest > 0) await this.#derive(password, salt, { ...this.cost, memory: Math.max(rest, 8), passes: 1, parallelism: 1 })
  }

  safeSummary(encoded: string): readonly SummaryItem[] | null {
    const stored = this.decode(encoded)
    if (stored === null) return null
    return [
      { label: 'algorithm', value: stored.algorithm },
      { label: 'variety', value: stored.variety },
      { label: 'version', value: String(stored.version) },
      { label: 'memory cost', value: String(stored.memory) },
      { label: 'time cost', value: String(stored.passes) },
      { label: 'parallelism', value: String(stored.parallelism) },
      { label: 'salt', value: maskHash(stored.salt) },
      { label: 'hash', value: maskHash(stored.hash) },
    ]
  }

  async #derive(password: Uint8Array, salt: Uint8Array, job: Argon2Job): Promise<string> {
    reportWork(this.algorithm, work(job))
    const engine = await (this.#engine ??= this.#findEngine())
    return unpadded(await engine(password, salt, job))
  }
}

const STORED_FORM = new RegExp(
  '^(?<algorithm>[^$]+)\\$(?<variety>argon2(?:id|i|d))(?:\\$v=(?<version>16|19))?\\$m=(?<memory>\\d+),t=(?<passes>\\d+),p=(?<parallelism>\\d+)' +
    '\\$(?<salt>[A-Za-z0-9+/]+)\\$(?<hash>[A-Za-z0-9+/]+)$',
)

interface Fields {
  readonly algorithm: string
  readonly variety: string
  readonly version: string | undefined
  readonly memory: string
  readonly passes: string
  readonly parallelism: string
  readonly salt: string
  readonly hash: string
}

function work(job: Argon2Job): number {
  return job.memory * job.passes
}

function isPossible(job: Argon2Job): boolean {
  if (job.parallelism < 1 || job.parallelism > MAX_PARALLELISM || job.passes < 1) return false
  return (
    job.memory >= 8 * job.parallelism &&
    job.memory <= MAX_MEMORY &&
    work(job) <= MAX_WORK &&
    job.hashBytes >= LEAST_HASH_BYTES &&
    job.hashBytes <= MOST_HASH_BYTES
  )
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replaceAll('=', '')
}
