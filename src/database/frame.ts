/**
 * Blocks on one connection, one inside the other: the connection itself, a transaction on it, savepoints in that.
 * A block lets one statement or one inner block at a time onto the connection, so that neither `Promise.all` nor parallel
 * inner blocks can mix what belongs to different savepoints.
 * @module
 */

import type { QueryResult } from 'kysely'
import { PortcullisError, ServiceUnavailable } from '../base/errors.js'
import type { Dialect, EngineConnection, TransactionOptions } from './dialects/dialect.js'
import { translated } from './dialects/unavailable.js'
import { Mutex } from './mutex.js'

/** How long a statement waits for a block beside it, in milliseconds. Longer than any honest inner block; a forgotten `await` would wait for ever. */
const PATIENCE = 30_000

const WAITED =
  `A statement waited ${PATIENCE / 1000} seconds for another block of the same transaction. ` +
  'Await every atomic(), and inside a transaction that was started by hand (startTransaction) use its own object only.'

/** Told of every statement; `BEGIN`, savepoints and `COMMIT` are not among them. */
export type StatementListener = (sql: string, parameters: readonly unknown[]) => void

/** A borrowed connection and what became of it. */
export class Session {
  readonly connection: EngineConnection
  readonly root: Frame
  readonly #dialect: Dialect
  readonly #listeners: ReadonlySet<StatementListener>
  #savepoints = 0
  #broken = false
  #lost: Error | null = null
  #lastError: unknown = null

  constructor(connection: EngineConnection, dialect: Dialect, listeners: ReadonlySet<StatementListener>) {
    this.connection = connection
    this.#dialect = dialect
    this.#listeners = listeners
    this.root = new Frame(this, null, 'session')
  }

