/**
 * User models: Django's own, and the means to declare another.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { Fields, Label, ModelOptions } from '../database/declaration.js'
import { Field, type DefaultContext } from '../database/field.js'
import { autoField, booleanField, charField, dateTimeField, emailField, manyToManyField, type FieldOf, type ManyToMany } from '../database/fields.js'
import type { ModelMeta } from '../database/meta.js'
import { defineModel, type AllValues, type ChangedValues, type KeyValue, type NewValues, type Relations } from '../database/model.js'
import { BaseUser, FullUser, PermittedUser } from './base-user.js'
import { Group } from './group.js'
import { unicodeUsernameValidator } from './names.js'
import { Permission } from './permission.js'
import type { RawPassword } from './user-services.js'

/** Options of a user model, beyond those of any model. */
export interface UserOptions extends ModelOptions {
  /** The property they log in with; its column must be unique. Default: `username`. */
  readonly usernameField?: string
  /** The property that holds their address. Default: `email`. */
  readonly emailField?: string
  /** What `createsuperuser` asks for besides the username and the password. Default: `['email']`, or nothing for `abstractBaseUser`. */
  readonly requiredFields?: readonly string[]
  /** Columns and relations beyond those every user has. */
  readonly fields?: Fields
}

const password: Field<FieldOf<string, { readonly maxLength: 128 }>> = new Field({ kind: 'char', maxLength: 128, hidden: true })

const baseFields = {
  password,
  lastLogin: dateTimeField({ null: true, blank: true, label: 'last login' }),
}

const permissionFields = {
  isSuperuser: booleanField({ default: false, label: 'superuser status', helpText: 'May do everything, without being granted anything.' }),
}

const rightsFields: { readonly groups: ManyToMany<typeof Group>; readonly userPermissions: ManyToMany<typeof Permission> } = {
  groups: manyToManyField(() => Group, { blank: true, helpText: 'The groups this user belongs to; what they grant, the user may.' }),
  userPermissions: manyToManyField(() => Permission, { blank: true, label: 'user permissions', helpText: 'What is granted to this user directly.' }),
}

const fullFields = {
  username: charField({
    maxLength: 150,
    unique: true,
    validators: [unicodeUsernameValidator],
    helpText: 'Up to 150 letters and digits, and @ . + - _',
  }),
  firstName: charField({ maxLength: 150, blank: true, label: 'first name' }),
  lastName: charField({ maxLength: 150, blank: true, label: 'last name' }),
  email: emailField({ blank: true, label: 'e-mail address' }),
  isStaff: booleanField({ default: false, label: 'staff status', helpText: 'May enter the admin.' }),
  isActive: booleanField({ default: true, label: 'active', helpText: 'Takes part at all. Switch this off instead of deleting an account.' }),
  dateJoined: dateTimeField({ default: ({ now }: DefaultContext) => now, label: 'date joined' }),
}

/** The columns of `abstractBaseUser`. */
export type BaseUserFields = typeof baseFields
/** The columns and relations of rights. */
export type PermissionFields = typeof permissionFields & typeof rightsFields
/** The columns and relations of `abstractUser`, which are those of Django's own user. */
export type UserFields = BaseUserFields & PermissionFields & typeof fullFields

type FieldsIn<O> = O extends { readonly fields: infer F } ? F : unknown

/** A class made by `abstractUser()` or `abstractBaseUser()`; `Parent` holds its methods. */
export interface UserClass<L extends Label, O, F, Parent> {
  new (row: Readonly<Record<string, unknown>>): UserInstance<F, Parent>
  readonly prototype: UserInstance<F, Parent>
  readonly label: L
  readonly options: O & ModelOptions
  readonly meta: ModelMeta
  readonly usernameField: string
  readonly emailField: string
  readonly requiredFields: readonly string[]
  readonly $fields: F
}

/** A user with the columns `F`. */
export type UserInstance<F, Parent> = Parent &
  Omit<AllValues<F>, keyof Parent> &
  Omit<Relations<F>, keyof Parent> & {
    /** The primary key, whatever its name. */
    readonly pk: KeyValue<F>
    /** Writes these columns and no others, and sets them on this object. The password has `setPassword()`. */
    update(values: ChangedValues<Omit<F, 'password'>>): Promise<void>
  }

/** Any user model's class. */
export interface AnyUserClass {
  new (row: Readonly<Record<string, unknown>>): BaseUser
  readonly prototype: BaseUser
  readonly label: Label
  readonly options: ModelOptions
  readonly meta: ModelMeta
  readonly usernameField: string
  readonly emailField: string
  readonly requiredFields: readonly string[]
  readonly $fields: unknown
}

