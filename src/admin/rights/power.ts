/**
 * What somebody may, read anew and held still for as long as the transaction lasts: what a check says is true when the write happens.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { PermittedUser, type BaseUser } from '../../accounts/base-user.js'
import { ContentType } from '../../accounts/content-type.js'
import { Group } from '../../accounts/group.js'
import { Permission } from '../../accounts/permission.js'
import { ModelBackend } from '../../authentication/model-backend.js'
import { GrantReader, type GrantTables } from '../../authentication/permission-sets.js'
import { codecFor } from '../../database/filters.js'
import type { Through } from '../../database/registry.js'
import { chunks } from '../../database/relations.js'
import { UNUSABLE_PASSWORD_PREFIX } from '../../passwords/unusable.js'
import type { AdminParts } from '../admin-parts.js'
import { GRANT_ANY, GRANT_ANY_CONTENT_TYPE } from './grant-any.js'

/** Permissions by key. Names can be changed; keys cannot. */
export type PermissionKeys = ReadonlySet<number>

/** What somebody may. */
export interface Power {
  readonly isActive: boolean
  readonly isStaff: boolean
  /** The flag, also of an account that is switched off: switching it on gives the rest back. The same goes for the grants. */
  readonly isSuperuser: boolean
  readonly hasPassword: boolean
  /** What was granted directly and by groups. */
  readonly permissions: PermissionKeys
  /** What backends say that do not go by the tables; empty where there are none. */
  readonly elsewhere: ReadonlySet<string>
}

/** Who is about to do something. */
export interface Actor extends Power {
  readonly user: PermittedUser
  /** May give and take everything, whether or not they hold it. */
  readonly isUnlimited: boolean
}

/** Who acts, and those it is done to, as they stand now. */
export interface Standing {
  /** Null where the account is gone. */
  readonly actor: Actor | null
  /** Null for a user who is gone. */
  of(key: unknown): Power | null
}

/** Parameters in one list of a statement. */
const AT_ONCE = 500

/** A row of a table between: whose, and what. */
export interface Owned {
  readonly owner: unknown
  readonly key: unknown
}

/** Reads what people and groups may. */
export class PowerReader {
  readonly allowEscalation: boolean
  readonly #parts: AdminParts
  readonly #tables: GrantTables
  /** Whether the tables say all there is to say. */
  readonly goesByTables: boolean
  /** Whether nobody comes in without a password. */
  readonly needsPasswords: boolean

