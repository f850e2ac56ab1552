/**
 * What a cache must do to hold sessions: writes that happen whole or not at all, each with a time to live.
 * @module
 */

import type { Clock } from '../base/clock.js'

/**
 * A cache of texts. `portcullis/redis` makes one of a Redis client.
 *
 * @example
 * const auth = portcullis({ secretKey, database, sessions: { store: 'cache', cache: redisCache(new Redis()) } })
 */
export interface SessionCache {
  /** The text under a key; null where there is none, or its time is over. */
  get(key: string): Promise<string | null>
  /** Keeps a text unless the key is taken; tells whether it did. Redis: `SET … NX`. */
  add(key: string, text: string, seconds: number): Promise<boolean>
  /** Keeps a text if the key is taken; tells whether it did. Redis: `SET … XX`. */
  replace(key: string, text: string, seconds: number): Promise<boolean>
  /** Keeps a text in any case. */
  set(key: string, text: string, seconds: number): Promise<void>
  /** Removes a text; tells whether there was one. */
  delete(key: string): Promise<boolean>
}

/** So many writes are made before what has expired is swept out. */
const SWEEP_EVERY = 1000

/** A cache in this process: for tests, and for a site that may forget its sessions when it restarts. */
export class MemoryCache implements SessionCache {
  readonly #clock: Clock
  readonly #texts = new Map<string, { readonly text: string; readonly ends: number }>()
  #writes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async get(key: string): Promise<string | null> {
    return this.#find(key)
  }

  async add(key: string, text: string, seconds: number): Promise<boolean> {
    // Nothing is awaited between the question and the write: another request could come between.
    if (this.#find(key) !== null) return false
    this.#put(key, text, seconds)
    return true
  }

  async replace(key: string, text: string, seconds: number): Promise<boolean> {
    if (this.#find(key) === null) return false
    this.#put(key, text, seconds)
    return true
  }

  async set(key: string, text: string, seconds: number): Promise<void> {
    this.#put(key, text, seconds)
  }

  async delete(key: string): Promise<boolean> {
    return this.#texts.delete(key)
  }

  #find(key: string): string | null {
    const found = this.#texts.get(key)
    if (found === undefined) return null
    if (found.ends > this.#now()) return found.text
    this.#texts.delete(key)
    return null
  }

  #put(key: string, text: string, seconds: number): void {
    this.#writes += 1
    if (this.#writes % SWEEP_EVERY === 0) this.#sweep()
    this.#texts.set(key, { text, ends: this.#now() + seconds * 1000 })
  }

  #sweep(): void {
    const now = this.#now()
    for (const [key, { ends }] of this.#texts) if (ends <= now) this.#texts.delete(key)
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}
