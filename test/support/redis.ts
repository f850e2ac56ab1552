/**
 * A real Redis for tests, at `TEST_REDIS_URL`. One that does not answer is named in a line and left out, and is an error when `CI` is set.
 * @module
 */

import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll } from 'vitest'

/** Where Redis is looked for. */
export const redisUrl = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** Whether it answers. */
export const hasRedis: boolean = await answers()

/** Connects with a prefix of the test's own; afterwards what was written is deleted and the connection closed. */
export function connectRedis(): Redis {
  const prefix = `portcullis_test:${randomBytes(6).toString('hex')}:`
  const client = new Redis(redisUrl, { keyPrefix: prefix })
  afterAll(async () => {
    const plain = new Redis(redisUrl)
    const left = await plain.keys(`${prefix}*`)
    if (left.length > 0) await plain.del(...left)
    plain.disconnect()
    client.disconnect()
  })
  return client
}

async function answers(): Promise<boolean> {
  const client = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  // Without a listener the client writes to the console by itself.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    const reason = `Redis does not answer at ${new URL(redisUrl).host}: ${String(error)}`
    if (process.env['CI']) throw new Error(`${reason}. With CI set it may not be missing.`, { cause: error })
    console.info(`skipped: ${reason}`)
    return false
  } finally {
    client.disconnect()
  }
}
