/**
 * How a table that is left alone differs from what is declared, in sentences.
 * @module
 */

import { compareTable } from './compare.js'
import type { TableDefinition } from './definition.js'
import type { Draft } from './draft.js'

/** A sentence for each difference that matters to who reads and writes the table. Missing indexes cost time, not truth: they are no difference. */
export function differencesOf(draft: Draft, definition: TableDefinition): string[] {
  const actual = draft.table(definition.name)
  if (actual === undefined) return [`${definition.name} is missing`]
  const table = draft.withActualKeyTypes(definition)
  const { missingColumns, changedColumns, extraColumns, missingUniques, otherKey } = compareTable(table, actual, draft.dialect, draft.server)
  return [
    ...missingColumns.map((one) => `${table.name}.${one.name} is missing`),
    // A key that the database counts up may have 32 or 64 bits: both work (DM-2).
    ...changedColumns.filter((one) => one.type !== 'same' && !(one.column.counted && one.actual.counted)).map(({ column, actual: is }) => `${table.name}.${column.name} is ${is.type}, not ${column.type}`),
    ...changedColumns.filter((one) => one.null !== 'same').map(({ column, null: nullable }) => `${table.name}.${column.name} ${nullable === 'allow' ? 'may not be NULL' : 'may be NULL'}`),
    ...extraColumns.filter((one) => !one.null && !one.hasDefault && !one.counted).map((one) => `${table.name}.${one.name} is required, but not declared`),
    ...missingUniques.map((one) => `${one.columns.join(', ')} is not unique in ${table.name}`),
    ...(otherKey ? [`the primary key of ${table.name} is another`] : []),
  ]
}
