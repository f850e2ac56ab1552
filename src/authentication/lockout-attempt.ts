/**
 * One try at a password that was let through, and what comes of the places it took.
 * @module
 */

import type { CounterName, Counters, Taken } from '../protection/lockouts/counter-rule.js'

/** A place in one count. */
export interface Place {
  readonly name: CounterName
  readonly taken: Taken
}

/** What a try is made of. */
export interface AttemptParts {
  readonly counters: Counters
  readonly places: readonly Place[]
  /** Lets the next one from the same place try. */
  readonly leave: () => void
  readonly failed: () => Promise<void>
  readonly succeeded: () => void
}

/** One try. */
export class Attempt {
  readonly #parts: AttemptParts

  constructor(parts: AttemptParts) {
    this.#parts = parts
  }

  /** The password was wrong: the places are used up. */
  async failed(): Promise<void> {
    await this.#parts.failed()
  }

  /**
   * The password was right. What this client has tried at this account is forgotten; all other counts get one place back and keep the rest,
   * so that nobody who guesses clears them by logging in to an account of their own (C3).
   */
  async succeeded(): Promise<void> {
    const { counters, places } = this.#parts
    for (const { name, taken } of places) {
      if (name.kind === 'device' || name.kind === 'account-address') await counters.forget(name)
      else await counters.giveBack(name, taken)
    }
    this.#parts.succeeded()
  }

  /** Nobody looked at the password: there was no room to. */
  async undo(): Promise<void> {
    for (const { name, taken } of this.#parts.places) await this.#parts.counters.giveBack(name, taken)
  }

  /** Whatever came of it, the next one from the same place may try. Belongs after every other call but `failed`. */
  end(): void {
    this.#parts.leave()
  }
}
