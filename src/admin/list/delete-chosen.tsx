/**
 * Deletes what was chosen in a list, after a page that says what goes with it.
 * @module
 */

import { IntegrityError, ValidationError, type Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import type { Model } from '../../database/model.js'
import { notify } from '../frame/notices.js'
import { logDeletion } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { confirmAction } from './confirm-action.js'

/** Shows the question, or deletes where it was answered. */
export async function deleteChosen(
  visit: AdminVisit,
  admin: ModelAdmin,
  rows: readonly Model[],
  { isConfirmed, back }: { readonly isConfirmed: boolean; readonly back: string },
): Promise<Response> {
  for (const row of rows) if (!(await admin.canDelete(visit.request, row))) return visit.forbidden('may not delete one of the rows')
  if (!isConfirmed) {
    const label = `Delete ${rows.length} ${rows.length === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural}?`
    return confirmAction(visit, admin, {
      action: 'delete_selected',
      label,
      question: 'These would be deleted, with everything that belongs to them. It cannot be undone.',
      rows,
      back,
      button: 'Yes, delete',
      isDanger: true,
    })
  }
  const problems: Problem[] = []
  try {
    await visit.parts.atomic(async () => {
      await admin.special.hold?.(visit, rows)
      problems.push(...((await admin.special.guardDelete?.(visit, rows)) ?? []))
      if (problems.length > 0) return
      for (const row of rows) {
        await logDeletion(visit.parts, { staff: visit.staff, admin, row })
        await row.delete()
      }
    })
  } catch (error) {
    if (!(error instanceof ValidationError || error instanceof IntegrityError)) throw error
    notify(visit, 'error', error instanceof ValidationError ? error.messages.join(' ') : messageFor('protected'))
    return visit.redirect(back)
  }
  const what = rows.length === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural
  if (problems.length > 0) notify(visit, 'error', problems.map((one) => messageFor(one.key, one.params)).join(' '))
  else notify(visit, 'success', `${rows.length} ${what} deleted.`)
  return visit.redirect(admin.url(visit.base))
}
