/**
 * A site as its application sees it: what `portcullis()` takes and what it returns, typed by the declared models.
 * @module
 */

import type { Kysely } from 'kysely'
import type { AnonymousUser } from './accounts/anonymous-user.js'
import type { BaseUser, PermittedUser } from './accounts/base-user.js'
import type { ContentType, ContentTypeManager } from './accounts/content-type.js'
import type { LogEntry } from './accounts/django-apps.js'
import type { Group, GroupManager } from './accounts/group.js'
import type { Permission, PermissionManager } from './accounts/permission.js'
import type { BuiltInPermissions, permissionNames, PermissionNamesFor, PermissionNamesOf } from './accounts/permission-names.js'
import type { ProfileManager } from './accounts/profiles.js'
import type { AnyUserClass, User } from './accounts/user.js'
import type { UserManager } from './accounts/user-manager.js'
import type { LoginFailed } from './authentication/authenticate.js'
import type { Backend, Credentials } from './authentication/backend.js'
import type { CsrfOptions } from './authentication/cookies.js'
import type { DeviceSessions } from './authentication/device-sessions.js'
import type { Explanation } from './authentication/explanation.js'
import type { Guard, OpenHandler } from './authentication/guarded.js'
import type { GuardOptions, PermissionGuardOptions } from './authentication/guards.js'
import type { Connection, RequestHandler } from './authentication/handle.js'
import type { LockedOut, SiteLockouts } from './authentication/lockouts.js'
import type { LoggedIn, LoggedOut } from './authentication/login.js'
import type { Refusal } from './authentication/refusal.js'
import type { RemoteUserHeader } from './authentication/remote-user.js'
import type { RequestLimit, RequestLimitOptions } from './authentication/request-limits.js'
import type { ResetLinks } from './authentication/reset-links.js'
import type { SiteRequest } from './authentication/site-request.js'
import type { Clock } from './base/clock.js'
import type { Secret } from './base/secret.js'
import type { Signal } from './base/signals.js'
import type { Keys } from './crypto/keys.js'
import type { ApplicationKysely } from './database/dialects/application-kysely.js'
import type { DatabaseSource } from './database/dialects/dialect.js'
import type { SiteEvents } from './events/events.js'
import type { EventOptions, SecurityLog } from './events/settings.js'
import type { Manager } from './database/manager.js'
import type { EmailChanged, Emails, EmailVerified } from './emails/emails.js'
import type { InvitationEvent, Invitations } from './emails/invitations.js'
import type { RegistrationOptions } from './emails/registration-settings.js'
import type { EmailOptions, NoticeOptions } from './emails/settings.js'
import type { SiteForms } from './forms/forms.js'
import type { Mailer, MailOptions } from './mail/mailer.js'
import type { AdminOptions } from './admin/options.js'
import type { PersonalDataPart } from './personal-data/part.js'
import type { PersonalDataService } from './personal-data/personal-data.js'
import type { PagesOptions } from './pages/options.js'
import type { AdminSite } from './site-admin.js'
import type { MediaOptions } from './site-forms.js'
import type { SitePages } from './site-pages.js'
import type { AnyModelClass } from './database/model.js'
import type { ModelRegistry } from './database/registry.js'
import type { MigrateOptions, MigrationResult } from './database/schema/options.js'
import type { MigrationPlan } from './database/schema/plan.js'
import type { DatabaseOf } from './database/tables.js'
import type { PasswordService } from './passwords/password-service.js'
import type { PasswordSettings } from './passwords/settings.js'
import type { PasswordValidator } from './passwords/validators/validator.js'
import type { BodyLimits } from './protection/body/request-data.js'
import type { LockoutOptions } from './protection/lockouts/rules.js'
import type { RateLimitOptions } from './protection/rate-limits/site-limits.js'
import type { SecurityHeaderOptions } from './protection/security-headers.js'
import type { Session } from './sessions/session-model.js'
import type { SessionOptions } from './sessions/settings.js'
import type { Machine } from './settings/machine.js'
import type { SystemCheck } from './settings/checks.js'
import type { DjangoRelease } from './settings/django-releases.js'
import type { RequestOptions, RequestSettings } from './settings/request-settings.js'

