/**
 * The users of a site: created with a hash and a profile in one transaction, found by name or by what they may.
 * @module
 */

import { DoesNotExist, ImproperlyConfigured, problem, ValidationError } from '../base/errors.js'
import type { Secret } from '../base/secret.js'
import { Manager } from '../database/manager.js'
import type { ChangedValues, DeletedRows, FieldsOf, Model } from '../database/model.js'
import type { ModelRegistry, ObjectLoader } from '../database/registry.js'
import type { Where } from '../database/filters.js'
import { makeUnusablePassword } from '../passwords/unusable.js'
import type { BaseUser } from './base-user.js'
import { normalizeEmail } from './email-address.js'
import { normalizeUsername } from './names.js'
import type { Permission, PermissionManager } from './permission.js'
import { PermissionRelation, WatchedRelation, type ChangeListener } from './permission-relation.js'
import type { AnyUserClass, NewUser } from './user.js'
import { userServices } from './user-services.js'

/** What `withPerm` may be told. */
export interface WithPermOptions {
  /** True: active users (the default). False: inactive ones. Null: both. */
  readonly isActive?: boolean | null
  /** Whether superusers, who may everything, are among them. Default true. */
  readonly includeSuperusers?: boolean
  /** The backend to ask, by its path; needed where there are several. */
  readonly backend?: string
  /** An object the permission is about; the model backend knows none and finds nobody. */
  readonly object?: unknown
}

/** What was done to accounts, as far as it decides who may come in and what they may. */
export interface AccountChange {
  readonly what: 'created' | 'written' | 'deleted'
  /** The keys of the accounts; null where a condition said which, and nobody read them. */
  readonly users: readonly unknown[] | null
  readonly count: number
  /** Of `isActive`, `isStaff` and `isSuperuser` those that were given, or that are others now. */
  readonly values: Readonly<Record<string, unknown>>
}

/** Answers `withPerm`; a backend does. */
export type PermissionHolders = (permission: string | Permission, options: WithPermOptions) => Promise<readonly BaseUser[]>

/** What a user manager is made of. */
export interface UserManagerParts {
  readonly registry: ModelRegistry
  readonly permissions: PermissionManager
  readonly groups: ObjectLoader
  /** Runs in the transaction that creates users: makes their profiles. */
  readonly created: (users: readonly BaseUser[]) => Promise<void>
  readonly rightsChanged: (user: BaseUser, relation: 'groups' | 'userPermissions') => ChangeListener
  readonly withPerm: PermissionHolders
  /** Told of accounts that were made one by one, switched on or off, given or denied a flag, or deleted; inside a transaction, before it is committed. */
  readonly accountChanged?: (change: AccountChange) => void
}

/** Columns that decide who may come in and what they may. */
const FLAGS = ['isActive', 'isStaff', 'isSuperuser']

/** Creating many at once: like `NewUser`, and a hash made elsewhere may come as it is. */
export type NewUserInBulk<F> = NewUser<F> & {
  /** A hash in Django's format, of any known algorithm, instead of `password`. */
  readonly encodedPassword?: string
}

/** The users of a site; `I` is what it loads, `P` its permission names. */
export class UserManager<M extends AnyUserClass, I extends BaseUser = InstanceType<M>, P extends string = string> extends Manager<M, I> {
  readonly #parts: UserManagerParts

  constructor(model: M, parts: UserManagerParts) {
    super(parts.registry, model)
    this.#parts = parts
  }

  /**
   * Creates a user and their profile, all or nothing. The name is normalised (NFKC), the address's domain put in lower case, the password
   * hashed; without one the account has no password that could be right. No validator is asked: forms do that, as in Django (U-15).
   *
   * @throws UniqueViolation when the name is taken; ValidationError when a value is missing or does not fit its column
   * @example
   * const ada = await auth.users.createUser({ username: 'ada', password: 'notes on the engine', email: 'ada@example.com' })
   */
  async createUser(values: NewUser<FieldsOf<M>>): Promise<I> {
    const row = this.#prepare(values)
    row.values['password'] = await row.password
    return this.registry.database.atomic(async () => {
      const user = await this.insertOne(row.values)
      await this.#parts.created([user])
      this.#parts.accountChanged?.({ what: 'created', users: [user.pk], count: 1, values: flagsIn(row.values) })
      return user
    })
  }

  /** The same as `createUser`, for people who come from other managers. */
  override async create(values: NewUser<FieldsOf<M>>): Promise<I> {
    return this.createUser(values)
  }

  /** Creates a user who may everything. Throws `ImproperlyConfigured` when `isStaff` or `isSuperuser` is given as false. */
  async createSuperuser(values: NewUser<FieldsOf<M>>): Promise<I> {
    const flags: Record<string, true> = {}
    for (const name of ['isStaff', 'isSuperuser']) {
      if (!this.meta.column.has(name)) continue
      if ((values as Record<string, unknown>)[name] === false)
        throw new ImproperlyConfigured(`A superuser has ${name}: true. Leave it out, or use createUser().`)
      flags[name] = true
    }
    return this.createUser({ ...values, ...flags })
  }

  /** Creates many, all or none, in as few statements as the engine takes. Those without a password get an unusable one. */
  override async bulkCreate(rows: readonly NewUserInBulk<FieldsOf<M>>[]): Promise<I[]> {
    const prepared: object[] = []
    for (const row of rows) {
      const { values, password } = this.#prepare(row)
      // Only hashing is waited for: a turn of the event loop for each of a hundred thousand adds up.
      values['password'] = typeof password === 'string' ? password : await password
      prepared.push(values)
    }
    return this.registry.database.atomic(async () => {
      const users = await this.insertMany(prepared)
      await this.#parts.created(users)
      return users
    })
  }

