/**
 * The page that asks before an object is deleted: it names everything that goes with it.
 * @module
 */

import type { Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import type { Model } from '../../database/model.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { missing } from '../change/missing.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { Problems } from '../frame/problems.js'
import { adminPage } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { performDelete } from './perform.js'
import { deletePlan } from './plan.js'
import { PlanView } from './plan-view.js'

/** The page of one model's objects. */
export function deletePage(admin: ModelAdmin): AdminPageHandlers {
  return {
    async GET(visit) {
      const row = await deletableRow(visit, admin)
      return row instanceof Response ? row : ask(visit, admin, row)
    },
    async POST(visit) {
      const row = await deletableRow(visit, admin)
      if (row instanceof Response) return row
      const name = admin.nameOf(row)
      const { count, problems } = await performDelete(visit, admin, [row])
      if (problems.length > 0) return ask(visit, admin, row, problems)
      if (count === 0) return missing(visit, admin)
      if (visit.request.wantsJson) return visit.json({ deleted: count })
      notify(visit, 'success', `The ${admin.meta.verboseName} “${name}” was deleted.`)
      return visit.redirect((await admin.canView(visit.request)) ? admin.url(visit.base) : `${visit.base}/`)
    },
  }
}

/** The object, or why not: the right comes before the object, so that nobody learns which there are (I3). */
async function deletableRow(visit: AdminVisit, admin: ModelAdmin): Promise<Model | Response> {
  if (!(await admin.canDelete(visit.request))) return visit.forbidden(`lacks ${admin.permission('delete')}`)
  const row = await admin.find(visit.parameters[0] ?? '')
  if (row === null) return missing(visit, admin)
  return (await admin.canDelete(visit.request, row)) ? row : visit.forbidden('may not delete this object')
}

async function ask(visit: AdminVisit, admin: ModelAdmin, row: Model, problems: readonly Problem[] = []): Promise<Response> {
  const plan = await deletePlan(visit, admin, [row])
  if (problems.length > 0 && visit.request.wantsJson)
    return visit.json({ errors: { __all__: problems.map((one) => ({ code: one.code, message: messageFor(one.key, one.params) })) } }, 422)
  const name = admin.nameOf(row)
  const change = admin.url(visit.base, 'change', row.pk)
  const mayView = await admin.canView(visit.request, row)
  const isPossible = plan.lacking.length === 0 && plan.protectedBy.length === 0
  return adminPage(visit, {
    title: `Delete “${name}”?`,
    breadcrumbs: crumbsOf(visit, admin, { label: name, ...(mayView ? { href: change } : {}) }, { label: 'Delete' }),
    current: admin,
    status: problems.length > 0 ? 422 : 200,
    content: (
      <form class="pa-form" method="post" action={visit.request.target}>
        <CsrfField token={visit.request.csrfToken()} />
        <input type="hidden" name="post" value="yes" />
        {problems.length > 0 && <Problems problems={problems} />}
        <div class="pc-card pa-section pa-plan">
          {isPossible && <p>It cannot be undone.</p>}
          <PlanView plan={plan} />
        </div>
        <div class="pa-save">
          {isPossible && (
            <button type="submit" class="pc-button pa-button-delete">
              Yes, delete it
            </button>
          )}
          <a class="pc-button pc-button-quiet" href={mayView ? change : `${visit.base}/`}>
            {isPossible ? 'No, take me back' : 'Back'}
          </a>
        </div>
      </form>
    ),
  })
}
