/**
 * A value that must not be seen: it prints as `***`, does not serialise, and is read only by asking for it by name.
 * @module
 */

import { inspect } from 'node:util'

const HIDDEN = '***'

/**
 * Wraps a secret so that logs, error pages, `JSON.stringify` and `util.inspect` show `***`.
 *
 * @example
 * const key = new Secret('3b5d…')
 * String(key)     // '***'
 * key.reveal()    // '3b5d…'
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** Returns the value itself. The only way to it, so that a search for `reveal` finds every use. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
