/**
 * A prepared statement of SQLite, whichever package prepared it, with the readers of its columns.
 * @module
 */

import { readerFor, type ReadValue, type StoredValue } from './sqlite-values.js'

/** What one statement did. */
export interface SqliteOutcome {
  readonly rows: Record<string, unknown>[]
  readonly changes: bigint | null
  readonly insertId: bigint | null
}

/** What `prepare` of either package gives. */
export interface RawStatement {
  all(...parameters: StoredValue[]): StoredValue[][]
  run(...parameters: StoredValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  columns(): { name: string; type: string | null }[]
  setReadBigInts?(on: boolean): void
  setReturnArrays?(on: boolean): void
  safeIntegers?(on: boolean): void
  raw?(on: boolean): void
  readonly reader?: boolean
}

/** `select *` may have other columns after another process changed the table; SQLite prepares it anew by itself, and so must we. */
const STAR = /(?:\b(?:select|returning|distinct|all)|[,.])\s*\*/i

const WRITES = /^\s*(?:insert|update|delete|replace)\b/i
/** Whatever else a statement begins with, `with` and comments too, may write. */
const READS = /^\s*select\b/i
const INSERTS = /^\s*(?:insert|replace)\b/i

/** A prepared statement that is kept. */
export class PreparedStatement {
  readonly onlyReads: boolean
  readonly #statement: RawStatement
  readonly #returnsRows: boolean
  readonly #writes: boolean
  readonly #inserts: boolean
  readonly #changing: boolean
  #names: string[] = []
  #readers: ReadValue[] = []

  constructor(statement: RawStatement, sql: string) {
    this.#statement = statement
    this.onlyReads = READS.test(sql)
    this.#writes = WRITES.test(sql)
    this.#inserts = INSERTS.test(sql)
    this.#changing = STAR.test(sql)
    this.#returnsRows = statement.reader ?? statement.columns().length > 0
    if (this.#returnsRows) this.#readColumns()
    statement.setReadBigInts?.(true)
    statement.safeIntegers?.(true)
    if (!this.#returnsRows) return
    statement.setReturnArrays?.(true)
    statement.raw?.(true)
  }

  run(parameters: StoredValue[]): SqliteOutcome {
    if (this.#returnsRows) {
      const stored = this.#statement.all(...parameters)
      if (this.#changing) this.#readColumns()
      return { rows: stored.map((one) => this.#row(one)), changes: this.#writes ? BigInt(stored.length) : null, insertId: null }
    }
    const { changes, lastInsertRowid } = this.#statement.run(...parameters)
    // SQLite goes on telling the numbers of the last write, whatever came after it.
    if (!this.#writes) return { rows: [], changes: null, insertId: null }
    return { rows: [], changes: BigInt(changes), insertId: this.#inserts && BigInt(changes) > 0n ? BigInt(lastInsertRowid) : null }
  }

  #readColumns(): void {
    const columns = this.#statement.columns()
    this.#names = columns.map((one) => one.name)
    this.#readers = columns.map((one) => readerFor(one.type))
  }

  #row(stored: StoredValue[]): Record<string, unknown> {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < stored.length; index += 1)
      row[this.#names[index] as string] = (this.#readers[index] as ReadValue)(stored[index] as StoredValue)
    return row
  }
}
