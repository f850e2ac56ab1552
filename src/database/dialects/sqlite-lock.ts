/**
 * A named lock beside an SQLite file: a file of no bytes that SQLite itself locks. The operating system frees it when its holder
 * dies, the database stays usable meanwhile, and the work inside may open and close transactions as it likes.
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceUnavailable } from '../../base/errors.js'

/** Other characters could leave the folder. */
const UNSAFE = /[^A-Za-z0-9_-]/g

/** How often a waiter looks, in milliseconds. */
const INTERVAL = 25

/**
 * Locks `name` for the database at `path` and returns the function that frees it. The file stays: were it removed, one process
 * could hold the old file and another the new one.
 */
export async function lockFile(path: string, name: string, timeoutSeconds: number): Promise<() => void> {
  // Always this one, whatever opens the database: one copy of SQLite must see every lock on the file.
  const { DatabaseSync } = await import('node:sqlite')
  const handle = new DatabaseSync(`${path}-${name.replaceAll(UNSAFE, '_')}.lock`)
  const deadline = performance.now() + timeoutSeconds * 1000
  for (;;) {
    try {
      handle.exec('begin exclusive')
      return () => handle.close()
    } catch (error) {
      const isBusy = ((error as { errcode?: number }).errcode ?? 0) % 256 === 5
      if (!isBusy || performance.now() >= deadline) {
        handle.close()
        if (!isBusy) throw error
        const said = `Another process holds the lock “${name}” of ${path}; waited ${timeoutSeconds} seconds.`
        throw new ServiceUnavailable(said, { retryAfter: timeoutSeconds })
      }
      await sleep(INTERVAL)
    }
  }
}
