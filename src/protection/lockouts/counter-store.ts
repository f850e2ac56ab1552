/**
 * Where a site counts, chosen by its options; and what counts in its place while it is down.
 * @module
 */

import type { Counters, CounterName, CounterRule, StoredCounter, Taken } from './counter-rule.js'
import { MemoryCounters } from './memory-counters.js'

/** A place for counters: `redisCounters(client)` of `portcullis/redis`, or `memoryCounters()`. */
export interface CounterStore {
  /** Whether it is the process's own, which others do not see: a live site is warned of it. */
  readonly isInMemory?: boolean
  /** Opens the counters of one use. */
  open(name: 'attempts' | 'limits'): Counters
}

/**
 * Counts in this process alone, and forgets when it ends: for tests.
 *
 * @example
 * const auth = portcullis({ secretKey, database, lockouts: { store: memoryCounters() } })
 */
export function memoryCounters(): CounterStore {
  return { isInMemory: true, open: () => new MemoryCounters() }
}

/** Half of what is allowed otherwise: several processes count apart now (16.5.2). */
function stricter(rule: CounterRule): CounterRule {
  return { ...rule, limit: Math.max(1, Math.floor(rule.limit / 2)) }
}

/** Counts where it is told; while that fails, strictly in this process, so that an outage opens no door. */
export class SteadyCounters implements Counters {
  readonly #counters: Counters
  readonly #onError: (error: unknown) => void
  readonly #inside = new MemoryCounters()
  /** Tries that were counted here. */
  readonly #own = new WeakSet<Taken>()

  constructor(counters: Counters, onError: (error: unknown) => void) {
    this.#counters = counters
    this.#onError = onError
  }

  async take(name: CounterName, rule: CounterRule, now: number): Promise<Taken> {
    try {
      return await this.#counters.take(name, rule, now)
    } catch (error) {
      this.#onError(error)
      const taken = await this.#inside.take(name, stricter(rule), now)
      this.#own.add(taken)
      return taken
    }
  }

  async giveBack(name: CounterName, taken: Taken): Promise<void> {
    if (this.#own.has(taken)) return this.#inside.giveBack(name, taken)
    // Whoever was let in is let in: a count too many does less harm than an error now.
    await this.#counters.giveBack(name, taken).catch(this.#onError)
  }

  async forget(name: CounterName): Promise<void> {
    await this.#inside.forget(name)
    await this.#counters.forget(name).catch(this.#onError)
  }

  async forgetWaiting(name: CounterName, freeAt: number): Promise<boolean> {
    const isInside = await this.#inside.forgetWaiting(name, freeAt)
    return (await this.#counters.forgetWaiting(name, freeAt)) || isInside
  }

  async forgetAll(of: { readonly account: string } | { readonly address: string }): Promise<number> {
    return (await this.#inside.forgetAll(of)) + (await this.#counters.forgetAll(of))
  }

  async waiting(now: number, options: { readonly account?: string; readonly limit: number }): Promise<readonly StoredCounter[]> {
    return this.#counters.waiting(now, options)
  }

  async clearExpired(now: number): Promise<number> {
    return (await this.#inside.clearExpired(now)) + (await this.#counters.clearExpired(now))
  }
}
