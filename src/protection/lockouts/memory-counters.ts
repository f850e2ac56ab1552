/**
 * Tries counted in this process: for tests, for a site of one process that may forget them, and in place of a store that is down.
 * @module
 */

import { countTry, uncount, type CounterName, type CounterRule, type Counters, type StoredCounter, type Taken } from './counter-rule.js'

/** Somebody who invents names must not fill the memory; 100,000 counters are 20 MB. */
const MOST_COUNTERS = 100_000

/** Counters of this process alone. */
export class MemoryCounters implements Counters {
  readonly #counters = new Map<string, StoredCounter>()

  async take(name: CounterName, rule: CounterRule, now: number): Promise<Taken> {
    // Nothing is awaited between the look and the write: another try could come between.
    const { taken, state } = countTry(this.#counters.get(name.counter) ?? null, rule, now)
    if (state !== null) {
      if (this.#counters.size >= MOST_COUNTERS) this.#makeRoom(now)
      this.#counters.set(name.counter, { ...name, ...state, seen: now })
    }
    return taken
  }

  async giveBack({ counter }: CounterName, taken: Taken): Promise<void> {
    const found = this.#counters.get(counter)
    if (found !== undefined) this.#counters.set(counter, { ...found, ...uncount(found, taken) })
  }

  async forget({ counter }: CounterName): Promise<void> {
    this.#counters.delete(counter)
  }

  async forgetWaiting({ counter }: CounterName, freeAt: number): Promise<boolean> {
    return this.#counters.get(counter)?.freeAt === freeAt && this.#counters.delete(counter)
  }

  async forgetAll(of: { readonly account: string } | { readonly address: string }): Promise<number> {
    const before = this.#counters.size
    for (const [counter, one] of this.#counters) {
      if ('account' in of ? one.account === of.account : one.address === of.address) this.#counters.delete(counter)
    }
    return before - this.#counters.size
  }

  async waiting(now: number, { account, limit }: { readonly account?: string; readonly limit: number }): Promise<readonly StoredCounter[]> {
    return [...this.#counters.values()]
      .filter((one) => one.freeAt > now && (account === undefined || one.account === account))
      .toSorted((a, b) => b.freeAt - a.freeAt)
      .slice(0, limit)
  }

  async clearExpired(now: number): Promise<number> {
    const before = this.#counters.size
    for (const [counter, one] of this.#counters) if (one.forgetAt <= now && one.freeAt <= now) this.#counters.delete(counter)
    return before - this.#counters.size
  }

  /** What has expired goes; where that is too little, what is closest to it, but nothing that waits. */
  #makeRoom(now: number): void {
    for (const [counter, one] of this.#counters) if (one.forgetAt <= now) this.#counters.delete(counter)
    if (this.#counters.size < MOST_COUNTERS) return
    const leastMissed = [...this.#counters].toSorted(([, a], [, b]) => a.freeAt - b.freeAt || a.forgetAt - b.forgetAt)
    for (const [counter] of leastMissed.slice(0, MOST_COUNTERS / 10)) this.#counters.delete(counter)
  }
}
