/**
 * What a table that is there lacks of what is declared, and what it has beyond that.
 * @module
 */

import type { SchemaDialect, ServerFacts } from '../dialects/schema-dialect.js'
import type { ColumnDefinition, IndexDefinition, TableDefinition, UniqueDefinition } from './definition.js'
import { constraintName } from './names.js'
import type { ColumnSnapshot, TableSnapshot } from './snapshot.js'
import { typeChange, type TypeChange } from './type-change.js'

/** A column that is there and differs. */
export interface ChangedColumn {
  readonly column: ColumnDefinition
  readonly actual: ColumnSnapshot
  readonly type: TypeChange
  /** Whether the declaration allows or forbids NULL where the table does not. */
  readonly null: 'same' | 'allow' | 'forbid'
}

/** How a table differs from its definition. */
export interface TableDifference {
  readonly missingColumns: readonly ColumnDefinition[]
  readonly changedColumns: readonly ChangedColumn[]
  readonly extraColumns: readonly ColumnSnapshot[]
  readonly missingUniques: readonly UniqueDefinition[]
  readonly missingIndexes: readonly IndexDefinition[]
  readonly missingForeignKeys: readonly ColumnDefinition[]
  readonly missingChecks: readonly ColumnDefinition[]
  /** Whether another column is the key, or none. */
  readonly otherKey: boolean
}

/** Compares a table that is there with its definition. */
export function compareTable(definition: TableDefinition, actual: TableSnapshot, dialect: SchemaDialect, server: ServerFacts): TableDifference {
  const present = definition.columns.filter((one) => actual.columns.has(one.name))
  const declared = new Set(definition.columns.map((one) => one.name))
  const has = (column: ColumnDefinition): boolean => actual.columns.has(column.name)
  return {
    missingColumns: definition.columns.filter((one) => !has(one)),
    changedColumns: present
      .map((one) => compareColumn(one, actual.columns.get(one.name) as ColumnSnapshot, dialect, server))
      .filter((one) => one.type !== 'same' || one.null !== 'same'),
    extraColumns: [...actual.columns.values()].filter((one) => !declared.has(one.name)),
    missingUniques: uniquesOf(definition, dialect).filter((one) => !hasUnique(actual, one.columns)),
    missingIndexes: definition.indexes.filter((one) => !hasIndex(actual, one)),
    missingForeignKeys: definition.columns.filter((one) => one.references !== null && !hasForeignKey(actual, one)),
    missingChecks: present.filter((one) => one.check !== null && !mentions(actual.checks, one.name)),
    otherKey:
      actual.primaryKey.join() !==
      definition.columns
        .filter((one) => one.primaryKey)
        .map((one) => one.name)
        .join(),
  }
}

/** The sets that are unique, single columns among them under the name they get when they become so. */
export function uniquesOf(definition: TableDefinition, dialect: SchemaDialect): UniqueDefinition[] {
  const single = definition.columns.filter((one) => one.unique).map((one) => [one.name])
  return [
    ...single.map((columns) => ({ name: constraintName(dialect.nameLimit, definition.name, columns, '_uniq'), columns })),
    ...definition.uniques,
  ]
}

function compareColumn(column: ColumnDefinition, actual: ColumnSnapshot, dialect: SchemaDialect, server: ServerFacts): ChangedColumn {
  const type = typeChange(actual.type, dialect.normalType(column.type, server))
  // SQLite lets old primary keys be NULL by a mistake it keeps; a key is never null for us.
  const nullable = column.primaryKey ? false : actual.null
  return { column, actual, type, null: nullable === column.null ? 'same' : column.null ? 'allow' : 'forbid' }
}

/** The order of the columns makes no difference to what is unique. */
function hasUnique(actual: TableSnapshot, columns: readonly string[]): boolean {
  const wanted = columns.toSorted().join()
  return actual.indexes.some((one) => one.unique && !one.partial && one.columns.toSorted().join() === wanted)
}

/** Whoever named it: an index on the same columns is the same index. A unique one serves too, but not for LIKE. */
function hasIndex(actual: TableSnapshot, { columns, operatorClass }: IndexDefinition): boolean {
  const wanted = columns.join()
  return actual.indexes.some((one) => !one.partial && one.columns.join() === wanted && (one.operatorClass === null) === (operatorClass === null))
}

function hasForeignKey(actual: TableSnapshot, column: ColumnDefinition): boolean {
  return actual.foreignKeys.some((one) => one.columns.join() === column.name && one.targetTable === column.references?.table)
}

function mentions(checks: readonly string[], name: string): boolean {
  return checks.some((one) => one.match(/\w+/g)?.includes(name))
}
