/**
 * Sessions in Django's table, with their data in a cache as well: large data is not read from the database at every request. Whether the
 * session is still there, and whose it is, the database says every time, so that a session that ended is over at once.
 * @module
 */

import type { ErrorListener } from '../base/error-listener.js'
import { CachedTexts } from './cached-texts.js'
import { DatabaseStore, type DatabaseStoreParts } from './database-store.js'
import { EXPIRY_NAME } from './expiry.js'
import type { SessionCache } from './session-cache.js'
import { SessionLookup } from './session-lookup.js'
import { SessionRows } from './session-rows.js'
import type { KnownSession, SessionStore, SessionValues, StoredSession } from './session-store.js'

/** Django's name for these keys (SE-11). */
const PREFIX = 'django.contrib.sessions.cached_db'

/** What the store is made of. */
export interface CachedDatabaseStoreParts extends DatabaseStoreParts {
  readonly cache: SessionCache
  /** Told of a cache that cannot be asked: the database answers alone then. */
  readonly onError: ErrorListener
}

/** Keeps sessions in `django_session`, and copies of their data in a cache. */
export class CachedDatabaseStore implements SessionStore {
  readonly name = 'cachedDatabase'
  readonly #parts: CachedDatabaseStoreParts
  readonly #store: DatabaseStore
  readonly #rows: SessionRows
  readonly #lookup: SessionLookup
  readonly #copies: CachedTexts

  constructor(parts: CachedDatabaseStoreParts) {
    this.#parts = parts
    this.#store = new DatabaseStore(parts)
    this.#rows = new SessionRows(parts.database, parts.clock)
    this.#lookup = new SessionLookup(parts)
    this.#copies = new CachedTexts(parts.cache, parts.clock, PREFIX)
  }

  async load(cookie: string): Promise<StoredSession | null> {
    const key = this.keyOf(cookie)
    if (key === null) return null
    const copy = await this.#quietly(this.#copies.get(key))
    if (copy === null) return this.#loadAndCopy(key, cookie)
    const { expires, record, owner } = await this.#lookup.find(key, key)
    if (expires === null) return null
    // Whoever writes a session moves its end. Another end than the copy's means another text: a Django wrote it, or two requests at once.
    if (expires.getTime() !== copy.expires) return this.#loadAndCopy(key, cookie)
    return { values: this.#parts.encoding.decode(copy.text), record, owner }
  }

  async create(values: SessionValues, expires: Date): Promise<string> {
    const cookie = await this.#store.create(values, expires)
    await this.#copy(cookie, values, expires)
    return cookie
  }

  async update(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const updated = await this.#store.update(cookie, values, expires)
    if (updated !== null) await this.#copy(updated, values, expires)
    return updated
  }

  async rename(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const renamed = await this.#store.rename(cookie, values, expires)
    if (renamed === null) return null
    await this.#forgetCopies([this.keyOf(cookie)])
    await this.#copy(renamed, values, expires)
    return renamed
  }

  async delete(cookie: string): Promise<void> {
    await this.#store.delete(cookie)
    await this.#forgetCopies([this.keyOf(cookie)])
  }

  async end(keys: readonly string[]): Promise<void> {
    await this.#store.end(keys)
    await this.#forgetCopies(keys)
  }

  async clearExpired(limit?: number): Promise<number> {
    return this.#store.clearExpired(limit)
  }

  keyOf(cookie: string): string | null {
    return this.#store.keyOf(cookie)
  }

  async living(sessions: readonly KnownSession[]): Promise<ReadonlySet<string>> {
    return this.#store.living(sessions)
  }

  async #loadAndCopy(key: string, cookie: string): Promise<StoredSession | null> {
    const stored = await this.#store.load(cookie)
    if (stored === null) return null
    const row = await this.#rows.read(key)
    if (row !== null && !hasFixedEnd(stored.values)) await this.#quietly(this.#copies.set(key, row.text, row.expires))
    return stored
  }

  async #copy(cookie: string, values: SessionValues, expires: Date): Promise<void> {
    const key = this.keyOf(cookie)
    if (key === null) return
    if (hasFixedEnd(values)) await this.#quietly(this.#copies.delete(key))
    else await this.#quietly(this.#copies.set(key, this.#parts.encoding.encode(values), expires))
  }

  async #forgetCopies(keys: readonly (string | null)[]): Promise<void> {
    for (const key of keys) if (key !== null) await this.#quietly(this.#copies.delete(key))
  }

  /** What a copy would save is not worth an error. An old one that stays does no harm: its end is another than the row's, or there is no row. */
  async #quietly<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      this.#parts.onError(error)
      return null
    }
  }
}

/** A session that ends at a certain moment does so however often it is written: its copy could not be told from an older one. */
function hasFixedEnd(values: SessionValues): boolean {
  return typeof values[EXPIRY_NAME] === 'string'
}
