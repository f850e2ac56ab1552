/**
 * Sessions in a cache: quick, and gone when the cache forgets. Record and user still come from the database, in one statement.
 * @module
 */

import type { Clock } from '../base/clock.js'
import type { RandomSource } from '../crypto/random.js'
import { CachedTexts } from './cached-texts.js'
import type { SessionEncoding } from './encoding.js'
import type { RecordTable } from './record-table.js'
import type { SessionCache } from './session-cache.js'
import { hashedKey, isPossibleKey, withNewKey } from './session-keys.js'
import type { SessionLookup } from './session-lookup.js'
import type { KnownSession, SessionStore, SessionValues, StoredSession } from './session-store.js'
import type { SessionSettings } from './settings.js'

/** Django's name for these keys (SE-11). */
const PREFIX = 'django.contrib.sessions.cache'

/** What the store is made of. */
export interface CacheStoreParts {
  readonly name: 'cache' | 'memory'
  readonly cache: SessionCache
  readonly clock: Clock
  readonly encoding: SessionEncoding
  readonly settings: Pick<SessionSettings, 'keepKeys'>
  /** The records and the look-up of them; null where the site keeps none. */
  readonly records: RecordTable | null
  readonly lookup: SessionLookup | null
  /** Only a test passes another than the system's. */
  readonly random?: RandomSource
}

/** Keeps sessions in a cache. */
export class CacheStore implements SessionStore {
  readonly name: string
  readonly #parts: CacheStoreParts
  readonly #texts: CachedTexts

  constructor(parts: CacheStoreParts) {
    this.name = parts.name
    this.#parts = parts
    this.#texts = new CachedTexts(parts.cache, parts.clock, PREFIX)
  }

  async load(cookie: string): Promise<StoredSession | null> {
    const key = this.keyOf(cookie)
    const found = key === null ? null : await this.#texts.get(key)
    if (key === null || found === null) return null
    // Whoever may write to the cache does not thereby write sessions.
    const values = this.#parts.encoding.decode(found.text)
    const known = await this.#parts.lookup?.find(key, null)
    return { values, record: known?.record ?? null, owner: known?.owner ?? null }
  }

  async create(values: SessionValues, expires: Date): Promise<string> {
    const text = this.#parts.encoding.encode(values)
    return withNewKey(this.name, this.#parts.random, async (cookie) => ((await this.#texts.add(this.#atRest(cookie), text, expires)) ? cookie : null))
  }

  async update(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const key = this.keyOf(cookie)
    if (key === null) return null
    return (await this.#texts.replace(key, this.#parts.encoding.encode(values), expires)) ? cookie : null
  }

  async rename(cookie: string, values: SessionValues, expires: Date): Promise<string | null> {
    const key = this.keyOf(cookie)
    // The old one must be ours to take away: a cache has no statement that moves a text and changes it.
    if (key === null || !(await this.#texts.take(key))) return null
    const renamed = await this.create(values, expires)
    await this.#parts.records?.move(key, this.#atRest(renamed))
    return renamed
  }

  async delete(cookie: string): Promise<void> {
    const key = this.keyOf(cookie)
    if (key !== null) await this.end([key])
  }

  async end(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#texts.delete(key)
    await this.#parts.records?.forget(keys)
  }

  /** A cache forgets by itself (SE-10). */
  async clearExpired(): Promise<number> {
    return 0
  }

  keyOf(cookie: string): string | null {
    return isPossibleKey(cookie) ? this.#atRest(cookie) : null
  }

  async living(sessions: readonly KnownSession[]): Promise<ReadonlySet<string>> {
    const living = new Set<string>()
    for (const { key } of sessions) if ((await this.#texts.get(key)) !== null) living.add(key)
    return living
  }

  #atRest(cookie: string): string {
    return this.#parts.settings.keepKeys === 'hashed' ? hashedKey(cookie) : cookie
  }
}
