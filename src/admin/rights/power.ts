/**
 * What somebody may, read anew and held still for as long as the transaction lasts: what a check says is true when the write happens.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { PermittedUser, type BaseUser } from '../../accounts/base-user.js'
import { ContentType } from '../../accounts/content-type.js'
import { Group } from '../../accounts/group.js'
import { ModelBackend } from '../../authentication/model-backend.js'
import { GrantReader, type GrantTables } from '../../authentication/permission-sets.js'
import { codecFor } from '../../database/filters.js'
import { chunks } from '../../database/relations.js'
import { UNUSABLE_PASSWORD_PREFIX } from '../../passwords/unusable.js'
import type { AdminParts } from '../admin-parts.js'
import { GRANT_ANY, GRANT_ANY_CONTENT_TYPE } from './grant-any.js'
import { grantedTo, heldBy, ownedBy, type Owned } from './grants.js'
import { permissionNames } from './permission-rows.js'

/** Permissions by key. Names can be changed; keys cannot. */
export type PermissionKeys = ReadonlySet<number>

/** An account as it stands now. */
export interface Account {
  readonly user: BaseUser
  readonly isActive: boolean
  readonly isStaff: boolean
  /** The flag, also of an account that is switched off: switching it on gives the rest back. */
  readonly isSuperuser: boolean
  readonly hasPassword: boolean
}

/** Who is about to do something. */
export interface Actor extends Account {
  readonly user: PermittedUser
  /** May give and take everything, whether or not they hold it. */
  readonly isUnlimited: boolean
}

/** Who acts, and those it is done to, as they stand now. */
export interface Standing {
  /** Null where the account is gone. */
  readonly actor: Actor | null
  /** Null for a user who is gone. */
  of(key: unknown): Account | null
}

/** Parameters in one list of a statement. */
const AT_ONCE = 500
/** Of what is lacking, so many are looked up: a sentence names a few. */
const MOST_LACKING = 1000

/** Reads what people and groups may. */
export class PowerReader {
  readonly allowEscalation: boolean
  /** Whether the tables say all there is to say. */
  readonly goesByTables: boolean
  /** Whether nobody comes in without a password. */
  readonly needsPasswords: boolean
  /** The tables between users, groups and permissions. */
  readonly tables: GrantTables
  readonly #parts: AdminParts

