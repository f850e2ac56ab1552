/**
 * Permissions with the models they are about, in Django's order: by app, model and codename (AD-20).
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { ContentType } from '../../accounts/content-type.js'
import { Permission } from '../../accounts/permission.js'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import type { Database } from '../../database/database.js'

/** A permission, with its model. */
export interface PermissionRow {
  readonly key: number
  readonly app: string
  readonly model: string
  readonly codename: string
  /** The words people read. */
  readonly name: string
}

/** `p` and `ct`, joined. */
export const PERMISSIONS: RawBuilder<unknown> = sql`${sql.table(Permission.meta.table)} as ${sql.ref('p')} join ${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} on ${sql.ref('ct.id')} = ${sql.ref('p.content_type_id')}`

/** What a `PermissionRow` is read from. */
export const PERMISSION_COLUMNS: RawBuilder<unknown> = sql`${sql.ref('p.id')} as ${sql.ref('key')}, ${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('ct.model')} as ${sql.ref('model')}, ${sql.ref('p.codename')} as ${sql.ref('codename')}, ${sql.ref('p.name')} as ${sql.ref('name')}`

/** Django's order. */
export const PERMISSION_ORDER: RawBuilder<unknown> = sql`${sql.ref('ct.app_label')}, ${sql.ref('ct.model')}, ${sql.ref('p.codename')}`

/** Any of a permission's names contains a text. */
export function permissionContains(database: Database, text: string): RawBuilder<unknown> {
  const columns = ['ct.app_label', 'ct.model', 'p.codename', 'p.name']
  const contains = columns.map((one) => database.dialect.textMatch('icontains', sql.ref(one), text))
  return sql`(${sql.join(contains, sql` or `)})`
}

/** The permissions of these keys, in order. */
export async function permissionRows(database: Database, keys: readonly number[]): Promise<PermissionRow[]> {
  const found: PermissionRow[] = []
  for (const part of chunks([...new Set(keys)], KEYS_AT_ONCE)) {
    const rows = await database.execute(
      sql<PermissionRow>`select ${PERMISSION_COLUMNS} from ${PERMISSIONS} where ${sql.ref('p.id')} in (${sql.join([...part])})`,
    )
    found.push(...rows.map((row) => ({ ...row, key: Number(row.key) })))
  }
  return found.toSorted(inOrder)
}

/** The names that code asks for, by key. */
export async function permissionNames(database: Database, keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
  return new Map((await permissionRows(database, keys)).map((row) => [row.key, wholeName(row)]))
}

/** The name that code asks for. */
export function wholeName({ app, codename }: PermissionRow): string {
  return `${app}.${codename}`
}

function inOrder(one: PermissionRow, other: PermissionRow): number {
  return compare(one.app, other.app) || compare(one.model, other.model) || compare(one.codename, other.codename)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
