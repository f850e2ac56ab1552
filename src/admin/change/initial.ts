/**
 * What the form of a new object starts from, as the address says: `add/?name=Gear&category=3`. Only what the form has is looked at.
 * @module
 */

import { snakeCase } from '../../database/meta.js'
import type { FormValues } from '../../forms/definition.js'
import { modelField, isOffered } from '../../forms/model-field.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { layoutOf, namesIn } from './layout.js'
import { fieldPartsOf } from './record-form.js'

/** Longer values are no link's doing. */
const LONGEST = 500

/** Reads them. A value that is none of its field's is passed over. */
export function initialFrom(visit: AdminVisit, admin: ModelAdmin): FormValues {
  const values = Object.create(null) as FormValues
  const { query } = visit.request
  if (query.size === 0) return values
  const parts = fieldPartsOf({ visit, admin })
  for (const name of namesIn(layoutOf(admin))) {
    const column = admin.meta.column.get(name)
    const given = query.getAll(snakeCase(name))
    if (column === undefined || given.length !== 1 || (given[0] ?? '').length > LONGEST || !isOffered(parts, column)) continue
    const field = modelField(parts, column)
    if (field.type === 'file') continue
    try {
      values[name] = field.read({ kind: 'form', values: given, files: [], isCleared: false, initial: null })
    } catch {
      // A link with a slip in it opens an empty form.
    }
  }
  return values
}