/** What a site is made of, for the compiler. */
export interface SiteTypes {
  readonly user: AnyUserClass
  readonly models: readonly AnyModelClass[]
  readonly profile: AnyModelClass
  /** Names of permissions that only the database knows, as `portcullis types` lists them. */
  readonly permissions: readonly string[]
}

/** Every permission name of a site: Django's tables', the user model's, the declared models', the profile's, and the listed ones. */
export type PermissionIn<S extends SiteTypes> =
  | BuiltInPermissions
  | PermissionNamesFor<S['user']['label'], S['user']['options']>
  | PermissionNamesOf<S['models'][number]>
  | PermissionNamesOf<S['profile']>
  | S['permissions'][number]

/** A user of a site. */
export type UserIn<S extends SiteTypes> = InstanceType<S['user']> & { readonly [permissionNames]?: PermissionIn<S> }

/** A visitor of a site: a user, or nobody in particular. */
export type VisitorIn<S extends SiteTypes> = UserIn<S> | AnonymousUser<PermissionIn<S>>

/** A group of a site. */
export type GroupIn<S extends SiteTypes> = Group & { readonly [permissionNames]?: PermissionIn<S> }

/** The tables of a site, for `auth.db`. */
export type TablesIn<S extends SiteTypes> = DatabaseOf<
  S['user'] | S['models'][number] | S['profile'] | typeof Group | typeof Permission | typeof ContentType | typeof Session | typeof LogEntry
>

/** What `portcullis()` takes. */
export interface SiteOptions<
  U extends AnyUserClass,
  M extends readonly AnyModelClass[],
  P extends AnyModelClass,
  N extends readonly string[],
> extends RequestSideOptions {
  /** Signs everything that leaves the server. At least 50 random characters; `npx portcullis generate-secret` prints some. Django's `SECRET_KEY`. */
  readonly secretKey: string | Secret<string>
  /** Retired keys whose signatures still count, newest first. Django's `SECRET_KEY_FALLBACKS`. */
  readonly secretKeyFallbacks?: readonly (string | Secret<string>)[]
  /** `sqlite('shop.db')`, `postgres(url or pool)`, `mysql(url or pool)`, or the application's own Kysely. */
  readonly database: DatabaseSource | ApplicationKysely
  /** The user model. Default: Django's own, `User`. Django's `AUTH_USER_MODEL`. */
  readonly user?: U
  /** A model with a one-to-one field to the user; every user gets one. */
  readonly profile?: P
  /** The application's other models. */
  readonly models?: M
  /** Permission names that no declared model brings: the list that `portcullis types` writes. */
  readonly permissions?: N
  /** Hashers, their cost, the pool they run in, and the validators of new passwords. */
  readonly passwords?: PasswordSettings
  /** Asked in this order. Default: the model backend. Django's `AUTHENTICATION_BACKENDS`. */
  readonly authenticationBackends?: readonly ((context: BackendContext) => Backend)[]
  /** Where the time comes from. Default: the machine. */
  readonly clock?: Clock
}

