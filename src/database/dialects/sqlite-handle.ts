/**
 * SQLite handles: what `node:sqlite` and `better-sqlite3` have in common, and one handle per file in a process.
 * @module
 */

import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ImproperlyConfigured } from '../../base/errors.js'
import { Mutex } from '../mutex.js'
import { PreparedStatement, type RawStatement, type SqliteOutcome } from './sqlite-statement.js'
import type { StoredValue } from './sqlite-values.js'

/** The part of `DatabaseSync` of `node:sqlite` that is used. */
export interface NodeSqliteHandle {
  prepare(sql: string): unknown
  exec(sql: string): void
  close(): void
  readonly isTransaction: boolean
  location(): string | null
}

/** The part of a `better-sqlite3` database that is used. */
export interface BetterSqlite3Handle {
  prepare(sql: string): unknown
  exec(sql: string): unknown
  pragma(source: string): unknown
  close(): unknown
  readonly inTransaction: boolean
  readonly name: string
  readonly memory: boolean
}

/** An open database of either package. */
export type AnySqliteHandle = NodeSqliteHandle | BetterSqlite3Handle

/** The packages that open SQLite files. */
export type SqliteDriverName = 'node:sqlite' | 'better-sqlite3'

/** How many prepared statements a handle keeps; preparing costs four times what running a short one does. */
const MOST_STATEMENTS = 250

/** How long a statement waits for the same block of the same process, in milliseconds. */
const PATIENCE = 30_000

const WAITED =
  `A statement waited ${PATIENCE / 1000} seconds for a transaction of this process that holds the SQLite connection. ` +
  'Keep slow work out of atomic(), and inside it use the same database object (auth.db).'

/** One open handle with its queue and its prepared statements. Two databases on the same handle share it. */
export class SqliteHandle {
  readonly kind: SqliteDriverName
  /** One user at a time: a transaction, or a statement outside of one. */
  readonly mutex = new Mutex(PATIENCE, WAITED)
  readonly #raw: AnySqliteHandle
  readonly #statements = new Map<string, PreparedStatement>()
  /** The file behind it, or null for a database in memory. */
  readonly file: string | null
  /** Takes it out of the registry; null for a handle of the application. */
  readonly #onClose: (() => void) | null
  #users = 0
  #ready: Promise<void> | null = null
  #unwritten: object = {}

  constructor(raw: AnySqliteHandle, file: string | null, onClose: (() => void) | null) {
    this.#raw = raw
    this.kind = kindOf(raw)
    this.file = file
    this.#onClose = onClose
  }

  get isInTransaction(): boolean {
    return isBetterSqlite3(this.#raw) ? this.#raw.inTransaction : this.#raw.isTransaction
  }

  /**
   * The same object until something is written through this handle. Null in a transaction, which may be undone; and for a handle of the
   * application, which writes through it without us.
   */
  get unwritten(): object | null {
    return this.#onClose === null || this.isInTransaction ? null : this.#unwritten
  }

  exec(sql: string): void {
    this.#unwritten = {}
    this.#raw.exec(sql)
  }

  run(sql: string, parameters: StoredValue[]): SqliteOutcome {
    const prepared = this.#prepared(sql)
    if (!prepared.onlyReads) this.#unwritten = {}
    return prepared.run(parameters)
  }

  /** Sets the handle up, once for all who share it. */
  async setUpOnce(setUp: () => Promise<void>): Promise<void> {
    this.#ready ??= setUp()
    try {
      await this.#ready
    } catch (error) {
      this.#ready = null
      throw error
    }
  }

  /** Counts a database that uses this handle. */
  retain(): this {
    this.#users += 1
    if (this.file !== null) countUse(this.file, this.kind, 1)
    return this
  }

  /** The last one closes it, if it is ours. */
  release(): void {
    this.#users -= 1
    if (this.file !== null) countUse(this.file, this.kind, -1)
    if (this.#users > 0) return
    this.#statements.clear()
    if (this.#onClose === null) return
    this.#onClose()
    this.#raw.close()
  }

  #prepared(sql: string): PreparedStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) {
      // The order of a Map is that of insertion: what is used moves to the end, what is not used leaves first.
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const prepared = new PreparedStatement(this.#raw.prepare(sql) as RawStatement, sql)
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value as string)
    this.#statements.set(sql, prepared)
    return prepared
  }
}

/** Handles of ours, by the path of their file. */
const openFiles = new Map<string, SqliteHandle>()
/** What we know of handles that applications gave us. */
const givenHandles = new WeakMap<object, SqliteHandle>()
/** The package that has each file open, and for how many databases. */
const usedFiles = new Map<string, { readonly kind: SqliteDriverName; users: number }>()

/** The handle of a path: the one this process has, or a new one from `open`. A database in memory is always new. */
export function handleForPath(path: string, kind: SqliteDriverName, open: () => AnySqliteHandle): SqliteHandle {
  if (isInMemory(path)) return new SqliteHandle(open(), null, () => {}).retain()
  const file = canonicalPath(path)
  refuseTwoCopies(file, kind)
  let handle = openFiles.get(file)
  if (handle === undefined) openFiles.set(file, (handle = new SqliteHandle(open(), file, () => openFiles.delete(file))))
  return handle.retain()
}

/** The one `SqliteHandle` of an application's handle. */
export function handleOf(raw: AnySqliteHandle): SqliteHandle {
  let handle = givenHandles.get(raw)
  if (handle === undefined) {
    const path = pathOf(raw)
    const file = isInMemory(path) ? null : canonicalPath(path)
    if (file !== null) refuseTwoCopies(file, kindOf(raw))
    givenHandles.set(raw, (handle = new SqliteHandle(raw, file, null)))
  }
  return handle.retain()
}

function pathOf(raw: AnySqliteHandle): string {
  if (isBetterSqlite3(raw)) return raw.memory ? '' : raw.name
  if (typeof raw.isTransaction === 'boolean') return raw.location() ?? ''
  throw new ImproperlyConfigured(
    `sqlite() takes handles of node:sqlite since Node 22.16, or of better-sqlite3; this is Node ${process.versions.node}.`,
  )
}

/** Each package brings its own copy of SQLite, and POSIX drops a file's locks when either closes it: the file would be corrupted. */
function refuseTwoCopies(file: string, kind: SqliteDriverName): void {
  const used = usedFiles.get(file)
  if (used === undefined || used.kind === kind) return
  throw new ImproperlyConfigured(`${file} is open through ${used.kind} in this process already. Use the same driver for both.`)
}

function countUse(file: string, kind: SqliteDriverName, change: 1 | -1): void {
  const used = usedFiles.get(file) ?? { kind, users: 0 }
  used.users += change
  if (used.users === 0) usedFiles.delete(file)
  else usedFiles.set(file, used)
}

function kindOf(raw: AnySqliteHandle): SqliteDriverName {
  return isBetterSqlite3(raw) ? 'better-sqlite3' : 'node:sqlite'
}

/** Whether a path names a database that lives in memory or in a nameless file: private to its handle. */
export function isInMemory(path: string): boolean {
  return path === ':memory:' || path === ''
}

function isBetterSqlite3(raw: AnySqliteHandle): raw is BetterSqlite3Handle {
  return 'pragma' in raw && typeof raw.pragma === 'function'
}

/** The same file by another road is the same file. One that does not exist yet is found by its folder. */
function canonicalPath(path: string): string {
  const full = resolve(path)
  try {
    return realpathSync(full)
  } catch {
    try {
      return join(realpathSync(dirname(full)), basename(full))
    } catch {
      return full
    }
  }
}
