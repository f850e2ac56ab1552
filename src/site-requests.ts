/**
 * Composes the side of a site that answers requests: sessions, the core, guards, the door. `portcullis.ts` calls it with the accounts made.
 * @module
 */

import type { AnonymousUser } from './accounts/anonymous-user.js'
import type { BaseUser } from './accounts/base-user.js'
import type { AnyUserClass } from './accounts/user.js'
import type { UserManager } from './accounts/user-manager.js'
import type { Backend, Credentials } from './authentication/backend.js'
import { settleCsrf } from './authentication/cookies.js'
import { DeviceSessions } from './authentication/device-sessions.js'
import { Guards } from './authentication/guarded.js'
import { GuardChecks } from './authentication/guards.js'
import { RequestHandler, type Connection, type SiteHandler } from './authentication/handle.js'
import type { Lockouts } from './authentication/lockouts.js'
import { KnownRequests } from './authentication/known-requests.js'
import { login, logout, updateSessionAuthHash, type LoggedIn, type LoggedOut } from './authentication/login.js'
import { RequestCore } from './authentication/request-core.js'
import { RemoteUser } from './authentication/remote-user.js'
import { ResetLinks } from './authentication/reset-links.js'
import { PASSWORD_RESET_TIMEOUT } from './authentication/reset-tokens.js'
import { SessionUsers } from './authentication/session-user.js'
import { SiteRequest, type AnyVisitor } from './authentication/site-request.js'
import type { Clock } from './base/clock.js'
import type { ErrorListener } from './base/error-listener.js'
import { ImproperlyConfigured } from './base/errors.js'
import type { Signal } from './base/signals.js'
import type { Keys } from './crypto/keys.js'
import type { ModelRegistry } from './database/registry.js'
import type { EventContext } from './events/event-context.js'
import type { EventRequest } from './events/event.js'
import { settleSecurityHeaders } from './protection/security-headers.js'
import { composeSessions } from './sessions/compose.js'
import { settleRequests } from './settings/request-settings.js'
import type { Refusal, RefusalPage } from './authentication/refusal.js'
import type { RequestSideOptions } from './site.js'

/** A day: how long NIST lets a mailed link live (SP 800-63B-4, 4.2.2). A site that shares links with a Django keeps Django's three. */
const A_DAY = 86_400

/** What an application's handlers may send where nothing else is said: a form with a picture or two. */
const BODY_LIMITS = { totalBytes: 6 * 1024 * 1024, files: 10, fieldBytes: 1024 * 1024, jsonBytes: 1024 * 1024 } as const

/** What the side of requests is made of. */
export interface RequestSideParts {
  readonly options: RequestSideOptions
  /** Told of what no answer tells. */
  readonly onError: ErrorListener
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly backends: readonly Backend[]
  readonly anonymousUser: AnonymousUser
  readonly keys: Keys
  readonly clock: Clock
  readonly userLoggedIn: Signal<LoggedIn>
  readonly userLoggedOut: Signal<LoggedOut>
  readonly refusalPage: RefusalPage | null
  /** Has browsers known that people logged in from; null on a site that counts no tries. */
  readonly lockouts: () => Lockouts | null
  readonly context: EventContext
  readonly onRefusal: (refusal: Refusal, request: SiteRequest | null, door: EventRequest | null) => void
  readonly sessionsEnded: (user: BaseUser, count: number) => void
  authenticate(request: unknown, credentials: Credentials): Promise<BaseUser | null>
  /** Hears of a login from a browser that is new to the account. */
  newDevice(login: LoggedIn): Promise<void>
}

/** Makes it. */
export function composeRequests(parts: RequestSideParts) {
  const { options, registry, users, backends, anonymousUser, keys, clock, onError } = parts
  const settings = settleRequests(options)
  const isShared = options.django !== undefined
  const sessions = composeSessions({
    options: options.sessions ?? {},
    isShared,
    registry,
    keys,
    clock,
    owner: ownerOf(users),
    user: users.model,
    onWarning: onError,
    onError,
  })
  const core = new RequestCore({
    settings,
    sessions: sessions.settings,
    store: sessions.store,
    records: sessions.records,
    users: new SessionUsers({ users, backends, keys }),
    anonymousUser,
    keys,
    clock,
    csrf: settleCsrf(options.csrf ?? {}),
    headers: settleSecurityHeaders(options.securityHeaders),
    bodyLimits: { ...BODY_LIMITS, ...options.bodyLimits },
    isShared,
    onError,
  })
  const guards = new GuardChecks(settings.loginUrl)
  const door = {
    backends,
    clock,
    anonymousUser,
    userLoggedIn: parts.userLoggedIn,
    userLoggedOut: parts.userLoggedOut,
    remember: (request: SiteRequest, user: BaseUser): boolean => parts.lockouts()?.remember(request, user) ?? false,
    newDevice: parts.newDevice,
  }
  const requests = new RequestHandler({
    core,
    guards,
    remoteUser:
      options.remoteUser === undefined
        ? null
        : new RemoteUser({
            settings: options.remoteUser,
            trustedProxies: settings.trustedProxies,
            backends,
            authenticate: parts.authenticate,
            login: async (request, user) => login(door, request, user),
            logout: async (request) => logout(door, request),
          }),
    refusalPage: parts.refusalPage,
    onRefusal: parts.onRefusal,
    context: parts.context,
  })
  const known = new KnownRequests()
  const findRequest = (request: unknown): SiteRequest | null =>
    request instanceof SiteRequest ? request : typeof request === 'object' && request !== null ? known.find(request) : null
  const requestOf = (request: object): SiteRequest => {
    const found = findRequest(request)
    if (found !== null) return found
    throw new ImproperlyConfigured('This request was not opened by the site. Put the adapter’s site() before this handler, or use auth.handle().')
  }
  const wrappers = new Guards(guards, (request, refusal) => requests.refuse(request, refusal))
  const resetTokens = new ResetLinks({
    registry,
    users,
    keys,
    clock,
    timeout: options.passwordReset?.timeout ?? (isShared ? PASSWORD_RESET_TIMEOUT : A_DAY),
    timeZone: options.timeZone ?? 'UTC',
  })
  return {
    settings,
    requests,
    bind: (raw: object, request: SiteRequest): void => known.add(raw, request),
    resetTokens,
    sessions: new DeviceSessions({ records: sessions.records, store: sessions.store, requestOf, ended: parts.sessionsEnded }),
    ownMigrations: sessions.migrations,
    findRequest,
    requestOf,
    login: async (request: object, user: BaseUser, how: { readonly backend?: string } = {}) => login(door, requestOf(request), user, how.backend),
    logout: async (request: object) => logout(door, requestOf(request)),
    getUser: (request: object): AnyVisitor => requestOf(request).user,
    updateSessionAuthHash: async (request: object, user: BaseUser) => updateSessionAuthHash(requestOf(request), user),
    handle: async (request: Request, handler: SiteHandler, connection?: Connection) =>
      requests.handle(
        request,
        (opened) => {
          known.add(request, opened)
          return handler(opened)
        },
        connection,
      ),
    loginRequired: wrappers.loginRequired,
    permissionRequired: wrappers.permissionRequired,
    userPassesTest: wrappers.userPassesTest,
    loginNotRequired: wrappers.loginNotRequired,
  }
}

/** How the session store finds the user of a session in the statement that finds the session. */
function ownerOf(users: UserManager<AnyUserClass, BaseUser>) {
  return {
    table: users.meta.table,
    keyColumn: users.meta.primaryKey?.column ?? 'id',
    selectList: (alias: string) => users.selectList(alias),
  }
}
