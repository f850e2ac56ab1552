/**
 * What a table of ours has beyond its declaration. It goes only when told, and only what portcullis made: an index is ours when
 * it has the name we give to one on its columns, a column when it is written down.
 * @module
 */

import type { SchemaDialect } from '../dialects/schema-dialect.js'
import { uniquesOf } from './compare.js'
import type { TableDefinition } from './definition.js'
import type { Draft } from './draft.js'
import type { MadeRecord, RecordKeeper } from './made-tables.js'
import { constraintName, listedIndexName } from './names.js'
import type { ForeignKeySnapshot, IndexSnapshot, TableSnapshot } from './snapshot.js'
import type { PlannedChange } from './table-plan.js'

/** What is left over, in the order in which it can go. */
export function leftovers(draft: Draft, table: TableDefinition, actual: TableSnapshot, known: MadeRecord, keeper: RecordKeeper): PlannedChange[] {
  const declared = new Set(table.columns.map((one) => one.name))
  const dropped = known.columns.filter((one) => actual.columns.has(one) && !declared.has(one))
  const facts = { destructive: true, phase: 'destructive' } as const
  const { name } = table
  return [
    ...actual.foreignKeys
      .filter((one) => isLeftForeignKey(table, one, known))
      .map((one): PlannedChange => ({
        ...facts,
        change: { kind: 'dropForeignKey', column: one.columns[0] ?? '', name: one.name },
        step: { kind: 'dropConstraint', constraint: 'foreignKey', table: name, columns: one.columns },
        description: `Let ${name}.${one.columns.join(', ')} no longer point to ${one.targetTable}`,
      })),
    ...actual.indexes
      .filter((one) => isLeftUnique(draft.dialect, table, one, known))
      .map((one): PlannedChange => ({
        ...facts,
        change: { kind: 'dropUnique', name: one.name, columns: namesOf(one) },
        step: { kind: 'dropConstraint', constraint: 'unique', table: name, columns: namesOf(one) },
        description: `Make ${namesOf(one).join(', ')} in ${name} no longer unique`,
      })),
    ...actual.indexes
      .filter((one) => isLeftIndex(draft.dialect, table, one, actual))
      .map((one): PlannedChange => ({
        ...facts,
        change: { kind: 'dropIndex', name: one.name },
        step: { kind: 'dropIndex', table: name, columns: namesOf(one) },
        description: `Drop index ${one.name} of ${name}`,
      })),
    ...dropped.map((column): PlannedChange => ({
      ...facts,
      change: { kind: 'dropColumn', column },
      step: { kind: 'dropColumn', table: name, column },
      description: `Drop column ${name}.${column} with its data`,
      after: [keeper.remove(column)],
    })),
  ]
}

function isLeftForeignKey(table: TableDefinition, key: ForeignKeySnapshot, known: MadeRecord): boolean {
  const [column] = key.columns
  if (key.columns.length !== 1 || column === undefined || !known.columns.includes(column)) return false
  return table.columns.find((one) => one.name === column)?.references?.table !== key.targetTable
}

function isLeftUnique(dialect: SchemaDialect, table: TableDefinition, index: IndexSnapshot, known: MadeRecord): boolean {
  if (!index.unique || index.primaryKey || index.partial) return false
  const columns = namesOf(index)
  const named = index.name === constraintName(dialect.nameLimit, table.name, columns, '_uniq')
  // The name a server gives to what is UNIQUE where the column is declared.
  const isServerName = [columns[0], `${table.name}_${columns[0]}_key`].includes(index.name) || index.name.startsWith('sqlite_autoindex_')
  if (!named && !(isServerName && columns.length === 1 && known.columns.includes(columns[0] ?? ''))) return false
  const wanted = columns.toSorted().join()
  return !uniquesOf(table, dialect).some((one) => one.columns.toSorted().join() === wanted)
}

function isLeftIndex(dialect: SchemaDialect, table: TableDefinition, index: IndexSnapshot, actual: TableSnapshot): boolean {
  if (index.unique || index.partial) return false
  const columns = namesOf(index)
  const generated = [
    constraintName(dialect.nameLimit, table.name, columns),
    constraintName(dialect.nameLimit, table.name, columns, '_like'),
    listedIndexName(table.name, columns),
  ]
  if (!generated.includes(index.name) || actual.foreignKeys.some((one) => one.name === index.name)) return false
  const wanted = columns.join()
  return !table.indexes.some((one) => one.columns.join() === wanted && (one.operatorClass === null) === (index.operatorClass === null))
}

function namesOf(index: IndexSnapshot): string[] {
  return index.columns.filter((one) => one !== null)
}
