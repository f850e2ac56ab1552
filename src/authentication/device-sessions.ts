/**
 * Sessions as people see them: on which devices somebody is logged in, and how to end that. No key is shown; each has a name of its own (D9).
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { SessionRecords } from '../sessions/session-records.js'
import type { SessionStore } from '../sessions/session-store.js'
import type { SiteRequest } from './site-request.js'

/** One device that somebody is logged in on. */
export interface DeviceSession {
  /** Names the session in links and forms; it opens nothing. */
  readonly id: string
  readonly created: Date
  /** To within five minutes. */
  readonly lastSeen: Date
  /** Null where it is not known. */
  readonly address: string | null
  readonly userAgent: string
  /** Whether it is the one the request came with. */
  readonly isCurrent: boolean
}

/** What the list is made of. */
export interface DeviceSessionsParts {
  readonly records: SessionRecords | null
  readonly store: SessionStore
  readonly requestOf: (request: object) => SiteRequest
  /** Told of sessions that were ended. */
  readonly ended?: (user: BaseUser, count: number) => void
}

/** The sessions of a site's users. */
export class DeviceSessions<U extends BaseUser = BaseUser> {
  readonly #parts: DeviceSessionsParts

  constructor(parts: DeviceSessionsParts) {
    this.#parts = parts
  }

  /**
   * Lists where a user is logged in, the device seen last first. `request` tells which of them is this one. A session that a Django made is
   * listed once it has been seen here; a store that keeps no list has an empty one.
   *
   * @example
   * for (const device of await auth.sessions.listFor(user, request)) console.log(device.userAgent, device.isCurrent)
   */
  async listFor(user: U, request?: object): Promise<DeviceSession[]> {
    const { records } = this.#parts
    if (records === null) return []
    return (await records.listFor(user.pk, this.#keyOf(request))).map(({ publicId, ...entry }) => ({ id: publicId, ...entry }))
  }

  /** Ends one session of this user; false where it is not theirs, or there is none (D8). */
  async end(user: U, id: string): Promise<boolean> {
    const isEnded = (await this.#parts.records?.end(id, user.pk)) ?? false
    if (isEnded) this.#parts.ended?.(user, 1)
    return isEnded
  }

  /** Ends every session of this user, or every one but that of `except`; tells how many there were. */
  async endAll(user: U, options: { readonly except?: object } = {}): Promise<number> {
    const count = (await this.#parts.records?.endAll(user.pk, this.#keyOf(options.except))) ?? 0
    if (count > 0) this.#parts.ended?.(user, count)
    return count
  }

  /** Deletes what has expired, in small parts; tells how many sessions there were. Django's `clearsessions`. */
  async clearExpired(): Promise<number> {
    const cleared = await this.#parts.store.clearExpired()
    await this.#parts.records?.clearOrphans()
    return cleared
  }

  #keyOf(request: object | undefined): string | null {
    return request === undefined ? null : this.#parts.requestOf(request).heldSession.rowKey
  }
}
