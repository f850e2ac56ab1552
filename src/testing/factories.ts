/**
 * People for tests, made in a line each: names and addresses of their own, and no password hashed that nobody asked for.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass, NewUser } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import type { Secret } from '../base/secret.js'
import type { FieldsOf } from '../database/model.js'
import type { GroupIn, PermissionIn, Portcullis, SiteInternals, SiteTypes, UserIn } from '../site.js'

/** What a test says of a user; the rest is made up. */
export type UserOverrides<S extends SiteTypes> = Partial<NewUser<FieldsOf<S['user']>>>

/** Makes people and groups of a site. */
export interface Factories<S extends SiteTypes> {
  /** Makes a user. Without `password` none could be right. */
  user(overrides?: UserOverrides<S>): Promise<UserIn<S>>
  /** Makes several, in one statement; a function is told the number of each, from 0. */
  users(count: number, overrides?: UserOverrides<S> | ((index: number) => UserOverrides<S>)): Promise<UserIn<S>[]>
  /** Makes a user who may everything. */
  superuser(overrides?: UserOverrides<S>): Promise<UserIn<S>>
  /** Makes a group that grants these permissions. */
  group(permissions?: readonly PermissionIn<S>[], name?: string): Promise<GroupIn<S>>
}

type Row = Readonly<Record<string, unknown>>

/** Users and groups made so far, by site: two factories of one site do not take each other's names. */
const made = new WeakMap<object, { users: number; groups: number }>()

/**
 * Makes factories of a site, for tests under any runner.
 *
 * @example
 * const factories = createFactories(auth)
 * const ada = await factories.user({ firstName: 'Ada' })
 * const editors = await factories.group(['shop.change_product'])
 * await ada.groups.add(editors)
 */
export function createFactories<S extends SiteTypes>(auth: Portcullis<S>): Factories<S> {
  const model = auth.internals.user
  const users = auth.users as unknown as UserManager<AnyUserClass, BaseUser>
  const groups = auth.groups as unknown as { create(values: { name: string; permissions: readonly string[] }): Promise<unknown> }
  const counter = made.get(auth) ?? { users: 0, groups: 0 }
  made.set(auth, counter)
  const encode = encoder(auth.internals.passwords)

  const row = async (given: Row): Promise<Row> => {
    counter.users += 1
    const { password = null, ...values } = { ...namesOf(model, counter.users), ...given }
    return password === null ? values : { ...values, encodedPassword: await encode(password as string | Secret<string>) }
  }
  const create = async (given: readonly Row[]): Promise<UserIn<S>[]> => {
    const rows: Row[] = []
    for (const one of given) rows.push(await row(one))
    return (await users.bulkCreate(rows as never)) as unknown as UserIn<S>[]
  }
  const createOne = async (given: Row): Promise<UserIn<S>> => {
    const [user] = await create([given])
    if (user === undefined) throw new Error('The site made no user.')
    return user
  }

  return {
    user: async (overrides = {}) => createOne(overrides as Row),
    users: async (count, overrides = {}) => create(Array.from({ length: count }, (_, index) => overridesFor(overrides, index))),
    superuser: async (overrides = {}) => createOne({ ...flagsOf(model), ...overrides }),
    group: async (permissions = [], name = `group ${(counter.groups += 1)}`) => (await groups.create({ name, permissions })) as GroupIn<S>,
  }
}

function overridesFor(overrides: unknown, index: number): Row {
  return (typeof overrides === 'function' ? (overrides as (index: number) => unknown)(index) : overrides) as Row
}

/** A name to log in with and an address, as far as the model has them. */
function namesOf({ usernameField, emailField, meta }: AnyUserClass, number: number): Row {
  const address = `user${number}@example.com`
  const names: Record<string, string> = {}
  if (meta.column.has(emailField)) names[emailField] = address
  names[usernameField] = meta.column.get(usernameField)?.field.settings.kind === 'email' ? address : `user${number}`
  return names
}

function flagsOf({ meta }: AnyUserClass): Row {
  return Object.fromEntries(['isStaff', 'isSuperuser'].filter((name) => meta.column.has(name)).map((name) => [name, true]))
}

/** Tests use one password over and over: each is hashed once for a site, as that site hashes, so that no login renews it. */
function encoder(passwords: SiteInternals['passwords']): (password: string | Secret<string>) => Promise<string> {
  const known = new Map<string, Promise<string>>()
  return async (password) => {
    const text = typeof password === 'string' ? password : password.reveal()
    const encoded = known.get(text) ?? passwords.make(text)
    known.set(text, encoded)
    return encoded
  }
}
