/**
 * From what a table of ours lacks to the changes that give it that.
 * @module
 */

import type { ChangedColumn, TableDifference } from './compare.js'
import type { ColumnDefinition, TableDefinition } from './definition.js'
import type { Draft, Phase } from './draft.js'
import type { RecordKeeper } from './made-tables.js'
import { constraintName } from './names.js'
import type { PlannedChange } from './table-plan.js'

/** The part of the migration the changes belong to, and the keeper of the table's record where it has one. */
export interface CompletionOptions {
  readonly phase: Phase
  readonly keeper: RecordKeeper | null
}

/** The changes, in the order in which each may count on those before it. */
export function completions(
  draft: Draft,
  table: TableDefinition,
  difference: TableDifference,
  { phase, keeper }: CompletionOptions,
): PlannedChange[] {
  const { name } = table
  const harmless = { destructive: false, phase } as const
  const missing = new Set(difference.missingColumns)
  const newUnique = new Set([...missing].filter((one) => one.unique).map((one) => one.name))
  return [
    ...(keeper === null ? [] : finishColumns(draft, table, keeper, phase)),
    ...newColumns(draft, table, difference.missingColumns, keeper, phase),
    ...difference.changedColumns.map((one) => alteration(name, one, phase)),
    ...difference.missingChecks.map((column): PlannedChange => ({
      ...harmless,
      change: { kind: 'addCheck', name: constraintName(draft.dialect.nameLimit, name, [column.name], '_check'), column },
      step: { kind: 'addConstraint', constraint: 'check', table: name, columns: [column.name] },
      description: `Check ${name}.${column.name}`,
    })),
    ...difference.missingIndexes.map((index): PlannedChange => ({
      ...harmless,
      change: { kind: 'createIndex', index },
      step: { kind: 'createIndex', table: name, columns: index.columns },
      description: `Index ${name} by ${index.columns.join(', ')}${index.operatorClass === null ? '' : ' for LIKE'}`,
    })),
    // A new column that is unique by itself brings that along.
    ...difference.missingUniques
      .filter((one) => !(one.columns.length === 1 && newUnique.has(one.columns[0] ?? '')))
      .map((unique): PlannedChange => ({
        ...harmless,
        change: { kind: 'addUnique', unique },
        step: { kind: 'addConstraint', constraint: 'unique', table: name, columns: unique.columns },
        description: `Make ${unique.columns.join(', ')} unique in ${name}`,
      })),
    // So does one with a foreign key, where that is a part of the column.
    ...difference.missingForeignKeys
      .filter((one) => !(draft.dialect.inlineForeignKeys && missing.has(one)))
      .map((column): PlannedChange => ({
        ...harmless,
        phase: 'foreignKeys',
        change: { kind: 'addForeignKey', column },
        step: { kind: 'addConstraint', constraint: 'foreignKey', table: name, columns: [column.name] },
        description: `Let ${name}.${column.name} point to ${column.references?.table ?? ''}`,
      })),
  ]
}

function newColumns(
  draft: Draft,
  { name }: TableDefinition,
  columns: readonly ColumnDefinition[],
  keeper: RecordKeeper | null,
  phase: Phase,
): PlannedChange[] {
  return columns.map((column): PlannedChange => {
    const fill = column.counted ? null : column.fill()
    // Where every statement commits by itself and the column takes more than one, it stands as unfinished meanwhile.
    const mayBreak = fill !== null && !draft.database.dialect.hasTransactionalDdl
    return {
      change: { kind: 'addColumn', column, fill },
      step: { kind: 'addColumn', table: name, column: column.name },
      destructive: false,
      phase,
      description: `Add column ${name}.${column.name}${fill === null ? '' : ` with ${fill} in the rows that exist`}`,
      before: keeper === null ? [] : [mayBreak ? keeper.begin(column.name) : keeper.add(column.name)],
      after: keeper !== null && mayBreak ? [keeper.add(column.name)] : [],
    }
  })
}

/** A default for existing rows that an interrupted run left goes, and the column is ours from now on. */
function finishColumns(draft: Draft, { name }: TableDefinition, keeper: RecordKeeper, phase: Phase): PlannedChange[] {
  return keeper.unfinished
    .filter((one) => draft.table(name)?.columns.has(one))
    .map((column) => ({
      change: { kind: 'dropDefault', column },
      step: { kind: 'addColumn', table: name, column },
      destructive: false,
      phase,
      description: `Finish adding column ${name}.${column}`,
      after: [keeper.add(column)],
    }))
}

function alteration(table: string, { column, actual, type, null: nullable }: ChangedColumn, phase: Phase): PlannedChange {
  const parts = [
    ...(type === 'same' ? [] : [`from ${actual.type} to ${column.type}`]),
    ...(nullable === 'same' ? [] : [nullable === 'allow' ? 'allow NULL' : 'forbid NULL']),
  ]
  const destructive = type === 'narrower'
  return {
    change: {
      kind: 'alterColumn',
      column,
      changesType: type !== 'same',
      changesNull: nullable !== 'same',
      fill: nullable === 'forbid' ? column.fill() : null,
    },
    step: { kind: 'alterColumn', table, column: column.name },
    destructive,
    phase: destructive ? 'destructive' : phase,
    description: `Change ${table}.${column.name}: ${parts.join(', ')}`,
  }
}
