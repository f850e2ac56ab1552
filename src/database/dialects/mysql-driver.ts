/**
 * Connections to MySQL and MariaDB, through a pool of the package `mysql2`.
 * @module
 */

import type { QueryResult } from 'kysely'
import { ImproperlyConfigured, PortcullisError } from '../../base/errors.js'
import { beginStatements } from './begin.js'
import { inParts } from './chunks.js'
import type { EngineConnection, EngineDriver, TransactionOptions } from './dialect.js'
import { mysqlParameters, typeCastFor, type TypeCast } from './mysql-values.js'
import { lockOnMysql } from './server-locks.js'
import { loadPackage } from '../../base/load-package.js'

/** The part of a pool of `mysql2` that is used, or of one of `mysql2/promise`, which holds the other as `pool`. */
export type MysqlPool = { getConnection(callback: never): unknown } | { readonly pool: { getConnection(callback: never): unknown } }

interface CallbackPool {
  getConnection(callback: (error: Error | null, connection: MysqlClient) => void): void
  end(callback: (error: Error | null) => void): void
}

interface MysqlClient {
  query(options: { sql: string; values: unknown[]; typeCast: TypeCast }, callback: (error: Error | null, result: unknown) => void): unknown
  release(): void
  destroy(): void
}

/** How long a pool of ours waits for the server, in milliseconds. */
const CONNECT_TIMEOUT = 10_000

/** Lends the connections of one pool. */
export class MysqlDriver implements EngineDriver {
  readonly #source: string | CallbackPool
  readonly #maxConnections: number
  /** Connections whose settings were looked at. */
  readonly #ready = new WeakSet<MysqlClient>()
  #own: Promise<CallbackPool> | null = null
  #isClosed = false

  constructor(source: string | MysqlPool, options: { readonly maxConnections?: number }) {
    this.#source = typeof source === 'string' ? source : callbackPool(source)
    this.#maxConnections = options.maxConnections ?? 10
  }

  async acquire(): Promise<EngineConnection> {
    if (this.#isClosed) throw new PortcullisError('This database was closed.')
    const isOurs = typeof this.#source === 'string'
    const pool = typeof this.#source === 'string' ? await (this.#own ??= openPool(this.#source, this.#maxConnections)) : this.#source
    const client = await new Promise<MysqlClient>((resolve, reject) => {
      pool.getConnection((error, lent) => (error === null ? resolve(lent) : reject(error)))
    })
    const connection = new MysqlConnection(client, isOurs)
    if (this.#ready.has(client)) return connection
    try {
      await (isOurs ? setUp(connection) : checkApplications(connection))
      this.#ready.add(client)
      return connection
    } catch (error) {
      await connection.release(true)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    // A pool that could not be opened has nothing to close.
    const own = await this.#own?.catch(() => null)
    this.#own = null
    if (own) await new Promise<void>((resolve, reject) => own.end((error) => (error ? reject(error) : resolve())))
  }
}

/** What a statement without rows answers. */
interface MysqlHeader {
  readonly affectedRows: number
  readonly changedRows?: number
  readonly insertId: number | string
}

const TYPE_CASTS = { ours: typeCastFor(true), applications: typeCastFor(false) }

/** ER_LOCK_DEADLOCK: the server has rolled the whole transaction back. */
const DEADLOCK = 1213

class MysqlConnection implements EngineConnection {
  readonly #client: MysqlClient
  readonly #isOurs: boolean
  #began = false

  constructor(client: MysqlClient, isOurs: boolean) {
    this.#client = client
    this.#isOurs = isOurs
  }

  get isInTransaction(): boolean {
    return this.#began
  }

  async execute<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> {
    const values = mysqlParameters(parameters)
    const typeCast = this.#isOurs ? TYPE_CASTS.ours : TYPE_CASTS.applications
    const result = await new Promise<unknown>((resolve, reject) => {
      this.#client.query({ sql, values, typeCast }, (error, answer) => (error === null ? resolve(answer) : reject(this.#observed(error))))
    })
    if (Array.isArray(result)) return { rows: result as Row[] }
    const { affectedRows, changedRows, insertId } = result as MysqlHeader
    const inserted = BigInt(insertId)
    return {
      rows: [],
      numAffectedRows: BigInt(affectedRows),
      ...(changedRows === undefined ? {} : { numChangedRows: BigInt(changedRows) }),
      ...(inserted > 0n ? { insertId: inserted } : {}),
    }
  }

  /** The whole result at once: while a part of one waits, MySQL runs nothing else on the connection. */
  async *stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    yield* inParts(await this.execute<Row>(sql, parameters), chunkSize)
  }

  async begin(options: TransactionOptions): Promise<void> {
    const [isolation = '', start = ''] = beginStatements('mysql', options)
    // A connection of ours is set to it for good.
    if (options.isolationLevel !== undefined || !this.#isOurs) await this.execute(isolation, [])
    await this.execute(start, [])
    this.#began = true
  }

  async commit(): Promise<void> {
    await this.execute('commit', [])
    this.#began = false
  }

  async rollback(): Promise<void> {
    this.#began = false
    await this.execute('rollback', [])
  }

  async lock(name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
    return lockOnMysql(async (sql, parameters) => (await this.execute<Record<string, unknown>>(sql, parameters)).rows[0], name, timeoutSeconds)
  }

  async release(broken = false): Promise<void> {
    if (broken) this.#client.destroy()
    else this.#client.release()
  }

  #observed(error: Error): Error {
    if ((error as { errno?: unknown }).errno === DEADLOCK) this.#began = false
    return error
  }
}

/** What Django expects of a connection (DM-16), and times that do not depend on the server's zone. */
async function setUp(connection: EngineConnection): Promise<void> {
  await connection.execute('set session transaction isolation level read committed', [])
  await connection.execute("set time_zone = '+00:00', sql_mode = concat(replace(@@sql_mode, 'NO_BACKSLASH_ESCAPES', ''), ',STRICT_TRANS_TABLES')", [])
}

/** The driver escapes values with backslashes; where the server takes those for themselves, a value could end its own string. */
async function checkApplications(connection: EngineConnection): Promise<void> {
  const { rows } = await connection.execute<{ mode: string }>('select @@session.sql_mode as mode', [])
  if (rows[0]?.mode.includes('NO_BACKSLASH_ESCAPES') !== true) return
  throw new ImproperlyConfigured('The MySQL pool has NO_BACKSLASH_ESCAPES in its sql_mode, where mysql2 cannot quote values safely. Remove it there.')
}

/** The pool with callbacks, which is also inside the one with promises. */
function callbackPool(pool: MysqlPool): CallbackPool {
  return ('pool' in pool && typeof pool.pool === 'object' ? pool.pool : pool) as unknown as CallbackPool
}

async function openPool(uri: string, connectionLimit: number): Promise<CallbackPool> {
  const loaded = await loadPackage<{ default: { createPool(options: object): CallbackPool } }>('mysql2')
  return loaded.default.createPool({ uri, connectionLimit, connectTimeout: CONNECT_TIMEOUT, charset: 'utf8mb4' })
}