  /** Writes these columns of every user that fits. The password has `user.setPassword()`. */
  override async update(where: Where<FieldsOf<M>>, values: ChangedValues<Omit<FieldsOf<M>, 'password'>>): Promise<number> {
    refusePassword(values)
    const count = await super.update(where, this.#normalized(values) as ChangedValues<FieldsOf<M>>)
    const flags = flagsIn(values)
    if (count > 0 && Object.keys(flags).length > 0) this.#parts.accountChanged?.({ what: 'written', users: keysIn(where), count, values: flags })
    return count
  }

  override async delete(where: Where<FieldsOf<M>>): Promise<DeletedRows> {
    const deleted = await super.delete(where)
    const count = deleted.byModel[this.model.label] ?? 0
    if (count > 0) this.#parts.accountChanged?.({ what: 'deleted', users: keysIn(where), count, values: {} })
    return deleted
  }

  /** @internal */
  override async deleteObject(object: Model): Promise<DeletedRows> {
    const deleted = await super.deleteObject(object)
    this.#parts.accountChanged?.({ what: 'deleted', users: [object.pk], count: 1, values: {} })
    return deleted
  }

  /** The user of this name, compared by the database (DM-13). Throws `DoesNotExist`. */
  async getByNaturalKey(username: string): Promise<I> {
    const [user] = await this.select({ [this.model.usernameField]: username }, { limit: 1 })
    if (user === undefined) throw new DoesNotExist(`There is no ${this.meta.verboseName} of that name.`)
    return user
  }

  /**
   * Everybody who may, by a grant of their own, through a group, or as a superuser.
   *
   * @example
   * const reviewers = await auth.users.withPerm('shop.publish_product', { includeSuperusers: false })
   */
  async withPerm(permission: P | Permission, options: WithPermOptions = {}): Promise<I[]> {
    return (await this.#parts.withPerm(permission, options)) as I[]
  }

  /** An address as it is stored: trimmed, its domain in lower case (U-8). */
  normalizeEmail(email: string | null | undefined): string {
    return normalizeEmail(email)
  }

  /** A name as it is stored: NFKC (U-7). */
  normalizeUsername(username: string): string {
    return normalizeUsername(username)
  }

  /** @internal */
  override async updateObject(object: Model, values: Readonly<Record<string, unknown>>): Promise<void> {
    refusePassword(values)
    const before = object as unknown as Readonly<Record<string, unknown>>
    const flags = Object.fromEntries(Object.entries(flagsIn(values)).filter(([name, value]) => before[name] !== value))
    await super.updateObject(object, this.#normalized(values))
    if (Object.keys(flags).length > 0) this.#parts.accountChanged?.({ what: 'written', users: [object.pk], count: 1, values: flags })
  }

  /** @internal */
  override relationOf(object: Model, name: string): unknown {
    if (name !== 'groups' && name !== 'userPermissions') return super.relationOf(object, name)
    const relation = this.meta.relations.find((one) => one.name === name)
    if (relation === undefined) return super.relationOf(object, name)
    const through = this.registry.through(this.model, relation)
    const changed = this.#parts.rightsChanged(object as BaseUser, name)
    const parts = { registry: this.registry, through, ownerKey: object.pk }
    if (name === 'userPermissions') return new PermissionRelation({ ...parts, target: this.#parts.permissions }, changed)
    return new WatchedRelation({ ...parts, target: this.#parts.groups }, changed)
  }

  /** Values but for the password, which may take a while. */
  #prepare(given: object): { values: Record<string, unknown>; password: string | Promise<string> } {
    const { password, encodedPassword, ...columns } = given as {
      readonly password?: string | Secret<string> | null
      readonly encodedPassword?: string
    }
    const username = (columns as Record<string, unknown>)[this.model.usernameField]
    if (username === undefined || username === null || username === '') throw new ValidationError(problem('required', {}, this.model.usernameField))
    return { values: this.#normalized(columns), password: this.#encode(password ?? null, encodedPassword) }
  }

  #encode(password: string | Secret<string> | null, encoded: string | undefined): string | Promise<string> {
    if (encoded !== undefined) {
      if (!this.registry.service(userServices).passwords.isKnown(encoded))
        throw new ValidationError(problem('invalid.encoded_password', {}, 'encodedPassword'))
      return encoded
    }
    return password === null ? makeUnusablePassword() : this.registry.service(userServices).passwords.make(password)
  }

  #normalized(values: object): Record<string, unknown> {
    const given = { ...values } as Record<string, unknown>
    const { usernameField, emailField } = this.model
    if (typeof given[emailField] === 'string') given[emailField] = normalizeEmail(given[emailField])
    // A name that is also an address has been treated as one already.
    if (typeof given[usernameField] === 'string') given[usernameField] = normalizeUsername(given[usernameField])
    return given
  }
}

function flagsIn(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => FLAGS.includes(name) && value !== undefined))
}

/** The keys that a condition names, where it names nothing else. */
function keysIn(where: object): readonly unknown[] | null {
  const [only, ...others] = Object.entries(where) as [string, unknown][]
  if (only === undefined || others.length > 0 || only[0] !== 'pk') return null
  const value = only[1]
  if (typeof value !== 'object' || value === null) return [value]
  const { in: keys } = value as { readonly in?: unknown }
  return Array.isArray(keys) ? keys : null
}

function refusePassword(values: object): void {
  if ('password' in values)
    throw new ImproperlyConfigured(
      'A password is not written as it is: use user.setPassword(), or `encodedPassword` of bulkCreate() for a hash made elsewhere.',
    )
}
