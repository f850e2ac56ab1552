/**
 * One open database of a site: statements, and transactions that nested calls join.
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { Kysely, type Compilable, type QueryResult, type RawBuilder } from 'kysely'
import { fromKysely, isKysely, type ApplicationKysely } from './dialects/application-kysely.js'
import type { DatabaseSource, Dialect, Engine, EngineConnection, EngineDriver } from './dialects/dialect.js'
import { translated } from './dialects/unavailable.js'
import { openFrame, runCallbacks, Session, type Frame, type StatementListener } from './frame.js'
import { JoiningDriver } from './joining-driver.js'

/** Tables and columns by any name, where no type knows them. */
export interface AnyTables {
  [table: string]: Record<string, unknown>
}

/** A statement's text in the engine's own spelling, and its values. What Kysely compiles is one. */
export interface CompiledStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A statement: built by Kysely, compiled, or written with Kysely's `sql` tag. */
export type Statement<Row = unknown> = CompiledStatement | Compilable<Row> | RawBuilder<Row>

/** How long to wait for a lock. */
export interface LockOptions {
  /** Default 60. */
  readonly timeoutSeconds?: number
}

/**
 * One open database. Nothing is opened before the first statement.
 *
 * @example
 * const database = openDatabase(sqlite('shop.db'))
 * await database.atomic(async () => {
 *   await database.execute(sql`update shop_product set price = 1`)
 * })
 */
export class Database {
  readonly dialect: Dialect
  /** Kysely on this database. Inside `atomic()` its statements are part of the transaction, and its `transaction()` is a savepoint. */
  readonly kysely: Kysely<AnyTables>
  readonly #driver: EngineDriver
  readonly #current = new AsyncLocalStorage<Frame>()
  readonly #listeners = new Set<StatementListener>()

