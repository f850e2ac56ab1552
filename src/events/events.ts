/**
 * Security events: what happened, noted beside whatever it happened in. A note costs no statement, waits for nothing and cannot fail; a moment
 * later it is a line of the log and a row of the table.
 * @module
 */

import type { Clock } from '../base/clock.js'
import type { Database } from '../database/database.js'
import { Batches } from './batches.js'
import type { EventContext } from './event-context.js'
import { lineOf } from './event-line.js'
import type { EventName } from './event-names.js'
import { kindOf } from './event-names.js'
import { EventTable, type EventQuery, type StoredEvent } from './event-table.js'
import { eventOf, keyText, subjectText, type EventFacts, type SecurityEvent } from './event.js'
import { Repeats } from './repeats.js'
import type { EventSettings } from './settings.js'

/** What happened on a site, and what an application adds to it. */
export interface SiteEvents {
  /**
   * The events that fit, newest first; what has just been noted is among them.
   *
   * @example
   * const first = await auth.events.list({ user: ada, name: 'login_failed', limit: 20 })
   * const last = first.at(-1)
   * const more = last === undefined ? [] : await auth.events.list({ user: ada, name: 'login_failed', before: last })
   */
  list(query?: EventQuery): Promise<readonly StoredEvent[]>
  /**
   * Notes that something happened. Inside `auth.atomic()` it counts once the transaction is committed; what failed or was refused counts at once.
   *
   * @example
   * auth.events.note('account_deactivated', { target: ada, data: { reason: 'left the company' } })
   */
  note(name: EventName, facts?: EventFacts): void
  /** Removes events that are older than they are kept; tells how many. `portcullis clearsessions` calls it. */
  clearExpired(): Promise<number>
}

/** Finds accounts by names that people typed. */
export interface TypedNames {
  /** The keys of those there are, by the name as it was typed. */
  find(names: readonly string[]): Promise<ReadonlyMap<string, unknown>>
  /** A keyed hash of a name, the same for all its spellings: `portcullis_attempt` has it too. */
  hash(name: string): string
}

/** What events are made of. */
export interface SecurityEventsParts {
  readonly settings: EventSettings
  readonly database: Database
  readonly clock: Clock
  readonly context: EventContext
  readonly names: TypedNames
  readonly onError: (error: unknown) => void
}

/** An event, and the name that somebody typed when it happened. */
interface Noted {
  readonly event: SecurityEvent
  readonly typed: string | null
}

/** Most events that wait for a line or for a row: with what they hold some megabytes. */
const MOST_WAITING = 5000
const AT_ONCE = 200
/** Long enough for the response to leave first; in milliseconds. */
const AFTER = 50
/** A table that is asked by name, and does not answer, keeps no line waiting longer than this. In milliseconds. */
const NAMES_WITHIN = 1000
/** Longer names are nobody's. */
const LONGEST_NAME = 254

/** The events of a site. */
export class SecurityEvents implements SiteEvents {
  readonly #parts: SecurityEventsParts
  readonly #table: EventTable | null
  readonly #lines: Batches<Noted>
  readonly #rows: Batches<SecurityEvent>
  readonly #repeats = new Repeats()
  #due: NodeJS.Timeout | undefined
  #isLogFailing = false

  constructor(parts: SecurityEventsParts) {
    this.#parts = parts
    const { onError, settings } = parts
    const sizes = { limit: MOST_WAITING, atOnce: AT_ONCE, after: AFTER, onError }
    const table = settings.retention === null ? null : new EventTable(parts.database)
    this.#table = table
    this.#lines = new Batches({ ...sizes, write: async (batch) => this.#tell(batch) })
    this.#rows = new Batches({ ...sizes, write: async (batch) => table?.insert(batch) })
  }

