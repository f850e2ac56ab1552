/**
 * Compiled statements, kept by their shape: the text of a query is made once, and then only its values change.
 * @module
 */

import type { QueryResult, RawBuilder } from 'kysely'
import type { CompiledStatement, Database } from './database.js'

/** Shapes are few in a real site; the bound holds where lists of many lengths are asked for. */
const MOST_SHAPES = 500

/** The statements of one manager. */
export class StatementCache {
  readonly #database: Database
  readonly #texts = new Map<string, string>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Runs the statement of this shape with these values. `build` makes its text when the shape is new; the values must come in the
   * order in which `build` names them. A shape of null is never kept.
   */
  async run<Row>(shape: string | null, parameters: readonly unknown[], build: () => RawBuilder<unknown>): Promise<QueryResult<Row>> {
    return this.#database.run<Row>(this.#compiled(shape, parameters, build))
  }

  #compiled(shape: string | null, parameters: readonly unknown[], build: () => RawBuilder<unknown>): CompiledStatement {
    if (shape === null) return build().compile(this.#database.kysely)
    const known = this.#texts.get(shape)
    if (known !== undefined) return { sql: known, parameters }
    const compiled = build().compile(this.#database.kysely)
    if (this.#texts.size >= MOST_SHAPES) this.#texts.clear()
    this.#texts.set(shape, compiled.sql)
    return compiled
  }
}
