/**
 * Sessions in the visitor's own cookie, signed. What is signed cannot be taken back, so each carries an id, and an id that ended is written
 * down in Django's table until the last cookie with it has expired: a cookie that was copied before a logout is refused after it (D6).
 *
 * Anybody can read their own cookie: keep no secret in such a session. It lasts at most `cookieAge` after it was signed, whatever it says
 * of itself, as in Django.
 * @module
 */

import { PortcullisError } from '../base/errors.js'
import type { Clock } from '../base/clock.js'
import type { Database } from '../database/database.js'
import { signedAt, type SessionEncoding } from './encoding.js'
import { EXPIRY_NAME, expiryDate } from './expiry.js'
import type { RecordTable } from './record-table.js'
import { hashedKey, newSessionKey } from './session-keys.js'
import { SessionLookup, type SessionOwner } from './session-lookup.js'
import { SessionRows } from './session-rows.js'
import type { KnownSession, SessionStore, SessionValues, StoredSession } from './session-store.js'
import type { SessionSettings } from './settings.js'

/** Django's salt for sessions in cookies (SE-2). */
export const COOKIE_SALT = 'django.contrib.sessions.backends.signed_cookies'

/** Browsers drop a cookie whose name and value are longer, without a word. */
const MOST_BYTES = 4096
/** What may be put before the name. */
const NAME_PREFIX = '__Host-'

/** Stands among the values in the cookie, and nowhere else. */
const ID_NAME = '_portcullis_id'

/** A session has grown beyond what a cookie holds. */
export class SessionTooLarge extends PortcullisError {
  constructor(bytes: number) {
    super(`The session needs a cookie of ${bytes} bytes, and browsers keep ${MOST_BYTES}. Keep less in it, or use another store.`)
  }
}

/** What the store is made of. */
export interface SignedCookieStoreParts {
  readonly database: Database
  readonly clock: Clock
  /** With `COOKIE_SALT`. */
  readonly encoding: SessionEncoding
  readonly settings: Pick<SessionSettings, 'cookieName' | 'cookieAge' | 'expireAtBrowserClose'>
  readonly records: RecordTable | null
  readonly owner: SessionOwner | null
}

/** Keeps sessions in cookies. */
export class SignedCookieStore implements SessionStore {
  readonly name = 'signedCookie'
  readonly #parts: SignedCookieStoreParts
  readonly #rows: SessionRows
  readonly #lookup: SessionLookup

  constructor(parts: SignedCookieStoreParts) {
    this.#parts = parts
    this.#rows = new SessionRows(parts.database, parts.clock)
    this.#lookup = new SessionLookup(parts)
  }

  async load(cookie: string): Promise<StoredSession | null> {
    const opened = this.#open(cookie)
    if (opened === null) return null
    const { expires: revoked, record, owner } = await this.#lookup.find(opened.key, revocationOf(opened.key))
    return revoked === null ? { values: opened.values, record, owner } : null
  }

  async create(values: SessionValues): Promise<string> {
    return this.#sign(values, newSessionKey())
  }

  async update(cookie: string, values: SessionValues): Promise<string | null> {
    const opened = this.#open(cookie)
    if (opened === null || (await this.#revoked([opened.key])).size > 0) return null
    return this.#sign(values, opened.id)
  }

  async rename(cookie: string, values: SessionValues): Promise<string | null> {
    const opened = this.#open(cookie)
    if (opened === null) return null
    const renamed = this.#sign(values, newSessionKey())
    // Of two requests that try, one writes the id down.
    if (!(await this.#revoke(opened.key))) return null
    const to = this.keyOf(renamed)
    if (to !== null) await this.#parts.records?.move(opened.key, to)
    return renamed
  }

  async delete(cookie: string): Promise<void> {
    const key = this.keyOf(cookie)
    if (key !== null) await this.end([key])
  }

  async end(keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#revoke(key)
    await this.#parts.records?.forget(keys)
  }

  /** Deletes what was written down of cookies that have expired since. */
  async clearExpired(limit = Number.POSITIVE_INFINITY): Promise<number> {
    return this.#rows.clearExpired(limit)
  }

  keyOf(cookie: string): string | null {
    return this.#open(cookie)?.key ?? null
  }

  /** Nobody but the visitor knows whether a cookie is still there; one that was not seen for its whole time is not. */
  async living(sessions: readonly KnownSession[]): Promise<ReadonlySet<string>> {
    const oldest = this.#parts.clock.now().getTime() - this.#parts.settings.cookieAge * 1000
    const possible = sessions.filter((one) => one.lastSeen.getTime() > oldest).map((one) => one.key)
    const revoked = await this.#revoked(possible)
    return new Set(possible.filter((key) => !revoked.has(revocationOf(key))))
  }

  /** What a cookie holds, if this site signed it and its time is not over. */
  #open(cookie: string): { readonly id: string; readonly key: string; readonly values: SessionValues } | null {
    if (cookie.length > MOST_BYTES) return null
    const values = this.#parts.encoding.read(cookie)
    const signed = signedAt(cookie)
    if (values === null || signed === null || this.#isOver(values, signed)) return null
    const id = values[ID_NAME]
    delete values[ID_NAME]
    // A Django gives none: then only this one text can be ended, and the next that we sign has one.
    const own = typeof id === 'string' ? id : hashedKey(cookie)
    return { id: own, key: hashedKey(own), values }
  }

  #isOver(values: SessionValues, signed: number): boolean {
    const { clock, settings } = this.#parts
    const now = clock.now().getTime()
    if (now > (signed + settings.cookieAge) * 1000) return true
    return now >= expiryDate(values[EXPIRY_NAME], new Date(signed * 1000), settings).getTime()
  }

  #sign(values: SessionValues, id: string): string {
    const text = this.#parts.encoding.encode({ ...values, [ID_NAME]: id })
    const bytes = NAME_PREFIX.length + this.#parts.settings.cookieName.length + text.length
    if (bytes > MOST_BYTES) throw new SessionTooLarge(bytes)
    return text
  }

  /** Whatever was signed with this id before now expires within `cookieAge`. False where it was written down already. */
  async #revoke(key: string): Promise<boolean> {
    const until = this.#parts.clock.now().getTime() + (this.#parts.settings.cookieAge + 1) * 1000
    return this.#rows.insert(revocationOf(key), '', new Date(until))
  }

  async #revoked(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#rows.living(keys.map(revocationOf))
  }
}

/** Under which key of Django's table it is written down that a session ended. */
function revocationOf(key: string): string {
  return hashedKey(`ended ${key}`)
}
