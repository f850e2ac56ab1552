/**
 * Writes cells that were changed in a list: only those, each only where it still holds what it was shown with, and noted in the history.
 * @module
 */

import { UniqueViolation, ValidationError } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { FormField } from '../../forms/form-field.js'
import { say } from '../../forms/words.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { logChange } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { cellField } from './editable.js'
import { listOf } from './model-list.js'

/** What became of it. */
export interface CellOutcome {
  /** How many rows were written. */
  readonly changed: number
  readonly errors: ReadonlyMap<string, string>
}

interface Cell {
  readonly property: string
  readonly field: FormField
  readonly value: unknown
}

/** Writes what was changed, all or nothing; null where more rows were sent than a page has. */
export async function saveCells(visit: AdminVisit, admin: ModelAdmin, data: RequestData): Promise<CellOutcome | null> {
  const keys = (data.fields.get('_row') ?? []).filter((one) => typeof one === 'string')
  if (keys.length > admin.listPerPage) return null
  const errors = new Map<string, string>()
  let changed = 0
  try {
    await visit.parts.atomic(async () => {
      await holdAll(visit, admin, data, keys)
      for (const key of keys) {
        const row = await rowChanged(admin, data, key, visit)
        if (row === null) continue
        if (await saveRow(visit, admin, data, key, row, errors)) changed += 1
      }
      if (errors.size > 0) throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
    return { changed: 0, errors }
  }
  return { changed, errors }
}

/** Holds all rows that change, in one order for all, before any of them is read for it. */
async function holdAll(visit: AdminVisit, admin: ModelAdmin, data: RequestData, keys: readonly string[]): Promise<void> {
  const { hold } = admin.special
  if (hold === undefined) return
  const rows: Model[] = []
  for (const key of keys) rows.push(...[await rowChanged(admin, data, key, visit)].filter((one) => one !== null))
  await hold(visit, rows)
}

/** Undoes what was written before something was found to be wrong. */
class Undone extends Error {}

/** The row, where any of its cells was changed. */
async function rowChanged(admin: ModelAdmin, data: RequestData, key: string, visit: AdminVisit): Promise<Model | null> {
  const isChanged = propertiesOf(visit, admin).some((property) => {
    const name = `${key}-${snakeCase(property)}`
    return isDifferent(cellField(visit.parts, admin, property), valueOf(data, `${name}-was`), valueOf(data, name))
  })
  return isChanged ? admin.find(key) : null
}

async function saveRow(
  visit: AdminVisit,
  admin: ModelAdmin,
  data: RequestData,
  key: string,
  row: Model,
  errors: Map<string, string>,
): Promise<boolean> {
  const cells: Cell[] = []
  for (const property of propertiesOf(visit, admin)) {
    const name = `${key}-${snakeCase(property)}`
    const field = cellField(visit.parts, admin, property)
    const [was, given] = [valueOf(data, `${name}-was`), valueOf(data, name)]
    // What was not in the form, or may not be changed, stays as it is (I5, I11).
    if (was === null || !isDifferent(field, was, given)) continue
    if (!(await admin.canChange(visit.request, row)) || (await admin.fieldAccess(visit.request, row, property)) !== 'edit') continue
    const present = (row as unknown as Readonly<Record<string, unknown>>)[property] ?? null
    const shown = typeof present === 'boolean' ? String(present) : (field.write(present) ?? '')
    if (shown !== was) {
      errors.set(name, messageFor('changed_meanwhile', { value: shown === '' ? admin.emptyValue : shown }))
      continue
    }
    try {
      const read = field.read({ kind: 'form', values: given === null ? [] : [given], files: [], isCleared: false, initial: present })
      cells.push({ property, field, value: field.settle === undefined ? read : await field.settle(read) })
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      errors.set(name, error.messages.join(' '))
    }
  }
  return cells.length > 0 && write(visit, admin, row, cells, key, errors)
}

async function write(
  visit: AdminVisit,
  admin: ModelAdmin,
  row: Model,
  cells: readonly Cell[],
  key: string,
  errors: Map<string, string>,
): Promise<boolean> {
  const values = Object.fromEntries(cells.map((one) => [one.property, one.value]))
  const before = Object.fromEntries(cells.map((one) => [one.property, (row as unknown as Readonly<Record<string, unknown>>)[one.property] ?? null]))
  const problems = await admin.special.guardSave?.(visit, { admin, row, values, relations: new Map(), inlines: [] })
  const [first] = cells
  const name = `${key}-${snakeCase(first?.property ?? '')}`
  if (problems !== null && problems !== undefined && problems.length > 0) {
    errors.set(name, problems.map((one) => messageFor(one.key, one.params)).join(' '))
    return false
  }
  try {
    // Only where the row still holds what was shown: the database has the last word.
    const isWritten = await admin.manager.compareAndSet(row, before, values)
    if (!isWritten) {
      errors.set(name, messageFor('changed_meanwhile', { value: admin.emptyValue }))
      return false
    }
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    errors.set(name, messageFor('unique'))
    return false
  }
  await logChange(visit.parts, { staff: visit.staff, admin, row }, [{ changed: { fields: cells.map((one) => say(one.field.label)) } }])
  return true
}

function propertiesOf(visit: AdminVisit, admin: ModelAdmin): string[] {
  return listOf(visit.parts, admin).columns.flatMap((one) => (one.isEditable && one.property !== null ? [one.property] : []))
}

/** A box that is not ticked sends nothing. */
function isDifferent(field: FormField, was: string | null, given: string | null): boolean {
  if (was === null) return false
  if (field.type === 'checkbox') return (was === 'true') !== (given !== null)
  return given !== null && given !== was
}

function valueOf(data: RequestData, name: string): string | null {
  const [value] = data.fields.get(name) ?? []
  return typeof value === 'string' ? value : null
}
