/**
 * Where Argon2 is computed: `@node-rs/argon2` (several times faster), else Node's own, where this Node has it.
 * @module
 */

import * as crypto from 'node:crypto'
import { ImproperlyConfigured } from '../base/errors.js'

/** The three varieties; only `argon2id` is made new. */
export type Argon2Variety = 'argon2d' | 'argon2i' | 'argon2id'

/** The two versions: 19 is 1.3 of today, 16 what was current before 2016. */
export type Argon2Version = 16 | 19

/** One derivation. Memory in KiB. */
export interface Argon2Job {
  readonly variety: Argon2Variety
  readonly version: Argon2Version
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly hashBytes: number
}

/** Computes Argon2 off the event loop. */
export type Argon2Engine = (password: Uint8Array, salt: Uint8Array, job: Argon2Job) => Promise<Uint8Array>

/** The numbers the package gives its varieties and versions. It declares them as `const enum`, which single-file compilation cannot read. */
const VARIETIES: Readonly<Record<Argon2Variety, number>> = { argon2d: 0, argon2i: 1, argon2id: 2 }
const VERSIONS: Readonly<Record<Argon2Version, number>> = { 16: 0, 19: 1 }

type NodeRs = Pick<typeof import('@node-rs/argon2'), 'hashRaw'>

/**
 * Finds an engine. `load` and `own` stand for the package and for Node's own function, so that the absence of either can be tried.
 */
export async function findArgon2Engine(
  load: () => Promise<NodeRs> = () => import('@node-rs/argon2'),
  own: typeof crypto.argon2 | null = crypto.argon2 ?? null,
): Promise<Argon2Engine> {
  let cause: unknown
  try {
    return packageEngine(await load())
  } catch (error) {
    cause = error
  }
  if (own !== null) return nodeEngine(own)
  throw new ImproperlyConfigured(
    'Argon2 is not available: the package @node-rs/argon2 could not be loaded, and this Node has none of its own (24.7 and later do). ' +
      'Run `npm install @node-rs/argon2`, or choose `preferred: "pbkdf2_sha256"`.',
    { cause },
  )
}

function packageEngine({ hashRaw }: NodeRs): Argon2Engine {
  return (password, salt, job) =>
    hashRaw(password, {
      algorithm: VARIETIES[job.variety],
      version: VERSIONS[job.version],
      memoryCost: job.memory,
      timeCost: job.passes,
      parallelism: job.parallelism,
      outputLen: job.hashBytes,
      salt,
    })
}

function nodeEngine(argon2: typeof crypto.argon2): Argon2Engine {
  return (message, nonce, job) =>
    new Promise((resolve, reject) => {
      if (job.version !== 19) throw new ImproperlyConfigured('Node cannot compute Argon2 of before 2016 (v=16). Run `npm install @node-rs/argon2`.')
      const { memory, passes, parallelism } = job
      argon2(job.variety, { message, nonce, memory, passes, parallelism, tagLength: job.hashBytes }, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
}
