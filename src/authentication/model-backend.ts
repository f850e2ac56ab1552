/**
 * The model backend: names and passwords of the user table, rights of Django's grant tables.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { keptWith, PermittedUser } from '../accounts/base-user.js'
import type { Permission } from '../accounts/permission.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager, WithPermOptions } from '../accounts/user-manager.js'
import type { RawPassword, Visitor } from '../accounts/user-services.js'
import { ValidationError } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import type { ModelRegistry } from '../database/registry.js'
import type { PasswordService } from '../passwords/password-service.js'
import type { Backend, BackendReason, Credentials } from './backend.js'
import { accountName } from '../protection/lockouts/account-name.js'
import { readOutside } from './outside-values.js'
import { GrantReader, noPermissions, type PermissionSets } from './permission-sets.js'
import { findHolders } from './with-perm.js'

/** What a backend that reads the user table is made from. */
export interface ModelBackendParts {
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly passwords: PasswordService
}

/**
 * Answers from Django's tables. What a user may is loaded by the first question, in one statement, and kept with that user object
 * until it is let go: a grant made meanwhile is seen when the user is loaded again (P-17).
 *
 * @example
 * const auth = portcullis({ secretKey, database, authenticationBackends: [(site) => new ModelBackend(site)] })
 */
export class ModelBackend implements Backend {
  readonly path: string = 'django.contrib.auth.backends.ModelBackend'
  readonly grants: GrantReader
  protected readonly parts: ModelBackendParts
  /** Under which the sets are kept with a user: what was granted, and everything there is. */
  readonly #granted = {}
  readonly #everything = {}

  constructor(parts: ModelBackendParts) {
    this.parts = parts
    this.grants = new GrantReader(parts.registry, parts.users.model)
  }

  accepts(credentials: Credentials): boolean {
    return this.#usernameOf(credentials) !== null && isPassword(credentials.password)
  }

  /**
   * The user of this name and password. An unknown name, a wrong or unusable password and an inactive account cost the same and answer
   * the same: the password is checked first, the account's state after it (B-1, A1 to A4).
   */
  async authenticate(_request: unknown, credentials: Credentials): Promise<BaseUser | null> {
    const { passwords } = this.parts
    const username = this.#usernameOf(credentials)
    const { password } = credentials
    if (username === null || !isPassword(password)) return null
    const found = await this.#orNull({ [this.#names.usernameField]: username })
    // A collation may hold `groß` for `gros`; a spelling with a count of its own must not reach the account (B8).
    const user = found !== null && accountName(found.getUsername()) === accountName(String(username)) ? found : null
    if (user === null) {
      await passwords.spend(password)
      return null
    }
    const replace = (encoded: string, replaces: string) => this.parts.users.compareAndSet(user, { password: replaces }, { password: encoded })
    const { ok, upgrade } = await passwords.verifyAndUpgrade(password, user.password, replace)
    if (!ok) return null
    // Somebody wrote the password meanwhile: it may be another now, and then the old one is no longer right.
    const current = upgrade === 'overtaken' ? await this.#checkedAgain(user, password) : user
    return current !== null && this.userCanAuthenticate(current) ? current : null
  }

  /** Sessions keep every key as text (L-1), so text is read as the key's own type. */
  async getUser(key: unknown): Promise<BaseUser | null> {
    const { registry, users } = this.parts
    const { meta } = users
    const pk = meta.primaryKey === null ? null : readOutside(registry, meta, meta.primaryKey, key)
    const user = pk === null ? null : await this.#orNull({ pk })
    return user !== null && this.userCanAuthenticate(user) ? user : null
  }

  /** Whether an account in this state is let in. Here: an active one. */
  userCanAuthenticate(user: BaseUser): boolean {
    return user.isActive
  }

  hasPerm(who: Visitor, permission: string, object?: unknown): Promise<boolean> {
    const sets = this.#setsOf(who, object)
    return sets instanceof Promise ? sets.then((loaded) => loaded.has(permission)) : Promise.resolve(sets.has(permission))
  }

