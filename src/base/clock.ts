/**
 * Where the time comes from. Everything that needs "now" is handed a clock, so that a test can set it.
 * @module
 */

/** Tells the time. */
export interface Clock {
  /** The present moment. */
  now(): Date
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }

/**
 * A clock that stands still until it is moved.
 *
 * @example
 * const clock = new FixedClock('2026-01-01T00:00:00Z')
 * clock.advance(3600)   // one hour, in seconds
 */
export class FixedClock implements Clock {
  #milliseconds: number

  constructor(start: Date | string | number = 0) {
    this.#milliseconds = new Date(start).getTime()
  }

  now(): Date {
    return new Date(this.#milliseconds)
  }

  /** Moves the clock forward by `seconds` (a fraction is allowed). */
  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000
  }
}
