/**
 * What a change of rights would mean: who gains and who loses what, apart from what they have otherwise. Nothing is written.
 * @module
 */

import { sql } from 'kysely'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import type { PendingChange } from '../special.js'
import { GRANT_ANY } from './grant-any.js'
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
    const grants = await this.#powers.grantsTo([row.pk])
    const direct = new Set(grants.permissions.map((one) => Number(one.key)))
    const groups = new Set(grants.groups.map((one) => Number(one.key)))
    const directAfter = applied(direct, numbers(relations.get('userPermissions')))
    const groupsAfter = applied(groups, numbers(relations.get('groups')))
    const byGroup = await this.#powers.byGroup([...new Set([...groups, ...groupsAfter])])
    const before = union(direct, groups, byGroup)
    const after = union(directAfter, groupsAfter, byGroup)
    const taken = new Set([...direct].filter((key) => !directAfter.has(key)))
    for (const group of groups) if (!groupsAfter.has(group)) for (const key of byGroup.get(String(group)) ?? []) taken.add(key)
    const isSuperuser = (row as unknown as { readonly isSuperuser?: boolean }).isSuperuser === true
    return {
      ...difference(before, after),
      kept: [...taken].filter((key) => after.has(key)),
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
      const found = differences.get(this.#powers.textOf(one.pk)) ?? { gains: [], losses: [] }
      return { key: one.pk, name: one.getUsername(), isSuperuser, isActive, ...(isSuperuser ? { gains: [], losses: [] } : found) }
    })
    return { memberCount: people.length < MOST_NAMED ? people.length : await this.countMembers(changes.map((one) => one.key)), members }
  }

  async #differences(users: readonly unknown[], changes: readonly GroupRights[]): Promise<Map<string, Difference>> {
    const found = new Map<string, Difference>()
    if (users.length === 0) return found
    const grants = await this.#powers.grantsTo(users)
    const byGroup = await this.#powers.byGroup([...new Set(grants.groups.map((one) => Number(one.key)))])
    const later = new Map(byGroup)
    for (const { key, added, removed } of changes) later.set(String(key), applied(byGroup.get(String(key)) ?? new Set(), { added, removed }))
    for (const key of users) {
      const text = this.#powers.textOf(key)
      const direct = new Set(grants.permissions.filter((one) => String(one.owner) === text).map((one) => Number(one.key)))
      const groups = new Set(grants.groups.filter((one) => String(one.owner) === text).map((one) => Number(one.key)))
      found.set(text, difference(union(direct, groups, byGroup), union(direct, groups, later)))
    }
    return found
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

function union(direct: ReadonlySet<number>, groups: ReadonlySet<number>, byGroup: ReadonlyMap<string, ReadonlySet<number>>): Set<number> {
  const all = new Set(direct)
  for (const group of groups) for (const key of byGroup.get(String(group)) ?? []) all.add(key)
  return all
}

function difference(before: ReadonlySet<number>, after: ReadonlySet<number>): Difference {
  return { gains: [...after].filter((key) => !before.has(key)), losses: [...before].filter((key) => !after.has(key)) }
}
