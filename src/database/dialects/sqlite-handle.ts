/**
 * SQLite handles: what `node:sqlite` and `better-sqlite3` have in common, and one handle per file in a process.
 * @module
 */

import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ImproperlyConfigured } from '../../base/errors.js'
import { Mutex } from '../mutex.js'
import { readerFor, type ReadValue, type StoredValue } from './sqlite-values.js'

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

/** The packages that open SQLite files. */
export type SqliteDriverName = 'node:sqlite' | 'better-sqlite3'

/** What one statement did. */
export interface SqliteOutcome {
  readonly rows: Record<string, unknown>[]
  readonly changes: bigint | null
  readonly insertId: bigint | null
}

/** How many prepared statements a handle keeps; preparing costs four times what running a short one does. */
const MOST_STATEMENTS = 250

/** How long a statement waits for the same block of the same process, in milliseconds. */
const PATIENCE = 30_000

const WAITED = `A statement waited ${PATIENCE / 1000} seconds for a transaction of this process that holds the SQLite connection. Keep slow work out of atomic(), and inside it use the same database object (auth.db).`

/** One open handle with its queue and its prepared statements. Two databases on the same handle share it. */
export class SqliteHandle {
  readonly kind: SqliteDriverName
  /** One user at a time: a transaction, or a statement outside of one. */
  readonly mutex = new Mutex(PATIENCE, WAITED)
  readonly #raw: NodeSqliteHandle | BetterSqlite3Handle
  readonly #statements = new Map<string, Prepared>()
  /** The file behind it, or null for a database in memory. */
  readonly file: string | null
  /** Takes it out of the registry; null for a handle of the application. */
  readonly #onClose: (() => void) | null
  #users = 0
  #ready: Promise<void> | null = null

  constructor(raw: NodeSqliteHandle | BetterSqlite3Handle, { file, onClose }: { readonly file: string | null; readonly onClose: (() => void) | null }) {
    this.#raw = raw
    this.kind = kindOf(raw)
    this.file = file
    this.#onClose = onClose
  }

  get isInTransaction(): boolean {
    return isBetterSqlite3(this.#raw) ? this.#raw.inTransaction : this.#raw.isTransaction
  }

  exec(sql: string): void {
    this.#raw.exec(sql)
  }

  run(sql: string, parameters: StoredValue[]): SqliteOutcome {
    return this.#prepared(sql).run(parameters)
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

  #prepared(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known !== undefined) {
      // The order of a Map is that of insertion: what is used moves to the end, what is not used leaves first.
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const prepared = new Prepared(this.#raw.prepare(sql) as RawStatement, sql)
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value as string)
    this.#statements.set(sql, prepared)
    return prepared
  }
}

interface RawStatement {
  all(...parameters: StoredValue[]): StoredValue[][]
  run(...parameters: StoredValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  columns(): { name: string; type: string | null }[]
  setReadBigInts?(on: boolean): void
  setReturnArrays?(on: boolean): void
  safeIntegers?(on: boolean): void
  raw?(on: boolean): void
  readonly reader?: boolean
}

/** `select *` may have other columns after another process changed the table; SQLite prepares it anew by itself, and so must we. */
const STAR = /(?:\b(?:select|returning|distinct|all)|[,.])\s*\*/i

const WRITES = /^\s*(?:insert|update|delete|replace)\b/i
const INSERTS = /^\s*(?:insert|replace)\b/i

/** A prepared statement with the readers of its columns. */
class Prepared {
  readonly #statement: RawStatement
  readonly #returnsRows: boolean
  readonly #writes: boolean
  readonly #inserts: boolean
  readonly #changing: boolean
  #names: string[] = []
  #readers: ReadValue[] = []

