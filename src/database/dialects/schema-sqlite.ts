/**
 * SQLite's tables. What ALTER TABLE cannot do is done as Django does it: a new table, the rows copied, the old one dropped, the new one renamed.
 * @module
 */

import { sql } from 'kysely'
import { toDatabaseText } from '../../base/date-time.js'
import { IntegrityError } from '../../base/errors.js'
import type { Database } from '../database.js'
import type { ColumnDefinition } from '../schema/definition.js'
import { listSqliteTables, readSqliteTables } from './introspect-sqlite.js'
import type { LiteralValue, SchemaDialect } from './schema-dialect.js'
import { columnSql, createIndexSql, createTableSql, names, quotedText } from './schema-sql.js'
import { sqliteTypes, typeOf } from './schema-types.js'
import { changeSqliteTable } from './sqlite-rebuild.js'

/** SQLite has no limit; this is Django's. */
const LIMIT = 200

const words = { quote: (name: string): string => `"${name.replaceAll('"', '""')}"` }
const { quote } = words

export const sqliteSchema: SchemaDialect = {
  nameLimit: LIMIT,
  identifierLimit: LIMIT,
  inlineForeignKeys: true,
  foreignKeysBringIndex: false,
  quote,
  literal,
  columnType: (settings) => typeOf(sqliteTypes, settings),
  columnCheck({ kind }, column) {
    if (kind === 'positiveSmallInteger') return `${quote(column)} >= 0`
    return kind === 'json' ? `(JSON_VALID(${quote(column)}) OR ${quote(column)} IS NULL)` : null
  },
  patternClass: () => null,
  canIndex: () => true,
  // Integers are of one kind, whatever they are called.
  normalType: (type) =>
    type
      .toLowerCase()
      .replaceAll(/\s+/g, ' ')
      .replaceAll(', ', ',')
      .replace(/^bigint$/, 'integer'),

  createTable: (table) => createTableSql(words, table, columnDdl),
  createIndex: (table, index) => createIndexSql(words, table, index),
  addUnique: (table, { name, columns }) => `CREATE UNIQUE INDEX ${quote(name)} ON ${quote(table)} (${names(words, columns)})`,
  addForeignKey: () => '',
  dropTable: (table) => `DROP TABLE IF EXISTS ${quote(table)}`,
  changeTable: (table, changes) => changeSqliteTable(table, changes, columnDdl),

  readServer: async () => ({ isMariaDb: false, hasUuid: false }),
  listTables: listSqliteTables,
  readTables: (database, wanted) => readSqliteTables(database, wanted, sqliteSchema),
  whileChanging,
}

function columnDdl(column: ColumnDefinition): string {
  const { references } = column
  // Only a column of exactly the type “integer” is the rowid and can be counted up.
  const definition = columnSql(words, column.counted ? { ...column, type: 'integer' } : column, 'AUTOINCREMENT')
  if (references === null) return definition
  return `${definition} REFERENCES ${quote(references.table)} (${quote(references.column)}) DEFERRABLE INITIALLY DEFERRED`
}

function literal(value: LiteralValue): string {
  if (value instanceof Date) return quotedText(toDatabaseText(value))
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' ? quotedText(value) : String(value)
}

/**
 * Foreign keys are off meanwhile, because dropping a table with them on empties it first, with all that follows from that; what
 * they would have refused is looked for at the end. A rename leaves other tables' text alone, because they already name the right one.
 */
async function whileChanging<T>(database: Database, statements: readonly string[], work: () => Promise<T>): Promise<T> {
  if (!statements.some((one) => one.startsWith('DROP TABLE'))) return work()
  const keys = await pragma(database, 'foreign_keys')
  const legacy = await pragma(database, 'legacy_alter_table')
  await database.execute(sql.raw('PRAGMA foreign_keys = OFF'))
  await database.execute(sql.raw('PRAGMA legacy_alter_table = ON'))
  try {
    return await database.atomic(async () => {
      const before = await brokenKeys(database)
      const result = await work()
      const after = await brokenKeys(database)
      if (after.length > before.length) {
        throw new IntegrityError(
          `The migration would leave rows in ${[...new Set(after)].join(', ')} that point to nothing, so nothing was changed. Correct these rows first: PRAGMA foreign_key_check lists them.`,
        )
      }
      return result
    })
  } finally {
    await database.execute(sql.raw(`PRAGMA legacy_alter_table = ${legacy}`))
    await database.execute(sql.raw(`PRAGMA foreign_keys = ${keys}`))
  }
}

async function pragma(database: Database, name: 'foreign_keys' | 'legacy_alter_table'): Promise<number> {
  const [row] = await database.execute<Record<string, unknown>>(sql.raw(`PRAGMA ${name}`))
  return Number(row?.[name] ?? 0)
}

/** The table of each row that points to nothing. */
async function brokenKeys(database: Database): Promise<string[]> {
  return (await database.execute<{ table: string }>(sql.raw('PRAGMA foreign_key_check'))).map((one) => one.table)
}
