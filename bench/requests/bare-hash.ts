/**
 * What the bare hash allows: password checks on every core, with nothing around them.
 * @module
 */

import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'
import type { Seed } from './contestant.js'

/** Checks for so many seconds, one at a time for each core, and gives checks per second. */
export async function bareLogins(seed: Seed, seconds: number): Promise<number> {
  const hash = seed.people[0]?.password.slice('argon2'.length) ?? ''
  const begun = performance.now()
  const deadline = begun + seconds * 1000
  let count = 0
  const core = async (): Promise<void> => {
    while (performance.now() < deadline) {
      if (!(await verify(hash, seed.password))) throw new Error('the password of the benchmark is not the one it hashed')
      count += 1
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, core))
  return count / ((performance.now() - begun) / 1000)
}
