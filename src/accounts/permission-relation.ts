/**
 * The permissions granted to a user or a group: a relation that also takes permission names.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { ManyRelation, type RelationChange, type RelationParts } from '../database/relations.js'
import { ContentType } from './content-type.js'
import type { PermissionManager } from './permission.js'

/** Tells the site that rights changed, inside the writing transaction. */
export type ChangeListener = (change: RelationChange) => Promise<void>

/** A relation that tells of its changes. */
export class WatchedRelation extends ManyRelation {
  readonly #changed: ChangeListener

  constructor(parts: RelationParts, changed: ChangeListener) {
    super(parts)
    this.#changed = changed
  }

  protected override async change(work: () => Promise<RelationChange>): Promise<void> {
    await super.change(async () => {
      const change = await work()
      if (change.added.length > 0 || change.removed.length > 0) await this.#changed(change)
      return change
    })
  }
}

/** Granted permissions, in Django's order; takes permissions, their keys, or names such as `'shop.add_product'`. */
export class PermissionRelation extends WatchedRelation {
  readonly #permissions: PermissionManager

  constructor(parts: RelationParts & { readonly target: PermissionManager }, changed: ChangeListener) {
    super(parts, changed)
    this.#permissions = parts.target
  }

  protected override async keysOf(items: readonly unknown[]): Promise<unknown[]> {
    return super.keysOf(await this.#permissions.keysOf(items))
  }

  protected override get joined(): RawBuilder<unknown> {
    const { table } = ContentType.meta
    const { table: between, sourceColumn, targetColumn } = this.parts.through
    const permission = this.parts.target.meta.table
    return sql`${sql.table(permission)} join ${sql.table(between)} on ${sql.ref(`${between}.${targetColumn}`)} = ${sql.ref(`${permission}.id`)} join ${sql.table(table)} on ${sql.ref(`${table}.id`)} = ${sql.ref(`${permission}.content_type_id`)} where ${sql.ref(`${between}.${sourceColumn}`)} = ${this.owner}`
  }

  protected override orderSql(): RawBuilder<unknown> {
    const { table } = ContentType.meta
    return sql` order by ${sql.ref(`${table}.app_label`)}, ${sql.ref(`${table}.model`)}, ${sql.ref(`${this.parts.target.meta.table}.codename`)}`
  }
}
