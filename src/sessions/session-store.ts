/**
 * What keeps sessions: the questions every store answers. A store knows texts of cookies and values by name, and nothing of users or requests.
 * @module
 */

import type { DateTime } from '../base/date-time.js'

/** What a session keeps: JSON values by name, in an object without prototype, so that `__proto__` is a name like any other. */
export type SessionValues = Record<string, unknown>

/** What is known of a session besides its values: its row in `portcullis_session`. */
export interface SessionRecordRow {
  readonly id: number | bigint
  /** What the list of devices calls it: says nothing of the key. */
  readonly publicId: string
  readonly created: DateTime
  /** When it was last noted that somebody came with it. */
  readonly lastSeen: DateTime
}

/** What a store found. */
export interface StoredSession {
  /** Made for this request alone: what one request changes in them, no other sees. */
  readonly values: SessionValues
  /** Null where nobody logged in by this session, or a Django made it. */
  readonly record: SessionRecordRow | null
  /** The row of the user the record names, by column, where the store was told to fetch it and there was one. Other columns may stand beside. */
  readonly owner: Readonly<Record<string, unknown>> | null
}

/** A session as `portcullis_session` knows it: by the key it is stored under. */
export interface KnownSession {
  readonly key: string
  readonly lastSeen: Date
}

/** Keeps sessions. `cookie` is always the text the visitor's cookie holds. */
export interface SessionStore {
  readonly name: string
  /** Finds a session. Null: unknown, expired, ended, forged, or no text that could be one. */
  load(cookie: string): Promise<StoredSession | null>
  /** Stores a new session; returns the text for its cookie. */
  create(values: SessionValues, expires: Date): Promise<string>
  /** Writes a session that is there; null, and nothing written, where it was deleted meanwhile (D5). Returns the text for the cookie from now on. */
  update(cookie: string, values: SessionValues, expires: Date): Promise<string | null>
  /** Writes a session under a new key, under which alone it is found from now on (D1); null, and nothing written, where it was deleted meanwhile. */
  rename(cookie: string, values: SessionValues, expires: Date): Promise<string | null>
  /** Ends a session at once. One that is not there is no error. */
  delete(cookie: string): Promise<void>
  /** Deletes what has expired, at most `limit` of it, in parts that hold nobody up; returns how many. 0 where the store forgets by itself. */
  clearExpired(limit?: number): Promise<number>

  /** The key under which the session of this cookie is stored and recorded: the same as long as the session has this key. Null for what is no cookie of this store. */
  keyOf(cookie: string): string | null
  /** Ends the sessions stored under these keys. */
  end(keys: readonly string[]): Promise<void>
  /** Which of these are still good. */
  living(sessions: readonly KnownSession[]): Promise<ReadonlySet<string>>
}