/** What a site may be told about requests, whatever its models. */
export interface RequestSideOptions extends RequestOptions {
  /** The release of the Django that serves the same database, so that hashes, sessions and links fit. Without it: the safest of today. */
  readonly django?: DjangoRelease
  /** Where sessions are kept, for how long, and their cookie. */
  readonly sessions?: SessionOptions
  /** Protection against forged requests. */
  readonly csrf?: CsrfOptions
  /** The headers of every response. */
  readonly securityHeaders?: SecurityHeaderOptions
  /** How much a request's body may hold where a handler says nothing else. Default: 6 MiB in all, 10 files of 5 MiB. */
  readonly bodyLimits?: BodyLimits
  /** A header by which a proxy in front says who is there. Needs `trustedProxies` and a `RemoteUserBackend`. */
  readonly remoteUser?: RemoteUserHeader
  /** How many guesses at passwords are let through. On unless it is `false`. */
  readonly lockouts?: LockoutOptions | false
  /** How often people may register, ask for mails and send pictures. On unless it is `false`. */
  readonly rateLimits?: RateLimitOptions | false
  /** What happens on the site is kept in a table, for 90 days. `false`: it is not. */
  readonly events?: EventOptions | false
  /**
   * Where the log of security events goes: a line of JSON for each. Default: standard error where `NODE_ENV` is `production`, else nowhere.
   * `false`: nowhere.
   */
  readonly securityLog?: SecurityLog | false
  /** Links to choose a new password. */
  readonly passwordReset?: PasswordResetOptions
  /** How accounts come to be, and which names nobody registers with. */
  readonly registration?: RegistrationOptions
  /** Proofs of addresses, and how another takes the present one's place. */
  readonly emails?: EmailOptions
  /** Nobody logs in with a password before their address is proven; the answer is that to a wrong password, and a link is mailed. Default false. */
  readonly requireVerifiedEmail?: boolean
  /** What owners of accounts are told by mail. On where `mail` is configured, unless it is `false`. */
  readonly notices?: NoticeOptions | false
  /** How mails are sent. Default: printed on the console. */
  readonly mail?: MailOptions
  /** Where uploaded pictures are kept. Without it forms take none. */
  readonly media?: MediaOptions
  /** Django's `TIME_ZONE`, an IANA name; its reset links tell the time there. Default `UTC`. */
  readonly timeZone?: string
  /** What the application holds about people, beside the site: for exports and erasures (`auth.personalData`). */
  readonly personalData?: readonly PersonalDataPart<never>[]
  /** Ids of findings that are known and accepted: `['security.W021']`. What keeps a site from starting is not silenced. Django's `SILENCED_SYSTEM_CHECKS`. */
  readonly silencedSystemChecks?: readonly string[]
  /** Told of every request that was refused, with the reason that no page shows. */
  readonly onRefusal?: (refusal: Refusal, request: SiteRequest | null) => void
  /**
   * Told of what failed where no answer can tell of it: after a response was sent, while counters could not be reached, a mail that could not be
   * made, a file that could not be removed. What was done stays done; what this function throws is printed. Default: a line on the console.
   */
  readonly onError?: (error: unknown) => void
}

/** What an application may say of links to choose a new password. */
export interface PasswordResetOptions {
  /** Seconds a link counts. Default 86,400, a day (NIST); with `django`, Django's three days. Django's `PASSWORD_RESET_TIMEOUT`. */
  readonly timeout?: number
}

/** What a backend is made from. */
export interface BackendContext {
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly passwords: PasswordService
}

/** What happens on a site; connect to hear of it. */
export interface SiteSignals<S extends SiteTypes> {
  /** Nobody was found for these credentials; their secret parts are replaced. */
  readonly userLoginFailed: Signal<LoginFailed>
  /** A try was the last for a while: for an account, an address, or both. There need be no such account. */
  readonly userLockedOut: Signal<LockedOut>
  /** Somebody logged in: a session is theirs from now on. */
  readonly userLoggedIn: Signal<LoggedIn<UserIn<S>, VisitorIn<S>>>
  /** Somebody is about to be logged out; null where nobody was logged in. */
  readonly userLoggedOut: Signal<LoggedOut<UserIn<S>, VisitorIn<S>>>
  /** A user's password was set. */
  readonly passwordChanged: Signal<{ readonly user: UserIn<S> }>
  /** Somebody has proven that an address is theirs. */
  readonly emailVerified: Signal<EmailVerified<UserIn<S>>>
  /** A user's address is another now, by a link or on their profile. */
  readonly emailChanged: Signal<EmailChanged<UserIn<S>>>
  /** Somebody logged in from a browser that the account was not let in from before; not told of a first login. */
  readonly newDevice: Signal<LoggedIn<UserIn<S>, VisitorIn<S>>>
  /** Somebody was invited; the user is who invited, where somebody did. */
  readonly invitationCreated: Signal<InvitationEvent<UserIn<S>>>
  /** Somebody made an account with an invitation; the user is theirs. */
  readonly invitationUsed: Signal<InvitationEvent<UserIn<S>>>
  /** Rights were granted or taken, inside the transaction that does it: throwing undoes it. */
  readonly permissionsChanged: Signal<PermissionsChanged>
}

/** A change of rights, by the keys of what was added and removed. */
export interface PermissionsChanged {
  readonly subject: PermittedUser | Group
  readonly relation: 'groups' | 'userPermissions' | 'permissions'
  readonly added: readonly unknown[]
  readonly removed: readonly unknown[]
}