  constructor(statement: RawStatement, sql: string) {
    this.#statement = statement
    this.#writes = WRITES.test(sql)
    this.#inserts = INSERTS.test(sql)
    this.#changing = STAR.test(sql)
    this.#returnsRows = statement.reader ?? statement.columns().length > 0
    if (this.#returnsRows) this.#readColumns()
    statement.setReadBigInts?.(true)
    statement.safeIntegers?.(true)
    if (!this.#returnsRows) return
    statement.setReturnArrays?.(true)
    statement.raw?.(true)
  }

  run(parameters: StoredValue[]): SqliteOutcome {
    if (this.#returnsRows) {
      const stored = this.#statement.all(...parameters)
      if (this.#changing) this.#readColumns()
      return { rows: stored.map((one) => this.#row(one)), changes: this.#writes ? BigInt(stored.length) : null, insertId: null }
    }
    const { changes, lastInsertRowid } = this.#statement.run(...parameters)
    // SQLite goes on telling the numbers of the last write, whatever came after it.
    if (!this.#writes) return { rows: [], changes: null, insertId: null }
    return { rows: [], changes: BigInt(changes), insertId: this.#inserts && BigInt(changes) > 0n ? BigInt(lastInsertRowid) : null }
  }

  #readColumns(): void {
    const columns = this.#statement.columns()
    this.#names = columns.map((one) => one.name)
    this.#readers = columns.map((one) => readerFor(one.type))
  }

  #row(stored: StoredValue[]): Record<string, unknown> {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < stored.length; index += 1) row[this.#names[index] as string] = (this.#readers[index] as ReadValue)(stored[index] as StoredValue)
    return row
  }
}

/** Handles of ours, by the path of their file. */
const openFiles = new Map<string, SqliteHandle>()
/** What we know of handles that applications gave us. */
const givenHandles = new WeakMap<object, SqliteHandle>()
/** The package that has each file open, and for how many databases. */
const usedFiles = new Map<string, { readonly kind: SqliteDriverName; users: number }>()

/** The handle of a path: the one this process has, or a new one from `open`. A database in memory is always new. */
export function handleForPath(path: string, kind: SqliteDriverName, open: () => NodeSqliteHandle | BetterSqlite3Handle): SqliteHandle {
  if (isInMemory(path)) return new SqliteHandle(open(), { file: null, onClose: () => {} }).retain()
  const file = canonicalPath(path)
  refuseTwoCopies(file, kind)
  let handle = openFiles.get(file)
  if (handle === undefined) openFiles.set(file, (handle = new SqliteHandle(open(), { file, onClose: () => openFiles.delete(file) })))
  return handle.retain()
}

/** The one `SqliteHandle` of an application's handle. */
export function handleOf(raw: NodeSqliteHandle | BetterSqlite3Handle): SqliteHandle {
  let handle = givenHandles.get(raw)
  if (handle === undefined) {
    if (!isBetterSqlite3(raw) && typeof raw.isTransaction !== 'boolean') throw new ImproperlyConfigured(`sqlite() takes a handle of node:sqlite on Node 22.16 or later, or of better-sqlite3; this is Node ${process.versions.node}.`)
    const path = isBetterSqlite3(raw) ? (raw.memory ? '' : raw.name) : (raw.location() ?? '')
    const file = isInMemory(path) ? null : canonicalPath(path)
    if (file !== null) refuseTwoCopies(file, kindOf(raw))
    givenHandles.set(raw, (handle = new SqliteHandle(raw, { file, onClose: null })))
  }
  return handle.retain()
}

/** Each package brings its own copy of SQLite, and POSIX drops a file's locks when either closes it: the file would be corrupted. */
function refuseTwoCopies(file: string, kind: SqliteDriverName): void {
  const used = usedFiles.get(file)
  if (used !== undefined && used.kind !== kind) throw new ImproperlyConfigured(`${file} is open through ${used.kind} in this process already. Use the same driver for both.`)
}

function countUse(file: string, kind: SqliteDriverName, change: 1 | -1): void {
  const used = usedFiles.get(file) ?? { kind, users: 0 }
  used.users += change
  if (used.users === 0) usedFiles.delete(file)
  else usedFiles.set(file, used)
}

function kindOf(raw: NodeSqliteHandle | BetterSqlite3Handle): SqliteDriverName {
  return isBetterSqlite3(raw) ? 'better-sqlite3' : 'node:sqlite'
}

/** Whether a path names a database that lives in memory or in a nameless file: private to its handle. */
export function isInMemory(path: string): boolean {
  return path === ':memory:' || path === ''
}

function isBetterSqlite3(raw: NodeSqliteHandle | BetterSqlite3Handle): raw is BetterSqlite3Handle {
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
