/**
 * Connections to SQLite. There is one per file and process; it is borrowed for a statement or for a transaction.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryResult } from 'kysely'
import { PortcullisError } from '../../base/errors.js'
import { beginStatements } from './begin.js'
import { inParts } from './chunks.js'
import type { EngineConnection, EngineDriver, TransactionOptions } from './dialect.js'
import type { SqliteHandle } from './sqlite-handle.js'
import { lockFile } from './sqlite-lock.js'
import { storedParameters, type StoredValue } from './sqlite-values.js'

/** Lends the connection of one handle. `open` is called at the first use. */
export class SqliteDriver implements EngineDriver {
  readonly #open: () => Promise<SqliteHandle>
  readonly #busyTimeout: number
  #opening: Promise<SqliteHandle> | null = null
  #handle: SqliteHandle | null = null
  #isClosed = false

  constructor(open: () => Promise<SqliteHandle>, busyTimeout: number) {
    this.#open = open
    this.#busyTimeout = busyTimeout
  }

  async acquire(): Promise<EngineConnection> {
    if (this.#handle !== null) return new SqliteConnection(this.#handle, this.#busyTimeout)
    if (this.#isClosed) throw new PortcullisError('This database was closed.')
    this.#opening ??= this.#open()
    try {
      this.#handle = await this.#opening
    } catch (error) {
      this.#opening = null
      throw error
    }
    return new SqliteConnection(this.#handle, this.#busyTimeout)
  }

  unwritten(): object | null {
    return this.#handle?.unwritten ?? null
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const handle = await this.#opening?.catch(() => null)
    this.#opening = null
    this.#handle = null
    if (handle) await handle.mutex.run(async () => handle.release())
  }
}

class SqliteConnection implements EngineConnection {
  readonly #handle: SqliteHandle
  readonly #busyTimeout: number
  #locks: Map<string, { depth: number; unlock: () => void }> | null = null
  /** Whether the handle's queue is ours: for a transaction, or for a named lock. */
  #holdsHandle = false
  #began = false

  constructor(handle: SqliteHandle, busyTimeout: number) {
    this.#handle = handle
    this.#busyTimeout = busyTimeout
  }

  get isInTransaction(): boolean {
    return this.#began && this.#handle.isInTransaction
  }

  async execute<Row>(sql: string, parameters: readonly unknown[]): Promise<QueryResult<Row>> {
    const stored = storedParameters(parameters)
    if (this.#began) return asResult<Row>(this.#handle, sql, stored)
    if (this.#holdsHandle) return this.#patiently(() => asResult<Row>(this.#handle, sql, stored))
    const { mutex } = this.#handle
    // Nearly always the handle is free and the file is nobody else's, and then nothing need be awaited.
    if (mutex.tryLock()) {
      try {
        return this.#runAlone<Row>(sql, stored)
      } catch (error) {
        if (!isBusy(error)) throw error
      }
    }
    return this.#patiently(async () => {
      if (!mutex.tryLock()) await mutex.lock()
      return this.#runAlone<Row>(sql, stored)
    })
  }

  /** Runs one statement with the handle's queue in hand, and lets go of it. */
  #runAlone<Row>(sql: string, stored: StoredValue[]): QueryResult<Row> {
    const already = this.#handle.isInTransaction
    try {
      const result = asResult<Row>(this.#handle, sql, stored)
      // A BEGIN written by hand: the handle stays ours until it is over, or others would land in that transaction.
      this.#began = this.#holdsHandle = !already && this.#handle.isInTransaction
      return result
    } finally {
      if (!this.#holdsHandle) this.#handle.mutex.unlock()
    }
  }

  /** SQLite answers at once and in full; only the reader gets it in parts. */
  async *stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    yield* inParts(await this.execute<Row>(sql, parameters), chunkSize)
  }

  async begin(options: TransactionOptions): Promise<void> {
    const [sql = 'begin immediate'] = beginStatements('sqlite', options)
    const wasHeld = this.#holdsHandle
    await this.#patiently(async () => {
      const { mutex } = this.#handle
      if (!wasHeld && !mutex.tryLock()) await mutex.lock()
      try {
        this.#handle.run(sql, [])
        this.#began = this.#holdsHandle = true
      } finally {
        if (!this.#holdsHandle) mutex.unlock()
      }
    })
  }

  async commit(): Promise<void> {
    // Refused for the moment, a transaction stays open and may be committed again.
    await this.#patiently(() => this.#handle.run('commit', []))
    this.#end()
  }

  async rollback(): Promise<void> {
    try {
      if (this.isInTransaction) this.#handle.run('rollback', [])
    } finally {
      this.#end()
    }
  }

  async lock(name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
    const known = this.#locks?.get(name)
    if (known !== undefined) known.depth += 1
    else {
      const { file } = this.#handle
      const unlock = file === null ? () => {} : await lockFile(file, name, timeoutSeconds)
      if (!this.#holdsHandle) await this.#handle.mutex.lock()
      this.#holdsHandle = true
      this.#locks ??= new Map()
      this.#locks.set(name, { depth: 1, unlock })
    }
    return async () => this.#unlock(name)
  }

  async release(): Promise<void> {
    // A BEGIN written by hand and never ended.
    if (this.#began) await this.rollback()
  }

  #unlock(name: string): void {
    const lock = this.#locks?.get(name)
    if (lock === undefined) return
    lock.depth -= 1
    if (lock.depth > 0) return
    this.#locks?.delete(name)
    lock.unlock()
    this.#end()
  }

  /** After a transaction or a lock: the handle is free again unless the other still needs it. */
  #end(): void {
    this.#began = this.isInTransaction
    if (!this.#holdsHandle || this.#began || (this.#locks?.size ?? 0) > 0) return
    this.#holdsHandle = false
    this.#handle.mutex.unlock()
  }

  /**
   * Tries again while another process has the file. SQLite could wait by itself, but it would stop the event loop, and two
   * connections of one process could never wait for each other.
   */
  async #patiently<T>(attempt: () => T | Promise<T>): Promise<T> {
    const started = performance.now()
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      try {
        return await attempt()
      } catch (error) {
        if (!isBusy(error)) throw error
        if (performance.now() - started >= this.#busyTimeout) throw explained(error, this.#busyTimeout)
        await sleep(pause * (0.5 + Math.random())) // rule: randomness: a pause keeps no secret
      }
    }
  }
}

/** Whether another connection has the file: SQLITE_BUSY in any of its forms. */
export function isBusy(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return typeof errcode === 'number' ? (errcode & 0xff) === 5 : typeof code === 'string' && code.startsWith('SQLITE_BUSY')
}

function explained(error: Error, busyTimeout: number): Error {
  error.message += ` (another process has been writing for ${busyTimeout / 1000} seconds; sqlite(path, { busyTimeout }) waits longer)`
  return error
}

function asResult<Row>(handle: SqliteHandle, sql: string, stored: StoredValue[]): QueryResult<Row> {
  const { rows, changes, insertId } = handle.run(sql, stored)
  if (changes === null) return { rows: rows as Row[] }
  return insertId === null ? { rows: rows as Row[], numAffectedRows: changes } : { rows: rows as Row[], numAffectedRows: changes, insertId }
}
