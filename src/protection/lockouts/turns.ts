/**
 * So many at once under one name, the rest in turn. A try takes its places before anybody knows whether it is right, so that many people who
 * log in at one moment from one office would use up what is meant for wrong tries: they wait for each other instead.
 * @module
 */

import { ServiceUnavailable } from '../../base/errors.js'

/** As long as a hash is waited for; who waits longer has usually given up. */
const PATIENCE = 10_000

/** Enough for an office that arrives at nine; each costs a closure. */
const MOST_WAITING = 500

interface Line {
  inside: number
  readonly waiting: Set<() => void>
}

/** The lines of one process, by name. */
export class Turns {
  readonly #lines = new Map<string, Line>()
  readonly #patience: number

  /** `patience` is in milliseconds. */
  constructor(patience = PATIENCE) {
    this.#patience = patience
  }

  /**
   * Waits until fewer than `atOnce` are inside, and goes in. The answer goes out again; a second call of it does nothing.
   *
   * @throws ServiceUnavailable where too many wait, or where it takes too long
   */
  async enter(name: string, atOnce: number): Promise<() => void> {
    const line = this.#lines.get(name) ?? { inside: 0, waiting: new Set() }
    this.#lines.set(name, line)
    if (line.inside < atOnce) line.inside += 1
    else await this.#wait(line)
    let isInside = true
    return () => {
      if (isInside) this.#leave(name, line)
      isInside = false
    }
  }

  async #wait({ waiting }: Line): Promise<void> {
    if (waiting.size >= MOST_WAITING) throw tooMany(waiting.size)
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        const size = waiting.size
        waiting.delete(go)
        reject(tooMany(size))
      }, this.#patience)
      waiting.add(go)
    })
  }

  /** The next in line takes the place of whoever leaves, so that nobody who comes now gets in before. */
  #leave(name: string, line: Line): void {
    const [next] = line.waiting
    if (next !== undefined) {
      line.waiting.delete(next)
      return next()
    }
    line.inside -= 1
    if (line.inside === 0) this.#lines.delete(name)
  }
}

function tooMany(waiting: number): ServiceUnavailable {
  return new ServiceUnavailable(`${waiting} tries to log in from one place wait for their turn. Try again in a moment.`, { retryAfter: 1 })
}
