/**
 * Opens SQLite files as a site needs them.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { ImproperlyConfigured } from '../../base/errors.js'
import { isBusy } from './sqlite-driver.js'
import {
  handleForPath,
  isInMemory,
  type BetterSqlite3Handle,
  type NodeSqliteHandle,
  type SqliteDriverName,
  type SqliteHandle,
} from './sqlite-handle.js'
import { loadPackage } from '../../base/load-package.js'

/** How long SQLite itself waits for another process, in milliseconds. Short: it stops the event loop; the driver waits the rest. */
const BLOCKING_WAIT = 5

/** Opens the database at `path`, or takes the handle this process has on it. */
export async function openSqlite(path: string, driver: SqliteDriverName, busyTimeout: number): Promise<SqliteHandle> {
  const open = driver === 'node:sqlite' ? await loadNodeSqlite() : await loadBetterSqlite3()
  const handle = handleForPath(path, driver, () => open(path))
  try {
    await handle.setUpOnce(() => setUp(handle, isInMemory(path), busyTimeout))
    return handle
  } catch (error) {
    handle.release()
    throw error
  }
}

async function setUp(handle: SqliteHandle, inMemory: boolean, busyTimeout: number): Promise<void> {
  // First of all: processes that start together meet while the journal changes.
  handle.exec(`pragma busy_timeout = ${Math.min(BLOCKING_WAIT, busyTimeout)}`)
  handle.exec('pragma foreign_keys = on')
  if (inMemory) return
  const started = performance.now()
  for (;;) {
    try {
      handle.exec('pragma journal_mode = wal')
      // With the log, this survives the death of any process. It writes fifty times as fast as `full`, which also keeps the last
      // transactions when the power fails.
      handle.exec('pragma synchronous = normal')
      return
    } catch (error) {
      // SQLite does not wait at all where two connections change the journal at once.
      if (!isBusy(error) || performance.now() - started >= busyTimeout) throw error
      await sleep(5 + Math.random() * 20) // rule: randomness: a pause keeps no secret
    }
  }
}

async function loadNodeSqlite(): Promise<(path: string) => NodeSqliteHandle> {
  const { DatabaseSync, StatementSync } = await import('node:sqlite')
  if (typeof StatementSync.prototype.columns !== 'function') throw tooOld('node:sqlite tells column types', '22.16')
  return (path) => new DatabaseSync(path)
}

async function loadBetterSqlite3(): Promise<(path: string) => BetterSqlite3Handle> {
  // Version 13 is built for the tenth Node-API. It does not refuse an older one; it ends the process with a segmentation fault.
  if (Number(process.versions.napi) < 10) throw tooOld('better-sqlite3 works', '22.14')
  const loaded = await loadPackage<{ default: new (path: string) => BetterSqlite3Handle }>(
    'better-sqlite3',
    ', or use the built-in driver: sqlite(path)',
  )
  const Constructor = loaded.default
  return (path) => new Constructor(path)
}

function tooOld(what: string, since: string): ImproperlyConfigured {
  return new ImproperlyConfigured(`${what} since Node ${since}; this is ${process.versions.node}. Update Node.`)
}
