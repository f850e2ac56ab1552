/**
 * What differs between the three kinds of database, as three interfaces: the SQL (`Dialect`), the connections (`EngineDriver`) and
 * a database to open (`DatabaseSource`). Nothing outside this folder asks which engine it is talking to.
 * @module
 */

import type { DatabaseIntrospector, DialectAdapter, IsolationLevel, Kysely, QueryCompiler, QueryResult, RawBuilder } from 'kysely'
import type { IntegrityError, ServiceUnavailable, UniqueViolation } from '../../base/errors.js'

/** The kinds of database. MariaDB counts as `mysql`. */
export type Engine = 'sqlite' | 'postgres' | 'mysql'

/** A comparison of text that engines spell differently. The `i` kinds ignore case as the engine does (DM-13, DM-14). */
export type TextMatch = 'contains' | 'icontains' | 'startsWith' | 'istartsWith' | 'endsWith' | 'iendsWith' | 'iexact'

/** One engine's SQL. Stateless; the connection is given where one is needed. */
export interface Dialect {
  readonly engine: Engine
  /** Longest identifier: 63 on PostgreSQL, 64 on MySQL; SQLite has none, Django uses 200. */
  readonly maxIdentifierLength: number
  /** Most bound parameters in one statement; bulk writes are cut to it. */
  readonly maxParameters: number
  /** How many rows one INSERT takes best. On a server the way there counts; SQLite is there already, and slower with long statements. */
  readonly rowsPerInsert: number
  /** Whether a statement holds the event loop until it is done: then what reads a whole table is cut into parts. */
  readonly isSynchronous: boolean
  /** Whether INSERT … RETURNING works on every server of this kind (not on MySQL). */
  readonly hasReturning: boolean
  /** Whether CREATE and ALTER are undone by a rollback. On MySQL each commits what came before it: keep them out of `atomic()`. */
  readonly hasTransactionalDdl: boolean
  /** Whether foreign keys are checked when all is done, as Django declares them, and not row by row (MySQL). */
  readonly defersForeignKeys: boolean

  /** Kysely's parts for this engine. */
  createQueryCompiler(): QueryCompiler
  createAdapter(): DialectAdapter
  createIntrospector(db: Kysely<never>): DatabaseIntrospector

  /** `column LIKE …` in the engine's spelling (DM-14), the value's `%`, `_` and `\` escaped. `column` is an already quoted reference. */
  textMatch(kind: TextMatch, column: RawBuilder<unknown>, value: string): RawBuilder<boolean>

  /** The tail of an INSERT that skips rows already there by these unique columns, and hides no other error. */
  onConflictDoNothing(uniqueColumns: readonly string[]): RawBuilder<unknown>
  /** The tail of an INSERT that updates the existing row: `column = new value` for each of `updateColumns`. */
  onConflictUpdate(uniqueColumns: readonly string[], updateColumns: readonly string[]): RawBuilder<unknown>
  /** What stands in a VALUES list for the key the database counts up. */
  readonly nextKey: RawBuilder<unknown>
  /** All texts of a SELECT as one JSON list, where that costs less than a row for each; null where it does not. */
  readonly jsonList: ((text: RawBuilder<unknown>) => RawBuilder<unknown>) | null
  /** A table of one row whose column `version` is another number once somebody else has committed anything; null where there is none. */
  readonly foreignVersion: RawBuilder<unknown> | null
  /** The tail of a SELECT that locks the rows read; empty on SQLite, where `BEGIN IMMEDIATE` has the whole file. */
  forUpdate(): RawBuilder<unknown>

  /** The driver's error as ours, or null if it is of another kind. `cause` is kept; the message names columns, never values. */
  asIntegrityError(error: unknown): UniqueViolation | IntegrityError | null
  /**
   * The driver's error as one that says “later”, or null if coming again would not help. The server is away, has no connection left, no room,
   * or only reads; or others are in the way. `cause` is kept.
   */
  asUnavailable(error: unknown): ServiceUnavailable | null
}

/** What a transaction may be asked to be, beyond the engine's usual. */
export interface TransactionOptions {
  readonly isolationLevel?: IsolationLevel | undefined
  readonly accessMode?: 'read only' | 'read write' | undefined
}

/** One connection, lent by a driver. It is used by one caller at a time; whoever borrowed it sees to that. */
export interface EngineConnection {
  /** Runs one statement. Parameters and rows have the types that all engines share. */
  execute<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>>
  /** Reads the rows of a SELECT in parts of `chunkSize`. */
  stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>>
  /** Opens a transaction: `BEGIN IMMEDIATE` on SQLite, read committed on MySQL, unless asked otherwise. */
  begin(options: TransactionOptions): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Whether the transaction that `begin` opened still stands: some errors make an engine roll it back by itself. */
  readonly isInTransaction: boolean
  /** Holds a lock of this name against every other connection and process until the returned function is called. Waits up to `timeoutSeconds`. */
  lock(name: string, timeoutSeconds: number): Promise<() => Promise<void>>
  /** Gives the connection back; `broken` throws it away, because nobody knows what state it is in. */
  release(broken?: boolean): Promise<void>
}

/** Where connections come from. Opens nothing before the first `acquire`. */
export interface EngineDriver {
  acquire(): Promise<EngineConnection>
  /** Where a driver knows of every write through its connection: the same object until there is one, and null where it cannot tell. */
  unwritten?(): object | null
  /** Closes what this driver opened; what the application made stays open. */
  close(): Promise<void>
}

/**
 * A database to open: what `sqlite()`, `postgres()` and `mysql()` return and `portcullis({ database })` takes.
 * A missing driver package is an error at the first query, naming the package to install.
 */
export interface DatabaseSource {
  readonly dialect: Dialect
  createDriver(): EngineDriver
}
