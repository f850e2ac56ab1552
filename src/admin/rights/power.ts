/**
 * What somebody may, by the tables, read anew and held still for as long as the transaction lasts: what a check says is true when the write happens.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { BaseUser } from '../../accounts/base-user.js'
import { Group } from '../../accounts/group.js'
import { Permission } from '../../accounts/permission.js'
import { ContentType } from '../../accounts/content-type.js'
import { GrantReader, type GrantTables } from '../../authentication/permission-sets.js'
import { codecFor } from '../../database/filters.js'
import type { Through } from '../../database/registry.js'
import type { AdminParts } from '../admin-parts.js'
import { GRANT_ANY } from './grant-any.js'

/** Permissions by key. Names can be changed; keys cannot. */
export type PermissionKeys = ReadonlySet<number>

/** What somebody may, and whether that has an end. */
export interface Power {
  /** May everything: an active superuser. */
  readonly isSuperuser: boolean
  /** May give and take everything, whether or not they hold it. */
  readonly isUnlimited: boolean
  /** What was granted directly and by groups, also where the account is switched off: switching it on gives it back. */
  readonly permissions: PermissionKeys
}

/** Reads what people and groups may. */
export class PowerReader {
  readonly #parts: AdminParts
  readonly #tables: GrantTables
  readonly #allowEscalation: boolean

  constructor(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}) {
    this.#parts = parts
    this.#tables = new GrantReader(parts.registry, parts.user).tables
    this.#allowEscalation = options.allowEscalation === true
  }

  /** What somebody may. Inside a transaction, their row and their groups are held until it ends. */
  async of(user: BaseUser): Promise<Power> {
    const state = await this.#heldState(user)
    const permissions = await this.#permissionsOf(user)
    const isSuperuser = state.isSuperuser
    const isUnlimited = this.#allowEscalation || (state.isActive && (isSuperuser || permissions.has(await this.#grantAny())))
    return { isSuperuser, isUnlimited, permissions }
  }

  /** What these groups grant, together. Held until the transaction ends. */
  async ofGroups(keys: readonly unknown[]): Promise<PermissionKeys> {
    if (keys.length === 0) return new Set()
    const { dialect } = this.#parts.registry.database
    const list = sql.join([...keys])
    await this.#run(sql`select id from ${sql.table(Group.meta.table)} where id in (${list}) order by id ${dialect.forUpdate()}`)
    const { table, sourceColumn, targetColumn } = this.#tables.groupPermissions
    return this.#keys(sql`select ${sql.ref(targetColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${list})`)
  }

  /** The names of permissions, for people. */
  async namesOf(keys: Iterable<number>): Promise<string[]> {
    const list = [...keys]
    if (list.length === 0) return []
    const rows = await this.#parts.registry.database.execute(
      sql<{ app: string; codename: string }>`select ct.app_label as app, p.codename as codename from ${sql.table(Permission.meta.table)} as p join ${sql.table(ContentType.meta.table)} as ct on ct.id = p.content_type_id where p.id in (${sql.join(list.slice(0, 500))}) order by ct.app_label, ct.model, p.codename`,
    )
    return rows.map(({ app, codename }) => `${app}.${codename}`)
  }

  /** How many active superusers there are besides these. Their rows are held, so that two who leave at once see each other. */
  async otherSuperusers(keys: readonly unknown[]): Promise<number> {
    const { meta } = this.#parts.users
    const { dialect } = this.#parts.registry.database
    const key = this.#keyColumn()
    const active = meta.column.get('isActive')
    const conditions = [sql`is_superuser = ${true}`, ...(active === undefined ? [] : [sql`${sql.ref(active.column)} = ${true}`])]
    const rows = await this.#parts.registry.database.execute(
      sql<{ key: unknown }>`select ${sql.ref(key)} as ${sql.ref('key')} from ${sql.table(meta.table)} where ${sql.join(conditions, sql` and `)} order by ${sql.ref(key)} ${dialect.forUpdate()}`,
    )
    const left = new Set(keys.map(String))
    return rows.filter((row) => !left.has(String(row.key))).length
  }

  async #heldState(user: BaseUser): Promise<{ readonly isSuperuser: boolean; readonly isActive: boolean }> {
    const { meta } = this.#parts.users
    const { dialect } = this.#parts.registry.database
    const columns = ['isSuperuser', 'isActive'].flatMap((name) => {
      const column = meta.column.get(name)
      return column === undefined ? [] : [sql`${sql.ref(column.column)} as ${sql.id(name)}`]
    })
    const list = columns.length === 0 ? sql`1 as ${sql.id('found')}` : sql.join(columns)
    const [row] = await this.#parts.registry.database.execute(
      sql<{ isSuperuser?: unknown; isActive?: unknown }>`select ${list} from ${sql.table(meta.table)} where ${sql.ref(this.#keyColumn())} = ${this.#write(user.pk)} ${dialect.forUpdate()}`,
    )
    if (row === undefined) return { isSuperuser: false, isActive: false }
    return { isSuperuser: isTrue(row.isSuperuser ?? false), isActive: isTrue(row.isActive ?? true) }
  }

  async #permissionsOf(user: BaseUser): Promise<PermissionKeys> {
    const { userGroups, userPermissions } = this.#tables
    const own = userPermissions === null ? new Set<number>() : await this.#keys(targetsOf(userPermissions, this.#write(user.pk)))
    if (userGroups === null) return own
    const groups = await this.#parts.registry.database.execute(targetsOf(userGroups, this.#write(user.pk)))
    return new Set([...own, ...(await this.ofGroups(groups.map((one) => one.key)))])
  }

  async #grantAny(): Promise<number> {
    const [app = '', codename = ''] = GRANT_ANY.split('.')
    const [row] = await this.#parts.registry.database.execute(
      sql<{ id: number }>`select p.id as id from ${sql.table(Permission.meta.table)} as p join ${sql.table(ContentType.meta.table)} as ct on ct.id = p.content_type_id where ct.app_label = ${app} and p.codename = ${codename}`,
    )
    return row === undefined ? -1 : Number(row.id)
  }

  async #keys(statement: RawBuilder<{ key: unknown }>): Promise<Set<number>> {
    return new Set((await this.#parts.registry.database.execute(statement)).map((row) => Number(row.key)))
  }

  async #run(statement: RawBuilder<unknown>): Promise<void> {
    await this.#parts.registry.database.execute(statement)
  }

  #keyColumn(): string {
    return this.#parts.users.meta.primaryKey?.column ?? 'id'
  }

  #write(key: unknown): unknown {
    const { users, registry } = this.#parts
    const column = users.meta.primaryKey
    if (column === null) return key
    const codec = codecFor(registry, users.meta, column)
    return codec.encode(codec.accept(key))
  }
}

/** Permissions of the second that the first does not have. */
export function lacking(power: Power, wanted: Iterable<number>): number[] {
  if (power.isUnlimited) return []
  return [...wanted].filter((key) => !power.permissions.has(key))
}

/** Whether somebody may touch the account of another: who may more, or is a superuser, is out of reach. */
export function isStrongerThan(other: Power, power: Power): boolean {
  if (power.isUnlimited) return false
  return other.isSuperuser || lacking(power, other.permissions).length > 0
}

function targetsOf({ table, sourceColumn, targetColumn }: Through, owner: unknown): RawBuilder<{ key: unknown }> {
  return sql<{ key: unknown }>`select ${sql.ref(targetColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(sourceColumn)} = ${owner}`
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 1n
}
