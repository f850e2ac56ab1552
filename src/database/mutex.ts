/**
 * One at a time, first come first served.
 * @module
 */

import { PortcullisError } from '../base/errors.js'

interface Waiter {
  readonly go: () => void
  readonly giveUp: (error: Error) => void
  timer: NodeJS.Timeout | null
}

/**
 * A lock for asynchronous work in one process. Who waits gives up when the same holder has kept it for `patience`
 * milliseconds: waiting for oneself would otherwise never end.
 */
export class Mutex {
  readonly #patience: number
  readonly #explain: string
  readonly #waiting: Waiter[] = []
  #held = false
  #heldSince = 0

  /** `explain` is what the error of a waiter that gave up says. */
  constructor(patience: number, explain: string) {
    this.#patience = patience
    this.#explain = explain
  }

  /** Takes the lock if nobody has it. */
  tryLock(): boolean {
    if (this.#held) return false
    this.#held = true
    return true
  }

  /** Takes the lock, after everyone who asked before. */
  async lock(): Promise<void> {
    if (this.tryLock()) return
    // The clock starts with the first who waits: nobody else is hurt by a long hold, and the free way stays free of it.
    if (this.#waiting.length === 0) this.#heldSince = performance.now()
    await new Promise<void>((go, giveUp) => {
      const waiter: Waiter = { go, giveUp, timer: null }
      this.#waiting.push(waiter)
      this.#watch(waiter, this.#patience)
    })
  }

  /** Hands the lock to the next in line. */
  unlock(): void {
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#held = false
      return
    }
    if (next.timer !== null) clearTimeout(next.timer)
    this.#heldSince = performance.now()
    next.go()
  }

  /** Runs `work` with the lock. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.tryLock()) await this.lock()
    try {
      return await work()
    } finally {
      this.unlock()
    }
  }

  #watch(waiter: Waiter, milliseconds: number): void {
    waiter.timer = setTimeout(() => {
      const left = this.#heldSince + this.#patience - performance.now()
      if (left > 0) return this.#watch(waiter, left)
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
      waiter.giveUp(new PortcullisError(this.#explain))
    }, milliseconds)
  }
}