/** One site: its users, groups and permissions, and the questions they answer. */
export interface Portcullis<S extends SiteTypes> {
  /** For the compiler only: `typeof auth.$types.User` and its neighbours. */
  readonly $types: {
    readonly User: UserIn<S>
    readonly Visitor: VisitorIn<S>
    readonly Group: GroupIn<S>
    readonly Permission: PermissionIn<S>
    readonly Tables: TablesIn<S>
    /** A request behind `loginRequired`: `request.user` is a user. */
    readonly Request: SiteRequest<UserIn<S>>
    /** Any request: `request.user` may be an `AnonymousUser`. */
    readonly VisitorRequest: SiteRequest<VisitorIn<S>>
  }
  readonly users: UserManager<S['user'], UserIn<S>, PermissionIn<S>>
  readonly groups: GroupManager<PermissionIn<S>, GroupIn<S>>
  readonly permissions: PermissionManager<PermissionIn<S>>
  readonly contentTypes: ContentTypeManager
  /** The profiles; using it on a site without a profile model is an error that says so. */
  readonly profiles: ProfileManager<S['profile']>
  readonly signals: SiteSignals<S>
  /** The typed Kysely, for every query that managers do not cover. Inside `atomic()` it joins the transaction. */
  readonly db: Kysely<TablesIn<S>>
  /** The visitor without a login. */
  readonly anonymousUser: AnonymousUser<PermissionIn<S>>

  /** The manager of one of the application's models. */
  objects<M extends AnyModelClass>(model: M): Manager<M>
  /** Runs `work` in a transaction: all or nothing. A nested call joins it and rolls back to where it began. */
  atomic<T>(work: () => Promise<T>): Promise<T>

  /**
   * Finds the user these credentials belong to, or null. Asks every backend in order; costs the same whoever is asked for. Throws
   * `TooManyRequests` where there were too many tries, which answers 429 from any handler.
   */
  authenticate(request: unknown, credentials: Credentials): Promise<UserIn<S> | null>
  /**
   * Logs a user in: a new session key, the user in the session, `userLoggedIn`. `request` is whatever the handler was given: a site's
   * request, or the framework's own. Checks nothing; take the user from `authenticate()`.
   */
  login(request: object, user: UserIn<S>, options?: { readonly backend?: string }): Promise<void>
  /** Logs out whoever is there; the session is deleted at once. */
  logout(request: object): Promise<void>
  /** Who is asking. */
  getUser(request: object): VisitorIn<S>
  /** Keeps this visitor's session alive after their password changed; call it after `setPassword()`. */
  updateSessionAuthHash(request: object, user: UserIn<S>): Promise<void>
  /** The site's view of a request that an adapter opened. Throws `ImproperlyConfigured` where none did. */
  requestOf(request: object): SiteRequest<VisitorIn<S>>
  /**
   * Handles a web request: session, user, forged requests, headers; `handler` makes the response.
   *
   * @example
   * export default { fetch: (request: Request) => auth.handle(request, (visitor) => new Response(`Hello ${visitor.user.getUsername()}`)) }
   */
  handle(request: Request, handler: (request: SiteRequest<VisitorIn<S>>) => Response | Promise<Response>, connection?: Connection): Promise<Response>
  /** Sends whoever is not logged in to the login page; a program gets 401. */
  readonly loginRequired: Guard<UserIn<S>, VisitorIn<S>> & ((options: GuardOptions) => Guard<UserIn<S>, VisitorIn<S>>)
  /** Lets in who has the permissions. */
  permissionRequired(permissions: PermissionIn<S> | readonly PermissionIn<S>[], options?: PermissionGuardOptions): Guard<UserIn<S>, VisitorIn<S>>
  /** Lets in who passes a test of the application's. */
  userPassesTest(test: (user: VisitorIn<S>) => boolean | Promise<boolean>, options?: GuardOptions): Guard<VisitorIn<S>, VisitorIn<S>>
  /** Marks a handler as open to everybody, on a site that asks everybody to log in. */
  readonly loginNotRequired: OpenHandler<VisitorIn<S>>
  /** Sessions as people see them: on which devices somebody is logged in, and how to end that. */
  readonly sessions: DeviceSessions<UserIn<S>>
  /** Everything that is held about somebody: as JSON, and how to erase it. */
  readonly personalData: PersonalDataService<UserIn<S>>
  /** Waits that too many tries at a password brought: who waits, and how to end it. */
  readonly lockouts: SiteLockouts
  /** What happened on the site: who logged in, failed to, was locked out, got or lost rights, and when. */
  readonly events: SiteEvents
  /**
   * A limit of the application's own, counted where the site counts, by the client's address or by any text.
   *
   * @example
   * const searches = auth.rateLimit('search', { limit: 30, window: 60 })
   * await searches.enforce(request)
   * const { allowed, retryAfter } = await searches.take(`import of ${user.username}`)
   */
  rateLimit(name: string, options: RequestLimitOptions): RequestLimit
  /** Forms: bound to a request, checked in Django's order, typed by the user model. */
  readonly forms: SiteForms<S['user'], UserIn<S>, S['profile']>
  /**
   * The account pages: logging in and out, registering, profile, passwords, devices. Hand them to an adapter's `site()`.
   *
   * @example
   * app.use(site({ '/accounts': auth.pages({ siteName: 'The shop' }) }))
   */
  pages(options?: PagesOptions): SitePages
  /**
   * The admin: users, groups and permissions run by people, and every model that is registered. Hand it to an adapter's `site()`.
   *
   * @example
   * const admin = auth.admin({ siteHeader: 'Shop' })
   * admin.register(Product, { listDisplay: ['name', 'price'], searchFields: ['name'] })
   * app.use(site({ '/accounts': auth.pages(), '/admin': admin }))
   */
  admin(options?: AdminOptions): AdminSite
  /** Sends mails beside the responses. */
  readonly mailer: Mailer
  /** Addresses: whether they were proven, and how another takes the place of the present one. */
  readonly emails: Emails<UserIn<S>>
  /** Invitations: links by which somebody makes an account with a given address, and joins groups. */
  readonly invitations: Invitations<UserIn<S>>
  /** Links to choose a new password. */
  readonly resetTokens: ResetLinks<UserIn<S>>
  /** Settles when what runs beside the responses is done: mails, notes of visits, security events. For tests, and before a process ends. */
  idle(): Promise<void>