  note(name: EventName, facts: EventFacts = {}): void {
    try {
      if (this.#table === null && this.#parts.settings.log === null) return
      const { current } = this.#parts.context
      const visitor = current?.visitor as { readonly isAuthenticated?: boolean } | undefined
      const actor = facts.actor === undefined && visitor?.isAuthenticated === true ? visitor : facts.actor
      const event = eventOf(name, this.#parts.clock.now(), { ...facts, actor, request: facts.request ?? current })
      const noted: Noted = { event, typed: facts.typed === undefined || facts.typed.length > LONGEST_NAME ? null : facts.typed }
      // What is undone never happened, but who was refused was refused.
      if (kindOf(name).outcome !== 'success') this.#lines.add(noted)
      else void this.#parts.database.onCommit(() => void this.#lines.add(noted))
    } catch (error) {
      this.#parts.onError(error)
    }
  }

  async list(query: EventQuery = {}): Promise<readonly StoredEvent[]> {
    if (this.#table === null) return []
    await this.idle()
    return this.#table.list(query)
  }

  async clearExpired(): Promise<number> {
    const { retention } = this.#parts.settings
    if (this.#table === null || retention === null) return 0
    return this.#table.clearBefore(new Date(this.#parts.clock.now().getTime() - retention * 1000))
  }

  /**
   * Takes a user's addresses, devices and pages out of what the table has; that it happened stays. Inside a transaction what was not written
   * yet follows once it is committed: who writes it waits for the transaction, which must not wait for them.
   */
  async anonymise(user: unknown): Promise<void> {
    const table = this.#table
    if (table === null) return
    await table.anonymise(user)
    await this.#parts.database.onCommit(async () => {
      try {
        await this.idle()
        this.#repeats.forget(keyText(user) ?? '')
        await table.anonymise(user)
      } catch (error) {
        this.#parts.onError(error)
      }
    })
  }

  /** Writes what was noted. */
  async idle(): Promise<void> {
    await this.#lines.idle()
    await this.#rows.idle()
  }

  /** The same for the last time. */
  async close(): Promise<void> {
    clearTimeout(this.#due)
    await this.#lines.close()
    this.#takeDue(Number.POSITIVE_INFINITY)
    const lost = await this.#rows.close()
    if (lost > 0) this.#parts.onError(new Error(`${lost} security events could not be written before the site was closed.`))
  }

  /** Lines for the log at once, whatever the table does; then the rows. */
  async #tell(batch: readonly Noted[]): Promise<void> {
    this.#takeDue(this.#parts.clock.now().getTime())
    const events = await this.#withAccounts(batch)
    const lost = this.#lines.takeLost() + this.#rows.takeLost()
    if (lost > 0) events.push(eventOf('events_lost', this.#parts.clock.now(), { data: { count: lost } }))
    for (const one of events) this.#write(one)
    if (this.#table === null) return
    for (const one of events) if (this.#repeats.admit(one)) this.#rows.add(one)
    if (!this.#repeats.isEmpty) this.#due ??= setTimeout(() => this.#endMinute(), 60_000).unref()
  }

  #endMinute(): void {
    this.#due = undefined
    this.#takeDue(this.#parts.clock.now().getTime())
    if (!this.#repeats.isEmpty) this.#due = setTimeout(() => this.#endMinute(), 60_000).unref()
  }

  #takeDue(now: number): void {
    for (const one of this.#repeats.takeDue(now)) this.#rows.add(one)
  }

  /** Whom typed names mean: one statement for a batch, whether there are such accounts or not, and after all responses. */
  async #withAccounts(batch: readonly Noted[]): Promise<SecurityEvent[]> {
    const typed = [...new Set(batch.flatMap((one) => one.typed ?? []))]
    const { names } = this.#parts
    const keys = typed.length === 0 ? null : await within(NAMES_WITHIN, names.find(typed)).catch(() => null)
    return batch.map(({ event, typed: name }) => {
      if (name === null) return event
      const key = keys?.get(name)
      const target = key === undefined ? event.target : subjectText({ kind: 'user', key })
      return { ...event, target, data: { ...event.data, account: names.hash(name) } }
    })
  }

  #write(event: SecurityEvent): void {
    const { log } = this.#parts.settings
    if (log === null) return
    try {
      const written = log.write(lineOf(event))
      if (written instanceof Promise) written.then(() => (this.#isLogFailing = false), this.#logFailed)
      else this.#isLogFailing = false
    } catch (error) {
      this.#logFailed(error)
    }
  }

  /** Told once, until it works again: a log that is down must not fill another. */
  readonly #logFailed = (error: unknown): void => {
    if (!this.#isLogFailing) this.#parts.onError(error)
    this.#isLogFailing = true
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
