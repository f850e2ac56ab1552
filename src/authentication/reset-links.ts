/**
 * Password reset links: whose they are, and whether they still count. The same links as Django's, so that one mailed by either opens at both.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { ValidationError } from '../base/errors.js'
import type { Clock } from '../base/clock.js'
import { decodeUid, toBase64Url } from '../base/encoding.js'
import type { Keys } from '../crypto/keys.js'
import type { ModelRegistry } from '../database/registry.js'
import { readOutside } from './outside-values.js'
import { checkResetToken, makeResetToken, type TokenOwner } from './reset-tokens.js'

/** A key as text takes at most this much; what is longer is nobody's (G5). */
const LONGEST_UID = 400

/** What reset links are made of. */
export interface ResetLinksParts {
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly keys: Keys
  readonly clock: Clock
  /** Seconds a link counts for. Django's `PASSWORD_RESET_TIMEOUT`. */
  readonly timeout: number
  /** Django's `TIME_ZONE`: its tokens tell the time on the wall there (K-2). */
  readonly timeZone: string
}

/** The reset links of one site; `U` is its user. */
export class ResetLinks<U extends BaseUser = BaseUser> {
  readonly #parts: ResetLinksParts

  constructor(parts: ResetLinksParts) {
    this.#parts = parts
  }

  /** How long a link counts, in seconds. */
  get timeout(): number {
    return this.#parts.timeout
  }

  /** Makes the token of a link for this user. Logging in, a new password or a new address voids it (K-6). */
  makeToken(user: U): string {
    const { keys, clock, timeZone } = this.#parts
    return makeResetToken(keys, this.#ownerOf(user), { now: clock.now(), timeZone })
  }

  /** Tells whether this token was made for this user as they are now, and is young enough. */
  checkToken(user: U | null, token: unknown): boolean {
    const { keys, clock, timeout, timeZone } = this.#parts
    return checkResetToken(keys, user === null ? null : this.#ownerOf(user), token, { now: clock.now(), timeout, timeZone })
  }

  /** The user's key as a link carries it (K-11). */
  uidOf(user: U): string {
    return toBase64Url(String(user.pk))
  }

  /** The user a link is about, whether or not they may log in (W-8); null where it is nobody. */
  async find(uid: unknown): Promise<U | null> {
    if (typeof uid !== 'string' || uid.length > LONGEST_UID) return null
    const { registry, users } = this.#parts
    const { primaryKey } = users.meta
    const key = primaryKey === null ? null : readOutside(registry, users.meta, primaryKey, decodeUid(uid)?.toString('utf8'))
    if (key === null) return null
    try {
      return (await users.find({ pk: key } as never)) as U | null
    } catch (error) {
      if (error instanceof ValidationError) return null
      throw error
    }
  }

  #ownerOf(user: U): TokenOwner {
    const address = (user as unknown as Readonly<Record<string, unknown>>)[this.#parts.users.model.emailField]
    return { pk: user.pk, password: user.password, lastLogin: user.lastLogin ?? null, email: typeof address === 'string' ? address : '' }
  }
}
