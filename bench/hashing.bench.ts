/**
 * Hashes per second through the pool against the bare library, at 1, 2, 8 and 32 at once.
 * @module
 */

import { pbkdf2 } from 'node:crypto'
import { hashRaw } from '@node-rs/argon2'
import { passwordHashers } from '../src/passwords/password-hashers.js'
import { PasswordService } from '../src/passwords/password-service.js'
import { HashingPool } from '../src/passwords/pool.js'
import type { Row } from './run.js'

export const name = 'hashing'

const PASSWORD = 'correct horse battery staple'
const SALT = 'abcdefghij0123456789AB'
/** A tenth of Django 5.2's, so that the run ends; both sides do the same. */
const ITERATIONS = 100_000

const bare: Record<string, () => Promise<unknown>> = {
  'argon2 19 MiB': () => hashRaw(PASSWORD, { salt: Buffer.from(SALT), memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }),
  'pbkdf2 100,000': () =>
    new Promise((resolve, reject) => pbkdf2(PASSWORD, SALT, ITERATIONS, 32, 'sha256', (error, key) => (error ? reject(error) : resolve(key)))),
}

const ours: Record<string, PasswordService> = {
  'argon2 19 MiB': new PasswordService({ hashers: passwordHashers(), pool: new HashingPool() }),
  'pbkdf2 100,000': new PasswordService({
    hashers: passwordHashers({ preferred: 'pbkdf2_sha256', costs: { pbkdf2: { iterations: ITERATIONS } } }),
    pool: new HashingPool(),
  }),
}

export async function run(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [algorithm, hash] of Object.entries(bare)) {
    const service = ours[algorithm]
    if (service === undefined) continue
    for (const atOnce of [1, 2, 8, 32]) {
      // In turns, so that a busy moment of the machine falls on both.
      const [alone, pooled] = [[] as number[], [] as number[]]
      for (let round = 0; round < 3; round++) {
        alone.push(await perSecond(hash, atOnce))
        pooled.push(await perSecond(() => service.make(PASSWORD), atOnce))
      }
      const best = Math.max(...alone)
      rows.push({ what: `${algorithm}, ${atOnce} at once, bare library`, value: best, unit: 'hashes/s' })
      rows.push({
        what: `${algorithm}, ${atOnce} at once, portcullis`,
        value: Math.max(...pooled),
        unit: 'hashes/s',
        ratio: Math.max(...pooled) / best,
      })
    }
  }
  return rows
}

async function perSecond(hash: () => Promise<unknown>, atOnce: number): Promise<number> {
  const total = Math.max(16, atOnce)
  const start = performance.now()
  let started = 0
  const worker = async (): Promise<void> => {
    while (started++ < total) await hash()
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return total / ((performance.now() - start) / 1000)
}
