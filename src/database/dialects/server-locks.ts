/**
 * Named locks that a database server keeps for a connection, and frees when it goes.
 * @module
 */

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceUnavailable } from '../../base/errors.js'

/** Runs a statement on the connection that will hold the lock and gives the first row. */
export type RunOnConnection = (sql: string, parameters: readonly unknown[]) => Promise<Readonly<Record<string, unknown>> | undefined>

/** How often a waiter asks, in milliseconds. */
const INTERVAL = 50

/** Takes PostgreSQL's advisory lock of this name, which belongs to one database; returns what frees it. */
export async function lockOnPostgres(run: RunOnConnection, name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
  const key = String(createHash('sha256').update(`portcullis:${name}`).digest().readBigInt64BE())
  const deadline = performance.now() + timeoutSeconds * 1000
  // Asking again instead of waiting inside the server: whoever waits there holds a snapshot that keeps others from their work.
  while ((await run('select pg_try_advisory_lock($1::bigint) as locked', [key]))?.['locked'] !== true) {
    if (performance.now() >= deadline) throw timedOut(name, timeoutSeconds)
    await sleep(INTERVAL)
  }
  return async () => {
    await run('select pg_advisory_unlock($1::bigint)', [key])
  }
}

/** Takes the lock of this name on MySQL, where names belong to the whole server: the database's is part of it. */
export async function lockOnMysql(run: RunOnConnection, name: string, timeoutSeconds: number): Promise<() => Promise<void>> {
  const key = `concat('portcullis:', sha1(concat(coalesce(database(), ''), ':', ?)))`
  const answer = await run(`select get_lock(${key}, ?) as locked`, [name, timeoutSeconds])
  if (Number(answer?.['locked']) !== 1) throw timedOut(name, timeoutSeconds)
  return async () => {
    await run(`select release_lock(${key})`, [name])
  }
}

function timedOut(name: string, timeoutSeconds: number): ServiceUnavailable {
  const said = `Another connection holds the lock “${name}” of this database; waited ${timeoutSeconds} seconds.`
  return new ServiceUnavailable(said, { retryAfter: timeoutSeconds })
}
