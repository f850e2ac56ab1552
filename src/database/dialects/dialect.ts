/**
 * What differs between the three kinds of database, as one interface. Nothing outside this folder asks which engine it is talking to.
 * @module
 */

import type { Driver, Kysely, DialectAdapter, QueryCompiler, RawBuilder } from 'kysely'
import type { UniqueViolation, IntegrityError } from '../../base/errors.js'

/** The kinds of database. MariaDB counts as `mysql`. */
export type Engine = 'sqlite' | 'postgres' | 'mysql'

/** A comparison of text that engines spell differently. */
export type TextMatch = 'contains' | 'icontains' | 'startsWith' | 'istartsWith' | 'endsWith' | 'iendsWith' | 'iexact'

/** One engine's ways. Stateless; the connection is given where one is needed. */
export interface Dialect {
  readonly engine: Engine
  /** Longest identifier: 63 on PostgreSQL, 64 on MySQL; SQLite has none, Django uses 200. */
  readonly maxIdentifierLength: number
  /** Most bound parameters in one statement; bulk writes are cut to it. */
  readonly maxParameters: number
  /** Whether INSERT … RETURNING works on every server of this kind (not on MySQL). */
  readonly hasReturning: boolean

  /** Kysely's parts for this engine. */
  createQueryCompiler(): QueryCompiler
  createAdapter(): DialectAdapter

  /** `column LIKE …` in the engine's spelling (DM-14), the value's `%`, `_` and `\` escaped. `column` is an already quoted reference. */
  textMatch(kind: TextMatch, column: RawBuilder<unknown>, value: string): RawBuilder<boolean>

  /** The tail of an INSERT that skips rows already there by these unique columns, and hides no other error. */
  onConflictDoNothing(uniqueColumns: readonly string[]): RawBuilder<unknown>
  /** The tail of an INSERT that updates the existing row: `column = new value` for each of `updateColumns`. */
  onConflictUpdate(uniqueColumns: readonly string[], updateColumns: readonly string[]): RawBuilder<unknown>
  /** The tail of a SELECT that locks the rows read; empty on SQLite, where `BEGIN IMMEDIATE` has the whole file. */
  forUpdate(): RawBuilder<unknown>

  /** The driver's error as ours, or null if it is of another kind. `cause` is kept. */
  asIntegrityError(error: unknown): UniqueViolation | IntegrityError | null

  /** Runs `work` while no other process or connection holds the same named lock; waits for it up to `timeoutSeconds`, then throws. */
  withLock<T>(db: Kysely<never>, name: string, timeoutSeconds: number, work: () => Promise<T>): Promise<T>
}

/**
 * A database to open: what `sqlite()`, `postgres()` and `mysql()` return and `portcullis({ database })` takes.
 * `createDriver` opens nothing yet; a missing driver package is an error at the first query, naming the package to install.
 */
export interface DatabaseSource {
  readonly dialect: Dialect
  createDriver(): Driver
  /** Whether what is opened is ours to close: false for a pool, handle or Kysely that the application made. */
  readonly owned: boolean
}
