/**
 * What somebody may, read anew and held still for as long as the transaction lasts: what a check says is true when the write happens.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { PermittedUser, type BaseUser } from '../../accounts/base-user.js'
import { ModelBackend } from '../../authentication/model-backend.js'
import { GrantReader, type GrantTables } from '../../authentication/permission-sets.js'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import { IntegrityError } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'
import { AccountReader, type Account } from './accounts.js'
import { GRANT_ANY } from './grant-any.js'
import { grantedTo, ownedBy, type Owned } from './grants.js'
import { permissionNames } from './permission-rows.js'

/** Permissions by key. Names can be changed; keys cannot. */
export type PermissionKeys = ReadonlySet<number>

/** Who is about to do something. */
export interface Actor extends Account {
  readonly user: PermittedUser
  /** May give and take everything, whether or not they hold it. */
  readonly isUnlimited: boolean
  /** What is granted to them by the tables, read when it is first asked for. */
  held(): Promise<PermissionKeys>
}

/** Who acts, and those it is done to, as they stand now. */
export interface Standing {
  /** Null where the account is gone. */
  readonly actor: Actor | null
  /** Null for a user who is gone. */
  of(key: unknown): Account | null
}

/** Users whose grants are read at once: each may have thousands. */
const USERS_AT_ONCE = 100
const NOTHING: PermissionKeys = new Set()

/** Reads what people and groups may. */
export class PowerReader {
  readonly allowEscalation: boolean
  /** Whether the tables say all there is to say. */
  readonly goesByTables: boolean
  /** The tables between users, groups and permissions. */
  readonly tables: GrantTables
  readonly accounts: AccountReader
  readonly #parts: AdminParts

