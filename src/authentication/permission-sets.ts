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
import type { Dialect } from '../database/dialects/dialect.js'
import { codecFor } from '../database/filters.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry, Through } from '../database/registry.js'
import { StatementCache } from '../database/statements.js'
import { RememberedGrants, type GrantAnswer } from './remembered-grants.js'

/** A user's permissions by where they come from, as `'app.codename'`. */
export class PermissionSets {
  readonly user: ReadonlySet<string>
  readonly group: ReadonlySet<string>
  #all: ReadonlySet<string> | null = null

  constructor(user: ReadonlySet<string>, group: ReadonlySet<string>) {
    this.user = user
    this.group = group
  }

  has(permission: string): boolean {
    return this.user.has(permission) || this.group.has(permission)
  }

  /** Both together. Made only when asked for: most visitors are asked about a few permissions. */
  get all(): ReadonlySet<string> {
    return (this.#all ??= this.user.size === 0 || this.user === this.group ? this.group : new Set([...this.user, ...this.group]))
  }
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
export const noPermissions = new PermissionSets(NOTHING, NOTHING)

interface Named {
  readonly app: string
  readonly codename: string
}

interface Grant extends Named {
  readonly via: number | bigint
}

type JsonList = NonNullable<Dialect['jsonList']>

/** Names as JSON, or null where they are known already. */
interface Lists {
  readonly own: string | null
  readonly groups: string | null
}

/** Reads grants; its statements are compiled once. */
export class GrantReader {
  readonly #registry: ModelRegistry
  readonly #statements: StatementCache
  readonly #remembered = new RememberedGrants()
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
    if (this.tables.userGroups === null || this.tables.userPermissions === null) return noPermissions
    const key = this.#userKey(user)
    const { database } = this.#registry
    const { jsonList, foreignVersion } = database.dialect
    if (jsonList === null) return this.#readRows(key)
    const unwritten = foreignVersion === null ? null : database.unwritten()
    if (unwritten === null || foreignVersion === null) return this.#readLists(key, jsonList)
    return this.#remembered.read(key, unwritten, (version) => this.#readUnlessKnown(key, version, jsonList, foreignVersion))
  }

  /** Every permission there is, which is what a superuser has both ways (P-15): one statement. */
  async readAll(): Promise<PermissionSets> {
    const { rows } = await this.#statements.run<Named>('all', [], () => sql`select ${NAME} from ${PERMISSION} join ${CONTENT_TYPE}`)
    const all = new Set(rows.map(nameOf))
    return new PermissionSets(all, all)
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

  async #readRows(key: unknown): Promise<PermissionSets> {
    const { rows } = await this.#statements.run<Grant>('rows', [key, key], () => {
      const { own, viaGroups } = grantsFrom(this.tables, key)
      return sql`select ${NAME}, 0 as ${sql.ref('via')} ${own} union all select ${NAME}, 1 as ${sql.ref('via')} ${viaGroups}`
    })
    return sorted(rows)
  }

  async #readLists(key: unknown, jsonList: JsonList): Promise<PermissionSets> {
    const { rows } = await this.#statements.run<Lists>('lists', [key, key], () => {
      const { own, viaGroups } = grantsFrom(this.tables, key)
      const names = jsonList(WHOLE_NAME)
      return sql`select (select ${names} ${own}) as ${sql.ref('own')}, (select ${names} ${viaGroups}) as ${sql.ref('groups')}`
    })
    return setsOf(rows[0])
  }

  /** The lists with the version they are of; no lists where that is `known`. The branch that is not taken is not computed. */
  async #readUnlessKnown(key: unknown, known: number | null, jsonList: JsonList, foreignVersion: RawBuilder<unknown>): Promise<GrantAnswer> {
    const { rows } = await this.#statements.run<Lists & { readonly version: number }>('versioned', [known, key, known, key], () => {
      const { own, viaGroups } = grantsFrom(this.tables, key)
      const unlessKnown = (from: RawBuilder<unknown>): RawBuilder<unknown> =>
        sql`case when ${sql.ref('v.version')} = ${known} then null else (select ${jsonList(WHOLE_NAME)} ${from}) end`
      return sql`select ${sql.ref('v.version')} as ${sql.ref('version')}, ${unlessKnown(own)} as ${sql.ref('own')},
        ${unlessKnown(viaGroups)} as ${sql.ref('groups')} from ${foreignVersion} as ${sql.ref('v')}`
    })
    const row = rows[0]
    return { version: row?.version ?? 0, sets: row?.own === null ? null : setsOf(row) }
  }
}

const NAME = sql`${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('p.codename')} as ${sql.ref('codename')}`
const WHOLE_NAME = sql`${sql.ref('ct.app_label')} || '.' || ${sql.ref('p.codename')}`
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

/** `from … where …`: the permissions of one user, as `p` with `ct`. */
function grantsFrom(tables: GrantTables, key: unknown): { own: RawBuilder<unknown>; viaGroups: RawBuilder<unknown> } {
  const { userGroups, userPermissions, groupPermissions } = tables
  if (userGroups === null || userPermissions === null) throw new ImproperlyConfigured('This site’s user model has no rights.')
  const own = sql`from ${sql.table(userPermissions.table)} as ${sql.ref('up')}
    join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`up.${userPermissions.targetColumn}`)} join ${CONTENT_TYPE}
    where ${sql.ref(`up.${userPermissions.sourceColumn}`)} = ${key}`
  const viaGroups = sql`from ${sql.table(userGroups.table)} as ${sql.ref('ug')}
    join ${sql.table(groupPermissions.table)} as ${sql.ref('gp')}
      on ${sql.ref(`gp.${groupPermissions.sourceColumn}`)} = ${sql.ref(`ug.${userGroups.targetColumn}`)}
    join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`gp.${groupPermissions.targetColumn}`)} join ${CONTENT_TYPE}
    where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${key}`
  return { own, viaGroups }
}

function setsOf(lists: Lists | undefined): PermissionSets {
  return new PermissionSets(readList(lists?.own ?? null), readList(lists?.groups ?? null))
}

function readList(names: string | null): ReadonlySet<string> {
  return names === null || names === '[]' ? NOTHING : new Set(JSON.parse(names) as string[])
}

function sorted(rows: readonly Grant[]): PermissionSets {
  const [user, group] = [new Set<string>(), new Set<string>()]
  for (const row of rows) (Number(row.via) === 0 ? user : group).add(nameOf(row))
  return new PermissionSets(user, group)
}

function grantTables(registry: ModelRegistry, user: AnyModelClass): GrantTables {
  const find = (source: AnyModelClass, name: string): Through | null =>
    registry.throughs.find((one) => one.source === source && one.name === name) ?? null
  const groupPermissions = find(Group, 'permissions')
  if (groupPermissions === null) throw new ImproperlyConfigured('This site has no groups. Make sites with portcullis(), which adds Django’s models.')
  return { userGroups: find(user, 'groups'), userPermissions: find(user, 'userPermissions'), groupPermissions }
}