  constructor(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}) {
    this.allowEscalation = options.allowEscalation === true
    this.#parts = parts
    this.tables = new GrantReader(parts.registry, parts.user).tables
    this.goesByTables = parts.backends.every(keepsToTables)
    this.needsPasswords = parts.backends.every(
      ({ authenticate }) => authenticate === undefined || authenticate === ModelBackend.prototype.authenticate,
    )
  }

  /**
   * Reads who acts and whom it is done to. Inside a transaction all their rows are held, in the order of their keys; then the one row that
   * everybody who changes rights in an admin waits for, so that two who change each other at once come one after the other; then their groups.
   */
  async read(actor: BaseUser, targets: readonly unknown[] = []): Promise<Standing> {
    const accounts = await this.#accounts([actor.pk, ...targets])
    if (this.#isWriting) {
      await this.#takeTurn()
      await this.#holdGroupsOf([...accounts.values()].map((one) => one.user.pk))
    }
    const of = (key: unknown): Account | null => accounts.get(this.textOf(key)) ?? null
    const found = of(actor.pk)
    if (found === null || !(found.user instanceof PermittedUser)) return { actor: null, of }
    const { user } = found
    return { actor: { ...found, user, isUnlimited: await this.#isUnlimited(user, found) }, of }
  }

  /** Of these users, the ones out of an actor's reach: superusers, and who may anything that the actor may not. One statement for all. */
  async strongerAmong(actor: Actor, accounts: readonly Account[]): Promise<Account[]> {
    if (actor.isUnlimited) return []
    const beyond = new Set<string>()
    const others = accounts.filter((one) => !one.isSuperuser)
    if (!this.goesByTables) {
      for (const one of others) if (await this.#mayMore(one, actor)) beyond.add(this.textOf(one.user.pk))
      return accounts.filter((one) => one.isSuperuser || beyond.has(this.textOf(one.user.pk)))
    }
    const held = heldBy(this.tables, this.written(actor.user.pk))
    for (const part of chunks(
      others.map((one) => this.written(one.user.pk)),
      AT_ONCE,
    )) {
      const rows = await this.#rows<{ owner: unknown }>(
        sql`select distinct ${sql.ref('g.owner')} as ${sql.ref('owner')} from (${grantedTo(this.tables, part)}) as ${sql.ref('g')} where ${sql.ref('g.key')} not in (${held})`,
      )
      for (const { owner } of rows) beyond.add(String(owner))
    }
    return accounts.filter((one) => one.isSuperuser || beyond.has(this.textOf(one.user.pk)))
  }

  /** Of these permissions, those that somebody may not give or take. */
  async lacking(actor: Actor, wanted: Iterable<number>): Promise<number[]> {
    const keys = [...wanted]
    if (actor.isUnlimited || keys.length === 0) return []
    if (!this.goesByTables) return this.#refusedByBackends(actor, keys)
    const held = new Set((await this.#rows<{ key: unknown }>(heldBy(this.tables, this.written(actor.user.pk)))).map((row) => Number(row.key)))
    return keys.filter((key) => !held.has(key))
  }

  /** Of what these groups grant together, what somebody may not give or take. Inside a transaction the groups are held. */
  async lackingOfGroups(actor: Actor, groups: readonly unknown[]): Promise<number[]> {
    if (groups.length === 0) return []
    if (this.#isWriting) await this.#holdGroups(groups)
    if (actor.isUnlimited) return []
    const granted = await this.#beyondInGroups(actor, groups, 'permission')
    return this.goesByTables ? granted : this.#refusedByBackends(actor, granted)
  }

  /** Of these groups, the keys of those that grant what somebody may not give or take. */
  async strongerGroups(actor: Actor, groups: readonly unknown[]): Promise<ReadonlySet<string>> {
    if (actor.isUnlimited || groups.length === 0) return new Set()
    if (this.goesByTables) return new Set((await this.#beyondInGroups(actor, groups, 'group')).map(String))
    const stronger = new Set<string>()
    for (const [key, permissions] of await this.byGroup(groups)) if ((await this.lacking(actor, permissions)).length > 0) stronger.add(key)
    return stronger
  }

  /** What is granted to these users directly, and which groups they are in. */
  async grantsTo(keys: readonly unknown[]): Promise<{ readonly permissions: readonly Owned[]; readonly groups: readonly Owned[] }> {
    const { userGroups, userPermissions } = this.tables
    const owners = keys.map((key) => this.written(key))
    const read = async (through: typeof userGroups): Promise<Owned[]> => {
      const found: Owned[] = []
      if (through !== null) for (const part of chunks(owners, AT_ONCE)) found.push(...(await this.#rows<Owned>(ownedBy(through, part))))
      return found
    }
    return { permissions: await read(userPermissions), groups: await read(userGroups) }
  }

  /** What each of these groups grants, by its key. */
  async byGroup(keys: readonly unknown[]): Promise<ReadonlyMap<string, PermissionKeys>> {
    const found = new Map<string, Set<number>>(keys.map((key) => [String(key), new Set()]))
    for (const part of chunks([...new Set(keys)], AT_ONCE))
      for (const { owner, key } of await this.#rows<Owned>(ownedBy(this.tables.groupPermissions, part))) found.get(String(owner))?.add(Number(key))
    return found
  }

  /** The whole names of permissions, by key. */
  async names(keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return permissionNames(this.#parts.registry.database, keys)
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
  async leavesSuperuser(leaving: readonly Account[]): Promise<boolean> {
    const { meta } = this.#parts.users
    const isTrue = (name: string): RawBuilder<unknown>[] => {
      const column = meta.column.get(name)?.column
      return column === undefined ? [] : [sql`${sql.ref(column)} = ${true}`]
    }
    const needsStaff = leaving.some((one) => one.isStaff)
    const needsPassword = this.needsPasswords && leaving.some((one) => one.hasPassword)
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
    const gone = new Set(leaving.map((one) => this.textOf(one.user.pk)))
    return rows.some((row) => !gone.has(String(row.key)))
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

  async #isUnlimited(user: PermittedUser, { isActive, isSuperuser }: Account): Promise<boolean> {
    if (!isActive) return false
    return this.allowEscalation || isSuperuser || (await user.hasPerm(GRANT_ANY as never))
  }

  /** Where backends have a say beyond the tables, each name is asked for; what only the tables know counts too, for an account that is switched off. */
  async #mayMore({ user }: Account, actor: Actor): Promise<boolean> {
    const keys = (await this.#rows<Owned>(grantedTo(this.tables, [this.written(user.pk)]))).map((row) => Number(row.key))
    const names = new Set([...(await this.names(keys)).values(), ...(user instanceof PermittedUser ? await user.getAllPermissions() : [])])
    for (const name of names) if (!(await actor.user.hasPerm(name as never))) return true
    return false
  }

  async #refusedByBackends(actor: Actor, keys: readonly number[]): Promise<number[]> {
    const names = await this.names(keys)
    const refused: number[] = []
    for (const key of keys) if (!(await actor.user.hasPerm((names.get(key) ?? '') as never))) refused.push(key)
    return refused
  }

  /** Permissions in these groups that an actor does not hold by the tables, or the groups that have any. */
  async #beyondInGroups(actor: Actor, groups: readonly unknown[], what: 'permission' | 'group'): Promise<number[]> {
    const { table, sourceColumn, targetColumn } = this.tables.groupPermissions
    const beyond = this.goesByTables ? sql` and ${sql.ref(`gp.${targetColumn}`)} not in (${heldBy(this.tables, this.written(actor.user.pk))})` : sql``
    const found = new Set<number>()
    for (const part of chunks(groups, AT_ONCE)) {
      const rows = await this.#rows<{ key: unknown }>(
        sql`select distinct ${sql.ref(`gp.${what === 'group' ? sourceColumn : targetColumn}`)} as ${sql.ref('key')} from ${sql.table(table)} as ${sql.ref('gp')} where ${sql.ref(`gp.${sourceColumn}`)} in (${sql.join([...part])})${beyond} limit ${MOST_LACKING}`,
      )
      for (const { key } of rows) found.add(Number(key))
    }
    return [...found]
  }

  /** Fresh objects: what they were asked before is forgotten. */
  async #accounts(keys: readonly unknown[]): Promise<Map<string, Account>> {
    const { users, registry } = this.#parts
    const tail = this.#isWriting ? registry.database.dialect.forUpdate() : sql``
    const wanted = new Map(keys.map((key) => [this.textOf(key), this.written(key)]))
    const found = new Map<string, Account>()
    for (const part of chunks([...wanted.values()], AT_ONCE)) {
      const rows = await this.#rows<Record<string, unknown>>(
        sql`select ${users.selectList()} from ${sql.table(users.meta.table)} where ${sql.ref(this.#key)} in (${sql.join([...part])}) order by ${sql.ref(this.#key)} ${tail}`,
      )
      for (const row of rows) {
        const user = users.load(row)
        const { isActive, isSuperuser = false, isStaff = false } = user as unknown as { isActive: boolean; isSuperuser?: boolean; isStaff?: boolean }
        found.set(this.textOf(user.pk), { user, isActive, isSuperuser, isStaff, hasPassword: user.hasUsablePassword() })
      }
    }
    return found
  }

  async #holdGroupsOf(users: readonly unknown[]): Promise<void> {
    const { userGroups } = this.tables
    if (userGroups === null) return
    const { table, sourceColumn, targetColumn } = userGroups
    for (const part of chunks(
      users.map((key) => this.written(key)),
      AT_ONCE,
    ))
      await this.#lockGroups(sql`select ${sql.ref(targetColumn)} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${sql.join([...part])})`)
  }

  async #holdGroups(keys: readonly unknown[]): Promise<void> {
    for (const part of chunks(keys, AT_ONCE)) await this.#lockGroups(sql.join([...part]))
  }

  async #lockGroups(keys: RawBuilder<unknown>): Promise<void> {
    const { dialect } = this.#parts.registry.database
    await this.#rows(
      sql`select ${sql.ref('id')} from ${sql.table(Group.meta.table)} where ${sql.ref('id')} in (${keys}) order by ${sql.ref('id')} ${dialect.forUpdate()}`,
    )
  }

  async #takeTurn(): Promise<void> {
    const { appLabel, model } = GRANT_ANY_CONTENT_TYPE
    const { dialect } = this.#parts.registry.database
    await this.#rows(
      sql`select ${sql.ref('id')} from ${sql.table(ContentType.meta.table)} where ${sql.ref('app_label')} = ${appLabel} and ${sql.ref('model')} = ${model} ${dialect.forUpdate()}`,
    )
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
}

/** At most a few names; a long list helps nobody. */
export function listedNames(names: readonly string[], count: number = names.length): string {
  const shown = names.slice(0, 5)
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ')
}

/** A subclass with answers of its own is not known to keep to the tables. */
function keepsToTables(backend: object): boolean {
  const { hasPerm, getAllPermissions } = ModelBackend.prototype
  return backend instanceof ModelBackend && backend.hasPerm === hasPerm && backend.getAllPermissions === getAllPermissions
}
