/**
 * Composes security events: hears of what happens on a site, from its signals, its refusals and its accounts, and notes it.
 * @module
 */

import { AnonymousUser } from './accounts/anonymous-user.js'
import type { BaseUser } from './accounts/base-user.js'
import type { AnyUserClass } from './accounts/user.js'
import type { AccountChange, UserManager } from './accounts/user-manager.js'
import type { Lockouts, LockoutSubject } from './authentication/lockouts.js'
import type { Refusal, RefusalCode } from './authentication/refusal.js'
import type { SiteRequest } from './authentication/site-request.js'
import type { Clock } from './base/clock.js'
import type { Database } from './database/database.js'
import { EventContext } from './events/event-context.js'
import { eventMigrations } from './events/event-model.js'
import type { EventName } from './events/event-names.js'
import type { EventRequest } from './events/event.js'
import { SecurityEvents } from './events/events.js'
import { settleEvents } from './events/settings.js'
import type { PersonalDataPart } from './personal-data/part.js'
import { accountName } from './protection/lockouts/account-name.js'
import type { RequestSideOptions, SiteSignals, SiteTypes } from './site.js'

/** What it is made of. */
export interface EventParts {
  readonly options: Pick<RequestSideOptions, 'events' | 'securityLog' | 'onRefusal'>
  readonly database: Database
  readonly clock: Clock
  readonly usernameField: string
  readonly signals: Pick<
    SiteSignals<SiteTypes>,
    | 'userLoggedIn'
    | 'userLoggedOut'
    | 'userLoginFailed'
    | 'userLockedOut'
    | 'passwordChanged'
    | 'permissionsChanged'
    | 'emailVerified'
    | 'emailChanged'
    | 'newDevice'
    | 'invitationCreated'
    | 'invitationUsed'
  >
  readonly users: () => UserManager<AnyUserClass, BaseUser>
  readonly lockouts: () => Pick<Lockouts, 'accountKey'>
  readonly onError: (error: unknown) => void
  /** The site's view of a framework's request; null where there is none. */
  findRequest(request: unknown): SiteRequest | null
}

/** Refusals that somebody who looks after a site wants to know of. */
const REFUSALS: Partial<Readonly<Record<RefusalCode, EventName>>> = {
  bad_host: 'host_refused',
  csrf_failed: 'csrf_failed',
  permission_denied: 'access_denied',
  too_many_requests: 'rate_limited',
  locked: 'rate_limited',
}

/** Makes it, and connects it before any receiver of the application's. */
export function composeEvents(parts: EventParts) {
  const { options, database, clock, onError, findRequest } = parts
  const context = new EventContext()
  const names = {
    find: async (typed: readonly string[]) => accountsOf(parts.users(), typed),
    hash: (name: string) => parts.lockouts().accountKey(name),
  }
  const events = new SecurityEvents({ settings: settleEvents(options), database, clock, context, names, onError })
  connect(parts, events)
  return {
    events,
    context,
    migrations: eventMigrations,
    personalData: {
      name: 'events',
      export: async (user) => eventsOf(events, user),
      erase: async (user) => events.anonymise(user),
    } satisfies PersonalDataPart,
    accountChanged: (change: AccountChange): void => noteChange(events, context, change),
    sessionsEnded: (user: BaseUser, count: number): void => events.note('session_ended', { target: user, data: { count } }),
    unlocked: (subject: LockoutSubject, count: number): void => {
      if (count === 0) return
      if ('username' in subject) events.note('unlocked', { typed: subject.username, data: { count } })
      else events.note('unlocked', { data: 'account' in subject ? { account: subject.account, count } : { of: subject.address, count } })
    },
    /** Somebody who is logged in gave a wrong password. */
    passwordRefused: (user: BaseUser, request: unknown): void =>
      events.note('login_failed', { target: user, request: findRequest(request), data: { again: true } }),
    onRefusal: (refusal: Refusal, request: SiteRequest | null, door: EventRequest | null): void => {
      const name = REFUSALS[refusal.code]
      // The visitor is asked for without a note that the answer depends on who it is.
      const actor = request === null || request.visitor instanceof AnonymousUser ? null : request.visitor
      if (name !== undefined)
        events.note(name, { actor, request: request ?? door, data: { refusal: refusal.code, reason: refusal.reason, method: request?.method } })
      options.onRefusal?.(refusal, request)
    },
  }
}

