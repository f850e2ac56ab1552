/**
 * The rows of `portcullis_session`. Which sessions there are the store decides; here is only what is known of them.
 * @module
 */

import { sql } from 'kysely'
import { chunks } from '../base/chunks.js'
import type { DateTime } from '../base/date-time.js'
import { ImproperlyConfigured, UniqueViolation } from '../base/errors.js'
import { getRandomString } from '../crypto/random.js'
import type { Field, FieldKind } from '../database/field.js'
import { codecFor } from '../database/filters.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import { StatementCache } from '../database/statements.js'
import { MOST_OF_ADDRESS, MOST_OF_USER_AGENT, sessionRecordModel } from './session-record-model.js'
import type { KnownSession } from './session-store.js'

/** 22 letters and digits in lower case, because MySQL compares without regard to it: 113 bits. */
const PUBLIC_ID = { length: 22, alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789' }

const ROWS_AT_ONCE = 500

const WHOLE: ReadonlySet<FieldKind> = new Set(['integer', 'smallInteger', 'positiveSmallInteger'])

/** What is noted of a login. */
export interface NewRecord {
  readonly key: string
  readonly userKey: unknown
  readonly address: string
  readonly userAgent: string
  /** Whether the time of the login is now, and not that of the record that may be there. */
  readonly startsAnew: boolean
}

/** A record as the list of devices needs it, with the key that the store knows the session by. */
export interface StoredRecord extends KnownSession {
  readonly id: number | bigint
  readonly publicId: string
  readonly created: DateTime
  readonly lastSeen: DateTime
  readonly address: string
  readonly userAgent: string
}

interface RawRecord {
  readonly id: number | bigint
  readonly public_id: string
  readonly session_key: string
  readonly created: DateTime
  readonly last_seen: DateTime
  readonly address: string
  readonly user_agent: string
}

/** Reads and writes `portcullis_session` on one site. */
export class RecordTable {
  readonly model: AnyModelClass
  readonly #registry: ModelRegistry
  readonly #statements: StatementCache
  readonly #writeUserKey: (userKey: unknown) => unknown

  /** `userKey` is the primary key of the site's users. */
  constructor(registry: ModelRegistry, userKey: Field) {
    this.#registry = registry
    this.#statements = new StatementCache(registry.database)
    this.model = sessionRecordModel(userKey)
    const { meta } = this.model
    const column = meta.column.get('userKey')
    if (column === undefined) throw new ImproperlyConfigured('The records of sessions have no column for the user.')
    const codec = codecFor(registry, meta, column)
    const { kind } = column.field.settings
    this.#writeUserKey = (key) => codec.encode(codec.accept(keyOfText(key, kind)))
  }

  /** Notes a login, or that somebody came back by a session that was not noted yet. A session has one record. */
  async put({ key, userKey, address, userAgent, startsAnew }: NewRecord): Promise<void> {
    const now = this.#registry.clock.now()
    const values = [
      getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet),
      key,
      this.#writeUserKey(userKey),
      now,
      now,
      shortened(address, MOST_OF_ADDRESS),
      shortened(userAgent, MOST_OF_USER_AGENT),
    ]
    const updated = ['user_key', 'last_seen', 'address', 'user_agent', ...(startsAnew ? ['created'] : [])]
    await this.#statements.run(
      `put ${startsAnew}`,
      values,
      () =>
        sql`insert into portcullis_session (public_id, session_key, user_key, created, last_seen, address, user_agent) values (${sql.join(values)}) ${this.#registry.database.dialect.onConflictUpdate(['session_key'], updated)}`,
    )
  }

  /** Notes that somebody came, unless another request has noted it since `lastSeen`. */
  async touch(id: number | bigint, lastSeen: Date, now: Date, address: string): Promise<boolean> {
    const written = shortened(address, MOST_OF_ADDRESS)
    const { numAffectedRows } = await this.#statements.run(
      'touch',
      [now, written, id, lastSeen],
      () => sql`update portcullis_session set last_seen = ${now}, address = ${written} where id = ${id} and last_seen <= ${lastSeen}`,
    )
    return numAffectedRows === 1n
  }

  /** A session has another key now. */
  async move(from: string, to: string): Promise<void> {
    const { database } = this.#registry
    const write = async (): Promise<void> =>
      void (await this.#statements.run('move', [to, from], () => sql`update portcullis_session set session_key = ${to} where session_key = ${from}`))
    try {
      await (database.isInAtomic ? database.atomic(write) : write())
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      // Somebody came with the new key and was noted already.
      await this.forget([from])
    }
  }

  async forget(keys: readonly string[]): Promise<void> {
    for (const part of chunks(keys, ROWS_AT_ONCE)) {
      await this.#statements.run(
        part.length === 1 ? 'forget' : null,
        part,
        () => sql`delete from portcullis_session where session_key in (${sql.join(part)})`,
      )
    }
  }

  /** The records of one user, those seen last first; at most `limit`. */
  async ofUser(userKey: unknown, limit: number): Promise<StoredRecord[]> {
    const key = this.#writeUserKey(userKey)
    const { rows } = await this.#statements.run<RawRecord>(
      'of user',
      [key, limit],
      () => sql`select * from portcullis_session where user_key = ${key} order by last_seen desc, id desc limit ${limit}`,
    )
    return rows.map(readRecord)
  }

  /** The record of this public id, if it is this user's. */
  async find(publicId: string, userKey: unknown): Promise<StoredRecord | null> {
    const key = this.#writeUserKey(userKey)
    const { rows } = await this.#statements.run<RawRecord>(
      'find',
      [publicId, key],
      () => sql`select * from portcullis_session where public_id = ${publicId} and user_key = ${key}`,
    )
    return rows[0] === undefined ? null : readRecord(rows[0])
  }

  /** The records after this id, in the order they were made; at most `limit`. */
  async after(id: number | bigint, limit: number): Promise<StoredRecord[]> {
    const { rows } = await this.#statements.run<RawRecord>(
      'after',
      [id, limit],
      () => sql`select * from portcullis_session where id > ${id} order by id limit ${limit}`,
    )
    return rows.map(readRecord)
  }
}

/** Sessions hold keys as text (H-18), which a column of numbers does not take. */
function keyOfText(userKey: unknown, kind: FieldKind): unknown {
  if (typeof userKey !== 'string' || !/^-?\d{1,19}$/.test(userKey)) return userKey
  if (kind === 'bigInteger') return BigInt(userKey)
  return WHOLE.has(kind) ? Number(userKey) : userKey
}

function readRecord(row: RawRecord): StoredRecord {
  return {
    id: row.id,
    publicId: row.public_id,
    key: row.session_key,
    created: row.created,
    lastSeen: row.last_seen,
    address: row.address,
    userAgent: row.user_agent,
  }
}

/** What a visitor sends is cut to its column, and holds nothing that a database refuses. Whole characters, because MySQL and PostgreSQL count those. */
function shortened(text: string, most: number): string {
  const characters = [...text.replaceAll('\0', '').toWellFormed()]
  return characters.slice(0, most).join('')
}
