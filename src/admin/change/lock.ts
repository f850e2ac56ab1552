/**
 * What a writing transaction of the admin begins with: who is asking, as they are now, and the rows it is about, held until it ends.
 * @module
 */

import { sql } from 'kysely'
import type { BaseUser } from '../../accounts/base-user.js'
import { PermissionDenied } from '../../base/errors.js'
import { writerFor } from '../../database/filters.js'
import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** The same person as they are now: rights that were taken away since the request began are no longer theirs. */
export async function readStaffAgain(visit: AdminVisit): Promise<void> {
  const before = visit.staff
  const staff = (await visit.parts.users.find({ pk: before.pk } as never)) as (BaseUser & { readonly isStaff?: boolean }) | null
  if (staff === null || !staff.isActive || staff.isStaff !== true) throw new PermissionDenied({ reason: 'is no longer active staff' })
  staff.backend = before.backend
  visit.request.setUser(staff)
}

/**
 * The rows that are about to be written, by key: special models hold what they need first, then who is asking is read again, then the rows are
 * locked and read, and what would be asked of each is settled for all. What is gone is not among them.
 */
export async function rowsToWrite(
  visit: AdminVisit,
  admin: ModelAdmin,
  rows: readonly Model[],
  hold: (visit: AdminVisit, rows: readonly Model[]) => Promise<void> = async () => admin.special.hold?.(visit, rows),
): Promise<ReadonlyMap<string, Model>> {
  await hold(visit, rows)
  await readStaffAgain(visit)
  const now = await lockRows(
    admin,
    rows.map((row) => row.pk),
  )
  await admin.special.preload?.(visit.request, [...now.values()])
  return now
}

/** The object, read under a lock that lasts as long as the transaction; null where it is gone. */
export async function lockedRow(admin: ModelAdmin, key: unknown): Promise<Model | null> {
  return (await lockRows(admin, [key])).get(String(key)) ?? null
}

/** The same for several, in the order of their keys, so that two who lock the same wait for each other in one direction. */
export async function lockRows(admin: ModelAdmin, keys: readonly unknown[]): Promise<ReadonlyMap<string, Model>> {
  const { manager, meta } = admin
  const { primaryKey, table } = meta
  if (primaryKey === null || keys.length === 0) return new Map()
  const { database } = manager.registry
  const write = writerFor(manager.registry, meta, primaryKey)
  const column = sql.ref(`${table}.${primaryKey.column}`)
  const rows = await database.execute(
    sql<
      Record<string, unknown>
    >`select ${manager.selectList()} from ${sql.table(table)} where ${column} in (${sql.join(keys.map(write))}) order by ${column} ${database.dialect.forUpdate()}`,
  )
  return new Map(rows.map((row) => manager.load(row)).map((row) => [String(row.pk), row]))
}
