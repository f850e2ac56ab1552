/**
 * Who is logged in where: the list of a person's devices, and ending one session, the others, or all. What leaves here never holds a key (D9).
 * @module
 */

import type { DateTime } from '../base/date-time.js'
import { pause } from '../base/pause.js'
import type { RecordTable } from './record-table.js'
import type { SessionRecordRow, SessionStore } from './session-store.js'

/** More devices than anybody has; the list shows those seen last. */
const MOST_LISTED = 200
/** So many records are looked at in one go when orphans are cleared. */
const RECORDS_AT_ONCE = 200
/** Of one person; the rest follows in the next round. */
const MOST_ENDED_AT_ONCE = 1000

/** A login to be noted. */
export interface RecordOptions {
  /** What the visitor's cookie holds. */
  readonly cookie: string
  /** The user's primary key, as itself or as the session's text. */
  readonly userKey: unknown
  /** Null where it is not known. */
  readonly address: string | null
  readonly userAgent: string
  /** Whether somebody logged in just now. Without it the time of a login that was noted under another key of this session stays. */
  readonly startsAnew?: boolean
}

/** A session in the list of devices. */
export interface SessionListEntry {
  readonly publicId: string
  readonly created: DateTime
  /** To within the interval at which visits are noted. */
  readonly lastSeen: DateTime
  /** Null where it is not known. */
  readonly address: string | null
  readonly userAgent: string
  /** Whether it is the one whose cookie was given. */
  readonly isCurrent: boolean
}

/** Keeps the records of a site's sessions. */
export class SessionRecords {
  readonly #table: RecordTable
  readonly #store: SessionStore

  constructor(table: RecordTable, store: SessionStore) {
    this.#table = table
    this.#store = store
  }

  /** Notes whose session this is. One session has one record, whoever was noted before. */
  async record({ cookie, userKey, address, userAgent, startsAnew = false }: RecordOptions): Promise<void> {
    const key = this.#store.keyOf(cookie)
    if (key !== null) await this.#table.put({ key, userKey, address: address ?? '', userAgent, startsAnew })
  }

  /** Notes that somebody came by a session. False where another request was first. Ask for it at most every few minutes: it is a write. */
  async touch(record: SessionRecordRow, { now, address }: { readonly now: Date; readonly address: string | null }): Promise<boolean> {
    return this.#table.touch(record.id, record.lastSeen, now, address ?? '')
  }

  /** The sessions by which somebody is logged in, seen last first. `current` is the key of the one that asks. */
  async listFor(userKey: unknown, current: string | null = null): Promise<SessionListEntry[]> {
    const records = await this.#table.ofUser(userKey, MOST_LISTED)
    const living = await this.#store.living(records)
    return records
      .filter((one) => living.has(one.key))
      .map(({ key, publicId, created, lastSeen, address, userAgent }) => ({
        publicId,
        created,
        lastSeen,
        address: address === '' ? null : address,
        userAgent,
        isCurrent: key === current,
      }))
  }

  /** Ends the session of this public id, if it is this user's; false where it is not, or there is none (D8). */
  async end(publicId: string, userKey: unknown): Promise<boolean> {
    const record = await this.#table.find(publicId, userKey)
    if (record === null) return false
    const wasLiving = (await this.#store.living([record])).has(record.key)
    await this.#store.end([record.key])
    return wasLiving
  }

  /** Ends every session of a user but the one of this key; returns how many it ended. */
  async endAll(userKey: unknown, kept: string | null = null): Promise<number> {
    let ended = 0
    for (;;) {
      const records = await this.#table.ofUser(userKey, MOST_ENDED_AT_ONCE)
      const others = records.filter((one) => one.key !== kept)
      if (others.length === 0) return ended
      ended += (await this.#store.living(others)).size
      await this.#store.end(others.map((one) => one.key))
      if (records.length < MOST_ENDED_AT_ONCE) return ended
    }
  }

  /** Deletes the records of sessions that are over, in parts that hold nobody up; returns how many. */
  async clearOrphans(): Promise<number> {
    let cleared = 0
    let last: number | bigint = 0
    for (;;) {
      const records = await this.#table.after(last, RECORDS_AT_ONCE)
      const final = records.at(-1)
      if (final === undefined) return cleared
      const living = await this.#store.living(records)
      const orphans = records.filter((one) => !living.has(one.key)).map((one) => one.key)
      await this.#table.forget(orphans)
      cleared += orphans.length
      if (records.length < RECORDS_AT_ONCE) return cleared
      last = final.id
      await pause()
    }
  }
}
