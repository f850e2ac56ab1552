/**
 * When and from where somebody was last here: what the list of devices shows, and what ends a session that was idle for too long.
 * Written beside the response, which does not wait for it, and seldom: reading a page writes no session.
 * @module
 */

import type { Clock } from '../base/clock.js'
import type { SessionRecords } from '../sessions/session-records.js'
import type { StoredSession } from '../sessions/session-store.js'
import type { SessionSettings } from '../sessions/settings.js'
import { SESSION_USER } from './session-user.js'
import type { SiteRequest } from './site-request.js'

/** Between two notes of the same session, in milliseconds. Idle limits are kept to within this. */
const NOTE_EVERY = 5 * 60_000

interface VisitsParts {
  readonly records: SessionRecords | null
  readonly sessions: SessionSettings
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Notes the visits of one site. */
export class Visits {
  readonly #parts: VisitsParts
  readonly #pending = new Set<Promise<void>>()

  constructor(parts: VisitsParts) {
    this.#parts = parts
  }

  /** Somebody came with a session: noted if the last note is old, or if there is none because a Django made the session. */
  seen(request: SiteRequest, { record }: StoredSession): void {
    const { records, clock } = this.#parts
    if (records === null) return
    const now = clock.now()
    if (record === null) this.later(() => this.#note(request))
    else if (now.getTime() - record.lastSeen.getTime() >= NOTE_EVERY) this.later(() => records.touch(record, { now, address: request.address }))
  }

  /** A session was saved: one that has a user and a new key gets a row in the list. */
  async saved(request: SiteRequest): Promise<void> {
    if (request.hasLoggedIn) await this.#note(request, true)
    else if (request.heldSession.hasNewKey && request.heldSession.record === null) await this.#note(request)
  }

  /** Runs `work` beside the response. What fails is told to the site and to nobody else. */
  later(work: () => Promise<unknown>): void {
    const running: Promise<void> = work()
      .then(() => undefined, this.#parts.onError)
      .finally(() => this.#pending.delete(running))
    this.#pending.add(running)
  }

  /** Settles when nothing is left to do: for tests, and before a process ends. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending)
  }

  async #note(request: SiteRequest, startsAnew = false): Promise<void> {
    const { records } = this.#parts
    const session = request.heldSession
    const userKey = session.get(SESSION_USER)
    if (records === null || session.cookie === null || userKey === undefined || userKey === null) return
    await records.record({ cookie: session.cookie, userKey, address: request.address, userAgent: request.header('user-agent') ?? '', startsAnew })
  }
}
