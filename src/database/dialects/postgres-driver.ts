/**
 * Connections to PostgreSQL, through a pool of the package `pg`.
 * @module
 */

import { createHash } from 'node:crypto'
import type { QueryResult } from 'kysely'
import { PortcullisError } from '../../base/errors.js'
import { beginStatements } from './begin.js'
import type { EngineConnection, EngineDriver, TransactionOptions } from './dialect.js'
import { postgresParameters, typeParsersFor, type TypeParsers } from './postgres-values.js'
import { lockOnPostgres } from './server-locks.js'
import { loadPackage } from '../../base/load-package.js'

/** The part of a `pg.Pool` that is used. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  on?(event: 'error', listener: (error: Error) => void): unknown
}

/** The part of a `pg.PoolClient` that is used. */
export interface PostgresClient {
  query(config: never): Promise<unknown>
  release(destroy?: boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
  getTypeParser?(oid: number, format?: never): unknown
}

interface OwnPool extends PostgresPool {
  on(event: 'error', listener: (error: Error) => void): unknown
  end(): Promise<void>
}

/** How long a pool of ours waits for a connection, in milliseconds. `pg` would wait for ever. */
const CONNECTION_TIMEOUT = 10_000

/** Lends the connections of one pool. */
export class PostgresDriver implements EngineDriver {
  readonly #source: string | PostgresPool
  readonly #maxConnections: number
  readonly #names: PreparedNames | null
  /** Clients whose time zone is set. */
  readonly #ready = new WeakSet<PostgresClient>()
  #own: Promise<OwnPool> | null = null
  #isClosed = false

  constructor(source: string | PostgresPool, options: { readonly maxConnections?: number; readonly prepare?: boolean }) {
    this.#source = source
    this.#maxConnections = options.maxConnections ?? 10
    this.#names = (options.prepare ?? typeof source === 'string') ? new PreparedNames() : null
  }

