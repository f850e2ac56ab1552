/**
 * The driver below `auth.db`: lends Kysely the connection of the transaction it is called in, and a fresh one elsewhere.
 * @module
 */

import type { AsyncLocalStorage } from 'node:async_hooks'
import {
  createQueryId,
  IdentifierNode,
  RawNode,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import { PortcullisError } from '../base/errors.js'
import type { EngineDriver } from './dialects/dialect.js'
import { openFrame, runCallbacks, type Frame, type Session } from './frame.js'

/** What the driver works with. */
export interface JoiningDriverParts {
  readonly driver: EngineDriver
  readonly current: AsyncLocalStorage<Frame>
  readonly openSession: () => Promise<Session>
}

/** A Kysely driver whose connections join the open `atomic()`, and whose transactions `atomic()` joins. */
export class JoiningDriver implements Driver {
  readonly #parts: JoiningDriverParts

  constructor(parts: JoiningDriverParts) {
    this.#parts = parts
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const { current, openSession } = this.#parts
    const frame = openFrame(current.getStore())
    return frame === null ? new LentConnection(current, (await openSession()).root, true) : new LentConnection(current, frame, false)
  }

  /**
   * Not `async`, and the context is entered before anything is awaited: only so does it hold for the callback that Kysely calls
   * next, which is how `atomic()` inside `kysely.transaction()` finds the transaction.
   */
  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const lent = connection as LentConnection
    const frame = lent.frame().child()
    this.#parts.current.enterWith(frame)
    return lent.begin(frame, settings)
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as LentConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as LentConnection).rollback()
  }

  async savepoint(connection: DatabaseConnection, name: string, compileQuery: QueryCompiler['compileQuery']): Promise<void> {
    await (connection as LentConnection).control('savepoint', name, compileQuery)
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string, compileQuery: QueryCompiler['compileQuery']): Promise<void> {
    await (connection as LentConnection).control('rollback to savepoint', name, compileQuery)
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string, compileQuery: QueryCompiler['compileQuery']): Promise<void> {
    await (connection as LentConnection).control('release savepoint', name, compileQuery)
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await (connection as LentConnection).giveBack()
  }

  async destroy(): Promise<void> {
    await this.#parts.driver.close()
  }
}

type SavepointCommand = 'savepoint' | 'rollback to savepoint' | 'release savepoint'

/** What Kysely holds: a place in a stack of blocks. */
class LentConnection implements DatabaseConnection {
  readonly #current: AsyncLocalStorage<Frame>
  readonly #owned: boolean
  readonly #finished: Frame[] = []
  #top: Frame
  /** Whether a commit was refused and undone: Kysely then asks for the rollback that has happened. */
  #isUndone = false

  constructor(current: AsyncLocalStorage<Frame>, frame: Frame, owned: boolean) {
    this.#current = current
    this.#top = frame
    this.#owned = owned
  }

  /** The innermost block the caller stands in, if it is inside ours; otherwise ours. */
  frame(): Frame {
    const current = openFrame(this.#current.getStore())
    if (current !== null && current.isWithin(this.#top)) return current
    const own = openFrame(this.#top)
    if (own === null) throw new PortcullisError('This connection was given back. A transaction object works only until its transaction ends.')
    return own
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (;;) {
      const frame = this.frame()
      if (!(await frame.enter())) continue
      try {
        return await frame.session.execute<R>(query.sql, query.parameters, frame.isInTransaction)
      } finally {
        frame.leave()
      }
    }
  }

  /** Between two parts of a stream the connection is free, so that the loop that reads it may write. */
  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const frame = this.frame()
    const parts = frame.session.stream<R>(query.sql, query.parameters, chunkSize)
    try {
      for (;;) {
        const part = await frame.use(() => parts.next())
        if (part.done === true) return
        yield part.value
      }
    } finally {
      if (frame.isOpen) await frame.use(async () => parts.return?.())
    }
  }

  async begin(frame: Frame, settings: TransactionSettings): Promise<void> {
    if (!(await frame.begin(settings)))
      throw new PortcullisError('The transaction around this one has ended. Await everything that is started inside it.')
    this.#top = frame
  }

  async commit(): Promise<void> {
    const frame = this.#top
    this.#top = frame.parent as Frame
    this.#isUndone = true
    await frame.commit()
    this.#isUndone = false
    if (frame.kind === 'transaction') this.#finished.push(frame)
  }

  async rollback(): Promise<void> {
    if (this.#isUndone) {
      this.#isUndone = false
      return
    }
    const frame = this.#top
    this.#top = frame.parent as Frame
    await frame.rollback()
  }

  async control(command: SavepointCommand, name: string, compileQuery: QueryCompiler['compileQuery']): Promise<void> {
    const frame = this.frame()
    // Through the compiler, because it quotes the name.
    const node = RawNode.createWithChildren([RawNode.createWithSql(`${command} `), IdentifierNode.create(name)])
    await frame.use(() => frame.session.control(compileQuery(node, createQueryId()).sql))
  }

  async giveBack(): Promise<void> {
    if (this.#owned) {
      this.#top.end()
      await this.#top.session.giveBack()
    }
    for (const frame of this.#finished) await runCallbacks(frame)
  }
}
