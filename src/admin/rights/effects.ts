/**
 * What a change of rights would mean: who gains and who loses what, apart from what they have otherwise. Nothing is written.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import type { PendingChange } from '../special.js'
import { GRANT_ANY } from './grant-any.js'
import { groupGrants, ownedBy, type Owned } from './grants.js'
import type { PowerReader } from './power.js'

/** So many members of a group are named. */
export const MOST_NAMED = 50
/** Counting stops here: a group of a million is “more than 10,000”. */
export const MOST_COUNTED = 10_000

/** What somebody gains and loses, by permission key. */
export interface Difference {
  readonly gains: readonly number[]
  readonly losses: readonly number[]
}

/** What a change means for one user. */
export interface UserEffect extends Difference {
  /** Taken away in one way, and granted in another all the same. */
  readonly kept: readonly number[]
  /** Whether they are a superuser before and after: then grants are beside the point. */
  readonly superuser: { readonly before: boolean; readonly after: boolean }
}

/** What becomes of a group. */
export interface GroupRights {
  readonly key: number
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

/** What changes of groups mean for a member of any of them. */
export interface MemberEffect extends Difference {
  readonly key: unknown
  readonly name: string
  readonly isSuperuser: boolean
  readonly isActive: boolean
}

/** What changes of groups mean. */
export interface GroupsEffect {
  /** People in any of these groups; more than `MOST_COUNTED` are not counted. */
  readonly memberCount: number
  /** The first of them, by name. */
  readonly members: readonly MemberEffect[]
}

/** Works out what changes would mean, in a constant number of statements. */
export class EffectReader {
  readonly #parts: AdminParts
  readonly #powers: PowerReader

  constructor(parts: AdminParts, powers: PowerReader) {
    this.#parts = parts
    this.#powers = powers
  }

  /** Whether whoever has this permission can come to everything by it. */
  isAlmighty(name: string): boolean {
    if (name === GRANT_ANY) return true
    const { appLabel, modelName } = this.#parts.user.meta
    const byThemselves = [`${appLabel}.change_${modelName}`, 'auth.change_group', 'auth.change_permission']
    return this.#powers.allowEscalation && byThemselves.includes(name)
  }

  /** What a change means for a user. */
  async ofUser(row: Model, { values, relations }: Pick<PendingChange, 'values' | 'relations'>): Promise<UserEffect> {
    const { userPermissions, userGroups } = this.#powers.tables
    const direct = new Set(userPermissions === null ? [] : await this.#keys(ownedBy(userPermissions, [this.#powers.accounts.written(row.pk)])))
    const grants = numbers(relations.get('userPermissions'))
    const groups = numbers(relations.get('groups'))
    const directAfter = applied(direct, grants)
    const viaGroups = new Set(await this.#viaGroups(row))
    const viaKept = groups.removed.length === 0 ? viaGroups : new Set(await this.#viaGroups(row, groups.removed))
    const viaNew =
      userGroups === null || groups.added.length === 0 ? [] : await this.#keys(ownedBy(this.#powers.tables.groupPermissions, groups.added))
    const before = new Set([...direct, ...viaGroups])
    const after = new Set([...directAfter, ...viaKept, ...viaNew])
    const taken = [...grants.removed.filter((key) => direct.has(key)), ...[...viaGroups].filter((key) => !viaKept.has(key))]
    const isSuperuser = (row as unknown as { readonly isSuperuser?: boolean }).isSuperuser === true
    return {
      gains: [...after].filter((key) => !before.has(key)),
      losses: [...before].filter((key) => !after.has(key)),
      kept: [...new Set(taken)].filter((key) => after.has(key)),
      superuser: { before: isSuperuser, after: 'isSuperuser' in values ? values['isSuperuser'] === true : isSuperuser },
    }
  }

  /** What changes of groups mean for the people in them: counted, and the first of them one by one. */
  async ofGroups(changes: readonly GroupRights[]): Promise<GroupsEffect> {
    const { userGroups } = this.#powers.tables
    if (userGroups === null || changes.length === 0) return { memberCount: 0, members: [] }
    const people = await this.#firstMembers(changes.map((one) => one.key))
    const differences = await this.#differences(
      people.map((one) => one.pk),
      changes,
    )
    const members = people.map((one): MemberEffect => {
      const { isSuperuser = false, isActive } = one as unknown as { readonly isSuperuser?: boolean; readonly isActive: boolean }
      const found = differences.get(this.#powers.accounts.textOf(one.pk)) ?? { gains: [], losses: [] }
      return { key: one.pk, name: one.getUsername(), isSuperuser, isActive, ...(isSuperuser ? { gains: [], losses: [] } : found) }
    })
    return { memberCount: people.length < MOST_NAMED ? people.length : await this.countMembers(changes.map((one) => one.key)), members }
  }

  /** Only of permissions that change: whatever else somebody has, they keep. */
  async #differences(users: readonly unknown[], changes: readonly GroupRights[]): Promise<Map<string, Difference>> {
    const touched = [...new Set(changes.flatMap(({ added, removed }) => [...added, ...removed]))]
    const [direct, granting, members] = await this.#grantsAmong(
      users,
      touched,
      changes.map((one) => one.key),
    )
    const removed = new Set(changes.flatMap((one) => one.removed.map((key) => `${one.key} ${key}`)))
    const added = new Map<number, number[]>()
    for (const one of changes) for (const key of one.added) added.set(key, [...(added.get(key) ?? []), one.key])
    const found = new Map<string, Difference>()
    for (const user of users.map((key) => this.#powers.accounts.textOf(key))) {
      const own = members.get(user) ?? new Set<number>()
      const has = (permission: number, isAfter: boolean): boolean =>
        direct.has(`${user} ${permission}`) ||
        [...(granting.get(`${user} ${permission}`) ?? [])].some((group) => !isAfter || !removed.has(`${group} ${permission}`)) ||
        (isAfter && (added.get(permission) ?? []).some((group) => own.has(group)))
      found.set(user, {
        gains: touched.filter((one) => has(one, true) && !has(one, false)),
        losses: touched.filter((one) => has(one, false) && !has(one, true)),
      })
    }
    return found
  }

  /** Of these users: permissions they hold directly, groups by which they hold them, and which of some groups they are in. */
  async #grantsAmong(
    users: readonly unknown[],
    permissions: readonly number[],
    groups: readonly number[],
  ): Promise<[direct: Set<string>, granting: Map<string, Set<number>>, members: Map<string, Set<number>>]> {
    const { userGroups, userPermissions, groupPermissions: gp } = this.#powers.tables
    const [direct, granting, members] = [new Set<string>(), new Map<string, Set<number>>(), new Map<string, Set<number>>()]
    if (userGroups === null || users.length === 0) return [direct, granting, members]
    const { database } = this.#parts.registry
    const owners = users.map((key) => this.#powers.accounts.written(key))
    const textOf = (owner: unknown): string => this.#powers.accounts.textOfRow(owner)
    for (const part of chunks(permissions, KEYS_AT_ONCE)) {
      if (userPermissions !== null)
        for (const { owner, key } of await database.execute(
          sql<Owned>`${ownedBy(userPermissions, owners)} and ${sql.ref(userPermissions.targetColumn)} in (${sql.join([...part])})`,
        ))
          direct.add(`${textOf(owner)} ${Number(key)}`)
      const rows = await database.execute(
        sql<
          Owned & { group: unknown }
        >`select ${sql.ref(`ug.${userGroups.sourceColumn}`)} as ${sql.ref('owner')}, ${sql.ref(`gp.${gp.sourceColumn}`)} as ${sql.ref('group')}, ${sql.ref(`gp.${gp.targetColumn}`)} as ${sql.ref('key')} from ${groupGrants(userGroups, gp)} where ${sql.ref(`ug.${userGroups.sourceColumn}`)} in (${sql.join(owners)}) and ${sql.ref(`gp.${gp.targetColumn}`)} in (${sql.join([...part])})`,
      )
      for (const { owner, group, key } of rows) note(granting, `${textOf(owner)} ${Number(key)}`, Number(group))
    }
    const rows = await database.execute(
      sql<Owned>`${ownedBy(userGroups, owners)} and ${sql.ref(userGroups.targetColumn)} in (${sql.join([...groups])})`,
    )
    for (const { owner, key } of rows) note(members, textOf(owner), Number(key))
    return [direct, granting, members]
  }

  /** What a user's groups grant, but for some of these. */
  async #viaGroups(row: Model, except: readonly number[] = []): Promise<number[]> {
    const { userGroups, groupPermissions: gp } = this.#powers.tables
    if (userGroups === null) return []
    const others = except.length === 0 ? sql`` : sql` and ${sql.ref(`ug.${userGroups.targetColumn}`)} not in (${sql.join([...except])})`
    return this.#keys(
      sql<{
        key: unknown
      }>`select distinct ${sql.ref(`gp.${gp.targetColumn}`)} as ${sql.ref('key')} from ${groupGrants(userGroups, gp)} where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${this.#powers.accounts.written(row.pk)}${others}`,
    )
  }

