/**
 * The question before an action is done.
 * @module
 */

import type { Model } from '../../database/model.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { DeletePlan } from '../remove/plan.js'
import { PlanView } from '../remove/plan-view.js'
import type { AdminVisit } from '../visit.js'

/** So many names are shown; the rest is counted. */
const MOST_NAMED = 100

/** Shows the question, with what it is about. */
export async function confirmAction(
  visit: AdminVisit,
  admin: ModelAdmin,
  {
    action,
    label,
    question,
    rows,
    back,
    button = label,
    isDanger = false,
    plan = null,
  }: {
    readonly action: string
    readonly label: string
    readonly question: string
    readonly rows: readonly Model[]
    readonly back: string
    readonly button?: string
    readonly isDanger?: boolean
    /** What would go, in place of the names alone. */
    readonly plan?: DeletePlan | null
  },
): Promise<Response> {
  const isPossible = plan === null || (plan.lacking.length === 0 && plan.protectedBy.length === 0)
  return adminPage(visit, {
    title: label,
    breadcrumbs: crumbsOf(visit, admin, { label }),
    current: admin,
    content: (
      <form method="post" class="pc-card pa-confirm" action={back}>
        <CsrfField token={visit.request.csrfToken()} />
        <input type="hidden" name="action" value={action} />
        <input type="hidden" name="post" value="yes" />
        {rows.map((row) => (
          <input type="hidden" name="_selected_action" value={String(row.pk)} />
        ))}
        {isPossible && <p>{question}</p>}
        {plan !== null && <PlanView plan={plan} />}
        {plan === null && (
          <ul class="pa-named">
            {rows.slice(0, MOST_NAMED).map((row) => (
              <li>{admin.nameOf(row)}</li>
            ))}
            {rows.length > MOST_NAMED && <li>and {rows.length - MOST_NAMED} more</li>}
          </ul>
        )}
        <div class="pa-buttons">
          {isPossible && (
            <button type="submit" class={isDanger ? 'pc-button pa-button-delete pa-compact' : 'pc-button pa-compact'}>
              {button}
            </button>
          )}
          <a class="pc-button pc-button-quiet pa-compact" href={back}>
            {isPossible ? 'No, go back' : 'Back'}
          </a>
        </div>
      </form>
    ),
  })
}
