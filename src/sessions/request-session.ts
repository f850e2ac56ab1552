/**
 * One visitor's session during one request: Django's dictionary with flags. Nothing is written before `save()`, but `flush()` ends at once.
 * @module
 */

import type { Clock } from '../base/clock.js'
import { expiryAge, expiryDate, expiresAtBrowserClose, EXPIRY_NAME, writtenExpiry } from './expiry.js'
import type { SessionRecordRow, SessionStore, SessionValues, StoredSession } from './session-store.js'
import type { SessionSettings } from './settings.js'

/** Django's name and value for trying whether a visitor keeps cookies (SE-8). */
const TEST_NAME = 'testcookie'
const TEST_VALUE = 'worked'

/** What a session of a request is made of. */
export interface RequestSessionParts {
  readonly store: SessionStore
  readonly clock: Clock
  readonly settings: SessionSettings
  /** What the visitor sent. Without `stored` it counts for nothing: a key that somebody else chose is never adopted (D1). */
  readonly cookie: string | null
  readonly stored: StoredSession | null
}

/** How a key is changed. */
export interface CycleOptions {
  /**
   * What happens where the session was deleted meanwhile: `'refuse'` saves nothing, so that a logout elsewhere stands (D5); `'start'` keeps
   * the values in a new session, for a login, which has proved anew who is there. Default `'refuse'`.
   */
  readonly ifGone?: 'refuse' | 'start'
}

/**
 * A session during a request.
 *
 * @example
 * request.session.set('cart', ['ada-mug'])
 * request.session.get('cart')   // ['ada-mug']
 */
export class RequestSession {
  readonly #store: SessionStore
  readonly #clock: Clock
  readonly #settings: SessionSettings
  #values: SessionValues
  #cookie: string | null
  #record: SessionRecordRow | null
  /** The text that the session is still stored under after `cycleKey()`. */
  #renames: { readonly from: string; readonly ifGone: 'refuse' | 'start' } | null = null
  #savedNow = false
  #hasNewKey = false
  #renewal: 'renewed' | 'overtaken' | null = null

  /** Whether anybody looked: then the answer depends on the cookie. */
  accessed = false
  /** Whether it must be saved. Set it after changing something inside a value, which does not show by itself. */
  modified = false

  constructor({ store, clock, settings, cookie, stored }: RequestSessionParts) {
    this.#store = store
    this.#clock = clock
    this.#settings = settings
    this.#cookie = stored === null ? null : cookie
    this.#values = stored?.values ?? noValues()
    this.#record = stored?.record ?? null
  }

  /** The value under a name; undefined where there is none. */
  get(name: string): unknown {
    this.accessed = true
    return this.#values[name]
  }

  /** Keeps a JSON value under a name. */
  set(name: string, value: unknown): void {
    this.#changed()
    this.#values[name] = value
  }

  has(name: string): boolean {
    this.accessed = true
    return name in this.#values
  }

  /** Removes a value; tells whether it was there. */
  delete(name: string): boolean {
    if (!this.has(name)) return false
    this.#changed()
    delete this.#values[name]
    return true
  }

  /** Removes a value and returns it; `fallback` where there is none. */
  pop(name: string, fallback?: unknown): unknown {
    const value = this.has(name) ? this.#values[name] : fallback
    this.delete(name)
    return value
  }

