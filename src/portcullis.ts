/**
 * Composes the layers into one site. The only file that knows them all, and the only one that constructs.
 * @module
 */

import { AnonymousUser } from './accounts/anonymous-user.js'
import type { BaseUser, PermittedUser } from './accounts/base-user.js'
import { checkModels } from './accounts/checks.js'
import { ContentTypeManager } from './accounts/content-type.js'
import { createPermissions, declaredPermissionNames } from './accounts/create-permissions.js'
import { djangoApps } from './accounts/django-apps.js'
import { GroupManager, type Group } from './accounts/group.js'
import { PermissionManager } from './accounts/permission.js'
import type { ChangeListener } from './accounts/permission-relation.js'
import { ProfileManager } from './accounts/profiles.js'
import { User, type AnyUserClass } from './accounts/user.js'
import { UserManager } from './accounts/user-manager.js'
import { userServices } from './accounts/user-services.js'
import type { AdminParts } from './admin/admin-parts.js'
import type { AdminOptions } from './admin/options.js'
import { registerDefaults } from './admin/people/defaults.js'
import { authenticate, reauthenticate } from './authentication/authenticate.js'
import { checkBackends, type Backend, type Credentials } from './authentication/backend.js'
import { explain } from './authentication/explain.js'
import { ModelBackend } from './authentication/model-backend.js'
import { createPermissionQuestions } from './authentication/permission-questions.js'
import { GrantReader } from './authentication/permission-sets.js'
import { withPerm } from './authentication/with-perm.js'
import { systemClock } from './base/clock.js'
import { errorListener } from './base/error-listener.js'
import { ImproperlyConfigured } from './base/errors.js'
import { Keys } from './crypto/keys.js'
import { openDatabase } from './database/database.js'
import { Manager } from './database/manager.js'
import type { AnyModelClass } from './database/model.js'
import { ModelRegistry } from './database/registry.js'
import { createLateSchema } from './database/schema/late-schema.js'
import type { PagesOptions } from './pages/options.js'
import type { PagesSite } from './pages/pages-site.js'
import type { PersonalDataPart } from './personal-data/part.js'
import { PersonalDataService } from './personal-data/personal-data.js'
import { settlePasswords } from './passwords/settings.js'
import { validatePassword } from './passwords/validators/validate.js'
import type { Machine } from './settings/machine.js'
import { sessionsApp } from './sessions/session-model.js'
import type { SystemCheck } from './settings/checks.js'
import { siteWordsOf } from './settings/request-settings.js'
import { checkSecretKeys } from './settings/secret-key.js'
import { checkOptions } from './settings/site-options.js'
import { AdminSite } from './site-admin.js'
import { composeEmails } from './site-emails.js'
import { composeEvents } from './site-events.js'
import { composeForms } from './site-forms.js'
import { composeProtection } from './site-protection.js'
import { PagesOfSite } from './site-pages.js'
import { composeRequests } from './site-requests.js'
import { createSignals, servicesOfUsers } from './site-services.js'
import type { BackendContext, DefaultUser, PermissionsChanged, Portcullis, SiteOptions, SiteTypes } from './site.js'

type AnySiteOptions = SiteOptions<AnyUserClass, readonly AnyModelClass[], AnyModelClass, readonly string[]>

/**
 * Makes a site: its users, groups and permissions, typed by the declared models. Opens nothing yet; the first query does.
 *
 * @throws ImproperlyConfigured when a setting is missing or contradicts another, naming it and the remedy
 * @example
 * const auth = portcullis({ secretKey: process.env.SECRET_KEY ?? '', database: sqlite('shop.db'), models: [Product] })
 * await auth.migrate()
 */
export function portcullis<
  U extends AnyUserClass = DefaultUser,
  const M extends readonly AnyModelClass[] = readonly [],
  P extends AnyModelClass = never,
  const N extends readonly string[] = readonly [],
>(options: SiteOptions<U, M, P, N>): Portcullis<{ user: U; models: M; profile: P; permissions: N }> {
  return build(options as unknown as AnySiteOptions) as never
}

