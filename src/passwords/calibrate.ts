/**
 * Finds what hashes may cost on this machine: as much as possible within a time, and never less than is recommended.
 *
 * Recommended at least (OWASP, 2025): Argon2id with 19 MiB, two passes and one lane, some 15 to 25 ms of one core; PBKDF2-SHA256 with 600,000
 * iterations, some 100 to 700 ms. Beside a Django, its own costs count instead, or each side would replace the other's hashes.
 * @module
 */

import { Argon2Hasher, type Argon2Cost } from './argon2.js'
import type { Hasher } from './hasher.js'
import { Pbkdf2Sha256Hasher, type Pbkdf2Cost } from './pbkdf2.js'
import { sharedHashingPool, type HashingPool } from './pool.js'

/** OWASP's least for Argon2id with two passes, and for PBKDF2-HMAC-SHA256. */
const LEAST_MEMORY = 19_456
const LEAST_ITERATIONS = 600_000

/** More memory is better than more passes, until it is more than a small server has for several logins at once: 128 MiB. */
const MOST_MEMORY = 131_072
const PASSES = 2

/** Half a second of waiting is what a person still takes for an answer at once; half of that leaves room for the rest of a login. */
const DEFAULT_TARGET = 250

/** How long one hash takes here at a cost. */
export interface Measured<Cost> {
  readonly cost: Cost
  /** What one hash is expected to take, with nothing else running. */
  readonly milliseconds: number
  /** The target would have asked for less than is recommended, so the recommendation stands. */
  readonly isLeast: boolean
}

/** What `calibrate` recommends, for `costs` of `passwordHashers()`. */
export interface Calibration {
  readonly argon2: Measured<Argon2Cost>
  readonly pbkdf2: Measured<Pbkdf2Cost>
}

/** Options of `calibrate`. */
export interface CalibrateOptions {
  /** How long one hash may take. Default 250. */
  readonly targetMilliseconds?: number | undefined
  /** Where the trial hashes run. Default: the process's own pool. */
  readonly pool?: HashingPool | undefined
}

/**
 * Measures a few hashes and recommends costs. Takes a second or so; run it once on the machine that will serve, and write the result down.
 *
 * @example
 * const { argon2 } = await calibrate({ targetMilliseconds: 100 })
 * const hashers = passwordHashers({ costs: { argon2: argon2.cost } })
 */
export async function calibrate(options: CalibrateOptions = {}): Promise<Calibration> {
  const target = options.targetMilliseconds ?? DEFAULT_TARGET
  const pool = options.pool ?? sharedHashingPool()
  const argon2 = await time(pool, new Argon2Hasher({ memory: LEAST_MEMORY, passes: PASSES, parallelism: 1 }))
  const pbkdf2 = await time(pool, new Pbkdf2Sha256Hasher({ iterations: LEAST_ITERATIONS / 10 }))
  return {
    argon2: chooseArgon2(argon2 / (LEAST_MEMORY * PASSES), target),
    pbkdf2: chooseIterations(pbkdf2 / (LEAST_ITERATIONS / 10), target),
  }
}

/** Chooses memory first, in whole MiB, then passes, from the milliseconds of one pass over one KiB. */
export function chooseArgon2(millisecondsPerUnit: number, target: number): Measured<Argon2Cost> {
  const units = target / millisecondsPerUnit
  const wanted = Math.floor(units / PASSES / 1024) * 1024
  const memory = Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, wanted))
  const passes = Math.max(PASSES, Math.floor(units / memory))
  return { cost: { memory, passes, parallelism: 1 }, milliseconds: memory * passes * millisecondsPerUnit, isLeast: units < LEAST_MEMORY * PASSES }
}

/** Chooses iterations, in tens of thousands, from the milliseconds of one. */
export function chooseIterations(millisecondsPerUnit: number, target: number): Measured<Pbkdf2Cost> {
  const wanted = Math.floor(target / millisecondsPerUnit / 10_000) * 10_000
  const iterations = Math.max(LEAST_ITERATIONS, wanted)
  return { cost: { iterations }, milliseconds: iterations * millisecondsPerUnit, isLeast: wanted < LEAST_ITERATIONS }
}

/** The fastest of three, after one that loads what needs loading: what else the machine does can only make a hash slower. */
async function time(pool: HashingPool, hasher: Hasher): Promise<number> {
  const password = Buffer.from('correct horse battery staple')
  let best = Infinity
  for (let round = 0; round < 4; round++) {
    const start = performance.now()
    await pool.run(() => hasher.encode(password, hasher.makeSalt()))
    if (round > 0) best = Math.min(best, performance.now() - start)
  }
  return best
}
