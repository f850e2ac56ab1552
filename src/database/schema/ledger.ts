/**
 * The ledger of migrations, `django_migrations`: Django's and ours in one table.
 * @module
 */

import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { SchemaDialect } from '../dialects/schema-dialect.js'
import { charField, dateTimeField } from '../fields.js'
import { model } from '../model.js'

/** The app under which our own migrations stand. */
export const OWN_APP = 'portcullis'

/** Django's table. Its key follows the project's DEFAULT_AUTO_FIELD, as ours does (DM-2). */
export class Migration extends model('migrations.Migration', {
  table: 'django_migrations',
  fields: {
    app: charField({ maxLength: 255 }),
    name: charField({ maxLength: 255 }),
    applied: dateTimeField(),
  },
}) {}

/** The names recorded for each app. */
export type Ledger = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the ledger. */
export async function readLedger(database: Database): Promise<Ledger> {
  const rows = await database.execute<{ app: string; name: string }>(sql`select app, name from ${sql.table(Migration.meta.table)}`)
  const apps = new Map<string, Set<string>>()
  for (const { app, name } of rows) apps.set(app, (apps.get(app) ?? new Set()).add(name))
  return apps
}

/** The statement that records migrations: one, so that it is all of them or none. */
export function recordMigrations(dialect: SchemaDialect, app: string, names: readonly string[], now: Date): string {
  const rows = names.map((name) => `(${[dialect.literal(app), dialect.literal(name), dialect.literal(now)].join(', ')})`)
  const columns = ['app', 'name', 'applied'].map((one) => dialect.quote(one))
  return `INSERT INTO ${dialect.quote(Migration.meta.table)} (${columns.join(', ')}) VALUES ${rows.join(', ')}`
}

/** The statement that takes a migration off the ledger. */
export function forgetMigration(dialect: SchemaDialect, app: string, name: string): string {
  return `DELETE FROM ${dialect.quote(Migration.meta.table)} WHERE ${dialect.quote('app')} = ${dialect.literal(app)} AND ${dialect.quote('name')} = ${dialect.literal(name)}`
}