  constructor(source: DatabaseSource) {
    const { dialect } = source
    const driver = source.createDriver()
    this.dialect = dialect
    this.#driver = driver
    this.kysely = new Kysely<AnyTables>({
      dialect: {
        createDriver: () => new JoiningDriver({ driver, current: this.#current, openSession: () => this.#openSession() }),
        createAdapter: () => dialect.createAdapter(),
        createQueryCompiler: () => dialect.createQueryCompiler(),
        createIntrospector: (db: Kysely<never>) => dialect.createIntrospector(db),
      },
    })
  }

  /** Which kind of database it is. Prefer `dialect`, which knows what follows from it. */
  get engine(): Engine {
    return this.dialect.engine
  }

  /** Whether the caller is inside `atomic()` or a transaction of `kysely`. */
  get isInAtomic(): boolean {
    return openFrame(this.#current.getStore())?.isInTransaction ?? false
  }

  /**
   * Runs `work` in a transaction: all of it is kept, or nothing when it throws. Inside another `atomic()` it becomes part of that
   * one, and an error undoes only the inner block. Statements started together inside are run one after another.
   */
  async atomic<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const outer = openFrame(this.#current.getStore())
      if (outer === null) break
      const frame = outer.child()
      if (!(await frame.begin())) continue
      const result = await this.#finish(frame, work)
      if (frame.kind === 'transaction') await runCallbacks(frame)
      return result
    }
    const session = await this.#openSession()
    const frame = session.root.child()
    let result: T
    try {
      await frame.begin()
      result = await this.#finish(frame, work)
    } finally {
      await session.giveBack()
    }
    // Only now: a callback may want a connection, and the pool may have one.
    await runCallbacks(frame)
    return result
  }

  /**
   * Runs `callback` once the outermost transaction is committed, and never if it is rolled back; at once where there is none.
   * An error in a callback reaches the caller of the outermost `atomic()`, though the transaction stands.
   */
  async onCommit(callback: () => void | Promise<void>): Promise<void> {
    const frame = openFrame(this.#current.getStore())
    if (frame?.isInTransaction === true) frame.afterCommit.push(callback)
    else await callback()
  }

  /** Runs one statement and gives its rows, in the types that all engines share. */
  async execute<Row>(statement: Statement<Row>): Promise<Row[]> {
    return (await this.run(statement)).rows
  }

  /** Runs one statement and gives how many rows it wrote. */
  async executeCount(statement: Statement): Promise<number> {
    return Number((await this.run(statement)).numAffectedRows ?? 0n)
  }

  /** Runs one statement and gives all there is to know: `rows`, `numAffectedRows`, `insertId` where the engine tells. */
  async run<Row>(statement: Statement<Row>): Promise<QueryResult<Row>> {
    const { sql, parameters } = isCompiled(statement) ? statement : statement.compile(this.kysely)
    for (;;) {
      const frame = openFrame(this.#current.getStore())
      if (frame === null) break
      if (!(await frame.enter())) continue
      try {
        return await frame.session.execute<Row>(sql, parameters, frame.isInTransaction)
      } finally {
        frame.leave()
      }
    }
    const connection = await this.#acquire()
    try {
      for (const listener of this.#listeners) listener(sql, parameters)
      return await connection.execute<Row>(sql, parameters)
    } catch (error) {
      throw translated(this.dialect, error)
    } finally {
      await connection.release()
    }
  }

  /**
   * Runs `work` while no other process or connection holds the lock of this name. Statements and `atomic()` blocks inside use the
   * connection that holds it. Throws `ServiceUnavailable` when the lock does not come free in time. The same caller may take it twice.
   * On SQLite the lock is a file without content beside the database, `shop.db-<name>.lock`, which stays.
   */
  async withLock<T>(name: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
    const timeout = options.timeoutSeconds ?? 60
    const outer = openFrame(this.#current.getStore())
    if (outer !== null) return holdingLock(outer, name, timeout, work)
    const session = await this.#openSession()
    try {
      return await this.#current.run(session.root, () => holdingLock(session.root, name, timeout, work))
    } finally {
      session.root.end()
      await session.giveBack()
    }
  }

  /** Tells `listener` of every statement; `BEGIN`, savepoints and `COMMIT` are not counted. Returns the function that stops it. */
  onStatement(listener: StatementListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * The same object as long as nothing was written through this database: what was read then still stands, unless somebody else wrote, which
   * `dialect.foreignVersion` tells. Null inside a transaction, and where an engine cannot tell.
   */
  unwritten(): object | null {
    return this.#driver.unwritten?.() ?? null
  }

  /** Closes what was opened here; a pool, handle or Kysely of the application stays open. */
  async close(): Promise<void> {
    await this.kysely.destroy()
    await this.#driver.close()
  }

  async #openSession(): Promise<Session> {
    return new Session(await this.#acquire(), this.dialect, this.#listeners)
  }

  async #acquire(): Promise<EngineConnection> {
    try {
      return await this.#driver.acquire()
    } catch (error) {
      throw translated(this.dialect, error)
    }
  }

  async #finish<T>(frame: Frame, work: () => Promise<T>): Promise<T> {
    let result: T
    try {
      result = await this.#current.run(frame, work)
    } catch (error) {
      await frame.rollback()
      throw error
    }
    await frame.commit()
    return result
  }
}

/**
 * Opens a database: what `sqlite()`, `postgres()` or `mysql()` describe, or an application's own Kysely.
 *
 * @example
 * const database = openDatabase(sqlite(':memory:'))
 */
export function openDatabase(source: DatabaseSource | ApplicationKysely): Database {
  return new Database(isKysely(source) ? fromKysely(source) : source)
}

function isCompiled(statement: Statement): statement is CompiledStatement {
  return 'sql' in statement && typeof statement.sql === 'string'
}

async function holdingLock<T>(frame: Frame, name: string, timeoutSeconds: number, work: () => Promise<T>): Promise<T> {
  const unlock = await frame.use(() => frame.session.connection.lock(name, timeoutSeconds))
  try {
    return await work()
  } finally {
    // A connection that cannot free its lock is thrown away, and the lock with it.
    await frame.use(unlock).catch(() => frame.session.markBroken())
  }
}