  async #keys(statement: RawBuilder<{ readonly key: unknown }>): Promise<number[]> {
    return (await this.#parts.registry.database.execute(statement)).map((one) => Number(one.key))
  }

  async #firstMembers(groups: readonly number[]) {
    const { users, registry } = this.#parts
    const { meta, model } = users
    const key = sql.ref(`${meta.table}.${meta.primaryKey?.column ?? 'id'}`)
    const name = sql.ref(`${meta.table}.${meta.column.get(model.usernameField)?.column ?? 'id'}`)
    const rows = await registry.database.execute(
      sql<
        Record<string, unknown>
      >`select ${users.selectList()} from ${sql.table(meta.table)} where ${key} in (${this.#memberKeys(groups)}) order by ${name} limit ${MOST_NAMED}`,
    )
    return rows.map((row) => users.load(row))
  }

  /** How many people are in any of these groups, counted no further than one more than `MOST_COUNTED`. */
  async countMembers(groups: readonly number[]): Promise<number> {
    const [row] = await this.#parts.registry.database.execute(
      sql<{ n: unknown }>`select count(*) as ${sql.ref('n')} from (${this.#memberKeys(groups)} limit ${MOST_COUNTED + 1}) as ${sql.ref('counted')}`,
    )
    return Number(row?.n ?? 0)
  }

  #memberKeys(groups: readonly number[]) {
    const { userGroups } = this.#powers.tables
    if (userGroups === null) return sql`select null where 1 = 0`
    const { table, sourceColumn, targetColumn } = userGroups
    return sql`select distinct ${sql.ref(sourceColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(targetColumn)} in (${sql.join([...groups])})`
  }
}

interface NumberChange {
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

function numbers(change: { readonly added: readonly unknown[]; readonly removed: readonly unknown[] } | undefined): NumberChange {
  return { added: (change?.added ?? []).map(Number), removed: (change?.removed ?? []).map(Number) }
}

function applied(keys: ReadonlySet<number>, { added, removed }: NumberChange): Set<number> {
  const after = new Set(keys)
  for (const key of removed) after.delete(key)
  for (const key of added) after.add(key)
  return after
}

function note(map: Map<string, Set<number>>, key: string, value: number): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, new Set([value]))
  else known.add(value)
}
