/**
 * What the bare hash allows: password checks on every core, with nothing around them.
 * @module
 */

import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'
import type { Seed } from './contestant.js'
import type { Entrant } from './rounds.js'

/** What logins are compared with. */
export const BARE = 'bare hashes on all cores'

/** Checks for so many seconds, one at a time for each core. */
export function bareHashes(seed: Seed, seconds: number): Entrant {
  const hash = seed.people[0]?.password.slice('argon2'.length) ?? ''
  return {
    name: BARE,
    async measure() {
      const before = process.cpuUsage()
      const begun = performance.now()
      const deadline = begun + seconds * 1000
      const times: number[] = []
      const core = async (): Promise<void> => {
        for (let start = begun; start < deadline; start = performance.now()) {
          if (!(await verify(hash, seed.password))) throw new Error('the password of the benchmark is not the one it hashed')
          times.push(performance.now() - start)
        }
      }
      await Promise.all(Array.from({ length: availableParallelism() }, core))
      const { user, system } = process.cpuUsage(before)
      const elapsed = (performance.now() - begun) / 1000
      times.sort((a, b) => a - b)
      const at = (part: number): number => times[Math.floor(times.length * part)] ?? Number.NaN
      return { perSecond: times.length / elapsed, cpu: (user + system) / times.length, p50: at(0.5), p99: at(0.99), probe: null }
    },
  }
}
