/**
 * Rows that go with an account, and the files they hold.
 * @module
 */

import { sql } from 'kysely'
import type { BaseUser } from '../accounts/base-user.js'
import { LogEntry } from '../accounts/django-apps.js'
import type { AnyUserClass } from '../accounts/user.js'
import { chunks, KEYS_AT_ONCE } from '../base/chunks.js'
import { planDeletion, type DeletionPlan } from '../database/deletion-plan.js'
import { writerFor } from '../database/filters.js'
import type { Manager } from '../database/manager.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry, Reference } from '../database/registry.js'

/** What belongs to an account. */
export interface Belongings {
  /** By which rows go with it: the history of the admin is not among them. */
  readonly direct: readonly Reference[]
  /** Whether rows point to the account that are declared to keep it from being deleted. */
  readonly isProtected: boolean
  /** Everything that goes but the account itself. */
  readonly rows: DeletionPlan['rows']
}

/** More rows than anybody owns: what is beyond loses no file. */
const MOST_ROWS = 1_000_000

/** Finds what belongs to an account. */
export async function belongings(registry: ModelRegistry, model: AnyUserClass, user: BaseUser): Promise<Belongings> {
  const { rows, protectedBy } = await planDeletion(registry, model, [user.pk], { rows: MOST_ROWS })
  const pointing = registry.referencesTo(model.label).filter((one) => one.model.meta.managed && one.model !== LogEntry)
  const direct = pointing.filter((one) => one.column.field.settings.onDelete === 'cascade')
  const isProtected = pointing.some((one) => protectedBy.some(({ column }) => column === one.column))
  return { direct, isProtected, rows: rows.filter((one) => one.model !== LogEntry && one.model !== model) }
}

/** Takes an account out of every many-to-many relation, whichever side declares it. */
export async function leaveRelations(registry: ModelRegistry, model: AnyUserClass, user: BaseUser): Promise<void> {
  const { primaryKey } = model.meta
  if (primaryKey === null) return
  const key = writerFor(registry, model.meta, primaryKey)(user.pk)
  for (const { table, source, target, sourceColumn, targetColumn } of registry.throughs) {
    for (const column of [...(source === model ? [sourceColumn] : []), ...(target === model ? [targetColumn] : [])])
      await registry.database.executeCount(sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${key}`)
  }
}

/** The files that these rows hold. */
export async function filesOf(registry: ModelRegistry, { rows }: Belongings, objects: (model: AnyModelClass) => Manager): Promise<string[]> {
  const files: string[] = []
  for (const { model, keys } of rows) {
    const columns = model.meta.columns.filter(({ field }) => field.settings.kind === 'file' || field.settings.kind === 'image')
    if (columns.length === 0 || !registry.models.includes(model)) continue
    for (const part of chunks(keys, KEYS_AT_ONCE)) {
      for (const row of await objects(model).filter({ pk: { in: part } } as never)) {
        for (const { name } of columns) {
          const value = (row as unknown as Readonly<Record<string, unknown>>)[name]
          if (typeof value === 'string' && value !== '') files.push(value)
        }
      }
    }
  }
  return files
}