  async acquire(): Promise<EngineConnection> {
    if (this.#isClosed) throw new PortcullisError('This database was closed.')
    if (typeof this.#source !== 'string') {
      listenTo(this.#source)
      return new PostgresConnection(await this.#source.connect(), this.#names)
    }
    this.#own ??= openPool(this.#source, this.#maxConnections)
    const client = await (await this.#own).connect()
    const connection = new PostgresConnection(client, this.#names)
    if (this.#ready.has(client)) return connection
    try {
      await connection.execute("set time zone 'UTC'", [])
      this.#ready.add(client)
      return connection
    } catch (error) {
      await connection.release(true)
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const own = this.#own
    this.#own = null
    // A pool that could not be opened has nothing to close.
    await (await own?.catch(() => null))?.end()
  }
}

interface PostgresResult {
  readonly rows: Record<string, unknown>[]
  readonly command: string
  readonly rowCount: number | null
}

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

class PostgresConnection implements EngineConnection {
  readonly #client: PostgresClient
  readonly #names: PreparedNames | null
  readonly #types: TypeParsers
  #began = false
  #cursors = 0
  /** The first thing that went wrong in this transaction: PostgreSQL only says that something did. */
  #firstError: unknown = null

  constructor(client: PostgresClient, names: PreparedNames | null) {
    this.#client = client
    this.#names = names
    this.#types = typeParsersFor(client)
    client.on('error', ignore)
  }

  get isInTransaction(): boolean {
    return this.#began
  }

  async execute<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> {
    const { rows, command, rowCount } = await this.#query(sql, postgresParameters(parameters))
    return WRITES.has(command) ? { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) } : { rows: rows as Row[] }
  }

  /** With a cursor of the server's, which lives in a transaction: this one, or one of its own. */
  async *stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    const isOwn = !this.#began
    const cursor = `portcullis_cursor_${(this.#cursors += 1)}`
    const size = Math.max(1, Math.trunc(chunkSize))
    if (isOwn) await this.begin({})
    try {
      await this.execute(`declare ${cursor} no scroll cursor for ${sql}`, parameters)
      for (;;) {
        const part = await this.execute<Row>(`fetch ${size} from ${cursor}`, [])
        if (part.rows.length > 0) yield { rows: part.rows }
        if (part.rows.length < size) break
      }
      if (!isOwn) await this.execute(`close ${cursor}`, [])
    } finally {
      if (isOwn) await this.commit().catch(async () => this.rollback())
    }
  }

  async begin(options: TransactionOptions): Promise<void> {
    this.#firstError = null
    for (const statement of beginStatements('postgres', options)) await this.execute(statement, [])
    this.#began = true
  }

  async commit(): Promise<void> {
    const { command } = await this.#query('commit', [])
    this.#began = false
    // PostgreSQL answers the COMMIT of a failed transaction with a rollback, and calls that a success.
    if (command === 'ROLLBACK') throw aborted(this.#firstError)
  }

  async rollback(): Promise<void> {
    this.#began = false
    await this.#query('rollback', [])
  }

  async lock(name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
    return lockOnPostgres(async (sql, parameters) => (await this.execute<Record<string, unknown>>(sql, parameters)).rows[0], name, timeoutSeconds)
  }

  async release(broken = false): Promise<void> {
    this.#client.removeListener('error', ignore)
    this.#client.release(broken)
  }

  async #query(text: string, values: unknown[]): Promise<PostgresResult> {
    // Inside a transaction a failed attempt cannot be repeated, so nothing is risked there.
    const name = this.#began || values.length === 0 ? null : (this.#names?.nameFor(text) ?? null)
    const config = { text, values, types: this.#types }
    try {
      return await this.#send(name === null ? config : { ...config, name })
    } catch (error) {
      if (name !== null && this.#names?.mayRetry(text, error) === true) return this.#send(config)
      if (isAbortedTransaction(error)) throw aborted(this.#firstError ?? error)
      if (this.#began) this.#firstError ??= error
      throw error
    }
  }

  async #send(config: object): Promise<PostgresResult> {
    const result = await this.#client.query(config as never)
    // A text of several statements without values has as many results.
    return (Array.isArray(result) ? result.at(-1) : result) as PostgresResult
  }
}

/** How often a statement must come before it is prepared: what comes once would only fill the server's memory. */
const USES_BEFORE_NAMED = 3
/** Statements remembered, and so at most prepared on each connection. */
const MOST_NAMED = 300

/** Names for statements that repeat: planned once for each connection instead of every time. */
class PreparedNames {
  readonly #known = new Map<string, { uses: number; name: string | null }>()
  #generation = 0
  #isOff = false

  nameFor(text: string): string | null {
    if (this.#isOff) return null
    const known = this.#known.get(text)
    if (known === undefined) {
      if (this.#known.size < MOST_NAMED) this.#known.set(text, { uses: 1, name: null })
      return null
    }
    if (known.name === null && (known.uses += 1) >= USES_BEFORE_NAMED) {
      known.name = `portcullis_${createHash('sha1').update(text).digest('hex').slice(0, 24)}_${this.#generation}`
    }
    return known.name
  }

  /** Whether an error is about the name alone: the statement itself was not run and may be sent again without one. */
  mayRetry(text: string, error: unknown): boolean {
    const { code, routine } = error as { code?: unknown; routine?: unknown }
    // A pooler gave us a connection on which it was never, or already, prepared: names are of no use here.
    if (code === '26000' || code === '42P05') {
      this.#isOff = true
      return true
    }
    // Somebody changed the table: the next preparation needs another name.
    if (code !== '0A000' || routine !== 'RevalidateCachedQuery') return false
    this.#generation += 1
    this.#known.delete(text)
    return true
  }
}

/** A connection lost while it is lent makes the next statement fail; without a listener it would end the process. */
function ignore(): void {}

/** Pools of applications that we listen to. */
const heard = new WeakSet<PostgresPool>()

/** The same for a connection that rests in the application's pool when the server goes: the pool replaces it, and its word for that ends a process. */
function listenTo(pool: PostgresPool): void {
  if (heard.has(pool)) return
  heard.add(pool)
  pool.on?.('error', ignore)
}

function isAbortedTransaction(error: unknown): boolean {
  return (error as { code?: unknown }).code === '25P02'
}

function aborted(cause: unknown): PortcullisError {
  const said = 'An earlier statement of this transaction failed, and PostgreSQL undoes all of it.'
  return new PortcullisError(`${said} Put what may fail into an atomic() of its own.`, { cause })
}

async function openPool(connectionString: string, max: number): Promise<OwnPool> {
  const loaded = await loadPackage<{ default: { Pool: new (options: object) => OwnPool } }>('pg')
  const pool = new loaded.default.Pool({ connectionString, max, connectionTimeoutMillis: CONNECTION_TIMEOUT, application_name: 'portcullis' })
  // An idle connection that the server closes is replaced; without a listener it would end the process.
  pool.on('error', ignore)
  return pool
}
