/**
 * Deletes what was chosen in a list, after a page that says what goes with it.
 * @module
 */

import { messageFor } from '../../base/messages.js'
import type { Model } from '../../database/model.js'
import { notify } from '../frame/notices.js'
import type { ModelAdmin } from '../model-admin.js'
import { performDelete } from '../remove/perform.js'
import { deletePlan } from '../remove/plan.js'
import type { AdminVisit } from '../visit.js'
import { confirmAction } from './confirm-action.js'

/** Shows the question, or deletes where it was answered. */
export async function deleteChosen(
  visit: AdminVisit,
  admin: ModelAdmin,
  rows: readonly Model[],
  { isConfirmed, back }: { readonly isConfirmed: boolean; readonly back: string },
): Promise<Response> {
  await admin.special.preload?.(visit.request, rows)
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
      plan: await deletePlan(visit, admin, rows),
    })
  }
  const { count, problems } = await performDelete(visit, admin, rows)
  if (problems.length > 0) {
    notify(visit, 'error', problems.map((one) => messageFor(one.key, one.params)).join(' '))
    return visit.redirect(back)
  }
  notify(visit, 'success', `${count} ${count === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural} deleted.`)
  return visit.redirect(admin.url(visit.base))
}