  constructor(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}) {
    this.allowEscalation = options.allowEscalation === true
    this.#parts = parts
    this.tables = new GrantReader(parts.registry, parts.user).tables
    this.accounts = new AccountReader(parts, this.tables)
    this.goesByTables = parts.backends.every(keepsToTables)
  }

  /**
   * Reads who acts and whom it is done to. Inside a transaction the one row is held first that everybody who changes rights in an admin waits
   * for, so that two who change each other at once come one after the other; then all their rows, in the order of their keys; then their groups.
   */
  async read(actor: BaseUser, targets: readonly unknown[] = []): Promise<Standing> {
    const accounts = await this.accounts.read([actor.pk, ...targets])
    const of = (key: unknown): Account | null => accounts.get(this.accounts.textOf(key)) ?? null
    const found = of(actor.pk)
    if (found === null || !(found.user instanceof PermittedUser)) return { actor: null, of }
    const { user } = found
    let held: Promise<PermissionKeys> | null = null
    return { actor: { ...found, user, isUnlimited: await this.#isUnlimited(user, found), held: async () => (held ??= this.heldBy(user)) }, of }
  }

  /** Of these users, the ones out of an actor's reach: superusers, and who may anything that the actor may not. One statement for all. */
  async strongerAmong(actor: Actor, accounts: readonly Account[]): Promise<Account[]> {
    if (actor.isUnlimited) return []
    const others = accounts.filter((one) => !one.isSuperuser)
    const beyond = new Set<string>()
    if (this.goesByTables) {
      const held = others.length === 0 ? NOTHING : await actor.held()
      // Compared here and not by the database: its plans for “not in” go wrong by a thousand times where it misjudges a table.
      for (const part of chunks(
        others.map((one) => this.accounts.written(one.user.pk)),
        USERS_AT_ONCE,
      ))
        for (const { owner, key } of await this.#rows<Owned>(grantedTo(this.tables, part)))
          if (!held.has(Number(key))) beyond.add(this.accounts.textOfRow(owner))
      // Who is not recognised would be let through.
      const known = new Set(others.map((one) => this.accounts.textOf(one.user.pk)))
      for (const one of beyond)
        if (!known.has(one)) throw new IntegrityError(`The grants of ${this.#parts.user.label} ${one} belong to nobody who was asked about.`)
    } else for (const one of others) if (await this.#mayMore(one, actor)) beyond.add(this.accounts.textOf(one.user.pk))
    return accounts.filter((one) => one.isSuperuser || beyond.has(this.accounts.textOf(one.user.pk)))
  }

  /** Of these permissions, those that somebody may not give or take. */
  async lacking(actor: Actor, wanted: Iterable<number>): Promise<number[]> {
    const keys = [...wanted]
    if (actor.isUnlimited || keys.length === 0) return []
    if (!this.goesByTables) return this.#refusedByBackends(actor, keys)
    const held = await actor.held()
    return keys.filter((key) => !held.has(key))
  }

  /** Of what these groups grant together, what somebody may not give or take. Inside a transaction the groups are held. */
  async lackingOfGroups(actor: Actor, groups: readonly unknown[]): Promise<number[]> {
    if (groups.length === 0) return []
    await this.accounts.holdGroups(groups)
    if (actor.isUnlimited) return []
    const { table, sourceColumn, targetColumn } = this.tables.groupPermissions
    const granted = new Set<number>()
    for (const part of chunks(groups, KEYS_AT_ONCE)) {
      const rows = await this.#rows<{ key: unknown }>(
        sql`select distinct ${sql.ref(targetColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${sql.join([...part])})`,
      )
      for (const { key } of rows) granted.add(Number(key))
    }
    return this.lacking(actor, granted)
  }

  /** Of these groups, the keys of those that grant what somebody may not give or take. */
  async strongerGroups(actor: Actor, groups: readonly unknown[]): Promise<ReadonlySet<string>> {
    const stronger = new Set<string>()
    if (actor.isUnlimited || groups.length === 0) return stronger
    const byGroup = await this.byGroup(groups)
    const lacking = new Set(await this.lacking(actor, new Set([...byGroup.values()].flatMap((one) => [...one]))))
    for (const [key, permissions] of byGroup) if ([...permissions].some((one) => lacking.has(one))) stronger.add(key)
    return stronger
  }

  /** What each of these groups grants, by its key. */
  async byGroup(keys: readonly unknown[]): Promise<ReadonlyMap<string, PermissionKeys>> {
    const found = new Map<string, Set<number>>(keys.map((key) => [String(key), new Set()]))
    for (const part of chunks([...new Set(keys)], KEYS_AT_ONCE))
      for (const { owner, key } of await this.#rows<Owned>(ownedBy(this.tables.groupPermissions, part))) found.get(String(owner))?.add(Number(key))
    return found
  }

  /** What is granted to a user by the tables, directly and by groups. */
  async heldBy(user: BaseUser): Promise<PermissionKeys> {
    return new Set((await this.#rows<Owned>(grantedTo(this.tables, [this.accounts.written(user.pk)]))).map((row) => Number(row.key)))
  }

  /** The whole names of permissions, by key. */
  async names(keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return permissionNames(this.#parts.registry.database, keys)
  }

  /** The names of permissions for a sentence: a few of them, in order, and how many there are besides. */
  async listed(keys: readonly number[]): Promise<string> {
    const names = [...(await this.names(keys.slice(0, KEYS_AT_ONCE))).values()].toSorted((a, b) => (a < b ? -1 : 1))
    return listedNames(names, keys.length)
  }

  async #isUnlimited(user: PermittedUser, { isActive, isSuperuser }: Account): Promise<boolean> {
    if (!isActive) return false
    return this.allowEscalation || isSuperuser || (await user.hasPerm(GRANT_ANY as never))
  }

  /** Where backends have a say beyond the tables, each name is asked for; what only the tables know counts too, for an account that is switched off. */
  async #mayMore({ user }: Account, actor: Actor): Promise<boolean> {
    const keys = (await this.#rows<Owned>(grantedTo(this.tables, [this.accounts.written(user.pk)]))).map((row) => Number(row.key))
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

  async #rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return this.#parts.registry.database.execute<Row>(statement as RawBuilder<Row>)
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
