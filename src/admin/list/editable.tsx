/**
 * Cells that can be changed in the list. Each carries the value it was shown with: only what somebody changed is written, and only where
 * nobody else changed it meanwhile.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import { namedField } from '../../forms/model-field.js'
import type { FormField } from '../../forms/form-field.js'
import { fieldPartsOf } from '../change/record-form.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** Cells that were changed in place, by key and field: what was typed, and what is wrong with it. */
export interface SentCells {
  readonly errors: ReadonlyMap<string, string>
  /** What was typed into a cell; null where it was not sent. An unticked box sends nothing. */
  readonly typed: (name: string) => string | null
}

/** The form field of a column. */
export function cellField(visit: AdminVisit, admin: ModelAdmin, property: string): FormField {
  return namedField({ ...fieldPartsOf({ visit, admin }), files: null }, property)
}

/** An input in a cell. */
export function EditableCell({
  visit,
  admin,
  row,
  property,
  sent,
}: {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  readonly row: Model
  readonly property: string
  readonly sent: SentCells | null
}): JSX.Element {
  const field = cellField(visit, admin, property)
  const name = `${String(row.pk)}-${snakeCase(property)}`
  const value = (row as unknown as Readonly<Record<string, unknown>>)[property] ?? null
  const was = field.write(value) ?? ''
  const typed = sent?.typed(name) ?? null
  const shown = typed ?? was
  const error = sent?.errors.get(name) ?? null
  const label = `${admin.meta.column.get(property)?.label ?? property} of ${admin.nameOf(row)}`
  const id = `id_${name}`
  const state = { 'aria-label': label, ...(error === null ? {} : { 'aria-invalid': 'true' as const, 'aria-describedby': `${id}_error` }) }
  return (
    <span class="pa-cell">
      <input type="hidden" name={`${name}-was`} value={typeof value === 'boolean' ? String(value) : was} />
      {field.type === 'checkbox' ? (
        <input type="checkbox" name={name} id={id} value="on" checked={typed === null ? value === true : typed !== ''} {...state} />
      ) : field.choices !== undefined && field.choices.length > 0 ? (
        <select class="pc-input" name={name} id={id} {...state}>
          {field.choices.map((choice) => (
            <option value={choice.value} selected={choice.value === shown}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          class="pc-input"
          type={field.type === 'textarea' ? 'text' : field.type}
          {...field.attributes}
          name={name}
          id={id}
          value={shown}
          {...state}
        />
      )}
      {error !== null && (
        <span class="pc-error" id={`${id}_error`}>
          {error}
        </span>
      )}
    </span>
  )
}
