/**
 * Sessions in Django's table: the usual store. A request reads its session, the session's record and the user in one statement.
 * @module
 */

import { sql } from 'kysely'
import type { Clock } from '../base/clock.js'
import type { RandomSource } from '../crypto/random.js'
import type { Database } from '../database/database.js'
import { StatementCache } from '../database/statements.js'
import type { SessionEncoding } from './encoding.js'
import type { RecordTable } from './record-table.js'
import { hashedKey, isPossibleKey, withNewKey } from './session-keys.js'
import { SessionLookup, type JoinedRow, type SessionOwner } from './session-lookup.js'
import { SessionRows } from './session-rows.js'
import type { KnownSession, SessionStore, SessionValues, StoredSession } from './session-store.js'
import type { SessionSettings } from './settings.js'

/** What the store is made of. */
export interface DatabaseStoreParts {
  readonly database: Database
  readonly clock: Clock
  readonly encoding: SessionEncoding
  readonly settings: Pick<SessionSettings, 'keepKeys'>
  /** The table of records; null where the site keeps none, and nothing is joined then. */
  readonly records: RecordTable | null
  /** The table of users, to be fetched with the session. */
  readonly owner: SessionOwner | null
  /** Only a test passes another than the system's. */
  readonly random?: RandomSource
}

/** Keeps sessions in `django_session`. */
export class DatabaseStore implements SessionStore {
  readonly name = 'database'
  readonly #parts: DatabaseStoreParts
  readonly #rows: SessionRows
  readonly #lookup: SessionLookup | null
  readonly #statements: StatementCache

  constructor(parts: DatabaseStoreParts) {
    this.#parts = parts
    this.#rows = new SessionRows(parts.database, parts.clock)
    this.#lookup = parts.records === null ? null : new SessionLookup(parts)
    this.#statements = new StatementCache(parts.database)
  }

  async load(cookie: string): Promise<StoredSession | null> {
    const key = this.keyOf(cookie)
    if (key === null) return null
    const now = this.#parts.clock.now()
    const lookup = this.#lookup
    const { rows } = await this.#statements.run<JoinedRow>('load', lookup === null ? [key, now] : [key, key, now], () => {
      const joined = lookup === null ? { columns: sql``, joins: sql`` } : { columns: sql`, ${lookup.columns}`, joins: lookup.joins(key) }
      return sql`select ${sql.ref('session.session_key')} as ${sql.id('session.key')}, ${sql.ref('session.session_data')} as ${sql.id('session.data')}${joined.columns} from django_session as session ${joined.joins} where ${sql.ref('session.session_key')} = ${key} and ${sql.ref('session.expire_date')} > ${now}`
    })
    const [row] = rows
    // MySQL compares without regard to case; a key in other letters is another key.
    if (row === undefined || row['session.key'] !== key) return null
    const values = this.#parts.encoding.decode(row['session.data'] as string)
    return lookup === null ? { values, record: null, owner: null } : { values, ...lookup.read(row) }
  }

  async create(values: SessionValues, expires: Date): Promise<string> {
    const text = this.#parts.encoding.encode(values)
    return withNewKey(this.name, this.#parts.random, async (cookie) =>
      (await this.#rows.insert(this.#atRest(cookie), text, expires)) ? cookie : null,
    )
  }

  async update(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const key = this.keyOf(cookie)
    if (key === null) return null
    return (await this.#rows.update(key, this.#parts.encoding.encode(values), expires)) ? cookie : null
  }

  async rename(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const key = this.keyOf(cookie)
    if (key === null) return null
    const text = this.#parts.encoding.encode(values)
    const { cookie: renamed } = await withNewKey(this.name, this.#parts.random, async (fresh) => {
      const outcome = await this.#rows.rename(key, this.#atRest(fresh), text, expires)
      return outcome === 'taken' ? null : { cookie: outcome === 'gone' ? null : fresh }
    })
    if (renamed !== null) await this.#parts.records?.move(key, this.#atRest(renamed))
    return renamed
  }

  async delete(cookie: string): Promise<void> {
    const key = this.keyOf(cookie)
    if (key !== null) await this.end([key])
  }

  async end(keys: readonly string[]): Promise<void> {
    // The session first: without it the record is worth nothing, but not the other way round.
    await this.#rows.delete(keys)
    await this.#parts.records?.forget(keys)
  }

  async clearExpired(limit = Number.POSITIVE_INFINITY): Promise<number> {
    return this.#rows.clearExpired(limit, async (keys) => this.#parts.records?.forget(keys))
  }

  keyOf(cookie: string): string | null {
    return isPossibleKey(cookie) ? this.#atRest(cookie) : null
  }

  async living(sessions: readonly KnownSession[]): Promise<ReadonlySet<string>> {
    return this.#rows.living(sessions.map((one) => one.key))
  }

  #atRest(cookie: string): string {
    return this.#parts.settings.keepKeys === 'hashed' ? hashedKey(cookie) : cookie
  }
}
