/**
 * A Redis, or a Valkey, that the application connects to, as a place for sessions. Any client fits that can send a command by its name.
 * @module
 */

import type { CounterStore } from './protection/lockouts/counter-store.js'
import { RedisCounters, textOf, type SendCommand } from './protection/lockouts/redis-counters.js'
import type { SessionCache } from './sessions/session-cache.js'

export type { CounterStore } from './protection/lockouts/counter-store.js'
export type { SessionCache } from './sessions/session-cache.js'

/** How `ioredis` and `iovalkey` send a command. */
export interface CallingClient {
  call(command: string, ...parameters: string[]): Promise<unknown>
}

/** How `redis` sends one. */
export interface SendingClient {
  sendCommand(command: string[]): Promise<unknown>
}

/**
 * Keeps sessions in a Redis. The connection stays the application's: it is opened and closed there.
 *
 * @example
 * const auth = portcullis({ secretKey, database, sessions: { store: 'cache', cache: redisCache(redis) } })
 */
export function redisCache(client: CallingClient | SendingClient): SessionCache {
  const send = senderOf(client)
  return {
    get: async (key) => {
      const text = await send('GET', key)
      return text === null || text === undefined ? null : textOf(text)
    },
    // One command each: what is checked and what is written cannot come apart.
    add: async (key, text, seconds) => isDone(await send('SET', key, text, 'EX', String(seconds), 'NX')),
    replace: async (key, text, seconds) => isDone(await send('SET', key, text, 'EX', String(seconds), 'XX')),
    set: async (key, text, seconds) => void (await send('SET', key, text, 'EX', String(seconds))),
    delete: async (key) => Number(await send('DEL', key)) > 0,
  }
}

/**
 * Counts tries to log in, and requests, in a Redis: for a site of several machines, and to spare the database the writing.
 *
 * @example
 * const counters = redisCounters(redis)
 * const auth = portcullis({ secretKey, database, lockouts: { store: counters }, rateLimits: { store: counters } })
 */
export function redisCounters(client: CallingClient | SendingClient): CounterStore {
  const send = senderOf(client)
  return { open: (name) => new RedisCounters(send, name) }
}

/** A Redis that is there answers within a millisecond. Clients wait for one that is not, some for ever, and visitors would with them. */
const DEADLINE = 2000

function senderOf(client: CallingClient | SendingClient): SendCommand {
  // ioredis has a `sendCommand` too, which takes something else.
  const send: SendCommand = 'call' in client ? (...words) => client.call(...words) : (...words) => client.sendCommand(words)
  return async (...words) => {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`Redis has not answered ${words[0]} within ${DEADLINE / 1000} seconds.`)), DEADLINE)
    try {
      return await Promise.race([send(...words), late])
    } finally {
      clearTimeout(timer)
    }
  }
}

function isDone(answer: unknown): boolean {
  return answer !== null && answer !== undefined && textOf(answer) === 'OK'
}