  /** Tells whether a text is a permission name of this site, for the compiler too. */
  isPermission(name: string): name is PermissionIn<S>
  /** Why somebody may or may not: status, grants, groups, backends. `granted` is always what `hasPerm` answers. */
  explain(user: VisitorIn<S>, permission: PermissionIn<S>, object?: unknown): Promise<Explanation>
  /** Throws a `ValidationError` with everything that is wrong with a new password; `user` is who it must not resemble. */
  validatePassword(password: string | Secret<string>, user?: object): Promise<void>
  /** The validators new passwords pass. */
  readonly passwordValidators: readonly PasswordValidator[]

  /** Creates the tables or brings them up to date; running it again changes nothing. */
  migrate(options?: MigrateOptions): Promise<MigrationResult>
  /** What `migrate()` would do. */
  migrationPlan(): Promise<MigrationPlan>
  /** What is wrong or unsafe in the set-up, by Django's check ids. */
  check(): SystemCheck[]
  /**
   * What is unsafe once the site is on the internet: Django's deployment checks under their ids, and more. `portcullis check --deploy` asks it.
   *
   * @example
   * const findings = await auth.checkDeployment({ environment: { NODE_ENV: 'production' } })
   * for (const one of findings) console.log(`${one.level}: ${one.subject}: (${one.id}) ${one.message}`)
   */
  checkDeployment(machine?: Partial<Machine>): Promise<SystemCheck[]>
  /** Closes what this site opened; what the application made stays open. */
  close(): Promise<void>

  /** @internal The pieces other layers are composed from. */
  readonly internals: SiteInternals
}

/** @internal What the command line and later layers reach for. */
export interface SiteInternals {
  readonly registry: ModelRegistry
  readonly user: AnyUserClass
  readonly backends: readonly Backend[]
  readonly keys: Keys
  readonly passwords: PasswordService
  readonly requests: RequestHandler
  readonly settings: RequestSettings
  readonly media: MediaOptions | null
  /** Makes a framework's own request object known as this one. */
  readonly bind: (raw: object, request: SiteRequest) => void
}

/** The site of a `portcullis()` call that names no user model of its own. */
export type DefaultUser = typeof User
