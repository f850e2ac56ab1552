/**
 * Everything that somebody may, with where each of it comes from; a page at a time, whatever there is.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { PermittedUser, type BaseUser } from '../../accounts/base-user.js'
import { Group } from '../../accounts/group.js'
import { isAlmighty } from '../../authentication/permission-questions.js'
import type { AdminParts } from '../admin-parts.js'
import { groupGrants } from './grants.js'
import { PERMISSIONS, PERMISSION_COLUMNS, PERMISSION_ORDER, permissionContains, type PermissionRow } from './permission-rows.js'
import type { PowerReader } from './power.js'

/** Permissions on a page. */
export const EFFECTIVE_PAGE = 100
/** Of a permission, so many groups are named; who is in a thousand groups has most of them for the same. */
export const MOST_SOURCES = 5
/** What other backends say beyond the tables; a list that is longer is not looked through on a page. */
const MOST_ELSEWHERE = 500

/** A permission somebody has, and where from. */
export interface EffectivePermission extends PermissionRow {
  readonly isDirect: boolean
  /** The first groups that grant it, by name. */
  readonly groups: readonly { readonly key: number; readonly name: string }[]
  readonly groupCount: number
}

/** A page of what somebody may. */
export interface EffectivePage {
  /** Whether they have everything, granted or not. */
  readonly isSuperuser: boolean
  readonly permissions: readonly EffectivePermission[]
  readonly hasMore: boolean
  /** Names that backends grant beyond the tables, in order. */
  readonly elsewhere: readonly string[]
}

/** Reads what somebody may. */
export class EffectiveReader {
  readonly #parts: AdminParts
  readonly #powers: PowerReader

  constructor(parts: AdminParts, powers: PowerReader) {
    this.#parts = parts
    this.#powers = powers
  }

  /** A page of it, those that contain a text: three statements at most, besides what backends ask. */
  async page(user: BaseUser, { search, page }: { readonly search: string; readonly page: number }): Promise<EffectivePage> {
    const isSuperuser = isAlmighty(user)
    const found = await this.#permissions(user, isSuperuser, search, page)
    const shown = found.slice(0, EFFECTIVE_PAGE)
    const groups = await this.#groupsOf(
      user,
      shown.filter((one) => one.groupCount > 0).map((one) => one.key),
    )
    return {
      isSuperuser,
      permissions: shown.map((one) => ({ ...one, groups: groups.get(one.key) ?? [] })),
      hasMore: found.length > EFFECTIVE_PAGE,
      elsewhere: isSuperuser ? [] : await this.#elsewhere(user, search),
    }
  }

  async #permissions(user: BaseUser, isSuperuser: boolean, search: string, page: number): Promise<Omit<EffectivePermission, 'groups'>[]> {
    const { userGroups, userPermissions, groupPermissions: gp } = this.#powers.tables
    if (userGroups === null || userPermissions === null) return []
    const { database } = this.#parts.registry
    const owner = this.#powers.accounts.written(user.pk)
    const direct = sql`select ${sql.ref(userPermissions.targetColumn)} as ${sql.ref('permission')}, 1 as ${sql.ref('own')}, 0 as ${sql.ref('shared')} from ${sql.table(userPermissions.table)} where ${sql.ref(userPermissions.sourceColumn)} = ${owner}`
    const viaGroups = sql`select ${sql.ref(`gp.${gp.targetColumn}`)} as ${sql.ref('permission')}, 0 as ${sql.ref('own')}, 1 as ${sql.ref('shared')} from ${groupGrants(userGroups, gp)} where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${owner}`
    const grants = sql`(select ${sql.ref('permission')}, sum(${sql.ref('own')}) as ${sql.ref('own')}, sum(${sql.ref('shared')}) as ${sql.ref('shared')} from (${direct} union all ${viaGroups}) as ${sql.ref('one')} group by ${sql.ref('permission')}) as ${sql.ref('s')}`
    const joined = sql`${PERMISSIONS} ${isSuperuser ? sql`left join` : sql`join`} ${grants} on ${sql.ref('s.permission')} = ${sql.ref('p.id')}`
    const rows = await database.execute(
      sql<
        PermissionRow & { own: unknown; shared: unknown }
      >`select ${PERMISSION_COLUMNS}, ${sql.ref('s.own')} as ${sql.ref('own')}, ${sql.ref('s.shared')} as ${sql.ref('shared')} from ${joined}${this.#where(search)} order by ${PERMISSION_ORDER} limit ${EFFECTIVE_PAGE + 1} offset ${(page - 1) * EFFECTIVE_PAGE}`,
    )
    return rows.map(({ key, app, model, codename, name, own, shared }) => ({
      key: Number(key),
      app,
      model,
      codename,
      name,
      isDirect: Number(own ?? 0) > 0,
      groupCount: Number(shared ?? 0),
    }))
  }

  #where(search: string): RawBuilder<unknown> {
    return search === '' ? sql`` : sql` where ${permissionContains(this.#parts.registry.database, search)}`
  }

  /** The first groups that grant each of these: numbered by the database, so that a thousand groups cost no thousand rows. */
  async #groupsOf(user: BaseUser, permissions: readonly number[]): Promise<Map<number, { key: number; name: string }[]>> {
    const found = new Map<number, { key: number; name: string }[]>()
    const { userGroups, groupPermissions: gp } = this.#powers.tables
    if (userGroups === null || permissions.length === 0) return found
    const numbered = sql`select ${sql.ref(`gp.${gp.targetColumn}`)} as ${sql.ref('permission')}, ${sql.ref('g.id')} as ${sql.ref('id')}, ${sql.ref('g.name')} as ${sql.ref('name')}, row_number() over (partition by ${sql.ref(`gp.${gp.targetColumn}`)} order by ${sql.ref('g.name')}) as ${sql.ref('place')} from ${groupGrants(userGroups, gp)} join ${sql.table(Group.meta.table)} as ${sql.ref('g')} on ${sql.ref('g.id')} = ${sql.ref(`ug.${userGroups.targetColumn}`)} where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${this.#powers.accounts.written(user.pk)} and ${sql.ref(`gp.${gp.targetColumn}`)} in (${sql.join([...permissions])})`
    const rows = await this.#parts.registry.database.execute(
      sql<{
        permission: unknown
        id: unknown
        name: string
      }>`select ${sql.ref('permission')}, ${sql.ref('id')}, ${sql.ref('name')} from (${numbered}) as ${sql.ref('numbered')} where ${sql.ref('place')} <= ${MOST_SOURCES} order by ${sql.ref('place')}`,
    )
    for (const { permission, id, name } of rows) found.set(Number(permission), [...(found.get(Number(permission)) ?? []), { key: Number(id), name }])
    return found
  }

  /** What backends grant that the tables do not. */
  async #elsewhere(user: BaseUser, search: string): Promise<string[]> {
    if (this.#powers.goesByTables || !(user instanceof PermittedUser)) return []
    const all = await user.getAllPermissions()
    const wanted = [...all].filter((name) => search === '' || name.includes(search))
    const keys = await this.#powers.heldBy(user)
    const granted = new Set((await this.#powers.names([...keys])).values())
    return wanted
      .filter((name) => !granted.has(name))
      .toSorted()
      .slice(0, MOST_ELSEWHERE)
  }
}
