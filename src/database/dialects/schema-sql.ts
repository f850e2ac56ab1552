/**
 * What the engines' DDL has in common.
 * @module
 */

import type { ColumnDefinition, IndexDefinition, TableDefinition } from '../schema/definition.js'
import type { SchemaDialect } from './schema-dialect.js'

/** The parts of a dialect that the common statements are written with. */
type Words = Pick<SchemaDialect, 'quote'>

/** A list of quoted names. */
export function names(words: Words, list: readonly string[]): string {
  return list.map((one) => words.quote(one)).join(', ')
}

/** `CREATE TABLE`, the columns as `column` writes them. */
export function createTableSql(words: Words, table: TableDefinition, column: (column: ColumnDefinition) => string): string {
  return `CREATE TABLE ${words.quote(table.name)} (${table.columns.map(column).join(', ')})`
}

/** A column from its name to its CHECK; `counted` is what makes the engine count it up. */
export function columnSql(words: Words, column: ColumnDefinition, counted: string): string {
  const parts = [
    words.quote(column.name),
    column.type,
    column.null ? 'NULL' : 'NOT NULL',
    column.primaryKey ? 'PRIMARY KEY' : column.unique ? 'UNIQUE' : '',
    column.counted ? counted : '',
    column.check === null ? '' : `CHECK (${column.check})`,
  ]
  return parts.filter((one) => one !== '').join(' ')
}

/** `CREATE INDEX`. */
export function createIndexSql(words: Words, table: string, index: IndexDefinition): string {
  const operatorClass = index.operatorClass === null ? '' : ` ${index.operatorClass}`
  return `CREATE INDEX ${words.quote(index.name)} ON ${words.quote(table)} (${index.columns.map((one) => `${words.quote(one)}${operatorClass}`).join(', ')})`
}

/** `ALTER TABLE … ADD CONSTRAINT …`. */
export function addConstraintSql(words: Words, table: string, name: string, constraint: string): string {
  return `ALTER TABLE ${words.quote(table)} ADD CONSTRAINT ${words.quote(name)} ${constraint}`
}

/** `FOREIGN KEY … REFERENCES …`. */
export function foreignKeySql(words: Words, column: ColumnDefinition): string {
  if (column.references === null) return ''
  return `FOREIGN KEY (${words.quote(column.name)}) REFERENCES ${words.quote(column.references.table)} (${words.quote(column.references.column)})`
}

/** Text in single quotes, which engines agree on as long as it holds no backslash. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