  async hasModulePerms(who: Visitor, appLabel: string): Promise<boolean> {
    for (const name of (await this.#setsOf(who, undefined)).all) if (name.slice(0, Math.max(0, name.indexOf('.'))) === appLabel) return true
    return false
  }

  async getUserPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>> {
    return new Set((await this.#setsOf(who, object)).user)
  }

  async getGroupPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>> {
    return new Set((await this.#setsOf(who, object)).group)
  }

  async getAllPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>> {
    return new Set((await this.#setsOf(who, object)).all)
  }

  /** Who may, by their own grants, their groups, or as a superuser (U-18): one statement. */
  async withPerm(permission: string | Permission, options: WithPermOptions): Promise<readonly BaseUser[]> {
    return findHolders(this.parts.users, this.grants.tables, permission, options)
  }

  async explain(who: Visitor, permission: string, object?: unknown): Promise<BackendReason> {
    if (!(who instanceof PermittedUser)) return { reasons: ['It knows no rights of this visitor.'] }
    if (!who.isActive) return { reasons: ['The account is not active: the tables grant it nothing.'] }
    if (object !== undefined && object !== null) return { reasons: ['It was asked about an object, and knows rights on whole models only.'] }
    const { user, group } = await this.#setsOf(who, undefined)
    const reasons: string[] = []
    if (user.has(permission)) reasons.push('Granted to the user directly.')
    if (group.has(permission)) reasons.push('Granted through a group.')
    return { reasons: reasons.length > 0 ? reasons : ['Granted neither directly nor through a group.'] }
  }

  #setsOf(who: Visitor, object: unknown): PermissionSets | Promise<PermissionSets> {
    // The state is asked before the memory, so that switching an account off takes effect on an object that is loaded already.
    if (!(who instanceof PermittedUser) || !who.isActive || (object !== undefined && object !== null)) return noPermissions
    return who.isSuperuser ? kept(who, this.#everything, () => this.grants.readAll()) : kept(who, this.#granted, () => this.grants.read(who))
  }

  get #names(): AnyUserClass {
    return this.parts.users.model
  }

  /** The name in these credentials, in the type of its column; null for what could be nobody's. */
  #usernameOf(credentials: Credentials): string | number | bigint | null {
    const { usernameField, meta } = this.#names
    const column = meta.column.get(usernameField)
    const given = credentials.username ?? credentials[usernameField]
    return column === undefined ? null : readOutside(this.parts.registry, meta, column, given)
  }

  async #checkedAgain(user: BaseUser, password: RawPassword): Promise<BaseUser | null> {
    const fresh = await this.#orNull({ pk: user.pk })
    return fresh !== null && (await this.parts.passwords.check(password, fresh.password)) ? fresh : null
  }

  /** A name or key that could not stand in its column belongs to nobody. */
  async #orNull(where: Readonly<Record<string, unknown>>): Promise<BaseUser | null> {
    try {
      return await this.parts.users.find(where as never)
    } catch (error) {
      if (error instanceof ValidationError) return null
      throw error
    }
  }
}

/** Lets inactive users in too, so that a form can tell them so. They still may nothing. */
export class AllowAllUsersModelBackend extends ModelBackend {
  override readonly path: string = 'django.contrib.auth.backends.AllowAllUsersModelBackend'

  override userCanAuthenticate(): boolean {
    return true
  }
}

function isPassword(value: unknown): value is RawPassword {
  return typeof value === 'string' || value instanceof Secret
}

/** Questions asked at the same time share one statement; a failed one is asked again. What has arrived is kept without its promise. */
function kept(user: BaseUser, key: object, read: () => Promise<PermissionSets>): PermissionSets | Promise<PermissionSets> {
  const memory = keptWith(user)
  const known = memory.get(key) as PermissionSets | Promise<PermissionSets> | undefined
  if (known !== undefined) return known
  const coming = read()
  memory.set(key, coming)
  coming.then(
    (sets) => memory.set(key, sets),
    () => memory.delete(key),
  )
  return coming
}
