/**
 * MySQL's and MariaDB's tables. Each statement here commits what came before it.
 * @module
 */

import { sql } from 'kysely'
import { toDatabaseText } from '../../base/date-time.js'
import type { AlterColumnChange, TableChange } from '../schema/changes.js'
import type { ColumnDefinition } from '../schema/definition.js'
import type { TableSnapshot } from '../schema/snapshot.js'
import { listMysqlTables, readMysqlTables } from './introspect-mysql.js'
import type { LiteralValue, SchemaDialect, ServerFacts } from './schema-dialect.js'
import { addConstraintSql, columnSql, createIndexSql, createTableSql, foreignKeySql, names, quotedText } from './schema-sql.js'
import { mysqlTypes, typeOf } from './schema-types.js'

const LIMIT = 64

const words = { quote: (name: string): string => `\`${name.replaceAll('`', '``')}\`` }
const { quote } = words

export const mysqlSchema: SchemaDialect = {
  nameLimit: LIMIT,
  identifierLimit: LIMIT,
  inlineForeignKeys: false,
  foreignKeysBringIndex: true,
  quote,
  literal,
  // Django 5.0 and newer give a UUID the type MariaDB 10.7 brought.
  columnType: (settings, server) => (settings.kind === 'uuid' && server.hasUuid ? 'uuid' : typeOf(mysqlTypes, settings)),
  columnCheck({ kind }, column, server) {
    if (kind === 'positiveSmallInteger') return `${quote(column)} >= 0`
    return kind === 'json' && server.isMariaDb ? `JSON_VALID(${quote(column)})` : null
  },
  patternClass: () => null,
  canIndex: (type) => type !== 'longtext' && type !== 'json',
  normalType,

  createTable: (table) => createTableSql(words, table, columnDdl),
  createIndex: (table, index) => createIndexSql(words, table, index),
  addUnique: (table, { name, columns }) => addConstraintSql(words, table, name, `UNIQUE (${names(words, columns)})`),
  addForeignKey: (table, column) => addConstraintSql(words, table, column.references?.name ?? '', foreignKeySql(words, column)),
  dropTable: (table) => `DROP TABLE IF EXISTS ${quote(table)}`,
  changeTable: (table, changes) => ({ statements: changes.map((change) => changeSql(table, change)), source: null }),

  readServer,
  listTables: listMysqlTables,
  readTables: (database, wanted, server) => readMysqlTables(database, wanted, (type) => normalType(type, server)),
  whileChanging: async (_database, _statements, work) => work(),
}

async function readServer(database: Parameters<SchemaDialect['readServer']>[0]): Promise<ServerFacts> {
  const [row] = await database.execute<{ version: string }>(sql`select version() as version`)
  const version = row?.version ?? ''
  // Old replication clients get MariaDB's version behind a “5.5.5-”.
  const [, major = '0', minor = '0'] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? []
  const isMariaDb = version.includes('MariaDB')
  return { isMariaDb, hasUuid: isMariaDb && (Number(major) > 10 || (Number(major) === 10 && Number(minor) >= 7)) }
}

/** Integers have a display width on MariaDB and none on MySQL 8, where it means nothing; MariaDB's JSON is checked text. */
function normalType(type: string, server: ServerFacts): string {
  const lower = type.toLowerCase().replaceAll(', ', ',')
  if (lower === 'tinyint(1)' || lower === 'bool') return 'bool'
  if (lower === 'json' && server.isMariaDb) return 'longtext'
  return lower
    .replace(/^(tinyint|smallint|int|bigint)\(\d+\)/, '$1')
    .replace(/^int\b/, 'integer')
    .replace(/^decimal/, 'numeric')
    .replace(/^double$/, 'double precision')
}

/** Free of backslashes, which mean different things in different SQL modes. */
function literal(value: LiteralValue): string {
  if (value instanceof Date) return quotedText(toDatabaseText(value))
  if (typeof value !== 'string') return String(value)
  return value.includes('\\') ? `_utf8mb4 x'${Buffer.from(value, 'utf8').toString('hex')}'` : quotedText(value)
}

function columnDdl(column: ColumnDefinition): string {
  return columnSql(words, column, 'AUTO_INCREMENT')
}

function changeSql(table: TableSnapshot, change: TableChange): string[] {
  const alter = `ALTER TABLE ${quote(table.name)}`
  switch (change.kind) {
    case 'addColumn':
      return addColumn(alter, change.column, change.fill)
    case 'dropDefault':
      return [dropDefault(alter, change.column)]
    case 'alterColumn':
      return alterColumn(table.name, alter, change)
    case 'dropColumn':
      return [`${alter} DROP COLUMN ${quote(change.column)}`]
    case 'createIndex':
      return [createIndexSql(words, table.name, change.index)]
    case 'dropIndex':
      return [...indexForKey(table, change.name), `${alter} DROP INDEX ${quote(change.name)}`]
    case 'addUnique':
      return [mysqlSchema.addUnique(table.name, change.unique)]
    case 'dropUnique':
      return [...indexForKey(table, change.name), `${alter} DROP INDEX ${quote(change.name)}`]
    case 'addForeignKey':
      return [mysqlSchema.addForeignKey(table.name, change.column)]
    case 'dropForeignKey':
      return dropForeignKey(table, alter, change.name)
    case 'addCheck':
      return [addConstraintSql(words, table.name, change.name, `CHECK (${change.column.check})`)]
  }
}

/** Two statements, because one that adds and drops the default gives the rows nothing. What is between them, the caller remembers. */
function addColumn(alter: string, column: ColumnDefinition, fill: string | null): string[] {
  if (fill === null) return [`${alter} ADD COLUMN ${columnDdl(column)}`]
  // Long text takes a default only as an expression.
  const value = mysqlSchema.canIndex(column.type) ? fill : `(${fill})`
  return [
    `${alter} ADD COLUMN ${columnDdl({ ...column, check: null })} DEFAULT ${value}${column.check === null ? '' : ` CHECK (${column.check})`}`,
    dropDefault(alter, column.name),
  ]
}

function dropDefault(alter: string, column: string): string {
  return `${alter} ALTER COLUMN ${quote(column)} DROP DEFAULT`
}

function alterColumn(table: string, alter: string, { column, changesNull, fill }: AlterColumnChange): string[] {
  const name = quote(column.name)
  const filled = changesNull && fill !== null ? [`UPDATE ${quote(table)} SET ${name} = ${fill} WHERE ${name} IS NULL`] : []
  // MODIFY states the whole column; UNIQUE stands as it is.
  return [...filled, `${alter} MODIFY ${columnDdl({ ...column, unique: false })}`]
}

/** A foreign key's index outlives it. */
function dropForeignKey(table: TableSnapshot, alter: string, name: string | null): string[] {
  if (name === null) return []
  const index = table.indexes.some((one) => one.name === name) ? [`${alter} DROP INDEX ${quote(name)}`] : []
  return [`${alter} DROP FOREIGN KEY ${quote(name)}`, ...index]
}

/** A foreign key needs an index that starts with its column; when the last such goes, it gets the one that Django's tables have. */
function indexForKey(table: TableSnapshot, dropped: string): string[] {
  const first = table.indexes.find((one) => one.name === dropped)?.columns[0]
  const key = table.foreignKeys.find((one) => one.columns[0] === first)
  const others = table.indexes.some((one) => one.name !== dropped && one.columns[0] === first)
  if (first === null || first === undefined || key === undefined || key.name === null || others) return []
  return [createIndexSql(words, table.name, { name: key.name, columns: key.columns, operatorClass: null })]
}
