/**
 * The rows of `portcullis_event`: written many at once, read newest first from any place, and removed in parts once they are old.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks } from '../base/chunks.js'
import type { DateTime } from '../base/date-time.js'
import { pause } from '../base/pause.js'
import type { Database } from '../database/database.js'
import { isEventName, kindOf, type EventName, type EventOutcome } from './event-names.js'
import { keyText, subjectText, type EventValue, type SecurityEvent } from './event.js'

/** An event of the table. */
export interface StoredEvent extends SecurityEvent {
  /** Its number, which grows with time. */
  readonly id: number
}

/** Where the events before a place begin: a moment, or the event that was shown last. */
export type EventPlace = Date | Pick<StoredEvent, 'id' | 'time'>

/** Which events to list. */
export interface EventQuery {
  /** Those that this user did, and those that were done to them: a user, or their key. */
  readonly user?: unknown
  readonly name?: EventName
  /** The whole address, as events have it. */
  readonly address?: string
  /** None from before this moment. */
  readonly since?: Date
  /** Only those that were before. */
  readonly before?: EventPlace
  /** Default 50, at most 500. */
  readonly limit?: number
}

/** Rows at once when old ones are removed. */
const ROWS_AT_ONCE = 500
const MOST_LISTED = 500
const COLUMNS = ['time', 'name', 'outcome', 'actor', 'target', 'address', 'user_agent', 'path', 'data'] as const

interface Row {
  readonly id: number | bigint
  readonly time: DateTime
  readonly name: string
  readonly outcome: string
  readonly actor: string
  readonly target: string
  readonly address: string
  readonly user_agent: string
  readonly path: string
  readonly data: string
}

type Condition = RawBuilder<unknown>

/** Reads and writes the table. */
export class EventTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Writes events in their order. */
  async insert(events: readonly SecurityEvent[]): Promise<void> {
    const { dialect } = this.#database
    const most = Math.min(dialect.rowsPerInsert, dialect.maxParameters / COLUMNS.length)
    for (const part of chunks(events, most)) {
      const rows = part.map((one) => sql`(${sql.join(valuesOf(one))})`)
      await this.#database.execute(sql`insert into portcullis_event (${sql.join(COLUMNS.map((one) => sql.ref(one)))}) values ${sql.join(rows)}`)
    }
  }

  /** The events that fit, newest first. */
  async list({ user, name, address, since, before, limit = 50 }: EventQuery): Promise<readonly StoredEvent[]> {
    const most = Math.max(1, Math.min(Math.floor(limit), MOST_LISTED))
    const all = [
      ...(name === undefined ? [] : [sql`name = ${name}`]),
      ...(address === undefined ? [] : [sql`address = ${address}`]),
      ...(since === undefined ? [] : [sql`${sql.ref('time')} >= ${since}`]),
      ...(before === undefined ? [] : placeSql(before)),
    ]
    if (user === undefined) return this.#newest(all, most)
    const key = keyText(user)
    if (key === null) return []
    // Two questions, each with an index of its own: one for both would read the whole table.
    const did = await this.#newest([sql`actor = ${key}`, ...all], most)
    const suffered = await this.#newest([sql`target = ${subjectText({ kind: 'user', key })}`, ...all], most)
    const known = new Map([...did, ...suffered].map((one) => [one.id, one]))
    return [...known.values()].toSorted((a, b) => b.time.getTime() - a.time.getTime() || b.id - a.id).slice(0, most)
  }

  /** Takes a user's addresses, devices and pages out of what happened; that it happened stays. */
  async anonymise(user: unknown): Promise<void> {
    const key = keyText(user)
    if (key === null) return
    for (const whose of [sql`actor = ${key}`, sql`target = ${subjectText({ kind: 'user', key })}`])
      await this.#database.executeCount(sql`update portcullis_event set address = '', user_agent = '', path = '', data = '' where ${whose}`)
  }

  /** Removes what is older; tells how many there were. */
  async clearBefore(moment: Date): Promise<number> {
    let cleared = 0
    for (;;) {
      const rows = await this.#database.execute<{ id: number | bigint }>(
        sql<{
          id: number | bigint
        }>`select id from portcullis_event where ${sql.ref('time')} < ${moment} order by ${sql.ref('time')} limit ${ROWS_AT_ONCE}`,
      )
      if (rows.length === 0) return cleared
      cleared += await this.#database.executeCount(sql`delete from portcullis_event where id in (${sql.join(rows.map((one) => one.id))})`)
      if (rows.length < ROWS_AT_ONCE) return cleared
      await pause()
    }
  }

  async #newest(conditions: readonly Condition[], limit: number): Promise<StoredEvent[]> {
    const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
    const rows = await this.#database.execute<Row>(
      sql<Row>`select * from portcullis_event ${where} order by ${sql.ref('time')} desc, id desc limit ${limit}`,
    )
    return rows.flatMap(readRow)
  }
}

/** Rows of one moment follow their numbers. In two parts, because MySQL compares no pairs by an index. */
function placeSql(place: EventPlace): Condition[] {
  const time = sql.ref('time')
  if (place instanceof Date) return [sql`${time} < ${place}`]
  return [sql`${time} <= ${place.time}`, sql`(${time} < ${place.time} or id < ${place.id})`]
}

function valuesOf(event: SecurityEvent): unknown[] {
  const { time, name, outcome, actor, target, address, userAgent, path, data } = event
  const details = Object.keys(data).length === 0 ? '' : JSON.stringify(data)
  return [time, name, outcome, actor ?? '', target ?? '', address ?? '', userAgent ?? '', path ?? '', details]
}

/** A name that this version does not know was written by another one, and is left out. */
function readRow(row: Row): readonly StoredEvent[] {
  const { name } = row
  if (!isEventName(name)) return []
  return [
    {
      id: Number(row.id),
      time: row.time,
      name,
      outcome: (row.outcome === '' ? kindOf(name).outcome : row.outcome) as EventOutcome,
      actor: row.actor === '' ? null : row.actor,
      target: row.target === '' ? null : row.target,
      address: row.address === '' ? null : row.address,
      userAgent: row.user_agent === '' ? null : row.user_agent,
      path: row.path === '' ? null : row.path,
      data: readData(row.data),
    },
  ]
}

function readData(text: string): Readonly<Record<string, EventValue>> {
  if (text === '') return {}
  try {
    return JSON.parse(text) as Readonly<Record<string, EventValue>>
  } catch {
    return {}
  }
}
