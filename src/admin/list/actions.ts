/**
 * What a list takes: an action on the chosen rows, after a confirmation where it needs one, or cells that were changed in place.
 * @module
 */

import { ValidationError } from '../../base/errors.js'
import { readOutside } from '../../authentication/outside-values.js'
import { codecFor } from '../../database/filters.js'
import type { Model } from '../../database/model.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { notify } from '../frame/notices.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminAction } from '../options.js'
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
  readonly run: ((visit: AdminVisit, rows: readonly Model[]) => Promise<string | void>) | 'delete'
}

type Show = (visit: AdminVisit, admin: ModelAdmin, sent?: SentCells) => Promise<Response>

/** The actions that somebody may use on a list. */
export async function actionsOf(visit: AdminVisit, admin: ModelAdmin): Promise<ListAction[]> {
  const { request } = visit
  const actions: ListAction[] = []
  if (await admin.canDelete(request))
    actions.push({ name: 'delete_selected', label: `Delete the chosen ${admin.meta.verboseNamePlural}`, confirm: null, run: 'delete' })
  for (const one of (admin.options.actions ?? []) as readonly AdminAction<Model>[]) {
    if (!(await mayUse(visit, admin, one.permission ?? 'change'))) continue
    actions.push({ name: one.name, label: one.label, confirm: one.confirm ?? null, run: (_visit, rows) => one.run(rows, request) })
  }
  if (await admin.canChange(request)) for (const one of admin.special.actions ?? []) actions.push({ ...one, confirm: null })
  return actions
}

/** Takes what a list sent. */
export async function postList(visit: AdminVisit, admin: ModelAdmin, show: Show): Promise<Response> {
  if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
  const state = stateOf(visit, listOf(visit.parts, admin))
  if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
  const data = await visit.request.readBody()
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
  if (found.confirm !== null && textOf(data, 'post') !== 'yes')
    return confirmAction(visit, admin, { action: found.name, label: found.label, question: found.confirm, rows, back })
  return run(visit, admin, found, rows, back)
}

async function run(visit: AdminVisit, admin: ModelAdmin, action: ListAction, rows: readonly Model[], back: string): Promise<Response> {
  const work = action.run
  if (work === 'delete') return visit.redirect(back)
  await admin.special.preload?.(visit.request, rows)
  for (const row of rows)
    if (!(await admin.canChange(visit.request, row)) && !(await admin.canDelete(visit.request, row)))
      return visit.forbidden('may not change one of the rows')
  try {
    const said = await visit.parts.atomic(() => work(visit, rows))
    notify(
      visit,
      'success',
      said ?? `${action.label}: done for ${rows.length} ${rows.length === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural}.`,
    )
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    notify(visit, 'error', error.messages.join(' '))
  }
  return visit.redirect(back)
}

async function saveList(visit: AdminVisit, admin: ModelAdmin, data: RequestData, show: Show): Promise<Response> {
  if (!(await admin.canChange(visit.request))) return visit.forbidden(`lacks ${admin.permission('change')}`)
  const outcome = await saveCells(visit, admin, data)
  if (outcome === null) return visit.refuse({ status: 400, code: 'bad_request', reason: 'too many rows' })
  if (outcome.errors.size > 0)
    return show(visit, admin, { errors: outcome.errors, typed: (name) => (data.fields.has(`${name}-was`) ? textOf(data, name) : null) })
  const what = outcome.changed === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural
  notify(visit, outcome.changed === 0 ? 'info' : 'success', outcome.changed === 0 ? 'Nothing was changed.' : `${outcome.changed} ${what} changed.`)
  return visit.redirect(`${admin.url(visit.base)}${visit.request.target.slice(visit.request.path.length)}`)
}

async function mayUse(visit: AdminVisit, admin: ModelAdmin, permission: string): Promise<boolean> {
  switch (permission) {
    case 'add':
      return admin.canAdd(visit.request)
    case 'change':
      return admin.canChange(visit.request)
    case 'delete':
      return admin.canDelete(visit.request)
    case 'view':
      return admin.canView(visit.request)
    default:
      return visit.staff.hasPerm(permission as never)
  }
}

/** The chosen keys as the database has them; null where one could be none. */
function keysOf(visit: AdminVisit, admin: ModelAdmin, data: RequestData): unknown[] | null {
  const { primaryKey } = admin.meta
  if (primaryKey === null) return null
  const { registry } = visit.parts
  const codec = codecFor(registry, admin.meta, primaryKey)
  const keys: unknown[] = []
  for (const given of data.fields.get('_selected_action') ?? []) {
    const key = readOutside(registry, admin.meta, primaryKey, given)
    if (key === null) return null
    try {
      keys.push(codec.encode(codec.accept(key)))
    } catch (error) {
      if (error instanceof ValidationError) return null
      throw error
    }
  }
  return keys
}

function textOf(data: RequestData, name: string): string {
  const [value] = data.fields.get(name) ?? []
  return typeof value === 'string' ? value : ''
}
