/**
 * Groups side by side, their permissions below each other, a box where they meet: to compare groups, and to change several at once. What was
 * changed is shown with what it means before it is saved.
 * @module
 */

import { Group } from '../../accounts/group.js'
import { ValidationError, type Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { CSRF_FIELD } from '../../protection/csrf.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { GroupRights } from '../rights/effects.js'
import type { Rights } from '../rights/rights.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { confirmedFields, groupsByKey, readConfirmed, readMatrix } from './matrix-data.js'
import { problemsOf, saveMatrix } from './matrix-save.js'
import { openView, type MatrixState } from './matrix-state.js'
import { MatrixView } from './matrix-view.js'
import { readFields } from './open.js'
import { groupsPreview } from './preview.js'

const BUTTONS = new Set(['_save', '_confirmed', CSRF_FIELD])

/** The page. */
export function matrixPage(rights: Rights): AdminPageHandlers {
  return {
    async GET(visit) {
      const admin = visit.admin.of(Group)
      if (admin === null) return visit.notFound()
      if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
      const state = await openView(visit, admin, rights)
      if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
      return matrix(visit, admin, state)
    },
    async POST(visit) {
      const admin = visit.admin.of(Group)
      if (admin === null) return visit.notFound()
      if (!(await admin.canChange(visit.request))) return visit.forbidden(`lacks ${admin.permission('change')}`)
      const state = await openView(visit, admin, rights)
      if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
      const { data, pressed } = await readFields(visit, BUTTONS)
      const isConfirmed = pressed.has('_confirmed')
      const changes = isConfirmed ? readConfirmed(data) : readMatrix(data)
      if (changes === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'cells that are none' })
      return changed(visit, admin, rights, state, { data, changes, isConfirmed })
    },
  }
}

interface Sent {
  readonly data: RequestData
  readonly changes: readonly GroupRights[]
  readonly isConfirmed: boolean
}

async function changed(
  visit: AdminVisit,
  admin: ModelAdmin,
  rights: Rights,
  state: MatrixState,
  { data, changes, isConfirmed }: Sent,
): Promise<Response> {
  const back = visit.request.target
  if (changes.length === 0) {
    notify(visit, 'info', 'Nothing was changed.')
    return visit.redirect(back)
  }
  const problems = await problemsOf(visit, admin, rights, changes)
  if (problems === 'forbidden') return visit.forbidden('may not change one of the groups')
  if (problems.length > 0) return refused(visit, admin, state, data, problems)
  if (!isConfirmed) return confirmation(visit, admin, rights, changes, back)
  try {
    await saveMatrix(visit, admin, rights, changes)
  } catch (error) {
    if (error instanceof ValidationError) return refused(visit, admin, state, data, error.problems)
    throw error
  }
  notify(visit, 'success', changes.length === 1 ? 'One group was changed.' : `${changes.length} groups were changed.`)
  return visit.redirect(back)
}

/** The matrix as it was sent, with what stands against it. */
async function refused(visit: AdminVisit, admin: ModelAdmin, state: MatrixState, data: RequestData, problems: readonly Problem[]): Promise<Response> {
  if (visit.request.wantsJson)
    return visit.json({ errors: { __all__: problems.map((one) => ({ code: one.code, message: messageFor(one.key, one.params) })) } }, 422)
  const ticked = new Set((data.fields.get('grant') ?? []).map(String))
  return matrix(visit, admin, data.fields.has('was') ? { ...state, ticked } : state, problems)
}

async function confirmation(visit: AdminVisit, admin: ModelAdmin, rights: Rights, changes: readonly GroupRights[], back: string): Promise<Response> {
  const groups = await groupsByKey(
    visit.parts,
    changes.map((one) => one.key),
  )
  const names = new Map(groups.map((one) => [one.id, one.name]))
  const title = 'Change what groups grant?'
  return adminPage(visit, {
    title,
    breadcrumbs: crumbsOf(visit, admin, { label: 'Matrix', href: back }, { label: 'Confirm' }),
    current: admin,
    content: (
      <div class="pa-wide">
        {await groupsPreview(visit, rights, changes, names)}
        <form method="post" action={back} class="pa-submit">
          <CsrfField token={visit.request.csrfToken()} />
          {confirmedFields(changes).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="pc-button" name="_confirmed" value="1">
            Yes, save it
          </button>
          <a class="pc-button pc-button-quiet" href={back}>
            Back without saving
          </a>
        </form>
      </div>
    ),
  })
}

async function matrix(visit: AdminVisit, admin: ModelAdmin, state: MatrixState, problems: readonly Problem[] = []): Promise<Response> {
  return adminPage(visit, {
    title: 'Groups and permissions',
    subtitle: 'What each group grants. Tick, clear, and see what it means before it is saved.',
    breadcrumbs: crumbsOf(visit, admin, { label: 'Matrix' }),
    current: admin,
    status: problems.length > 0 ? 422 : 200,
    content: <MatrixView visit={visit} admin={admin} state={state} problems={problems} />,
  })
}
