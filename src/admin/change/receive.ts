/**
 * A form that arrived: searched in, given more rows, sent back with what is wrong, confirmed, or saved.
 * @module
 */

import { messageFor } from '../../base/messages.js'
import type { Model } from '../../database/model.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { ADMIN_BODY_LIMITS } from '../body-limits.js'
import { notify } from '../frame/notices.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { readForm, sendForm, type SentForm } from './admin-form.js'
import { fieldsBeside } from './beside.js'
import { QUERY, SEARCH } from './choices.js'
import { missing } from './missing.js'
import { conflictForm } from './conflict-form.js'
import { confirmPage, CONFIRMED, EDIT } from './confirm-page.js'
import { jsonErrors } from './json-errors.js'
import { formPage } from './form-page.js'
import { inlineSetsOf } from './inline-set.js'
import { keyName, MORE_ROWS, withMoreRows } from './inline-form.js'
import { accessOfPage, describe, pendingOf, rowsOfPage } from './pending.js'
import { saveForm, type Saved } from './save.js'
import { textsOf } from './submission.js'
import { labelOf } from './record-view.js'

/** Takes a form; `row` is the object it changes, null for a new one. */
export async function receive(visit: AdminVisit, admin: ModelAdmin, row: Model | null): Promise<Response> {
  const data = await visit.request.readBody(ADMIN_BODY_LIMITS)
  const asNew = row !== null && data.fields.has('_saveasnew')
  // Whoever may only change makes no new one (I4).
  if (asNew && !(await admin.canAdd(visit.request))) return visit.forbidden(`lacks ${admin.permission('add')}`)
  const isNew = row === null || (asNew && admin.options.saveAs === true)
  const form = isNew
    ? await sendForm(visit, admin, null, row === null ? data : withoutKeys(visit, admin, data))
    : await sendForm(visit, admin, row, data)
  const relations = new Set(form.submission.form.relations.map((one) => one.wireName))
  if (data.kind === 'json' && form.submission.run.beside.some((name) => !relations.has(name) && !name.startsWith('_')))
    return visit.refuse({ status: 400, code: 'bad_request', reason: 'unknown fields in JSON' })
  if (asksAgain(data)) return formPage({ form: await withRoom(form), status: 200, withErrors: false })
  if (!(await readForm(form))) return refused(form)
  // A program has nobody to show a page to.
  const preview = data.fields.has(CONFIRMED) || visit.request.wantsJson ? null : await previewOf(form)
  if (preview !== null) return confirmPage(form, preview)
  return answer(form, await saveForm(form))
}

async function answer(form: SentForm, saved: Saved): Promise<Response> {
  const { visit, admin } = form
  switch (saved.kind) {
    case 'gone':
      return missing(visit, admin)
    case 'refused':
      return refused(form, saved)
    case 'conflict':
      if (visit.request.wantsJson) return visit.json({ error: { code: 'conflict', message: messageFor('overtaken') } }, 409)
      return formPage({ form: await conflictForm(form, saved.row, saved.pending), status: 409, withErrors: false })
    case 'saved':
      tellRefused(form, saved.refused)
      return afterwards(form, saved.row)
  }
}

/** Says what was sent and not written. */
function tellRefused(form: SentForm, refusedNow: readonly string[]): void {
  const labels = [...new Set([...refusedNow, ...fieldsBeside(form)])].map((name) => labelOf(form.record, name))
  if (labels.length > 0) notify(form.visit, 'warning', `Not changed, because you may not: ${labels.join(', ')}.`)
}

async function refused(form: SentForm, found?: Extract<Saved, { kind: 'refused' }>): Promise<Response> {
  if (form.visit.request.wantsJson) return form.visit.json(jsonErrors(form, found), 422)
  return formPage({ form, status: 422, ...(found === undefined ? {} : { found }) })
}

/** Whether the form came for something else than to be saved: a search, room for more rows, or from the page that asks for confirmation. */
function asksAgain(data: RequestData): boolean {
  const { fields } = data
  if (fields.has(SEARCH) || fields.has(MORE_ROWS) || fields.has(EDIT)) return true
  if (!fields.has('_default')) return false
  // The return key in a box to search with.
  return [...fields].some(([name, [value]]) => name.endsWith(QUERY) && typeof value === 'string' && value.trim() !== '' && !isAnswered(data, name))
}

/** Whether a search was shown already: its text travels along. */
function isAnswered({ fields }: RequestData, name: string): boolean {
  const [asked] = fields.get(`${name}_shown`) ?? []
  return asked === fields.get(name)?.[0]
}

async function withRoom(form: SentForm): Promise<SentForm> {
  const wanted = textsOf(form.data, MORE_ROWS)
  if (wanted.length === 0) return form
  const inlines = []
  for (const inline of form.inlines) inlines.push(wanted.includes(inline.set.prefix) ? await withMoreRows(form.visit, inline) : inline)
  return { ...form, inlines }
}

async function previewOf(form: SentForm) {
  const { visit, admin, row } = form
  if (admin.special.preview === undefined) return null
  const pending = await pendingOf(form, row, rowsOfPage, accessOfPage)
  return admin.special.preview(visit, describe(form, row, pending))
}

/** Where to go on: as Django does. */
async function afterwards(form: SentForm, row: Model): Promise<Response> {
  const { visit, admin, data } = form
  const { fields } = data
  const what = `The ${admin.meta.verboseName} “${admin.nameOf(row)}” was ${form.row === null ? 'added' : 'changed'}.`
  const change = admin.url(visit.base, 'change', row.pk)
  if (visit.request.wantsJson) return visit.json({ key: String(row.pk), url: change }, form.row === null ? 201 : 200)
  if ((fields.has('_continue') || fields.has('_saveasnew')) && (await admin.canView(visit.request, row))) {
    notify(visit, 'success', `${what} You may go on here.`)
    return visit.redirect(change + queryOf(visit))
  }
  if (fields.has('_addanother') && (await admin.canAdd(visit.request))) {
    notify(visit, 'success', `${what} You may add another one.`)
    return visit.redirect(admin.url(visit.base, 'add') + queryOf(visit))
  }
  notify(visit, 'success', what)
  if (!(await admin.canView(visit.request))) return visit.redirect(`${visit.base}/`)
  return visit.redirect(admin.url(visit.base) + filtersOf(visit))
}

/** What the list was narrowed to before somebody went to one of its objects. Django's name. */
const FILTERS = '_changelist_filters'

function filtersOf(visit: AdminVisit): string {
  const filters = visit.request.query.get(FILTERS) ?? ''
  return filters === '' || filters.length > 2000 ? '' : `?${new URLSearchParams(filters)}`
}

function queryOf(visit: AdminVisit): string {
  const filters = visit.request.query.get(FILTERS) ?? ''
  return filters === '' || filters.length > 2000 ? '' : `?${new URLSearchParams({ [FILTERS]: filters })}`
}

/** The same as if nothing had been there: a copy has rows of its own. */
function withoutKeys(visit: AdminVisit, admin: ModelAdmin, data: RequestData): RequestData {
  const sets = inlineSetsOf(visit, admin)
  const isOld = (name: string): boolean =>
    name.startsWith('_opened') ||
    sets.some((set) => {
      const [, field = ''] = name.startsWith(`${set.prefix}-`) ? (/^\d+-(.*)$/s.exec(name.slice(set.prefix.length + 1)) ?? []) : []
      return field === keyName(set) || field.startsWith('_opened')
    })
  return { ...data, fields: new Map([...data.fields].filter(([name]) => !isOld(name))) }
}
