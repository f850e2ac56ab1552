/**
 * An object that is not there.
 * @module
 */

import { notify } from '../frame/notices.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** Said on the first page, as in Django (AD-25). What was asked for is not repeated (I12). */
export async function missing(visit: AdminVisit, admin: ModelAdmin): Promise<Response> {
  if (visit.request.wantsJson) return visit.notFound()
  notify(visit, 'warning', `That ${admin.meta.verboseName} is not there. Perhaps it was deleted.`)
  return visit.redirect(`${visit.base}/`)
}
