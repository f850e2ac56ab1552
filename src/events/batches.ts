/**
 * A bounded queue that is written in batches a moment later, outside whatever was going on when something was added.
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'

/** What a queue is made of. Times are in milliseconds. */
export interface BatchesParts<Entry> {
  /** Most that wait. What comes when there is no room is counted, and lost. */
  readonly limit: number
  /** Most in one batch. */
  readonly atOnce: number
  /** How long the first of a batch waits for company. */
  readonly after: number
  /** Writes a batch, in order. One that fails is tried again, after longer and longer pauses. */
  readonly write: (batch: readonly Entry[]) => Promise<void>
  /** Told of the first of several failures in a row. */
  readonly onError: (error: unknown) => void
}

/** Between tries of a batch, in milliseconds; the last comes again and again. */
const PAUSES = [1000, 5000, 30_000, 60_000]

/** The queue. */
export class Batches<Entry> {
  readonly #parts: BatchesParts<Entry>
  readonly #waiting: Entry[] = []
  /** Leaves the transaction and the request of whoever adds: a batch belongs to none. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | null = null
  #failures = 0
  #lost = 0
  #isClosed = false

  constructor(parts: BatchesParts<Entry>) {
    this.#parts = parts
  }

  /** Takes an entry; false where there is no room for it. Never throws, and waits for nothing. */
  add(entry: Entry): boolean {
    if (this.#isClosed || this.#waiting.length >= this.#parts.limit) {
      this.#lost += 1
      return false
    }
    this.#waiting.push(entry)
    if (this.#timer === undefined && this.#writing === null) this.#arm(this.#parts.after)
    return true
  }

  /** How many found no room since this was last asked. */
  takeLost(): number {
    const lost = this.#lost
    this.#lost = 0
    return lost
  }

  /** Writes what waits, and settles when nothing does, or when it cannot be written now. */
  async idle(): Promise<void> {
    do await this.#flush()
    while (this.#waiting.length > 0 && this.#failures === 0)
  }

  /** The same for the last time: nothing is taken afterwards. Tells how many could not be written. */
  async close(): Promise<number> {
    this.#isClosed = true
    await this.idle()
    clearTimeout(this.#timer)
    return this.#waiting.length
  }

  #arm(after: number): void {
    this.#timer = this.#outside(() => setTimeout(() => void this.#flush(), after))
    // A place that is down keeps no process alive; what was just added does, until it is written.
    if (this.#failures > 0) this.#timer.unref()
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing ??= this.#outside(() => this.#writeAll()).finally(() => {
      this.#writing = null
      if (this.#waiting.length > 0 && !this.#isClosed)
        this.#arm(this.#failures === 0 ? this.#parts.after : (PAUSES[Math.min(this.#failures, PAUSES.length) - 1] ?? 0))
    })
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#parts.atOnce)
      try {
        await this.#parts.write(batch)
      } catch (error) {
        this.#failures += 1
        if (this.#failures === 1) this.#parts.onError(error)
        return
      }
      this.#failures = 0
      this.#waiting.splice(0, batch.length)
    }
  }
}
