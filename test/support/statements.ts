/**
 * Counts what a piece of work asks the database.
 * @module
 */

import type { Database } from '../../src/database/database.js'

/** Notes the statements from its making to `stop()`. */
export class StatementCounter {
  readonly #statements: string[] = []
  readonly #stop: () => void

  constructor(database: Database) {
    this.#stop = database.onStatement((sql) => this.#statements.push(sql))
  }

  /** Stops, and gives the texts. */
  stop(): readonly string[] {
    this.#stop()
    return this.#statements
  }
}
