/**
 * An application's own Kysely as a site's database. Its connections are borrowed, its pool is never closed.
 *
 * The values come as its driver was told to give them: moments lose their microseconds where that driver makes a `Date`, and
 * booleans may be 0 and 1. Managers read either; hand in the pool or the handle itself where `auth.db` should too.
 * @module
 */

import { CompiledQuery, type QueryResult } from 'kysely'
import { DateTime } from '../../base/date-time.js'
import { ImproperlyConfigured } from '../../base/errors.js'
import { beginStatements } from './begin.js'
import { inParts } from './chunks.js'
import type { DatabaseSource, Dialect, Engine, EngineConnection, EngineDriver, TransactionOptions } from './dialect.js'
import { mysqlParameters } from './mysql-values.js'
import { mysqlDialect } from './mysql.js'
import { postgresParameters } from './postgres-values.js'
import { postgresDialect } from './postgres.js'
import { lockOnMysql, lockOnPostgres } from './server-locks.js'
import { lockFile } from './sqlite-lock.js'
import { storedParameters } from './sqlite-values.js'
import { sqliteDialect } from './sqlite.js'

/** The part of a `Kysely` that is used. That of version 0.28 fits as well as that of 0.29. */
export interface ApplicationKysely {
  readonly isTransaction: boolean
  getExecutor(): { readonly adapter: object }
  withoutPlugins(): ApplicationKysely
  connection(): { execute<T>(work: (connection: ApplicationConnection) => Promise<T>): Promise<T> }
}

/** One connection of an application's Kysely. */
export interface ApplicationConnection {
  executeQuery(query: never): Promise<{ readonly rows: unknown[]; readonly numAffectedRows?: bigint; readonly insertId?: bigint }>
}

/** Options of `fromKysely()`. */
export interface FromKyselyOptions {
  /** Which kind of database it is, where its dialect does not show. */
  readonly engine?: Engine
}

const DIALECTS: Readonly<Record<Engine, Dialect>> = { sqlite: sqliteDialect, postgres: postgresDialect, mysql: mysqlDialect }
const PARAMETERS: Readonly<Record<Engine, (parameters: readonly unknown[]) => unknown[]>> = {
  sqlite: storedParameters,
  postgres: postgresParameters,
  mysql: mysqlParameters,
}

/**
 * Describes the database behind an application's Kysely. `portcullis({ database: kysely })` does the same. Inside `atomic()` use
 * `auth.db`: on SQLite the application's own object has the same one connection and would wait for itself.
 *
 * @example
 * const auth = portcullis({ secretKey, database: fromKysely(kysely) })
 */
export function fromKysely(kysely: ApplicationKysely, options: FromKyselyOptions = {}): DatabaseSource {
  if (kysely.isTransaction) throw new ImproperlyConfigured('`database` is a Kysely transaction, which ends. Pass the Kysely it was started from.')
  const engine = options.engine ?? engineOf(kysely)
  return { dialect: DIALECTS[engine], createDriver: () => new BorrowingDriver(kysely.withoutPlugins(), engine) }
}

/** Tells a Kysely from a `DatabaseSource`. */
export function isKysely(value: object): value is ApplicationKysely {
  return 'getExecutor' in value && 'withoutPlugins' in value && typeof value.getExecutor === 'function'
}

/** The names of Kysely's adapters and of those made from them. */
function engineOf(kysely: ApplicationKysely): Engine {
  for (let type: unknown = kysely.getExecutor().adapter.constructor; typeof type === 'function'; type = Object.getPrototypeOf(type) as unknown) {
    if (/sqlite/i.test(type.name)) return 'sqlite'
    if (/postgres|pglite/i.test(type.name)) return 'postgres'
    if (/mysql|mariadb/i.test(type.name)) return 'mysql'
  }
  throw new ImproperlyConfigured("Which kind of database this Kysely speaks to does not show. Say it: fromKysely(kysely, { engine: 'postgres' }).")
}

class BorrowingDriver implements EngineDriver {
  readonly #kysely: ApplicationKysely
  readonly #engine: Engine
  #zone: Promise<ReadDate> | null = null

  constructor(kysely: ApplicationKysely, engine: Engine) {
    this.#kysely = kysely
    this.#engine = engine
  }