/** What creating a user takes: what the model requires, and the password in the clear; null or none makes it unusable. */
export type NewUser<F> = NewValues<Omit<F, 'password'>> & { readonly password?: RawPassword | null }

/**
 * Declares a user model with everything Django's own has, and more: `class User extends abstractUser('shop.User', { fields: … }) {}`.
 * Its table is `shop_user`; groups and permissions stay Django's.
 *
 * @throws ImproperlyConfigured when `usernameField` or `requiredFields` name no field
 * @example
 * class User extends abstractUser('shop.User', { fields: { phone: charField({ maxLength: 20, blank: true }) } }) {
 *   get displayName() { return this.getFullName() || this.username }
 * }
 */
export function abstractUser<const L extends Label, const O extends UserOptions = {}>(
  label: L,
  options?: O,
): UserClass<L, O, UserFields & FieldsIn<O>, FullUser> {
  const given: UserOptions = options ?? {}
  refuseRights(label, given.fields)
  return defineUser(
    label,
    { requiredFields: ['email'], ...given },
    { ...baseFields, ...permissionFields, ...fullFields, ...given.fields, ...rightsFields },
    FullUser,
  ) as never
}

/**
 * Declares a user model from the ground: a password, a last login, and what you add. `usernameField` names the field to log in with.
 * With `withPermissions: true` it also has the superuser flag, groups and permissions.
 *
 * @throws ImproperlyConfigured when `usernameField` is missing or not unique
 * @example
 * class Member extends abstractBaseUser('club.Member', {
 *   fields: { id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }), email: emailField({ unique: true }) },
 *   usernameField: 'email',
 *   withPermissions: true,
 * }) {}
 */
export function abstractBaseUser<
  const L extends Label,
  const O extends UserOptions & { readonly usernameField: string; readonly withPermissions: true },
>(label: L, options: O): UserClass<L, O, BaseUserFields & PermissionFields & FieldsIn<O>, PermittedUser>
export function abstractBaseUser<const L extends Label, const O extends UserOptions & { readonly usernameField: string }>(
  label: L,
  options: O,
): UserClass<L, O, BaseUserFields & FieldsIn<O>, BaseUser>
export function abstractBaseUser(label: Label, options: UserOptions & { readonly withPermissions?: boolean }): AnyUserClass {
  const permitted = options.withPermissions === true
  if (permitted) refuseRights(label, options.fields)
  const fields = { ...baseFields, ...(permitted ? permissionFields : {}), ...options.fields, ...(permitted ? rightsFields : {}) }
  return defineUser(label, { requiredFields: [], ...options }, fields, permitted ? PermittedUser : BaseUser)
}

/** Django's own user, on `auth_user`: the model of a site that names no other. */
export class User extends (defineUser(
  'auth.User',
  { requiredFields: ['email'] },
  { id: autoField(), ...baseFields, ...permissionFields, ...fullFields, ...rightsFields },
  FullUser,
) as unknown as UserClass<'auth.User', {}, UserFields & { readonly id: ReturnType<typeof autoField> }, FullUser>) {}

function defineUser(
  label: Label,
  options: UserOptions,
  fields: Fields,
  parent: abstract new (row: Readonly<Record<string, unknown>>) => BaseUser,
): AnyUserClass {
  if ('backend' in fields) throw new ImproperlyConfigured(`${label} cannot have a field named “backend”: it tells which backend found the user.`)
  // A password declared anew, for another column or length, is as secret as the one it replaces.
  const hash = fields['password'] instanceof Field ? new Field({ ...fields['password'].settings, hidden: true }) : password
  const defined = defineModel(label, { ...options, fields: { ...fields, password: hash } }, parent) as unknown as AnyUserClass
  const { usernameField = 'username', emailField: address = 'email', requiredFields = [] } = options
  const named = defined.meta.column.get(usernameField)
  if (named === undefined) throw new ImproperlyConfigured(`${label} has no field “${usernameField}”, which its \`usernameField\` names.`)
  for (const name of requiredFields) {
    if (!defined.meta.column.has(name)) throw new ImproperlyConfigured(`${label} has no field “${name}”, which its \`requiredFields\` name.`)
    if (name === usernameField || name === 'password')
      throw new ImproperlyConfigured(`${label}: \`requiredFields\` must not name “${name}”: it is always asked for (auth.E002).`)
  }
  return Object.assign(defined, { usernameField, emailField: address, requiredFields })
}

/** Groups and permissions are Django's tables, which everything here relies on. */
function refuseRights(label: Label, fields: Fields | undefined): void {
  for (const name of Object.keys(rightsFields)) {
    if (fields !== undefined && Object.hasOwn(fields, name))
      throw new ImproperlyConfigured(`${label} declares “${name}”, which every user with rights has already. Choose another name.`)
  }
}