function build(options: AnySiteOptions) {
  checkOptions(options)
  const keys = new Keys(options.secretKey ?? '', options.secretKeyFallbacks)
  const user = options.user ?? (User as unknown as AnyUserClass)
  const database = openDatabase(options.database)
  const apps = [...djangoApps(user), sessionsApp]
  const registry = new ModelRegistry({
    database,
    clock: options.clock ?? systemClock,
    models: [
      ...new Set([
        ...apps.flatMap((app) => app.models),
        user,
        ...(options.profile === undefined ? [] : [options.profile]),
        ...(options.models ?? []),
      ]),
    ],
    standIns: { [User.label]: user.label },
  })
  const passwords = settlePasswords(options.passwords ?? {}, options.django, siteWordsOf(options))
  const signals = createSignals()
  const onError = errorListener(options.onError)

  const permissions = new PermissionManager(registry)
  const contentTypes = new ContentTypeManager(registry)
  const changed =
    (subject: PermittedUser | Group, relation: PermissionsChanged['relation']): ChangeListener =>
    async (change) =>
      signals.permissionsChanged.send({ subject, relation, ...change })
  const groups = new GroupManager(registry, permissions, (group) => changed(group, 'permissions'))
  const profiles = options.profile === undefined ? null : new ProfileManager(registry, options.profile, user)
  const users: UserManager<AnyUserClass, BaseUser> = new UserManager(user, {
    registry,
    permissions,
    groups,
    created: async (made) => profiles?.makeFor(made.map((one) => one.pk)),
    rightsChanged: (one, relation) => changed(one as PermittedUser, relation),
    withPerm: async (permission, asked) => withPerm(backends, permission, asked),
    accountChanged: (change) => noted.accountChanged(change),
  })
  const makers = options.authenticationBackends ?? [(context: BackendContext) => new ModelBackend(context)]
  const backends = checkBackends(makers.map((make): Backend => make({ registry, users, passwords: passwords.service })))
  const questions = createPermissionQuestions(backends)
  const grants = new GrantReader(registry, user)
  for (const manager of [users, groups, permissions, contentTypes, ...(profiles === null ? [] : [profiles])]) registry.enlist(manager)
  registry.provide(userServices, servicesOfUsers({ keys, passwords, questions, signals }))

  const check = (): SystemCheck[] => [
    ...checkSecretKeys(keys.all),
    ...checkModels(
      registry.models.map((one) => one.meta),
      user,
      backends.every((one) => one instanceof ModelBackend),
    ),
  ]
  refuseErrors(check())
  const isSilenced = ({ id }: SystemCheck): boolean => options.silencedSystemChecks?.includes(id) === true
  let hasAdmin = false
  const clock = registry.clock
  const anonymousUser = new AnonymousUser(questions)
  const pagesOfSite = new PagesOfSite(() => pagesSite)
  const authenticateWith = async (request: unknown, credentials: Credentials) =>
    authenticate(
      { backends, userLoginFailed: signals.userLoginFailed, lockouts: protection.counting, admits: emailSide.admits },
      request,
      credentials,
    )
  const noted = composeEvents({
    options,
    database,
    clock,
    usernameField: user.usernameField,
    signals,
    users: () => users,
    lockouts: () => protection,
    onError,
    findRequest: (request) => requestSide.findRequest(request),
  })
  const requestSide = composeRequests({
    options,
    onError,
    registry,
    users,
    backends,
    anonymousUser,
    keys,
    clock,
    userLoggedIn: signals.userLoggedIn,
    userLoggedOut: signals.userLoggedOut,
    refusalPage: pagesOfSite.refusalPage,
    authenticate: authenticateWith,
    lockouts: () => protection.counting,
    context: noted.context,
    onRefusal: noted.onRefusal,
    sessionsEnded: noted.sessionsEnded,
    newDevice: async (login) => emailSide.newDevice(login),
  })
  const { ownMigrations, settings, requests, bind, findRequest, ...door } = requestSide
  const protection = composeProtection({
    options,
    database,
    keys,
    clock,
    usernameField: user.usernameField,
    userLockedOut: signals.userLockedOut,
    onError,
    unlocked: noted.unlocked,
    findRequest,
    requestOf: door.requestOf,
  })
  const emailSide = composeEmails({
    options,
    settings,
    registry,
    users,
    groups,
    keys,
    clock,
    resetLinks: requestSide.resetTokens,
    sessions: requestSide.sessions,
    signals,
    limits: () => protection.siteLimits,
    lockouts: protection.lockoutsOfSite,
    hasPages: () => pagesOfSite.hasPages,
    onError,
    events: noted.events,
    findRequest,
  })
  const { mailer } = emailSide
  const { forms, media, files, mailResetLink } = composeForms({
    mailer,
    changesEmailByLink: emailSide.settings.verification,
    reservedNames: emailSide.registration.reservedNames,
    media: options.media,
    settings,
    registry,
    users,
    profiles,
    passwords: passwords.service,
    passwordValidators: passwords.validators,
    resetLinks: requestSide.resetTokens,
    clock,
    authenticate: authenticateWith,
    checkPassword: async (request, who, password) => {
      const isRight = await reauthenticate(protection.counting, request, who, async () => who.checkPassword(password))
      if (!isRight) noted.passwordRefused(who, request)
      return isRight
    },
    limits: protection.siteLimits,
    onError,
    events: noted.events,
  })
  const schema = createLateSchema({
    registry,
    djangoApps: apps,
    ownMigrations: [...ownMigrations, ...protection.migrations, ...noted.migrations, ...emailSide.migrations],
    afterMigrate: [async () => void (await createPermissions(registry, contentTypes)), async () => void (await profiles?.backfill())],
  })
  const personalData = new PersonalDataService({
    registry,
    users,
    profiles,
    contentTypes,
    sessions: requestSide.sessions,
    lockouts: protection.lockouts,
    storage: media?.storage ?? null,
    clock,
    onError,
    parts: [emailSide.personalData, noted.personalData, ...((options.personalData ?? []) as readonly PersonalDataPart[])],
    objects: (model) => managerOf(registry, model),
  })
  const names = new Set([...declaredPermissionNames(registry), ...(options.permissions ?? [])])
  /** What the pages of an account and those of the staff are both made of. */
  const served = {
    settings,
    requests,
    forms,
    user,
    profiles,
    sessions: requestSide.sessions,
    resetLinks: requestSide.resetTokens,
    clock,
    events: noted.events,
    login: door.login,
    logout: door.logout,
    updateSessionAuthHash: door.updateSessionAuthHash,
    passwordChanged: emailSide.tellPasswordChanged,
  }
  const adminParts: AdminParts = {
    ...served,
    registry,
    users,
    groups,
    permissions,
    contentTypes,
    backends,
    files,
    mailer,
    passwords: passwords.service,
    lockouts: protection.lockouts,
    objects: (model) => managerOf(registry, model),
    atomic: async (work) => database.atomic(work),
    explain: async (who, permission) => explain({ grants, backends }, who, permission),
    mailResetLink,
  }
  const pagesSite: PagesSite = {
    ...served,
    storage: media?.storage ?? null,
    emailSide,
    unlockLinks: emailSide.unlockLinks,
    backend: backends[0]?.path ?? '',
    rememberDevice: (who, request) => protection.counting?.remember(request, who),
    personalData,
    limits: protection.siteLimits,
  }

  return {
    users,
    groups,
    permissions,
    contentTypes,
    signals,
    db: database.kysely,
    anonymousUser,
    passwordValidators: passwords.validators,
    internals: { registry, user, backends, keys, passwords: passwords.service, requests, bind, settings, media },
    ...door,
    personalData,
    lockouts: protection.lockouts,
    rateLimit: protection.rateLimit,
    events: noted.events,
    forms,
    mailer,
    emails: emailSide.emails,
    invitations: emailSide.invitations,
    admin: (adminOptions: AdminOptions = {}) => {
      hasAdmin = true
      return new AdminSite(adminParts, adminOptions, (registered) => registerDefaults(registered, user, options.profile ?? null))
    },
    pages: (pagesOptions?: PagesOptions) => pagesOfSite.accountPages(pagesOptions),
    idle: async () => {
      await requests.core.visits.idle()
      await emailSide.idle()
      await noted.events.idle()
    },
    get profiles(): ProfileManager {
      if (profiles === null) throw new ImproperlyConfigured('This site has no profile model. Pass one as `profile` to portcullis().')
      return profiles
    },
    objects: (model: AnyModelClass): Manager => managerOf(registry, model),
    atomic: <T>(work: () => Promise<T>): Promise<T> => database.atomic(work),
    authenticate: authenticateWith,
    isPermission: (name: string): boolean => names.has(name),
    explain: async (who: BaseUser | AnonymousUser, permission: string, object?: unknown) => explain({ grants, backends }, who, permission, object),
    validatePassword: async (password: string, about?: object) =>
      validatePassword(password, { validators: passwords.validators, ...(about === undefined ? {} : { user: about }) }),
    migrate: schema.migrate,
    migrationPlan: schema.plan,
    check: () => check().filter((one) => !isSilenced(one)),
    checkDeployment: async (machine?: Partial<Machine>) => {
      const { checkDeployment } = await import('./deployment/deployment.js')
      const fallbackKeys = keys.all.length - 1
      const facts = { options, settings, passwords, fallbackKeys, mail: mailer.transport, models: registry.models, hasAdmin }
      return checkDeployment(facts, machine).filter((one) => !isSilenced(one))
    },
    close: async () => {
      await requests.core.visits.idle()
      await emailSide.close()
      await noted.events.close()
      await database.close()
    },
  } satisfies Record<Exclude<keyof Portcullis<SiteTypes>, '$types'>, unknown>
}

/** The manager of a model: the one enlisted, which relations load through too. */
function managerOf(registry: ModelRegistry, model: AnyModelClass): Manager {
  if (registry.find(model.label) !== model) throw new ImproperlyConfigured(`${model.label} is not a model of this site. Add it to \`models\`.`)
  const known = registry.loaderOf(model)
  if (known instanceof Manager) return known
  const made = new Manager(registry, model)
  registry.enlist(made)
  return made
}

/** A site that could not keep its promises does not start. */
function refuseErrors(checks: readonly SystemCheck[]): void {
  const errors = checks.filter((one) => one.level === 'error' || one.level === 'critical')
  if (errors.length > 0) throw new ImproperlyConfigured(errors.map((one) => `${one.message} ${one.hint} (${one.id})`).join('\n'))
}
