/**
 * So many at once, so many waiting, and no more: what takes a core and holds a file in memory has an end.
 * @module
 */

import { ServiceUnavailable } from '../base/errors.js'

/** Lets tasks run in the order they came. */
export class Turns {
  readonly #atOnce: number
  readonly #mayWait: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce
    this.#mayWait = mayWait
  }

  /** Runs `task` when its turn comes; throws `ServiceUnavailable` at once where too many wait. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++
    else if (this.#waiting.length < this.#mayWait) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else throw new ServiceUnavailable(`${this.#waiting.length} pictures are waiting to be decoded already.`, { retryAfter: 5 })
    try {
      return await task()
    } finally {
      // The place passes on, or is free again.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
