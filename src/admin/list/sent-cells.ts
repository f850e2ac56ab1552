/**
 * Cells of a list as they arrived: which were changed, and what was typed into them.
 * @module
 */

import { ValidationError } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { FormField } from '../../forms/form-field.js'
import type { RequestData } from '../../protection/body/request-data.js'
import type { ModelAdmin } from '../model-admin.js'
import { readKey } from '../read-key.js'
import type { AdminVisit } from '../visit.js'
import { cellField } from './editable.js'
import { listOf } from './model-list.js'

/** A cell that was changed. */
export interface Cell {
  /** What the form calls it. */
  readonly name: string
  readonly property: string
  readonly field: FormField
  readonly value: unknown
}

/** The cells of a row that were changed. */
export interface RowCells {
  readonly row: Model
  readonly cells: readonly Cell[]
}

/** A row of the page any cell of which is another than was shown. */
export interface SentRow {
  /** As the form has it: what the names of its cells begin with. */
  readonly key: string
  readonly pk: unknown
}

/** The rows that were changed, by their keys as texts; null where more were sent than a page has. */
export function sentRows(visit: AdminVisit, admin: ModelAdmin, data: RequestData): ReadonlyMap<string, SentRow> | null {
  const keys = (data.fields.get('_row') ?? []).filter((one) => typeof one === 'string')
  if (keys.length > admin.listPerPage) return null
  const fields = fieldsOf(visit, admin)
  const isChanged = (key: string): boolean => fields.some(([property, field]) => isDifferent(field, ...valuesOf(data, key, property)))
  const rows = new Map<string, SentRow>()
  for (const key of keys) {
    const pk = isChanged(key) ? readKey(visit.parts.registry, admin.meta, key) : null
    if (pk !== null) rows.set(String(pk), { key, pk })
  }
  return rows
}

/** Reads the cells of a row. What was not in the form, or may not be changed, stays as it is (I5, I11). */
export async function readRow(
  visit: AdminVisit,
  admin: ModelAdmin,
  data: RequestData,
  key: string,
  row: Model,
  errors: Map<string, string>,
): Promise<RowCells> {
  const cells: Cell[] = []
  for (const [property, field] of fieldsOf(visit, admin)) {
    const name = nameOf(key, property)
    const [was, given] = valuesOf(data, key, property)
    if (!isDifferent(field, was, given) || (await admin.fieldAccess(visit.request, row, property)) !== 'edit') continue
    const present = (row as unknown as Readonly<Record<string, unknown>>)[property] ?? null
    const shown = typeof present === 'boolean' ? String(present) : (field.write(present) ?? '')
    if (shown !== was) {
      errors.set(name, messageFor('changed_meanwhile', { value: shown === '' ? admin.emptyValue : shown }))
      continue
    }
    try {
      const read = field.read({ kind: 'form', values: given === null ? [] : [given], files: [], isCleared: false, initial: present })
      cells.push({ name, property, field, value: field.settle === undefined ? read : await field.settle(read) })
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      errors.set(name, error.messages.join(' '))
    }
  }
  return { row, cells }
}

function fieldsOf(visit: AdminVisit, admin: ModelAdmin): (readonly [property: string, field: FormField])[] {
  const { columns } = listOf(visit.parts, admin)
  return columns.flatMap(({ isEditable, property }) => (isEditable && property !== null ? [[property, cellField(visit, admin, property)]] : []))
}

/** A box that is not ticked sends nothing. */
function isDifferent(field: FormField, was: string | null, given: string | null): boolean {
  if (was === null) return false
  if (field.type === 'checkbox') return (was === 'true') !== (given !== null)
  return given !== null && given !== was
}

/** What a cell was shown with, and what came. */
function valuesOf(data: RequestData, key: string, property: string): [was: string | null, given: string | null] {
  const name = nameOf(key, property)
  return [valueOf(data, `${name}-was`), valueOf(data, name)]
}

function nameOf(key: string, property: string): string {
  return `${key}-${snakeCase(property)}`
}

function valueOf(data: RequestData, name: string): string | null {
  const [value] = data.fields.get(name) ?? []
  return typeof value === 'string' ? value : null
}
