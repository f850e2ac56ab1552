/**
 * A model's list, settled once: its columns, filters and search, and the reader of its rows.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { plainName, type ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { columnsOf, type ListColumn } from './columns.js'
import { filtersOf, type ListFilter } from './filters.js'
import { RowReader, type ListRows } from './rows.js'
import { ListSearch } from './search.js'
import { readState, type ListState } from './state.js'

/** A list. */
export interface ModelList {
  readonly admin: ModelAdmin
  readonly columns: readonly ListColumn[]
  readonly filters: readonly ListFilter[]
  readonly search: ListSearch
  readonly reader: RowReader
}

const known = new WeakMap<ModelAdmin, ModelList>()

/** The list of a model. */
export function listOf(parts: AdminParts, admin: ModelAdmin): ModelList {
  const there = known.get(admin)
  if (there !== undefined) return there
  const columns = columnsOf(parts, admin)
  const made = {
    admin,
    columns,
    filters: filtersOf(parts, admin),
    search: new ListSearch(parts.registry, admin),
    reader: new RowReader(parts, admin, columns),
  }
  known.set(admin, made)
  return made
}

/** What a request asks of a list, or a reason to refuse it. */
export function stateOf(visit: AdminVisit, list: ModelList): ListState | { readonly refused: string } {
  return readState(visit.request.query, list)
}

/** A cell's value. */
export function cellValue(column: ListColumn, row: Model, related: ListRows['related']): unknown {
  return column.value(row, (relation) => {
    const key = (row as unknown as Readonly<Record<string, unknown>>)[relation]
    return related.get(relation)?.get(String(key)) ?? null
  })
}

/** A value as text: what a list shows, and what an export writes. */
export function textOf(visit: AdminVisit, admin: ModelAdmin, column: ListColumn, value: unknown): string {
  if (isModel(value)) return visit.admin.of(value.constructor as unknown as { label: string })?.nameOf(value) ?? plainName(value)
  return admin.display(value, column.property === null ? undefined : admin.meta.column.get(column.property))
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && 'pk' in value && 'label' in value.constructor
}
