/**
 * A bounded queue of work that nobody waits for: begun a moment later, a few pieces at a time, tried again where that may help.
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'

/** Why a piece of work did not get done. */
export interface Failure {
  readonly isTemporary: boolean
}

/** What a queue is made of. */
export interface QueueParts<Job, F extends Failure> {
  /** Most pieces at once, those that wait for another try among them. */
  readonly limit: number
  /** Most pieces under way at the same time. */
  readonly concurrency: number
  /** How long a new piece waits, in milliseconds. */
  readonly startAfter: number
  /** How long to wait before each further try, in milliseconds. As many tries as there are entries. */
  readonly retryAfter: readonly number[]
  /** Does it: null when it is done. Never throws. */
  readonly attempt: (job: Job) => Promise<F | null>
  /** Hears of what will not be tried again. Never throws. */
  readonly gaveUp: (job: Job, failure: F, attempts: number) => void
}

interface Entry<Job> {
  readonly job: Job
  attempts: number
  timer: NodeJS.Timeout | undefined
}

/** The queue. */
export class WorkQueue<Job, F extends Failure> {
  readonly #parts: QueueParts<Job, F>
  /** Waiting for their time. */
  readonly #resting = new Set<Entry<Job>>()
  /** Waiting for their turn. */
  readonly #ready: Entry<Job>[] = []
  readonly #running = new Set<Entry<Job>>()
  readonly #whenIdle: (() => void)[] = []
  /** Leaves the request that queues: its transaction is over when the work begins, and nothing may join it any more. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #isClosed = false

  constructor(parts: QueueParts<Job, F>) {
    this.#parts = parts
  }

  /** Pieces that are not done. */
  get size(): number {
    return this.#resting.size + this.#ready.length + this.#running.size
  }

  /** Takes a piece; false when there is no room, or the queue is closed. */
  add(job: Job): boolean {
    if (this.#isClosed || this.size >= this.#parts.limit) return false
    this.#rest({ job, attempts: 0, timer: undefined }, this.#parts.startAfter)
    return true
  }

  /** Begins what is new at once, and waits until nothing is left, further tries among it. */
  async idle(): Promise<void> {
    this.#hasten((entry) => entry.attempts === 0)
    if (this.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** Takes nothing more, tries what waits once more, and gives back what is not done within so many milliseconds. */
  async close(within: number): Promise<Job[]> {
    this.#isClosed = true
    this.#hasten(() => true)
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, within)
    })
    await Promise.race([this.idle(), patience])
    clearTimeout(timer)
    const left = [...this.#ready, ...this.#running].map((entry) => entry.job)
    this.#ready.length = 0
    this.#running.clear()
    this.#settle()
    return left
  }

  #rest(entry: Entry<Job>, milliseconds: number): void {
    this.#resting.add(entry)
    entry.timer = setTimeout(() => this.#wake(entry), milliseconds)
  }

  #wake(entry: Entry<Job>): void {
    clearTimeout(entry.timer)
    this.#resting.delete(entry)
    this.#ready.push(entry)
    this.#fill()
  }

  #hasten(which: (entry: Entry<Job>) => boolean): void {
    for (const entry of [...this.#resting].filter(which)) this.#wake(entry)
  }

  #fill(): void {
    while (this.#running.size < this.#parts.concurrency) {
      const entry = this.#ready.shift()
      if (entry === undefined) break
      this.#running.add(entry)
      this.#outside(() => void this.#run(entry))
    }
  }

  async #run(entry: Entry<Job>): Promise<void> {
    entry.attempts += 1
    const failure = await this.#parts.attempt(entry.job)
    // No longer there: the queue was closed meanwhile, and has given the piece back.
    if (!this.#running.delete(entry)) return
    if (failure !== null) this.#failed(entry, failure)
    this.#fill()
    this.#settle()
  }

  #failed(entry: Entry<Job>, failure: F): void {
    const wait = this.#parts.retryAfter[entry.attempts - 1]
    if (failure.isTemporary && wait !== undefined && !this.#isClosed) this.#rest(entry, wait)
    else this.#parts.gaveUp(entry.job, failure, entry.attempts)
  }

  #settle(): void {
    if (this.size > 0) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}
