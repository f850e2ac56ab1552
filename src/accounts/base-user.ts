/**
 * Users: the three layers of Django's (U-2) as classes. `BaseUser` has a password, `PermittedUser` also has rights,
 * `FullUser` also has a name, an address and the staff flag.
 * @module
 */

import type { DateTime } from '../base/date-time.js'
import { DoesNotExist } from '../base/errors.js'
import { attachedStore, assign, Model, type Relation } from '../database/model.js'
import { isPasswordUsable, makeUnusablePassword } from '../passwords/unusable.js'
import type { Group } from './group.js'
import type { Permission } from './permission.js'
import type { permissionNames, PermissionOf } from './permission-names.js'
import { userServices, type RawPassword, type UserServices } from './user-services.js'

/** What others keep with a user object for as long as it lives, each under a key of its own. */
export let keptWith: (user: BaseUser) => Map<object, unknown>

/** A user with a password and nothing more. */
export abstract class BaseUser extends Model {
  declare static readonly usernameField: string
  declare static readonly emailField: string
  declare static readonly requiredFields: readonly string[]

  /** The encoded hash. Hidden: neither `JSON.stringify` nor `util.inspect` shows it. */
  declare readonly password: string
  declare readonly lastLogin: DateTime | null
  /** Whether the account is in use. Always true where the model has no such column (U-25). */
  declare readonly isActive: boolean
  /** The path of the backend that found this user, once one has. */
  backend: string | null = null
  /** In the object itself: a `WeakMap` of users, who come and go with every request, keeps the collector busy. */
  #kept: Map<object, unknown> | null = null

  static {
    keptWith = (user) => (user.#kept ??= new Map())
  }

  /** Always true: this is somebody. */
  get isAuthenticated(): true {
    return true
  }

  /** Always false. */
  get isAnonymous(): false {
    return false
  }

  /** The name they log in with, as text. */
  getUsername(): string {
    return String(this.#value(this.#class.usernameField) ?? '')
  }

  /** What names this user to people and across databases: one value, the username. */
  naturalKey(): [username: string] {
    return [this.getUsername()]
  }

  /** Tells whether this is the password. A right one whose stored form is out of date is stored anew, unless somebody changed it meanwhile. */
  async checkPassword(raw: RawPassword): Promise<boolean> {
    return this.#services.passwords.check(raw, this.password, (encoded, replaces) => this.#replacePassword(encoded, replaces))
  }

  /**
   * Sets the password; null makes it unusable. No validator is asked: forms do that, as in Django.
   * Ends every session of this user but one that is renewed with `updateSessionAuthHash`.
   */
  async setPassword(raw: RawPassword | null): Promise<void> {
    const { passwords } = this.#services
    await this.#writePassword(await passwords.make(raw))
    if (raw !== null) await passwords.changed(raw, this)
  }

  /** Leaves no password that could be right. On this object at once, in the database when the promise is kept. */
  async setUnusablePassword(): Promise<void> {
    const encoded = makeUnusablePassword()
    assign(this, { password: encoded })
    await this.#writePassword(encoded)
  }

  /** False after `setUnusablePassword()`. */
  hasUsablePassword(): boolean {
    return isPasswordUsable(this.password)
  }

  /** The hash that ties a session to the present password (K-13). */
  getSessionAuthHash(): string {
    return this.#services.sessionAuthHash(this.password)
  }

  /** The same hash under each retired secret key, newest first. */
  getSessionAuthFallbackHash(): string[] {
    return this.#services.sessionAuthFallbackHashes(this.password)
  }

  override toString(): string {
    return this.getUsername()
  }

  /** Only while the old form stands: a reset that happened meanwhile must not be undone (security, finding 2). */
  async #replacePassword(encoded: string, replaces: string): Promise<boolean> {
    return attachedStore(this).compareAndSet(this, { password: replaces }, { password: encoded })
  }

  async #writePassword(encoded: string): Promise<void> {
    const written = await attachedStore(this).compareAndSet(this, {}, { password: encoded })
    if (!written) throw new DoesNotExist('This user is no longer in the database.')
  }

  get #class(): typeof BaseUser {
    return this.constructor as typeof BaseUser
  }

  get #services(): UserServices {
    return servicesOf(this)
  }

  #value(name: string): unknown {
    return (this as unknown as Record<string, unknown>)[name]
  }
}

// On the prototype, so that a model with the column has its own and one without is active.
Object.defineProperty(BaseUser.prototype, 'isActive', { value: true, writable: true, configurable: true, enumerable: false })

/** A user who has rights. */
export abstract class PermittedUser extends BaseUser {
  declare readonly [permissionNames]?: string
  declare readonly isSuperuser: boolean
  declare readonly groups: Relation<typeof Group>
  /** Takes permissions, their keys, or their names: `add('shop.publish_product')`. */
  declare readonly userPermissions: Relation<typeof Permission, Permission | number | PermissionOf<this>>

  /**
   * Tells whether this user may. An active superuser may everything; an inactive user nothing. With an object the model backend says no
   * (P-14): backends that know objects answer.
   *
   * The first question loads everything this user may in one statement; further ones are answered from memory until the user is loaded anew.
   *
   * @example
   * if (!(await user.hasPerm('shop.add_product'))) throw new PermissionDenied({ permission: 'shop.add_product' })
   */
  hasPerm(permission: PermissionOf<this>, object?: unknown): Promise<boolean> {
    return servicesOf(this).permissions.hasPerm(this, permission, object)
  }

  /** Tells whether this user may all of these. Of nothing: yes. */
  async hasPerms(permissions: readonly PermissionOf<this>[], object?: unknown): Promise<boolean> {
    return servicesOf(this).permissions.hasPerms(this, permissions, object)
  }

  /** Tells whether this user may anything in the app. */
  async hasModulePerms(appLabel: string): Promise<boolean> {
    return servicesOf(this).permissions.hasModulePerms(this, appLabel)
  }

  /** What was granted to this user directly. */
  async getUserPermissions(object?: unknown): Promise<ReadonlySet<PermissionOf<this>>> {
    return (await servicesOf(this).permissions.getUserPermissions(this, object)) as ReadonlySet<PermissionOf<this>>
  }

  /** What this user's groups grant. */
  async getGroupPermissions(object?: unknown): Promise<ReadonlySet<PermissionOf<this>>> {
    return (await servicesOf(this).permissions.getGroupPermissions(this, object)) as ReadonlySet<PermissionOf<this>>
  }

  /** Both together. */
  async getAllPermissions(object?: unknown): Promise<ReadonlySet<PermissionOf<this>>> {
    return (await servicesOf(this).permissions.getAllPermissions(this, object)) as ReadonlySet<PermissionOf<this>>
  }
}

/** A user as Django's own: with a name, an address and the staff flag. */
export abstract class FullUser extends PermittedUser {
  declare readonly username: string
  declare readonly firstName: string
  declare readonly lastName: string
  declare readonly email: string
  /** Whether the admin lets them in. */
  declare readonly isStaff: boolean
  declare readonly dateJoined: DateTime

  /** First and last name with a space between, trimmed. */
  getFullName(): string {
    return `${this.firstName} ${this.lastName}`.trim()
  }

  /** The first name. */
  getShortName(): string {
    return this.firstName
  }
}

function servicesOf(user: BaseUser): UserServices {
  return attachedStore(user).registry.service(userServices)
}