  keys(): string[] {
    this.accessed = true
    return Object.keys(this.#values)
  }

  entries(): [name: string, value: unknown][] {
    this.accessed = true
    return Object.entries(this.#values)
  }

  /** Keeps several values. */
  update(values: Readonly<Record<string, unknown>>): void {
    this.#changed()
    for (const [name, value] of Object.entries(values)) this.#values[name] = value
  }

  /** The value under a name, which becomes `value` where there is none. */
  setDefault(name: string, value: unknown): unknown {
    if (!this.has(name)) this.set(name, value)
    return this.#values[name]
  }

  /** Removes all values. The key stays: `flush()` gives that up too. */
  clear(): void {
    this.#changed()
    this.#values = noValues()
  }

  /** The values in an object of the caller's. */
  toObject(): SessionValues {
    this.accessed = true
    return Object.assign(noValues(), this.#values)
  }

  /** Neither key nor values: nothing to save, and a cookie that came is to be taken back (SE-9). */
  get isEmpty(): boolean {
    if (this.#cookie !== null || this.#renames !== null) return false
    for (const _name in this.#values) return false
    return true
  }

  /** What the visitor's cookie holds now; null where there is no session, or none yet. A secret: never print it. */
  get cookie(): string | null {
    return this.#cookie
  }

  /** The key that belongs to the cookie: the same until the key changes, and null from `cycleKey()` until the new one is saved. */
  get storedKey(): string | null {
    return this.#cookie === null ? null : this.#store.keyOf(this.#cookie)
  }

  /** The key of the row that is this session now: after `cycleKey()` still the old one, until `save()`. Null where nothing is stored. */
  get rowKey(): string | null {
    const stored = this.#cookie ?? this.#renames?.from ?? null
    return stored === null ? null : this.#store.keyOf(stored)
  }

  /** What was known of this session when the request began; null where nobody was logged in, or it ended. */
  get record(): SessionRecordRow | null {
    return this.#record
  }

  /** Whether `save()` wrote it during this request: the cookie is to be sent. */
  get savedNow(): boolean {
    return this.#savedNow
  }

  /** Whether `save()` gave it a key during this request. */
  get hasNewKey(): boolean {
    return this.#hasNewKey
  }

  /** What became of `renew()` during this request: another request may have been faster. Null where nobody asked. */
  get renewal(): 'renewed' | 'overtaken' | null {
    return this.#renewal
  }

  /**
   * Gives the session another key at the next `save()`, which takes the old one out of use. Whatever is kept stays.
   * Every change of rights does this, so that a key planted or seen before is worth nothing afterwards (D1).
   */
  async cycleKey({ ifGone = 'refuse' }: CycleOptions = {}): Promise<void> {
    this.#changed()
    if (this.#cookie === null) {
      if (this.#renames !== null) this.#renames = { from: this.#renames.from, ifGone }
      return
    }
    this.#renames = { from: this.#cookie, ifGone }
    this.#cookie = null
  }

  /**
   * Keeps a value under another key, now: for what the site itself found stale in a session, at a request that asked for nothing of the
   * kind. Several may find it at once. Where another was faster, or ended the session, this one writes nothing and goes on with what it read.
   */
  async renew(name: string, value: unknown): Promise<void> {
    if (this.#cookie === null) return
    this.#values[name] = value
    const renamed = await this.#store.rename(this.#cookie, this.#values, this.getExpiryDate())
    this.#renewal = renamed === null ? 'overtaken' : 'renewed'
    if (renamed === null) return
    this.#cookie = renamed
    this.#savedNow = true
    this.#hasNewKey = true
  }

  /** Ends the session now, in the store too, and forgets its values and its key. What is set afterwards starts a new one. */
  async flush(): Promise<void> {
    this.#changed()
    const stored = this.#cookie ?? this.#renames?.from ?? null
    // First: whoever cannot log out now must be able to do so later, and keeps the cookie to do it with.
    if (stored !== null) await this.#store.delete(stored)
    this.#forget()
  }

  /**
   * Says how long this session lasts: so many seconds after its last change, `0` until the browser is closed, a date until then,
   * null as long as the site's sessions usually do. Stored under Django's name.
   */
  setExpiry(value: number | Date | null): void {
    if (value === null) this.delete(EXPIRY_NAME)
    else this.set(EXPIRY_NAME, writtenExpiry(value))
  }

  /** In how many seconds it expires, from now. Negative where it has. */
  getExpiryAge(): number {
    return expiryAge(this.#values[EXPIRY_NAME], this.#clock.now(), this.#settings)
  }

  /** When it expires, if it is saved now. */
  getExpiryDate(): Date {
    return expiryDate(this.#values[EXPIRY_NAME], this.#clock.now(), this.#settings)
  }

  /** Whether the cookie ends with the browser. */
  getExpireAtBrowserClose(): boolean {
    return expiresAtBrowserClose(this.#values[EXPIRY_NAME], this.#settings)
  }

  /** Keeps a value by which the next request can tell whether the visitor takes cookies. */
  setTestCookie(): void {
    this.set(TEST_NAME, TEST_VALUE)
  }

  testCookieWorked(): boolean {
    return this.get(TEST_NAME) === TEST_VALUE
  }

  deleteTestCookie(): void {
    this.delete(TEST_NAME)
  }

  /**
   * Writes the session: a new row for a new one, an UPDATE for one that is there. `'gone'`: it was deleted meanwhile, by a logout in
   * another window for one, and is not made again (D5); this object is empty then.
   */
  async save(): Promise<'saved' | 'gone'> {
    const hadKey = this.#cookie !== null
    const cookie = await this.#write(this.getExpiryDate())
    if (cookie === null) {
      this.#forget()
      this.modified = false
      return 'gone'
    }
    if (!hadKey) this.#hasNewKey = true
    this.#cookie = cookie
    this.#renames = null
    this.#savedNow = true
    this.modified = false
    return 'saved'
  }

  async #write(expires: Date): Promise<string | null> {
    if (this.#cookie !== null) return this.#store.update(this.#cookie, this.#values, expires)
    if (this.#renames === null) return this.#store.create(this.#values, expires)
    const { from, ifGone } = this.#renames
    const renamed = await this.#store.rename(from, this.#values, expires)
    return renamed === null && ifGone === 'start' ? this.#store.create(this.#values, expires) : renamed
  }

  #forget(): void {
    this.#values = noValues()
    this.#cookie = null
    this.#renames = null
    this.#record = null
    this.#savedNow = false
    this.#hasNewKey = false
  }

  #changed(): void {
    this.accessed = true
    this.modified = true
  }
}

function noValues(): SessionValues {
  return Object.create(null) as SessionValues
}
