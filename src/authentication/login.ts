/**
 * In and out: the only code that writes a user into a session or takes one out.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import { BaseUser } from '../accounts/base-user.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Clock } from '../base/clock.js'
import type { Signal } from '../base/signals.js'
import { constantTimeCompare } from '../crypto/hmac.js'
import { attachedStore } from '../database/model.js'
import type { Backend } from './backend.js'
import { SESSION_BACKEND, SESSION_HASH, SESSION_USER } from './session-user.js'
import type { AnyVisitor, SiteRequest } from './site-request.js'

/** What `userLoggedIn` tells. */
export interface LoggedIn<U = BaseUser, V = AnyVisitor> {
  readonly user: U
  readonly request: SiteRequest<V>
}

/** What `userLoggedOut` tells; the user is null where nobody was logged in. */
export interface LoggedOut<U = BaseUser, V = AnyVisitor> {
  readonly user: U | null
  readonly request: SiteRequest<V>
}

/** What logging in and out is made of. */
export interface LoginParts {
  readonly backends: readonly Backend[]
  readonly clock: Clock
  readonly anonymousUser: AnonymousUser
  readonly userLoggedIn: Signal<LoggedIn>
  readonly userLoggedOut: Signal<LoggedOut>
  /** Has the browser known from now on, where tries are counted; true where it is new to the account. */
  readonly remember?: (request: SiteRequest, user: BaseUser) => boolean
  /** Hears of a login from a browser that is new to the account, unless it is the account's first. */
  readonly newDevice?: (login: LoggedIn) => Promise<void>
}

/**
 * Logs a user in, with a new session key (D1). Whatever a visitor without a login kept in the session stays; what belonged to another
 * user, or to the same one with another password, goes (L-1). Checks neither the password nor the account: `authenticate` did.
 */
export async function login(parts: LoginParts, request: SiteRequest, user: BaseUser, backend?: string): Promise<void> {
  if (!((user as unknown) instanceof BaseUser))
    throw new ImproperlyConfigured('login() takes the user that authenticate() gave, which may be null: check it first.')
  const { session } = request
  const path = backendPath(parts.backends, backend ?? user.backend)
  const hash = user.getSessionAuthHash()
  const before = session.get(SESSION_USER)
  if (before === undefined || before === null) await session.cycleKey({ ifGone: 'start' })
  else if (String(before) !== String(user.pk) || !isSame(session.get(SESSION_HASH), hash)) await session.flush()
  // Django keeps the key of somebody who logs in twice; a new one costs nothing and leaves nothing to a key that was seen (7.2.4).
  else await session.cycleKey({ ifGone: 'start' })
  session.set(SESSION_USER, String(user.pk))
  session.set(SESSION_BACKEND, path)
  session.set(SESSION_HASH, hash)
  user.backend = path
  request.setUser(user)
  request.hasLoggedIn = true
  // A first login is no news: it is most often the registration itself.
  const isNews = parts.remember?.(request, user) === true && (user.lastLogin ?? null) !== null
  request.csrf.rotate()
  await noteLogin(parts.clock, user)
  await parts.userLoggedIn.send({ user, request })
  if (isNews) await parts.newDevice?.({ user, request })
}

/** Logs out whoever is there: the session is deleted at once, not when the response is sent. */
export async function logout(parts: LoginParts, request: SiteRequest): Promise<void> {
  const user = request.visitor instanceof BaseUser ? request.visitor : null
  // The signal goes first: afterwards nobody could tell who is leaving (L-5).
  await parts.userLoggedOut.send({ user, request })
  await request.session.flush()
  request.setUser(parts.anonymousUser)
  request.csrf.rotate()
}

/**
 * Keeps this session alive after its user's password changed, under a new key; all others of the user end (L-9).
 */
export async function updateSessionAuthHash(request: SiteRequest, user: BaseUser): Promise<void> {
  const { session, visitor } = request
  await session.cycleKey()
  if (visitor instanceof BaseUser && String(visitor.pk) === String(user.pk)) {
    session.set(SESSION_HASH, user.getSessionAuthHash())
    request.setUser(user)
  }
  request.csrf.rotate()
}

/** Written alone, and only where the model has the column (U-25). Every login so voids reset links that were mailed before (L-2). */
async function noteLogin(clock: Clock, user: BaseUser): Promise<void> {
  const { meta } = user.constructor as typeof BaseUser
  if (meta.column.has('lastLogin')) await attachedStore(user).updateObject(user, { lastLogin: clock.now() })
}

function backendPath(backends: readonly Backend[], asked: string | null): string {
  const known = backends.map((one) => one.path)
  if (asked === null) {
    const [only, ...others] = known
    if (only !== undefined && others.length === 0) return only
    throw new ImproperlyConfigured(
      `login() does not know which backend vouches for this user. Take the user from authenticate(), or pass one of: ${known.join(', ')}.`,
    )
  }
  if (typeof (asked as unknown) === 'string' && known.includes(asked)) return asked
  throw new ImproperlyConfigured(`login() was given the backend “${String(asked)}”, which this site does not have. It has: ${known.join(', ')}.`)
}

function isSame(found: unknown, hash: string): boolean {
  return typeof found === 'string' && constantTimeCompare(found, hash)
}