  async execute<Row>(sql: string, parameters: readonly unknown[], inTransaction: boolean): Promise<QueryResult<Row>> {
    if (inTransaction) this.assertAlive()
    for (const listener of this.#listeners) listener(sql, parameters)
    try {
      return await this.connection.execute<Row>(sql, parameters)
    } catch (error) {
      throw this.translate(error)
    }
  }

  async *stream<Row>(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    for (const listener of this.#listeners) listener(sql, parameters)
    try {
      yield* this.connection.stream<Row>(sql, parameters, chunkSize)
    } catch (error) {
      throw this.translate(error)
    }
  }

  /** A statement of ours that nobody counts. */
  async control(sql: string): Promise<void> {
    this.assertAlive()
    try {
      await this.connection.execute(sql, [])
    } catch (error) {
      throw this.translate(error)
    }
  }

  /** Statements after a rollback nobody asked for would be committed one by one: they are refused instead. */
  assertAlive(): void {
    if (this.#lost === null && !this.connection.isInTransaction) {
      const said = 'The database rolled this transaction back by itself, after a deadlock or an error it could not contain.'
      this.lose(`${said} Run the outermost atomic() again.`, this.#lastError)
    }
    if (this.#lost !== null) throw this.#lost
  }

  /** Marks the transaction as one that can only be rolled back. */
  lose(message: string, cause: unknown): void {
    // What was lost to a deadlock or with the server may be tried again.
    const later = this.#dialect.asUnavailable(cause)
    this.#lost ??=
      later === null
        ? new PortcullisError(message, { cause })
        : new ServiceUnavailable(message, { retryAfter: later.retryAfter, isUncertain: later.isUncertain, cause })
  }

  /** Nobody knows what state the connection is in: it will not be lent again. */
  markBroken(): void {
    this.#broken = true
  }

  /** A new transaction starts without what happened before it. */
  renew(): void {
    this.#lost = null
    this.#lastError = null
  }

  nextSavepoint(): string {
    this.#savepoints += 1
    return `portcullis_${this.#savepoints}`
  }

  translate(error: unknown): unknown {
    this.#lastError = error
    return translated(this.#dialect, error)
  }

  async giveBack(): Promise<void> {
    await this.connection.release(this.#broken)
  }
}

/** One block. */
export class Frame {
  readonly session: Session
  readonly parent: Frame | null
  readonly kind: 'session' | 'transaction' | 'savepoint'
  readonly afterCommit: (() => void | Promise<void>)[] = []
  readonly #mutex = new Mutex(PATIENCE, WAITED)
  #isOpen = true
  #savepoint = ''

  constructor(session: Session, parent: Frame | null, kind: 'session' | 'transaction' | 'savepoint') {
    this.session = session
    this.parent = parent
    this.kind = kind
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get isInTransaction(): boolean {
    return this.kind !== 'session'
  }

  /** Whether this is `other` or stands inside it. */
  isWithin(other: Frame): boolean {
    return other === this || (this.parent?.isWithin(other) ?? false)
  }

  /** Waits for the connection; false when the block ended meanwhile. */
  async enter(): Promise<boolean> {
    if (!this.#mutex.tryLock()) await this.#mutex.lock()
    if (this.#isOpen) return true
    this.#mutex.unlock()
    return false
  }

  leave(): void {
    this.#mutex.unlock()
  }

  /** Runs `work` with the connection to itself. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (!(await this.enter())) throw new PortcullisError('The transaction this belongs to has ended. Await everything that is started inside it.')
    try {
      return await work()
    } finally {
      this.leave()
    }
  }

  /** Ends a block that has nothing to commit: the connection goes back. */
  end(): void {
    this.#isOpen = false
  }

  /** A block inside this one; `begin` opens it in the database. */
  child(): Frame {
    return new Frame(this.session, this, this.isInTransaction ? 'savepoint' : 'transaction')
  }

  /** Begins the transaction or sets the savepoint; false when the block around it ended meanwhile. */
  async begin(options: TransactionOptions = {}): Promise<boolean> {
    const parent = this.parent as Frame
    if (!(await parent.enter())) {
      this.#isOpen = false
      return false
    }
    try {
      if (this.kind === 'savepoint') await this.#setSavepoint(options)
      else {
        this.session.renew()
        await this.session.connection.begin(options)
      }
      return true
    } catch (error) {
      this.#isOpen = false
      parent.leave()
      throw this.session.translate(error)
    }
  }

  /** Keeps what was done. When the database refuses, undoes it and throws. */
  async commit(): Promise<void> {
    try {
      await this.#close()
      this.session.assertAlive()
      if (this.kind === 'savepoint') {
        await this.session.control(`release savepoint ${this.#savepoint}`)
        this.parent?.afterCommit.push(...this.afterCommit)
      } else await this.session.connection.commit()
    } catch (error) {
      await this.#undo()
      throw this.session.translate(error)
    } finally {
      this.parent?.leave()
    }
  }

  /** Undoes what was done. Never throws: the error that led here matters more. */
  async rollback(): Promise<void> {
    try {
      await this.#close()
    } catch {
      this.session.markBroken()
    }
    await this.#undo()
    this.parent?.leave()
  }

  async #setSavepoint(options: TransactionOptions): Promise<void> {
    if (options.isolationLevel !== undefined || options.accessMode !== undefined) {
      throw new PortcullisError('A transaction inside another cannot have an isolation level or access mode of its own. Set them on the outermost.')
    }
    this.#savepoint = this.session.nextSavepoint()
    await this.session.control(`savepoint ${this.#savepoint}`)
  }

  /** Lets what was started finish, and nothing more begin. */
  async #close(): Promise<void> {
    try {
      await this.#mutex.lock()
      this.#isOpen = false
      this.#mutex.unlock()
    } finally {
      this.#isOpen = false
    }
  }

  async #undo(): Promise<void> {
    const { connection } = this.session
    if (!connection.isInTransaction) return
    try {
      if (this.kind === 'transaction') await connection.rollback()
      else {
        await connection.execute(`rollback to savepoint ${this.#savepoint}`, [])
        await connection.execute(`release savepoint ${this.#savepoint}`, [])
      }
    } catch (error) {
      // What could not be undone must not be committed either.
      this.session.lose('A part of this transaction could not be rolled back, so none of it is committed.', error)
      this.session.markBroken()
    }
  }
}

/** Runs what waited for the commit: every one, even after an error, because the transaction stands either way. */
export async function runCallbacks(frame: Frame): Promise<void> {
  const errors: unknown[] = []
  for (const callback of frame.afterCommit) {
    try {
      await callback()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/** The block itself or the nearest around it that has not ended. */
export function openFrame(frame: Frame | undefined): Frame | null {
  let candidate = frame ?? null
  while (candidate !== null && !candidate.isOpen) candidate = candidate.parent
  return candidate
}
