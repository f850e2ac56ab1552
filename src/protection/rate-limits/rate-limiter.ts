/**
 * So often in so long: limits for anything that may be asked too often, counted where the site counts.
 * @module
 */

import type { KeyObject } from 'node:crypto'
import type { Clock } from '../../base/clock.js'
import { ImproperlyConfigured, TooManyRequests } from '../../base/errors.js'
import { deriveKey, keyedName } from '../../crypto/hmac.js'
import type { Keys } from '../../crypto/keys.js'
import { MOST_OF_KIND } from '../lockouts/attempt-model.js'
import { checkRule, type CounterName, type CounterRule, type Counters } from '../lockouts/counter-rule.js'
import { millisecondsOf } from '../lockouts/rules.js'

/** Keys of limits are people's addresses and names: none lies about in clear. */
const KEY_SALT = 'portcullis.rate-limits'

/** So often in so long. */
export interface RateLimitRule {
  /** How often. */
  readonly limit: number
  /** In how many seconds, counted from the first. */
  readonly window: number
}

/** What became of one request. */
export interface RateLimitAnswer {
  readonly allowed: boolean
  /** How many more may come before the window ends. */
  readonly remaining: number
  /** Seconds until one may come again; 0 where one may come now. */
  readonly retryAfter: number
}

/** Counts one thing by a key: an address, a user's key, whatever tells those apart who share nothing. */
export interface RateLimiter {
  readonly name: string
  /** Counts one, if it may come. */
  take(key: string): Promise<RateLimitAnswer>
  /** Counts one, or throws `TooManyRequests`, which answers 429 with `Retry-After` from any handler. */
  enforce(key: string): Promise<void>
}

/** What limiters are made of. */
export interface RateLimitParts {
  readonly counters: Counters
  readonly keys: Keys
  readonly clock: Clock
}

/** Makes the limiters of a site. */
export class RateLimits {
  readonly #counters: Counters
  readonly #clock: Clock
  readonly #key: KeyObject
  readonly #known = new Map<string, string>()

  constructor({ counters, keys, clock }: RateLimitParts) {
    this.#counters = counters
    this.#clock = clock
    this.#key = deriveKey(KEY_SALT, keys.current)
  }

  /** A limiter. The same name twice is the same count, and must have the same numbers. */
  make(name: string, { limit, window }: RateLimitRule): RateLimiter {
    if (!/^[\w.:-]+$/.test(name) || name.length > MOST_OF_KIND)
      throw new ImproperlyConfigured(`“${name}” is no name for a limit. Use at most ${MOST_OF_KIND} letters, digits, dots and hyphens.`)
    const rule: CounterRule = checkRule(`The limit “${name}”`, { limit, waits: [], memory: window })
    const numbers = `${limit} in ${window}`
    const known = this.#known.get(name)
    if (known !== undefined && known !== numbers)
      throw new ImproperlyConfigured(`There are two limits “${name}”: ${known} seconds, and ${numbers} seconds. Give each a name of its own.`)
    this.#known.set(name, numbers)
    return new CountedLimiter(name, async (key) => this.#take(name, rule, key))
  }

  /** Removes what is over; tells how much. */
  async clearExpired(): Promise<number> {
    return this.#counters.clearExpired(millisecondsOf(this.#clock))
  }

  async #take(name: string, rule: CounterRule, key: string): Promise<RateLimitAnswer> {
    if (typeof key !== 'string' || key === '') throw new ImproperlyConfigured(`take() of the limit “${name}” needs a text that is not empty.`)
    const now = millisecondsOf(this.#clock)
    const { admitted, number, freeAt } = await this.#counters.take(this.#nameOf(name, key), rule, now)
    const wait = freeAt > now ? Math.ceil((freeAt - now) / 1000) : 0
    return { allowed: admitted, remaining: admitted ? Math.max(0, rule.limit - number) : 0, retryAfter: wait }
  }

  #nameOf(kind: string, key: string): CounterName {
    return { counter: keyedName(this.#key, kind, key), kind, account: '', address: '' }
  }
}

class CountedLimiter implements RateLimiter {
  readonly name: string
  readonly #take: (key: string) => Promise<RateLimitAnswer>

  constructor(name: string, take: (key: string) => Promise<RateLimitAnswer>) {
    this.name = name
    this.#take = take
  }

  async take(key: string): Promise<RateLimitAnswer> {
    return this.#take(key)
  }

  async enforce(key: string): Promise<void> {
    const { allowed, retryAfter } = await this.#take(key)
    if (!allowed) throw new TooManyRequests(`The limit “${this.name}” is used up.`, { retryAfter })
  }
}
