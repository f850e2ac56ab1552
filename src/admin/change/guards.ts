/**
 * What stands against a change, as special models see it: the object's own, and that of each row of another model on its page. Otherwise a user
 * could be made a superuser as a row on the page of a company (I6). What stands against deleting a row is asked where it is deleted.
 * @module
 */

import type { Problem } from '../../base/errors.js'
import type { PendingChange } from '../special.js'
import type { AdminVisit } from '../visit.js'

/** Asks every special model that a change concerns. */
export async function guardProblems(visit: AdminVisit, change: PendingChange): Promise<readonly Problem[]> {
  const own = (await change.admin.special.guardSave?.(visit, change)) ?? []
  if (own.length > 0) return own
  const found: Problem[] = []
  for (const { admin, added, changed } of change.inlines) {
    const { guardSave } = admin.special
    const each = [...added.map((values) => ({ row: null, values })), ...changed]
    for (const { row, values } of each) found.push(...((await guardSave?.(visit, { admin, row, values, relations: new Map(), inlines: [] })) ?? []))
  }
  // The fields they name are those of a row, which this form has none of.
  return found.map((one) => ({ ...one, field: null }))
}
