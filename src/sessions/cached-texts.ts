/**
 * Texts of sessions in a cache, each with the moment it expires: the cache's own clock counts seconds, the site's decides.
 * @module
 */

import type { Clock } from '../base/clock.js'
import { ServiceUnavailable } from '../base/errors.js'
import { wordsOf } from '../base/outage.js'
import type { SessionCache } from './session-cache.js'

/** A text and its end. */
export interface CachedText {
  readonly text: string
  /** In milliseconds. */
  readonly expires: number
}

/** The texts under one prefix. Keys are those at rest. */
export class CachedTexts {
  readonly #cache: SessionCache
  readonly #clock: Clock
  readonly #prefix: string

  constructor(cache: SessionCache, clock: Clock, prefix: string) {
    this.#cache = cache
    this.#clock = clock
    this.#prefix = prefix
  }

  async get(key: string): Promise<CachedText | null> {
    const stored = await asked(this.#cache.get(this.#prefix + key))
    const end = stored?.indexOf(' ') ?? -1
    if (stored === null || end < 0) return null
    const expires = Number(stored.slice(0, end))
    return expires > this.#now() ? { expires, text: stored.slice(end + 1) } : null
  }

  async add(key: string, text: string, expires: Date): Promise<boolean> {
    return asked(this.#cache.add(this.#prefix + key, written(text, expires), this.#secondsTo(expires)))
  }

  async replace(key: string, text: string, expires: Date): Promise<boolean> {
    return asked(this.#cache.replace(this.#prefix + key, written(text, expires), this.#secondsTo(expires)))
  }

  async set(key: string, text: string, expires: Date): Promise<void> {
    await asked(this.#cache.set(this.#prefix + key, written(text, expires), this.#secondsTo(expires)))
  }

  /** Takes a text away; false where it was not there. Of two that try, one succeeds. */
  async take(key: string): Promise<boolean> {
    return asked(this.#cache.delete(this.#prefix + key))
  }

  async delete(key: string): Promise<void> {
    await asked(this.#cache.delete(this.#prefix + key))
  }

  #secondsTo(expires: Date): number {
    // A session that has expired is stored for a second, for the caller to be told that it is stored.
    return Math.max(1, Math.ceil((expires.getTime() - this.#now()) / 1000))
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

/** Whatever a cache throws says that it cannot be asked: there is nothing wrong with a key and a text. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw new ServiceUnavailable(`The cache of the sessions cannot be asked now: ${wordsOf(error)}`, { retryAfter: 5, cause: error })
  }
}

function written(text: string, expires: Date): string {
  return `${expires.getTime()} ${text}`
}
