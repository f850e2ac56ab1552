/**
 * How a table that is left alone differs from what is declared, in sentences.
 * @module
 */

import { compareTable } from './compare.js'
import type { TableDefinition } from './definition.js'
import type { Draft } from './draft.js'

/** The differences of a table. */
export interface Differences {
  /** Rows cannot be written: a column is missing, or one that must be filled is not declared. */
  readonly fatal: readonly string[]
  /** Rows can be written, though not all that are declared to fit. Missing indexes cost time, not truth: they are no difference. */
  readonly harmless: readonly string[]
}

/** Compares tables that are left alone with their definitions. */
export function differencesOf(draft: Draft, definitions: readonly TableDefinition[]): Differences {
  const all = definitions.map((one) => tableDifferences(draft, one))
  return { fatal: all.flatMap((one) => one.fatal), harmless: all.flatMap((one) => one.harmless) }
}

function tableDifferences(draft: Draft, definition: TableDefinition): Differences {
  const actual = draft.table(definition.name)
  if (actual === undefined) return { fatal: [`${definition.name} is missing`], harmless: [] }
  const table = draft.withActualKeyTypes(definition)
  const { missingColumns, changedColumns, extraColumns, missingUniques, otherKey } = compareTable(table, actual, draft.dialect, draft.server)
  return {
    fatal: [
      ...missingColumns.map((one) => `${table.name}.${one.name} is missing`),
      ...extraColumns
        .filter((one) => !one.null && !one.hasDefault && !one.counted)
        .map((one) => `${table.name}.${one.name} must be filled, but is not declared`),
    ],
    harmless: [
      // A key that the database counts up may have 32 or 64 bits: both work (DM-2).
      ...changedColumns
        .filter((one) => one.type !== 'same' && !(one.column.counted && one.actual.counted))
        .map(({ column, actual: is }) => `${table.name}.${column.name} is ${is.type}, not ${column.type}`),
      ...changedColumns
        .filter((one) => one.null !== 'same')
        .map(({ column, null: nullable }) => `${table.name}.${column.name} ${nullable === 'allow' ? 'may not be NULL' : 'may be NULL'}`),
      ...missingUniques.map((one) => `${one.columns.join(', ')} is not unique in ${table.name}`),
      ...(otherKey ? [`the primary key of ${table.name} is another`] : []),
    ],
  }
}
