/**
 * What a list takes: an action on the chosen rows, after a confirmation where it needs one, or cells that were changed in place.
 * @module
 */

import { PermissionDenied, ValidationError } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { ADMIN_BODY_LIMITS } from '../body-limits.js'
import { rowsToWrite } from '../change/lock.js'
import { notify } from '../frame/notices.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminAction } from '../options.js'
import { readKey } from '../read-key.js'
import { deleteChosen } from './delete-chosen.js'
import type { AdminVisit } from '../visit.js'
import { confirmAction } from './confirm-action.js'
import { saveCells } from './save-cells.js'
import type { SentCells } from './editable.js'
import { listOf, stateOf } from './model-list.js'

/** Rows that one action may take. */
export const MOST_CHOSEN = 1000

/** An action of a list, as somebody may use it. */
export interface ListAction {
  readonly name: string
  readonly label: string
  /** A question to answer first; null where it is done at once. `delete` brings its own page. */
  readonly confirm: string | null
  /** The permission it takes, in general and on each row: one of the four, or a whole name. */
  readonly permission: string
  readonly run: ((visit: AdminVisit, rows: readonly Model[]) => Promise<string | void>) | 'delete'
}

type Show = (visit: AdminVisit, admin: ModelAdmin, sent?: SentCells) => Promise<Response>

/** The actions that somebody may use on a list. */
export async function actionsOf(visit: AdminVisit, admin: ModelAdmin): Promise<ListAction[]> {
  const { request } = visit
  const actions: ListAction[] = []
  if (await admin.canDelete(request))
    actions.push({
      name: 'delete_selected',
      label: `Delete the chosen ${admin.meta.verboseNamePlural}`,
      confirm: null,
      permission: 'delete',
      run: 'delete',
    })
  for (const one of (admin.options.actions ?? []) as readonly AdminAction<Model>[]) {
    const { name, label, permission = 'change', confirm = null } = one
    if (await admin.may(request, permission)) actions.push({ name, label, confirm, permission, run: (_visit, rows) => one.run(rows, request) })
  }
  if (await admin.canChange(request)) for (const one of admin.special.actions ?? []) actions.push({ ...one, confirm: null, permission: 'change' })
  return actions
}

/** Takes what a list sent. */
export async function postList(visit: AdminVisit, admin: ModelAdmin, show: Show): Promise<Response> {
  if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
  const state = stateOf(visit, listOf(visit.parts, admin))
  if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
  const data = await visit.request.readBody(ADMIN_BODY_LIMITS)
  const action = textOf(data, 'action')
  if (data.fields.has('_save')) return saveList(visit, admin, data, show)
  const back = `${admin.url(visit.base)}${visit.request.target.slice(visit.request.path.length)}`
  if (action === '') {
    notify(visit, 'warning', 'No action was chosen.')
    return visit.redirect(back)
  }
  const found = (await actionsOf(visit, admin)).find((one) => one.name === action)
  if (found === undefined) return visit.forbidden(`may not use the action ${action.slice(0, 50)}`)
  const keys = keysOf(visit, admin, data)
  if (keys === null || keys.length > MOST_CHOSEN)
    return visit.refuse({ status: 400, code: 'bad_request', reason: 'too many rows, or keys that are none' })
  if (keys.length === 0) {
    notify(visit, 'warning', `Choose ${admin.meta.verboseNamePlural} first: tick the boxes before them.`)
    return visit.redirect(back)
  }
  const rows = await listOf(visit.parts, admin).reader.byKeys({ ...state, condition: null }, keys)
  if (found.run === 'delete') return deleteChosen(visit, admin, rows, { isConfirmed: textOf(data, 'post') === 'yes', back })
  if (found.confirm !== null && textOf(data, 'post') !== 'yes') {
    await admin.special.preload?.(visit.request, rows)
    await refuseAny(visit, admin, found, rows)
    return confirmAction(visit, admin, { action: found.name, label: found.label, question: found.confirm, rows, back })
  }
  return run(visit, admin, found, rows, back)
}

/** Does it, with the right to it asked of each row as it is now, and as who is asking is now. Rows that are gone meanwhile are left out. */
async function run(visit: AdminVisit, admin: ModelAdmin, action: ListAction, chosen: readonly Model[], back: string): Promise<Response> {
  const work = action.run
  if (work === 'delete') return visit.redirect(back)
  try {
    const done = await visit.parts.atomic(async () => {
      const rows = [...(await rowsToWrite(visit, admin, chosen)).values()]
      await refuseAny(visit, admin, action, rows)
      const said = await work(visit, rows)
      return said ?? `${action.label}: done for ${counted(admin, rows.length)}.`
    })
    notify(visit, 'success', done)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    notify(visit, 'error', error.messages.join(' '))
  }
  return visit.redirect(back)
}

/** Throws where an action may not be done to one of the rows. */
async function refuseAny(visit: AdminVisit, admin: ModelAdmin, { name, permission }: ListAction, rows: readonly Model[]): Promise<void> {
  for (const row of rows)
    if (!(await admin.may(visit.request, permission, row))) throw new PermissionDenied({ reason: `may not do ${name} to one of the rows` })
}

async function saveList(visit: AdminVisit, admin: ModelAdmin, data: RequestData, show: Show): Promise<Response> {
  if (!(await admin.canChange(visit.request))) return visit.forbidden(`lacks ${admin.permission('change')}`)
  const outcome = await saveCells(visit, admin, data)
  if (outcome === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'too many rows' })
  if (outcome.errors.size > 0)
    return show(visit, admin, { errors: outcome.errors, typed: (name) => (data.fields.has(`${name}-was`) ? textOf(data, name) : null) })
  const { changed, gone } = outcome
  if (gone > 0) notify(visit, 'warning', `Not changed, because somebody deleted them meanwhile: ${counted(admin, gone)}.`)
  if (changed > 0) notify(visit, 'success', `${counted(admin, changed)} changed.`)
  else if (gone === 0) notify(visit, 'info', 'Nothing was changed.')
  return visit.redirect(`${admin.url(visit.base)}${visit.request.target.slice(visit.request.path.length)}`)
}

/** The chosen keys; null where one could be none. */
function keysOf(visit: AdminVisit, admin: ModelAdmin, data: RequestData): unknown[] | null {
  const keys = (data.fields.get('_selected_action') ?? []).map((given) => readKey(visit.parts.registry, admin.meta, given))
  return keys.includes(null) ? null : keys
}

function counted({ meta }: ModelAdmin, count: number): string {
  return `${count} ${count === 1 ? meta.verboseName : meta.verboseNamePlural}`
}

function textOf(data: RequestData, name: string): string {
  const [value] = data.fields.get(name) ?? []
  return typeof value === 'string' ? value : ''
}
