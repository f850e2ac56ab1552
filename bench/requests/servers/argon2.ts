/**
 * Django's Argon2 hashes checked with the bare library, as many at once as there are cores.
 * @module
 */

import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'

const free = { count: availableParallelism() }
const waiting: (() => void)[] = []

/** Tells whether a password is the one; the library reads the cost from the hash. */
export async function argon2Verify(encoded: string, password: string): Promise<boolean> {
  if (free.count === 0) await new Promise<void>((resolve) => waiting.push(resolve))
  else free.count -= 1
  try {
    return await verify(encoded.slice('argon2'.length), password)
  } finally {
    const next = waiting.shift()
    if (next === undefined) free.count += 1
    else next()
  }
}
