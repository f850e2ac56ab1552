/**
 * How much work a hash was. Hashers report each derivation as they start it, so that a test can count what a stopwatch can only guess:
 * whether two answers cost the same.
 * @module
 */

import { channel } from 'node:diagnostics_channel'

/** One derivation. `units` is the algorithm's own measure: iterations (PBKDF2), KiB × passes (Argon2), N × r × p (scrypt), 2^cost (bcrypt). */
export interface HashWork {
  readonly algorithm: string
  readonly units: number
}

const CHANNEL = channel('portcullis:hash-work')

/** Reports work that is about to be done. Costs next to nothing while nobody listens. */
export function reportWork(algorithm: string, units: number): void {
  if (CHANNEL.hasSubscribers) CHANNEL.publish({ algorithm, units } satisfies HashWork)
}

/**
 * Runs `action` and returns the units each algorithm was reported for meanwhile, in the whole process.
 *
 * @example
 * const { work } = await countWork(() => checkPassword('guess', user.password))
 * work.get('pbkdf2_sha256')   // 1000000
 */
export async function countWork<T>(action: () => Promise<T>): Promise<{ result: T; work: Map<string, number> }> {
  const work = new Map<string, number>()
  const listener = (message: unknown): void => {
    const { algorithm, units } = message as HashWork
    work.set(algorithm, (work.get(algorithm) ?? 0) + units)
  }
  CHANNEL.subscribe(listener)
  try {
    return { result: await action(), work }
  } finally {
    CHANNEL.unsubscribe(listener)
  }
}
