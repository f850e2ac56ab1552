/**
 * What stands in the way of changing a table: found before anything is done, each with its remedy.
 * @module
 */

import type { Database } from '../database.js'
import type { TableDifference } from './compare.js'
import type { ColumnDefinition, TableDefinition, UniqueDefinition } from './definition.js'
import { countDuplicates, countNulls, hasManyRows, hasRows } from './questions.js'
import type { TableSnapshot } from './snapshot.js'

/** Something that stands in the way. */
export interface TableProblem {
  readonly description: string
  readonly remedy: string
}

/** Everything that stands in the way of making a table what its definition says. */
export async function findProblems(
  database: Database,
  table: TableDefinition,
  actual: TableSnapshot,
  difference: TableDifference,
): Promise<TableProblem[]> {
  if (difference.otherKey || difference.changedColumns.some((one) => one.column.primaryKey && one.type !== 'same')) return [otherKey(table, actual)]
  const problems: (TableProblem | null)[] = []
  for (const column of difference.missingColumns) problems.push(await newColumn(database, table.name, column))
  for (const { column, null: nullable } of difference.changedColumns)
    if (nullable === 'forbid') problems.push(await nullsLeft(database, table.name, column))
  for (const unique of difference.missingUniques)
    if (unique.columns.every((one) => actual.columns.has(one))) problems.push(await duplicates(database, table.name, unique))
  return problems.filter((one) => one !== null)
}

function otherKey(table: TableDefinition, actual: TableSnapshot): TableProblem {
  const key = table.columns.find((one) => one.primaryKey)
  const is = actual.primaryKey.map((one) => `${one} (${actual.columns.get(one)?.type ?? ''})`).join(', ') || 'none'
  return {
    description: `The primary key of ${table.name} is ${is}, but ${key === undefined ? 'none' : `${key.name} (${key.type})`} is declared`,
    remedy: 'Changing a primary key changes every table that points to it: do it by hand, or declare the key as it is.',
  }
}

async function newColumn(database: Database, table: string, column: ColumnDefinition): Promise<TableProblem | null> {
  const fill = column.counted ? null : column.fill()
  if (!column.null && fill === null && (await hasRows(database, table))) {
    return {
      description: `${table}.${column.name} is required and has no default, but ${table} has rows`,
      remedy: 'Declare a `default` for the rows that exist; or declare `null: true`, fill the column in, and require it afterwards.',
    }
  }
  if (column.unique && fill !== null && (await hasManyRows(database, table))) {
    return {
      description: `${table}.${column.name} is unique, but every row that exists would get the same default`,
      remedy: 'Declare it with `null: true` and without a default, fill it in, and require it afterwards.',
    }
  }
  return null
}

async function nullsLeft(database: Database, table: string, column: ColumnDefinition): Promise<TableProblem | null> {
  if (column.fill() !== null) return null
  const rows = await countNulls(database, table, column.name)
  if (rows === 0) return null
  return {
    description: `${table}.${column.name} is required now, but ${rows} ${rows === 1 ? 'row has' : 'rows have'} no value`,
    remedy: 'Fill these rows in, or declare a `default` for them.',
  }
}

async function duplicates(database: Database, table: string, { columns }: UniqueDefinition): Promise<TableProblem | null> {
  const rows = await countDuplicates(database, table, columns)
  if (rows === 0) return null
  return {
    description: `${columns.join(', ')} cannot become unique in ${table}: ${rows} rows share a value with another`,
    remedy: 'Correct or delete these rows, then migrate again.',
  }
}
