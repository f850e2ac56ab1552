/**
 * What a user may by Django's tables: one statement for a user's own grants and those of the groups together.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { BaseUser } from '../accounts/base-user.js'
import { ContentType } from '../accounts/content-type.js'
import { Group } from '../accounts/group.js'
import { Permission } from '../accounts/permission.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { codecFor } from '../database/filters.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry, Through } from '../database/registry.js'
import { StatementCache } from '../database/statements.js'

/** A user's permissions by where they come from, as `'app.codename'`. */
export interface PermissionSets {
  readonly user: ReadonlySet<string>
  readonly group: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

/** The tables between users, groups and permissions of a site. */
export interface GrantTables {
  /** Null for a user model without rights. */
  readonly userGroups: Through | null
  readonly userPermissions: Through | null
  readonly groupPermissions: Through
}

const NOTHING: ReadonlySet<string> = new Set()

/** What somebody without any grant may. */
export const noPermissions: PermissionSets = { user: NOTHING, group: NOTHING, all: NOTHING }

interface Named {
  readonly app: string
  readonly codename: string
}

interface Grant extends Named {
  readonly via: number | bigint
}

/** Reads grants; its statements are compiled once. */
export class GrantReader {
  readonly #registry: ModelRegistry
  readonly #statements: StatementCache
  readonly #userKey: (user: BaseUser) => unknown
  readonly tables: GrantTables

  constructor(registry: ModelRegistry, user: AnyModelClass) {
    this.#registry = registry
    this.#statements = new StatementCache(registry.database)
    this.tables = grantTables(registry, user)
    const key = user.meta.primaryKey
    if (key === null) throw new ImproperlyConfigured(`${user.label} declares no fields and cannot be a user.`)
    const codec = codecFor(registry, user.meta, key)
    this.#userKey = (one) => codec.encode(codec.accept(one.pk))
  }

  /** Everything granted to this user and their groups: one statement. */
  async read(user: BaseUser): Promise<PermissionSets> {
    const { userGroups, userPermissions, groupPermissions } = this.tables
    if (userGroups === null || userPermissions === null) return noPermissions
    const key = this.#userKey(user)
    const { rows } = await this.#statements.run<Grant>(
      'grants',
      [key, key],
      () => sql`
      select ${NAME}, 0 as ${sql.ref('via')} from ${sql.table(userPermissions.table)} as ${sql.ref('up')}
      join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`up.${userPermissions.targetColumn}`)} join ${CONTENT_TYPE}
      where ${sql.ref(`up.${userPermissions.sourceColumn}`)} = ${key}
      union all
      select ${NAME}, 1 as ${sql.ref('via')} from ${sql.table(userGroups.table)} as ${sql.ref('ug')}
      join ${sql.table(groupPermissions.table)} as ${sql.ref('gp')}
        on ${sql.ref(`gp.${groupPermissions.sourceColumn}`)} = ${sql.ref(`ug.${userGroups.targetColumn}`)}
      join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`gp.${groupPermissions.targetColumn}`)} join ${CONTENT_TYPE}
      where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${key}`,
    )
    return sorted(rows)
  }

  /** Every permission there is, which is what a superuser has both ways (P-15): one statement. */
  async readAll(): Promise<PermissionSets> {
    const { rows } = await this.#statements.run<Named>('all', [], () => sql`select ${NAME} from ${PERMISSION} join ${CONTENT_TYPE}`)
    const all = new Set(rows.map(nameOf))
    return { user: all, group: all, all }
  }

  /** Whether there is a permission of exactly this name. */
  async exists(permission: string): Promise<boolean> {
    const rows = await this.#registry.database.execute(sql<Named>`select ${NAME} from ${PERMISSION} join ${CONTENT_TYPE} where ${named(permission)}`)
    return rows.some((row) => nameOf(row) === permission)
  }

