/**
 * Accounts as they stand now; inside a transaction held until it ends, by one at a time: whoever holds any waited for their turn first.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { BaseUser } from '../../accounts/base-user.js'
import { ContentType } from '../../accounts/content-type.js'
import { GRANT_ANY_CONTENT_TYPE } from '../../accounts/grant-any-type.js'
import { Group } from '../../accounts/group.js'
import { ModelBackend } from '../../authentication/model-backend.js'
import type { GrantTables } from '../../authentication/permission-sets.js'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import { IntegrityError } from '../../base/errors.js'
import { codecFor, type ColumnCodec } from '../../database/filters.js'
import { UNUSABLE_PASSWORD_PREFIX } from '../../passwords/unusable.js'
import type { AdminParts } from '../admin-parts.js'

/** An account as it stands now. */
export interface Account {
  readonly user: BaseUser
  readonly isActive: boolean
  readonly isStaff: boolean
  /** The flag, also of an account that is switched off: switching it on gives the rest back. */
  readonly isSuperuser: boolean
  readonly hasPassword: boolean
}

/** Reads accounts. */
export class AccountReader {
  /** Whether nobody comes in without a password. */
  readonly needsPasswords: boolean
  readonly #parts: AdminParts
  readonly #tables: GrantTables

  constructor(parts: AdminParts, tables: GrantTables) {
    this.#parts = parts
    this.#tables = tables
    this.needsPasswords = parts.backends.every(
      ({ authenticate }) => authenticate === undefined || authenticate === ModelBackend.prototype.authenticate,
    )
  }

  /**
   * Reads accounts by key; fresh objects, which have forgotten what they were asked before. Inside a transaction the one row is held first that
   * everybody who changes rights in an admin waits for; then the accounts, in the order of their keys; then their groups. Further accounts may
   * be read later in the same transaction: nobody who waits for the turn holds one of them already.
   */
  async read(keys: readonly unknown[]): Promise<Map<string, Account>> {
    if (this.#isWriting) await this.#takeTurn()
    const found = await this.#accounts(keys)
    if (!this.#isWriting) return found
    await this.#holdGroupsOf([...found.values()].map((one) => one.user.pk))
    return found
  }

  /** Inside a transaction, holds these groups. */
  async holdGroups(keys: readonly unknown[]): Promise<void> {
    if (this.#isWriting) for (const part of chunks(keys, KEYS_AT_ONCE)) await this.#lockGroups(sql.join([...part]))
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
    return rows.some((row) => !gone.has(this.textOfRow(row.key)))
  }

  /** A user's key as text, for comparing. */
  textOf(key: unknown): string {
    return String(this.#codec?.accept(key) ?? key)
  }

  /** The same for a key as a row has it: an engine may spell it otherwise than it was written (a UUID on MariaDB). */
  textOfRow(key: unknown): string {
    const { users, registry } = this.#parts
    const column = users.meta.primaryKey
    if (column === null) return String(key)
    return String(registry.rulesFor(users.meta, column.field).read(key as never, registry.valueField(users.meta, column.field).settings))
  }

  /** A user's key as the driver takes it. */
  written(key: unknown): unknown {
    const codec = this.#codec
    return codec === null ? key : codec.encode(codec.accept(key))
  }

  async #accounts(keys: readonly unknown[]): Promise<Map<string, Account>> {
    const { users, registry } = this.#parts
    const tail = this.#isWriting ? registry.database.dialect.forUpdate() : sql``
    const wanted = new Map(keys.map((key) => [this.textOf(key), this.written(key)]))
    const found = new Map<string, Account>()
    // In one order whatever was chosen first, from part to part too.
    for (const part of chunks([...wanted.values()].toSorted(inOrder), KEYS_AT_ONCE)) {
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
    const { userGroups } = this.#tables
    if (userGroups === null) return
    const { table, sourceColumn, targetColumn } = userGroups
    for (const part of chunks(
      users.map((key) => this.written(key)),
      KEYS_AT_ONCE,
    ))
      await this.#lockGroups(sql`select ${sql.ref(targetColumn)} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${sql.join([...part])})`)
  }

  async #lockGroups(keys: RawBuilder<unknown>): Promise<void> {
    const { dialect } = this.#parts.registry.database
    await this.#rows(
      sql`select ${sql.ref('id')} from ${sql.table(Group.meta.table)} where ${sql.ref('id')} in (${keys}) order by ${sql.ref('id')} ${dialect.forUpdate()}`,
    )
  }

  /** A row that is not there holds nobody up: one that was taken away is made again, and others wait for whoever makes it. */
  async #takeTurn(): Promise<void> {
    if (await this.#lockTurn()) return
    const { appLabel, model } = GRANT_ANY_CONTENT_TYPE
    await this.#parts.contentTypes.ensure(appLabel, model)
    if (await this.#lockTurn()) return
    throw new IntegrityError(
      `The content type ${appLabel} | ${model} is gone, and cannot be made: nobody could wait for their turn to change rights.`,
    )
  }

  async #lockTurn(): Promise<boolean> {
    const { appLabel, model } = GRANT_ANY_CONTENT_TYPE
    const { dialect } = this.#parts.registry.database
    const rows = await this.#rows(
      sql`select ${sql.ref('id')} from ${sql.table(ContentType.meta.table)} where ${sql.ref('app_label')} = ${appLabel} and ${sql.ref('model')} = ${model} ${dialect.forUpdate()}`,
    )
    return rows.length > 0
  }

  async #rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return this.#parts.registry.database.execute<Row>(statement as RawBuilder<Row>)
  }

  /** A page that is only shown holds nobody up. */
  get #isWriting(): boolean {
    return this.#parts.registry.database.isInAtomic
  }

  get #codec(): ColumnCodec | null {
    const { users, registry } = this.#parts
    return users.meta.primaryKey === null ? null : codecFor(registry, users.meta, users.meta.primaryKey)
  }

  /** The column of a user's key. */
  get #key(): string {
    return this.#parts.users.meta.primaryKey?.column ?? 'id'
  }
}

function inOrder(one: unknown, other: unknown): number {
  const [a, b] = typeof one === 'string' || typeof other === 'string' ? [String(one), String(other)] : [Number(one), Number(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