  constructor(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}) {
    this.allowEscalation = options.allowEscalation === true
    this.#parts = parts
    this.#tables = new GrantReader(parts.registry, parts.user).tables
    this.goesByTables = parts.backends.every(keepsToTables)
    this.needsPasswords = parts.backends.every(
      ({ authenticate }) => authenticate === undefined || authenticate === ModelBackend.prototype.authenticate,
    )
  }

  /**
   * Reads who acts and whom it is done to. Inside a transaction all their rows are held, in the order of their keys, then the one row
   * that everybody who changes rights in an admin waits for: two who change each other at once come one after the other.
   */
  async read(actor: BaseUser, targets: readonly unknown[] = []): Promise<Standing> {
    const users = await this.#users([actor.pk, ...targets])
    if (this.#isWriting) await this.#takeTurn()
    const powers = await this.#powersOf(users)
    const of = (key: unknown): Power | null => powers.get(this.textOf(key)) ?? null
    const [user, power] = [users.get(this.textOf(actor.pk)), of(actor.pk)]
    if (!(user instanceof PermittedUser) || power === null) return { actor: null, of }
    return { actor: { ...power, user, isUnlimited: await this.#isUnlimited(user, power) }, of }
  }

  /** What is granted to these users directly, and which groups they are in. */
  async grantsTo(keys: readonly unknown[]): Promise<{ readonly permissions: readonly Owned[]; readonly groups: readonly Owned[] }> {
    const { userGroups, userPermissions } = this.#tables
    const owners = keys.map((key) => this.written(key))
    return {
      permissions: userPermissions === null ? [] : await this.#owned(userPermissions, owners),
      groups: userGroups === null ? [] : await this.#owned(userGroups, owners),
    }
  }

  /** What these groups grant, together. Inside a transaction they are held. */
  async ofGroups(keys: readonly unknown[]): Promise<PermissionKeys> {
    return new Set([...(await this.byGroup(keys)).values()].flatMap((one) => [...one]))
  }

  /** What each of these groups grants, by its key. */
  async byGroup(keys: readonly unknown[]): Promise<ReadonlyMap<string, PermissionKeys>> {
    const found = new Map<string, Set<number>>(keys.map((key) => [String(key), new Set()]))
    for (const part of chunks([...new Set(keys)], AT_ONCE)) {
      if (this.#isWriting) {
        const { dialect } = this.#parts.registry.database
        await this.#rows(
          sql`select ${sql.ref('id')} from ${sql.table(Group.meta.table)} where ${sql.ref('id')} in (${sql.join([...part])}) order by ${sql.ref('id')} ${dialect.forUpdate()}`,
        )
      }
      for (const { owner, key } of await this.#rows<Owned>(ownedBy(this.#tables.groupPermissions, part))) found.get(String(owner))?.add(Number(key))
    }
    return found
  }

  /** Of these permissions, those that somebody may not give or take. */
  async lacking(actor: Actor, wanted: Iterable<number>): Promise<number[]> {
    if (actor.isUnlimited) return []
    const keys = [...wanted]
    if (this.goesByTables) return actor.isActive ? keys.filter((key) => !actor.permissions.has(key)) : keys
    const names = await this.names(keys)
    const lacking: number[] = []
    for (const key of keys) if (!(await actor.user.hasPerm(names.get(key) ?? ('' as never)))) lacking.push(key)
    return lacking
  }

  /** Whether somebody is out of an actor's reach: a superuser, or who may anything that the actor may not. */
  async isStronger(other: Power, actor: Actor): Promise<boolean> {
    if (actor.isUnlimited) return false
    if (other.isSuperuser || (await this.lacking(actor, other.permissions)).length > 0) return true
    for (const name of other.elsewhere) if (!(await actor.user.hasPerm(name as never))) return true
    return false
  }

  /** The whole names of permissions, by key. */
  async names(keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>()
    for (const part of chunks(keys, AT_ONCE)) {
      const rows = await this.#rows<{ id: unknown; app: string; codename: string }>(
        sql`select ${sql.ref('p.id')} as ${sql.ref('id')}, ${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('p.codename')} as ${sql.ref('codename')} from ${sql.table(Permission.meta.table)} as ${sql.ref('p')} join ${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} on ${sql.ref('ct.id')} = ${sql.ref('p.content_type_id')} where ${sql.ref('p.id')} in (${sql.join([...part])})`,
      )
      for (const { id, app, codename } of rows) names.set(Number(id), `${app}.${codename}`)
    }
    return names
  }

  /** The names of permissions for a sentence: a few of them, in order, and how many there are besides. */
  async listed(keys: readonly number[]): Promise<string> {
    const names = [...(await this.names(keys.slice(0, AT_ONCE))).values()].toSorted((a, b) => (a < b ? -1 : 1))
    return listedNames(names, keys.length)
  }

  /**
   * Whether an active superuser is left besides those who leave; one who may enter the admin, and one who can log in, if any of these could.
   * Nobody else changes superusers in an admin before this transaction is over.
   */
  async leavesSuperuser(leaving: readonly (readonly [key: unknown, power: Power])[]): Promise<boolean> {
    const { meta } = this.#parts.users
    const isTrue = (name: string): RawBuilder<unknown>[] => {
      const column = meta.column.get(name)?.column
      return column === undefined ? [] : [sql`${sql.ref(column)} = ${true}`]
    }
    const needsStaff = leaving.some(([, power]) => power.isStaff)
    const needsPassword = this.needsPasswords && leaving.some(([, power]) => power.hasPassword)
    const conditions = [
      ...isTrue('isSuperuser'),
      ...isTrue('isActive'),
      ...(needsStaff ? isTrue('isStaff') : []),
      ...(needsPassword ? [sql`${sql.ref(meta.column.get('password')?.column ?? 'password')} not like ${`${UNUSABLE_PASSWORD_PREFIX}%`}`] : []),
    ]
    // So many that the list may hold all of those who leave and one more.
    const rows = await this.#rows<{ key: unknown }>(
      sql`select ${sql.ref(this.#key)} as ${sql.ref('key')} from ${sql.table(meta.table)} where ${sql.join(conditions, sql` and `)} limit ${leaving.length + 1}`,
    )
    const gone = new Set(leaving.map(([key]) => this.textOf(key)))
    return rows.some((row) => !gone.has(String(row.key)))
  }

  async #isUnlimited(user: PermittedUser, power: Power): Promise<boolean> {
    if (!power.isActive) return false
    return this.allowEscalation || power.isSuperuser || (await user.hasPerm(GRANT_ANY as never))
  }

  /** Fresh objects: what they were asked before is forgotten. */
  async #users(keys: readonly unknown[]): Promise<Map<string, BaseUser>> {
    const { users, registry } = this.#parts
    const tail = this.#isWriting ? registry.database.dialect.forUpdate() : sql``
    const wanted = new Map(keys.map((key) => [this.textOf(key), this.written(key)]))
    const found = new Map<string, BaseUser>()
    for (const part of chunks([...wanted.values()], AT_ONCE)) {
      const rows = await this.#rows<Record<string, unknown>>(
        sql`select ${users.selectList()} from ${sql.table(users.meta.table)} where ${sql.ref(this.#key)} in (${sql.join([...part])}) order by ${sql.ref(this.#key)} ${tail}`,
      )
      for (const row of rows) {
        const user = users.load(row)
        found.set(this.textOf(user.pk), user)
      }
    }
    return found
  }

  async #powersOf(users: ReadonlyMap<string, BaseUser>): Promise<Map<string, Power>> {
    const { permissions, groups } = await this.grantsTo([...users.values()].map((one) => one.pk))
    const granted = new Map<string, Set<number>>([...users.keys()].map((key) => [key, new Set()]))
    for (const { owner, key } of permissions) granted.get(String(owner))?.add(Number(key))
    const byGroup = await this.byGroup(groups.map((one) => one.key))
    for (const { owner, key } of groups) for (const one of byGroup.get(String(key)) ?? []) granted.get(String(owner))?.add(one)
    const powers = new Map<string, Power>()
    for (const [key, user] of users) {
      const { isActive, isSuperuser = false, isStaff = false } = user as unknown as { isActive: boolean; isSuperuser?: boolean; isStaff?: boolean }
      const elsewhere = this.goesByTables || !(user instanceof PermittedUser) ? NOTHING : await user.getAllPermissions()
      powers.set(key, {
        isActive,
        isSuperuser,
        isStaff,
        hasPassword: user.hasUsablePassword(),
        permissions: granted.get(key) ?? new Set(),
        elsewhere,
      })
    }
    return powers
  }

  async #owned(through: Through, owners: readonly unknown[]): Promise<Owned[]> {
    const found: Owned[] = []
    for (const part of chunks(owners, AT_ONCE)) found.push(...(await this.#rows<Owned>(ownedBy(through, part))))
    return found
  }

  async #takeTurn(): Promise<void> {
    const { appLabel, model } = GRANT_ANY_CONTENT_TYPE
    const { dialect } = this.#parts.registry.database
    await this.#rows(
      sql`select ${sql.ref('id')} from ${sql.table(ContentType.meta.table)} where ${sql.ref('app_label')} = ${appLabel} and ${sql.ref('model')} = ${model} ${dialect.forUpdate()}`,
    )
  }

  /** The tables between users, groups and permissions. */
  get tables(): GrantTables {
    return this.#tables
  }

  async #rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return this.#parts.registry.database.execute<Row>(statement as RawBuilder<Row>)
  }

  /** A page that is only shown holds nobody up. */
  get #isWriting(): boolean {
    return this.#parts.registry.database.isInAtomic
  }

  /** The column of a user's key. */
  get #key(): string {
    return this.#parts.users.meta.primaryKey?.column ?? 'id'
  }

  /** A user's key as tables between spell it, for comparing. */
  textOf(key: unknown): string {
    return String(this.written(key))
  }

  /** A user's key as the driver takes it. */
  written(key: unknown): unknown {
    const { users, registry } = this.#parts
    const column = users.meta.primaryKey
    if (column === null) return key
    const codec = codecFor(registry, users.meta, column)
    return codec.encode(codec.accept(key))
  }
}

const NOTHING: ReadonlySet<string> = new Set()

/** At most a few names; a long list helps nobody. */
export function listedNames(names: readonly string[], count: number = names.length): string {
  const shown = names.slice(0, 5)
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ')
}

function ownedBy({ table, sourceColumn, targetColumn }: Through, owners: readonly unknown[]): RawBuilder<Owned> {
  return sql<Owned>`select ${sql.ref(sourceColumn)} as ${sql.ref('owner')}, ${sql.ref(targetColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${sql.join([...owners])})`
}

/** A subclass with answers of its own is not known to keep to the tables. */
function keepsToTables(backend: object): boolean {
  const { hasPerm, getAllPermissions } = ModelBackend.prototype
  return backend instanceof ModelBackend && backend.hasPerm === hasPerm && backend.getAllPermissions === getAllPermissions
}
