/**
 * The rows of Django's session table. Every write is conditional: a row is made once, and changed only while it is there.
 * @module
 */

import { sql } from 'kysely'
import { chunks } from '../base/chunks.js'
import type { Clock } from '../base/clock.js'
import { UniqueViolation } from '../base/errors.js'
import { pause } from '../base/pause.js'
import type { Database } from '../database/database.js'
import { StatementCache } from '../database/statements.js'

/** Most keys in one statement. */
const ROWS_AT_ONCE = 500
/**
 * SQLite deletes so many in 2 ms, from table and indexes, and does not yet write its log back into the file each time, which takes a slow
 * disk 40. At 500 it does.
 */
const DELETED_AT_ONCE = 128

/** Reads and writes `django_session` by key. Keys are those at rest. */
export class SessionRows {
  readonly #database: Database
  readonly #clock: Clock
  readonly #statements: StatementCache

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.#statements = new StatementCache(database)
  }

  /** The row under a key, if it has not expired. */
  async read(key: string): Promise<{ readonly text: string; readonly expires: Date } | null> {
    const now = this.#clock.now()
    const { rows } = await this.#statements.run<{ session_data: string; expire_date: Date }>(
      'read',
      [key, now],
      () => sql`select session_data, expire_date from django_session where session_key = ${key} and expire_date > ${now}`,
    )
    const [row] = rows
    return row === undefined ? null : { text: row.session_data, expires: row.expire_date }
  }

  /** Makes a row; false where the key is taken. */
  async insert(key: string, text: string, expires: Date): Promise<boolean> {
    return this.#unlessTaken(async () => {
      await this.#statements.run(
        'insert',
        [key, text, expires],
        () => sql`insert into django_session (session_key, session_data, expire_date) values (${key}, ${text}, ${expires})`,
      )
    })
  }

  /** Writes a row that is there; false where there is none. */
  async update(key: string, text: string, expires: Date): Promise<boolean> {
    const { numAffectedRows } = await this.#statements.run(
      'update',
      [text, expires, key],
      () => sql`update django_session set session_data = ${text}, expire_date = ${expires} where session_key = ${key}`,
    )
    // Some MySQL pools count changed rows only; a row written with what it held already is still there.
    return numAffectedRows !== 0n || (await this.#exists(key))
  }

  /** Writes a row and its new key in one statement: at no moment are there two, or none. */
  async rename(key: string, to: string, text: string, expires: Date): Promise<'renamed' | 'gone' | 'taken'> {
    let wasThere = false
    const isFree = await this.#unlessTaken(async () => {
      const { numAffectedRows } = await this.#statements.run(
        'rename',
        [to, text, expires, key],
        () => sql`update django_session set session_key = ${to}, session_data = ${text}, expire_date = ${expires} where session_key = ${key}`,
      )
      wasThere = numAffectedRows !== 0n
    })
    return isFree ? (wasThere ? 'renamed' : 'gone') : 'taken'
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const part of chunks(keys, ROWS_AT_ONCE)) {
      await this.#statements.run(shapeOf('delete', part), part, () => sql`delete from django_session where session_key in (${sql.join(part)})`)
    }
  }

  /** Which of these keys have a row that has not expired. */
  async living(keys: readonly string[]): Promise<Set<string>> {
    const now = this.#clock.now()
    const living = new Set<string>()
    for (const part of chunks(keys, ROWS_AT_ONCE)) {
      const { rows } = await this.#statements.run<{ session_key: string }>(
        shapeOf('living', part),
        [now, ...part],
        () => sql`select session_key from django_session where expire_date > ${now} and session_key in (${sql.join(part)})`,
      )
      for (const row of rows) living.add(row.session_key)
    }
    return living
  }

  /** Deletes rows that have expired, at most `limit`; returns how many, and tells `gone` of their keys. */
  async clearExpired(limit: number, gone?: (keys: readonly string[]) => Promise<void>): Promise<number> {
    const now = this.#clock.now()
    let deleted = 0
    while (deleted < limit) {
      const most = Math.min(DELETED_AT_ONCE, limit - deleted)
      const { rows } = await this.#statements.run<{ session_key: string }>(
        'expired',
        [now, most],
        () => sql`select session_key from django_session where expire_date < ${now} limit ${most}`,
      )
      if (rows.length === 0) break
      const keys = rows.map((row) => row.session_key)
      // The date again: a visitor may have come back between the two statements.
      const { numAffectedRows } = await this.#statements.run(
        shapeOf('clear', keys),
        [now, ...keys],
        () => sql`delete from django_session where expire_date < ${now} and session_key in (${sql.join(keys)})`,
      )
      const deletedNow = Number(numAffectedRows ?? 0n)
      // Whoever came back keeps what is known of them: when they logged in, above all.
      const back = deletedNow < keys.length ? await this.living(keys) : new Set<string>()
      await gone?.(keys.filter((key) => !back.has(key)))
      deleted += deletedNow
      if (rows.length < most) break
      await pause()
    }
    return deleted
  }

  async #exists(key: string): Promise<boolean> {
    const { rows } = await this.#statements.run(
      'exists',
      [key],
      () => sql`select 1 as ${sql.ref('found')} from django_session where session_key = ${key}`,
    )
    return rows.length > 0
  }

  /** Within a transaction a refused row would spoil all of it on PostgreSQL; a savepoint keeps that to itself. */
  async #unlessTaken(write: () => Promise<void>): Promise<boolean> {
    try {
      await (this.#database.isInAtomic ? this.#database.atomic(write) : write())
      return true
    } catch (error) {
      if (error instanceof UniqueViolation) return false
      throw error
    }
  }
}

/** Lists of many lengths would fill the memory of statements: only whole parts and single keys are kept. */
function shapeOf(name: string, list: readonly unknown[]): string | null {
  return [1, DELETED_AT_ONCE, ROWS_AT_ONCE].includes(list.length) ? `${name} ${list.length}` : null
}