function connect({ signals, usernameField, findRequest }: EventParts, events: SecurityEvents): void {
  signals.userLoggedIn.connect(({ user, request }) => events.note('login', { actor: user, request }))
  signals.userLoggedOut.connect(({ user, request }) => {
    if (user !== null) events.note('logout', { actor: user, request })
  })
  signals.userLoginFailed.connect(({ credentials, request }) => {
    const typed = credentials['username'] ?? credentials[usernameField] ?? credentials['email']
    events.note('login_failed', { ...(typeof typed === 'string' ? { typed } : {}), request: findRequest(request) })
  })
  signals.userLockedOut.connect(({ username, kind, until, request }) =>
    events.note('locked_out', { typed: username, request: findRequest(request), data: { kind, until } }),
  )
  signals.passwordChanged.connect(({ user }) => events.note('password_changed', { target: user }))
  signals.emailVerified.connect(({ user }) => events.note('email_verified', { target: user }))
  signals.emailChanged.connect(({ user, isReverted }) => events.note('email_changed', { target: user, data: { isReverted } }))
  signals.newDevice.connect(({ user, request }) => events.note('new_device', { actor: user, request }))
  signals.invitationCreated.connect(({ invitation: { id, groups }, user }) =>
    events.note('invitation_created', { ...(user === null ? {} : { actor: user }), data: { invitation: id, groups } }),
  )
  signals.invitationUsed.connect(({ invitation: { id }, user }) =>
    events.note('invitation_used', { ...(user === null ? {} : { target: user }), data: { invitation: id } }),
  )
  signals.permissionsChanged.connect(({ subject, relation, added, removed }) =>
    events.note('permissions_changed', { target: subject, data: { relation, added, removed } }),
  )
}

function noteChange(events: SecurityEvents, context: EventContext, { what, users, count, values }: AccountChange): void {
  const facts = users === null ? [{ data: { count } }] : users.map((key) => ({ target: { kind: 'user', key } }))
  const note = (name: EventName, data: Readonly<Record<string, unknown>> = {}): void => {
    for (const one of facts) events.note(name, { ...one, data: { ...('data' in one ? one.data : {}), ...data } })
  }
  if (what === 'deleted') return note('account_deleted')
  if (what === 'created') {
    const { current } = context
    const isStaff = values['isStaff'] === true || values['isSuperuser'] === true
    if (current !== null && current.visitor instanceof AnonymousUser) note('registration')
    else if (current !== null || isStaff) note('account_created', { isStaff: values['isStaff'], isSuperuser: values['isSuperuser'] })
    return
  }
  if ('isActive' in values) note(values['isActive'] === true ? 'account_activated' : 'account_deactivated')
  for (const name of ['isStaff', 'isSuperuser']) if (name in values) note('permissions_changed', { relation: name, value: values[name] })
}

/** The accounts of names that people typed. A database may find others for the same, which count as one name here too. */
async function accountsOf(users: UserManager<AnyUserClass, BaseUser>, typed: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const { usernameField } = users.model
  const spelled = [...new Set(typed.map((name) => users.normalizeUsername(name)))]
  const found = await users.filter({ [usernameField]: { in: spelled } } as never)
  const byName = new Map(found.map((user) => [accountName(user.getUsername()), user.pk]))
  return new Map(typed.flatMap((name) => (byName.has(accountName(name)) ? [[name, byName.get(accountName(name))] as const] : [])))
}

/** So many at once. */
const EVENTS_AT_ONCE = 500

/** Everything that happened by and to a user. Where somebody else did it, whoever that is stays unnamed, and where they were too. */
async function eventsOf(events: SecurityEvents, user: BaseUser): Promise<readonly object[]> {
  const found: object[] = []
  for (let page = await events.list({ user, limit: EVENTS_AT_ONCE }); page.length > 0;) {
    for (const { time, name, outcome, actor, address, userAgent, path, data } of page) {
      const isTheirs = actor === null || actor === String(user.pk)
      found.push({ time, name, outcome, ...(isTheirs ? { address, userAgent, path, data } : {}) })
    }
    const last = page.at(-1)
    page = last === undefined || page.length < EVENTS_AT_ONCE ? [] : await events.list({ user, limit: EVENTS_AT_ONCE, before: last })
  }
  return found
}
