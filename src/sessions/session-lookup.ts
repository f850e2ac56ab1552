/**
 * The columns and joins that fetch a session's record and its user in the statement that reads the session.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { Clock } from '../base/clock.js'
import type { DateTime } from '../base/date-time.js'
import type { Database } from '../database/database.js'
import { StatementCache } from '../database/statements.js'
import type { SessionRecordRow, StoredSession } from './session-store.js'

/** Whose row comes with a session: the site's user table, told by whoever knows it. */
export interface SessionOwner {
  readonly table: string
  readonly keyColumn: string
  /** The columns to fetch, of the table under this alias. */
  readonly selectList: (alias: string) => RawBuilder<unknown>
}

/** A row with what a join may have left empty. */
export type JoinedRow = Readonly<Record<string, unknown>>

/** Aliases no table has. */
const RECORD = 'portcullis_record'
const OWNER = 'portcullis_owner'

/** What was found of a session beside its values. */
export interface Found extends Pick<StoredSession, 'record' | 'owner'> {
  /** When the row of Django's table expires that was asked for; null where there is none that is still good. */
  readonly expires: DateTime | null
}

/** What the joins are made of. */
export interface SessionLookupParts {
  readonly database: Database
  readonly clock: Clock
  /** The table of users; null where their rows are not wanted. */
  readonly owner: SessionOwner | null
}

/** Builds and reads the joins of one site. */
export class SessionLookup {
  readonly #owner: SessionOwner | null
  readonly #clock: Clock
  readonly #statements: StatementCache

  constructor({ database, clock, owner }: SessionLookupParts) {
    this.#owner = owner
    this.#clock = clock
    this.#statements = new StatementCache(database)
  }

  /** The columns of record and user. A dot stands in the names of ours, and in no column of a user. */
  get columns(): RawBuilder<unknown> {
    const ours = ['id', 'public_id', 'created', 'last_seen'].map((one) => sql`${sql.ref(`${RECORD}.${one}`)} as ${sql.id(`record.${one}`)}`)
    return sql.join(this.#owner === null ? ours : [...ours, this.#owner.selectList(OWNER)])
  }

  /** The joins by a session's key. The key is given once more: two columns of text may have collations that MySQL refuses to compare. */
  joins(key: string): RawBuilder<unknown> {
    const record = sql`left join portcullis_session as ${sql.ref(RECORD)} on ${sql.ref(`${RECORD}.session_key`)} = ${key}`
    if (this.#owner === null) return record
    const { table, keyColumn } = this.#owner
    return sql`${record} left join ${sql.table(table)} as ${sql.ref(OWNER)} on ${sql.ref(`${OWNER}.${keyColumn}`)} = ${sql.ref(`${RECORD}.user_key`)}`
  }

  /** What a row holds of record and user. */
  read(row: JoinedRow): Pick<StoredSession, 'record' | 'owner'> {
    const id = row['record.id']
    if (id === null || id === undefined) return { record: null, owner: null }
    const record: SessionRecordRow = {
      id: id as number | bigint,
      publicId: row['record.public_id'] as string,
      created: row['record.created'] as DateTime,
      lastSeen: row['record.last_seen'] as DateTime,
    }
    const hasOwner = this.#owner !== null && row[this.#owner.keyColumn] !== null
    return { record, owner: hasOwner ? row : null }
  }

  /** Asks for record and user alone, and whether Django's table has a row under `rowKey` that has not expired: for stores whose values are elsewhere. */
  async find(key: string, rowKey: string | null): Promise<Found> {
    const now = this.#clock.now()
    const { rows } =
      rowKey === null
        ? await this.#statements.run<JoinedRow>('record', [key], () => sql`select ${this.columns} from (select 1 as one) as base ${this.joins(key)}`)
        : await this.#statements.run<JoinedRow>(
            'record and row',
            [rowKey, now, key],
            () =>
              sql`select ${sql.ref('session.expire_date')} as ${sql.id('session.expire_date')}, ${this.columns} from (select 1 as one) as base left join django_session as session on ${sql.ref('session.session_key')} = ${rowKey} and ${sql.ref('session.expire_date')} > ${now} ${this.joins(key)}`,
          )
    const row = rows[0] ?? {}
    return { ...this.read(row), expires: (row['session.expire_date'] as DateTime | null | undefined) ?? null }
  }
}