  async acquire(): Promise<EngineConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<BorrowedConnection>()
    const lent = this.#kysely.connection().execute(
      (connection) =>
        new Promise<void>((giveBack) => {
          resolve(
            new BorrowedConnection(connection, this.#engine, async () => {
              giveBack()
              await lent
            }),
          )
        }),
    )
    lent.catch(reject)
    const connection = await promise
    try {
      await this.#prepare(connection)
      return connection
    } catch (error) {
      await connection.release()
      throw error
    }
  }

  async close(): Promise<void> {}

  async #prepare(connection: BorrowedConnection): Promise<void> {
    if (this.#engine === 'sqlite') await connection.execute('pragma foreign_keys = on', [])
    if (this.#engine === 'mysql') connection.readDate = await (this.#zone ??= zoneOf(connection))
  }
}

/** Makes the moment a driver meant. */
type ReadDate = (date: Date) => DateTime

class BorrowedConnection implements EngineConnection {
  readDate: ReadDate = (date) => DateTime.from(date)
  readonly #connection: ApplicationConnection
  readonly #engine: Engine
  readonly #giveBack: () => Promise<void>
  #began = false
  #failed = false

  constructor(connection: ApplicationConnection, engine: Engine, giveBack: () => Promise<void>) {
    this.#connection = connection
    this.#engine = engine
    this.#giveBack = giveBack
  }

  get isInTransaction(): boolean {
    return this.#began
  }

  async execute<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> {
    const query = CompiledQuery.raw(sql, PARAMETERS[this.#engine](parameters))
    try {
      const result = await this.#connection.executeQuery(query as never)
      if (this.#engine !== 'sqlite') for (const row of result.rows) this.#readDates(row as Record<string, unknown>)
      return result as QueryResult<Row>
    } catch (error) {
      this.#failed = true
      // ER_LOCK_DEADLOCK: MySQL has rolled the whole transaction back.
      if ((error as { errno?: unknown }).errno === 1213) this.#began = false
      throw error
    }
  }

  async *stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    yield* inParts(await this.execute<Row>(sql, parameters), chunkSize)
  }

  async begin(options: TransactionOptions): Promise<void> {
    for (const statement of beginStatements(this.#engine, options)) await this.execute(statement, [])
    this.#began = true
    this.#failed = false
  }

  async commit(): Promise<void> {
    // PostgreSQL answers the COMMIT of a failed transaction with a rollback and calls that a success; any statement tells the truth.
    if (this.#failed && this.#engine === 'postgres') await this.execute('select 1', [])
    await this.execute('commit', [])
    this.#began = false
  }

  async rollback(): Promise<void> {
    this.#began = false
    await this.execute('rollback', [])
  }

  async lock(name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
    const run = async (sql: string, parameters: readonly unknown[]) => (await this.execute<Record<string, unknown>>(sql, parameters)).rows[0]
    if (this.#engine === 'postgres') return lockOnPostgres(run, name, timeoutSeconds)
    if (this.#engine === 'mysql') return lockOnMysql(run, name, timeoutSeconds)
    const file = (await run('pragma database_list', []))?.['file']
    // A database in memory has this one connection only, and it is ours until it is given back.
    if (typeof file !== 'string' || file === '') return async () => {}
    const unlock = await lockFile(file, name, timeoutSeconds)
    return async () => unlock()
  }

  async release(): Promise<void> {
    await this.#giveBack()
  }

  #readDates(row: Record<string, unknown>): void {
    for (const name of Object.keys(row)) {
      const value = row[name]
      if (value instanceof Date) row[name] = this.readDate(value)
    }
  }
}

/** `mysql2` reads a DATETIME in the zone its pool was told, by default the machine's; Django's are UTC. Asks which it is. */
async function zoneOf(connection: BorrowedConnection): Promise<ReadDate> {
  const { rows } = await connection.execute<{ probe: unknown }>("select cast('2001-02-03 04:05:06' as datetime) as probe", [])
  const probe = rows[0]?.probe
  if (!(probe instanceof Date)) return (date) => DateTime.from(date)
  const shift = Date.UTC(2001, 1, 3, 4, 5, 6) - probe.getTime()
  if (shift === 0) return (date) => DateTime.from(date)
  if (probe.getTime() !== new Date(2001, 1, 3, 4, 5, 6).getTime()) return (date) => new DateTime(date.getTime() + shift)
  // The machine's own zone, whose offset differs by season.
  return (date) => new DateTime(date.getTime() - date.getTimezoneOffset() * 60_000)
}