  /** Every group of this user, and whether it grants exactly this permission: one statement. */
  async groupsOf(user: BaseUser, permission: string): Promise<{ readonly id: number; readonly name: string; readonly grants: boolean }[]> {
    const { userGroups, groupPermissions } = this.tables
    if (userGroups === null) return []
    const granted = sql`
      select ${sql.ref(`gp.${groupPermissions.sourceColumn}`)} as ${sql.ref('owner')}, ${NAME}
      from ${sql.table(groupPermissions.table)} as ${sql.ref('gp')}
      join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`gp.${groupPermissions.targetColumn}`)} join ${CONTENT_TYPE} where ${named(permission)}`
    const rows = await this.#registry.database.execute(sql<{ id: number | bigint; name: string; app: string | null; codename: string | null }>`
      select ${sql.ref('g.id')} as ${sql.ref('id')}, ${sql.ref('g.name')} as ${sql.ref('name')},
        ${sql.ref('x.app')} as ${sql.ref('app')}, ${sql.ref('x.codename')} as ${sql.ref('codename')}
      from ${sql.table(userGroups.table)} as ${sql.ref('ug')}
      join ${sql.table(Group.meta.table)} as ${sql.ref('g')} on ${sql.ref('g.id')} = ${sql.ref(`ug.${userGroups.targetColumn}`)}
      left join (${granted}) as ${sql.ref('x')} on ${sql.ref('x.owner')} = ${sql.ref('g.id')}
      where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${this.#userKey(user)} order by ${sql.ref('g.name')}`)
    const groups = new Map<number, { id: number; name: string; grants: boolean }>()
    for (const { id: key, name, app, codename } of rows) {
      const id = Number(key)
      const group = groups.get(id) ?? { id, name, grants: false }
      groups.set(id, group)
      group.grants ||= app !== null && codename !== null && nameOf({ app, codename }) === permission
    }
    return [...groups.values()]
  }

  /** Whether exactly this permission is granted to this user directly: one statement. */
  async isGrantedDirectly(user: BaseUser, permission: string): Promise<boolean> {
    const { userPermissions } = this.tables
    if (userPermissions === null) return false
    const rows = await this.#registry.database.execute(sql<Named>`
      select ${NAME} from ${sql.table(userPermissions.table)} as ${sql.ref('up')}
      join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`up.${userPermissions.targetColumn}`)} join ${CONTENT_TYPE}
      where ${sql.ref(`up.${userPermissions.sourceColumn}`)} = ${this.#userKey(user)} and ${named(permission)}`)
    return rows.some((row) => nameOf(row) === permission)
  }
}

const NAME = sql`${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('p.codename')} as ${sql.ref('codename')}`
/** The permissions, as `p`. */
export const PERMISSION = sql`${sql.table(Permission.meta.table)} as ${sql.ref('p')}`
/** Their content types, as `ct`, joined. */
export const CONTENT_TYPE = sql`${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} on ${sql.ref('ct.id')} = ${sql.ref('p.content_type_id')}`

/** Neither half of a name is longer: `app_label` and `codename` hold 100 code points, which are at most 200 units of a string. */
const LONGEST_HALF = 200

/** `p` and `ct` have this name. Labels and codenames may hold dots, so every dot may be the one between them. */
export function named(permission: string): RawBuilder<unknown> {
  const halves: RawBuilder<unknown>[] = []
  // What no text column could hold is nobody's name.
  const possible = permission.isWellFormed() && !permission.includes('\0')
  const first = possible ? permission.indexOf('.', permission.length - 1 - LONGEST_HALF) : -1
  for (let dot = first; dot >= 0 && dot <= LONGEST_HALF; dot = permission.indexOf('.', dot + 1)) {
    const [app, codename] = [permission.slice(0, dot), permission.slice(dot + 1)]
    halves.push(sql`(${sql.ref('ct.app_label')} = ${app} and ${sql.ref('p.codename')} = ${codename})`)
  }
  return halves.length === 0 ? sql`1 = 0` : sql`(${sql.join(halves, sql` or `)})`
}

function nameOf({ app, codename }: Named): string {
  return `${app}.${codename}`
}

function sorted(rows: readonly Grant[]): PermissionSets {
  const [user, group] = [new Set<string>(), new Set<string>()]
  for (const row of rows) (Number(row.via) === 0 ? user : group).add(nameOf(row))
  return { user, group, all: new Set([...user, ...group]) }
}

function grantTables(registry: ModelRegistry, user: AnyModelClass): GrantTables {
  const find = (source: AnyModelClass, name: string): Through | null =>
    registry.throughs.find((one) => one.source === source && one.name === name) ?? null
  const groupPermissions = find(Group, 'permissions')
  if (groupPermissions === null) throw new ImproperlyConfigured('This site has no groups. Make sites with portcullis(), which adds Django’s models.')
  return { userGroups: find(user, 'groups'), userPermissions: find(user, 'userPermissions'), groupPermissions }
}
