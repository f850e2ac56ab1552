/**
 * SQLite as a site's database: `portcullis/sqlite`.
 * @module
 */

import { ImproperlyConfigured } from './base/errors.js'
import type { DatabaseSource } from './database/dialects/dialect.js'
import { SqliteDriver } from './database/dialects/sqlite-driver.js'
import {
  handleOf,
  type BetterSqlite3Handle,
  type NodeSqliteHandle,
  type SqliteDriverName,
  type SqliteHandle,
} from './database/dialects/sqlite-handle.js'
import { openSqlite } from './database/dialects/sqlite-open.js'
import { sqliteDialect } from './database/dialects/sqlite.js'

export type { BetterSqlite3Handle, DatabaseSource, NodeSqliteHandle }

/** Options of `sqlite()`. */
export interface SqliteOptions {
  /** What opens the file. Default: `node:sqlite`, which is part of Node. */
  readonly driver?: SqliteDriverName
  /** How long a write waits for another process, in milliseconds. Default 5000, as in Django. */
  readonly busyTimeout?: number
}

/**
 * Describes an SQLite database: a path (`':memory:'` for one that is private and gone afterwards), or a handle of `node:sqlite` or
 * `better-sqlite3` that the application opened and closes itself. Files are opened with a write-ahead log and `synchronous = normal`
 * (a power failure may take the last transactions, never the file), foreign keys are enforced, and every database on the same file
 * in a process shares one connection.
 *
 * @example
 * const auth = portcullis({ secretKey, database: sqlite('shop.db') })
 */
export function sqlite(pathOrHandle: string | NodeSqliteHandle | BetterSqlite3Handle, options: SqliteOptions = {}): DatabaseSource {
  const { driver = 'node:sqlite', busyTimeout = 5000 } = options
  if (driver !== 'node:sqlite' && driver !== 'better-sqlite3') {
    throw new ImproperlyConfigured(`sqlite() knows the drivers 'node:sqlite' and 'better-sqlite3', not '${String(driver)}'.`)
  }
  const open = typeof pathOrHandle === 'string' ? () => openSqlite(pathOrHandle, driver, busyTimeout) : () => adopt(pathOrHandle)
  return { dialect: sqliteDialect, createDriver: () => new SqliteDriver(open, busyTimeout) }
}

/** Takes a handle as it is; only what Django's tables rely on is switched on. */
async function adopt(raw: NodeSqliteHandle | BetterSqlite3Handle): Promise<SqliteHandle> {
  const handle = handleOf(raw)
  await handle.setUpOnce(async () => handle.exec('pragma foreign_keys = on'))
  return handle
}
