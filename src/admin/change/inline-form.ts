/**
 * The forms of the rows of another model on one page: those that are there, and empty ones to fill in. What arrives is held to the rows of this
 * object, to each row's own rights, and to a number of rows that a page bears (I5).
 * @module
 */

import { PermissionDenied } from '../../base/errors.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { FormField } from '../../forms/form-field.js'
import { BodyProblem, type RequestData } from '../../protection/body/request-data.js'
import type { AdminVisit } from '../visit.js'
import { inlineRights, inlineSetsOf, rowsOf, type InlineRights, type InlineSet } from './inline-set.js'
import { sameLines } from './opened.js'
import { openRecord, type RecordForm } from './record-form.js'
import { Submission, textsOf } from './submission.js'
import { targetOf } from './targets.js'
import type { ModelAdmin } from '../model-admin.js'

/** A row on the page: one that is there, or an empty one. */
export interface InlineRow {
  /** Stands in the names of its fields. Numbers have gaps where rows were taken away. */
  readonly number: number
  readonly form: RecordForm
  readonly row: Model | null
  readonly mayDelete: boolean
  /** What arrived; null on a page that nobody has sent. */
  readonly submission: Submission | null
  readonly isDeleted: boolean
}

/** The rows of a set. */
export interface Inline {
  readonly set: InlineSet
  readonly rights: InlineRights
  readonly rows: readonly InlineRow[]
  /** How many of them are there already. */
  readonly present: number
  /** An empty row for scripts to copy; null where none may be added. */
  readonly blank: RecordForm | null
  /** Whether there are more rows than a page bears. */
  readonly hasMore: boolean
  /** Keys of rows that were sent and are gone. */
  readonly lost: readonly string[]
}

/** What stands for the number of a row in the empty row that scripts copy. */
const NUMBER = '__prefix__'
/** Asks for more empty rows. */
export const MORE_ROWS = '_more'
/** So many at a time. */
const MORE = 3
/** Rows that scripts took away leave gaps in the numbers; beyond so many it is no page's doing. */
const MOST_GAPS = 100

/** The sets of an object's page as somebody opens it. */
export async function openInlines(visit: AdminVisit, admin: ModelAdmin, parent: Model | null): Promise<Inline[]> {
  const inlines: Inline[] = []
  for (const { set, rights } of await visibleSets(visit, admin)) {
    const found = parent === null || !rights.mayView ? [] : await rowsOf(set, parent)
    const rows: InlineRow[] = []
    for (const row of found.slice(0, set.max)) rows.push(await presentRow(visit, set, rights, row, rows.length))
    const room = rights.mayAdd ? Math.max(0, Math.min(set.extra, set.max - found.length)) : 0
    for (let left = room; left > 0; left -= 1) rows.push(await emptyRow(visit, set, rows.length))
    inlines.push(await inline(visit, set, rights, rows, found))
  }
  return inlines
}

/** The same with what arrived. Throws where a row is not this object's, or may not be added or deleted. */
export async function submitInlines(visit: AdminVisit, admin: ModelAdmin, parent: Model | null, data: RequestData): Promise<Inline[]> {
  const inlines: Inline[] = []
  for (const { set, rights } of await visibleSets(visit, admin)) {
    const found = parent === null || !rights.mayView ? [] : await rowsOf(set, parent)
    const total = totalOf(data, set)
    if (total === null) {
      // A form without these rows says nothing of them.
      inlines.push(await inline(visit, set, rights, [], found))
      continue
    }
    const { rows, lost } = await readRows(visit, set, rights, { found, total, data })
    inlines.push({ ...(await inline(visit, set, rights, rows, found)), lost })
  }
  return inlines
}

interface Sent {
  readonly found: readonly Model[]
  readonly total: number
  readonly data: RequestData
}

async function readRows(
  visit: AdminVisit,
  set: InlineSet,
  rights: InlineRights,
  { found, total, data }: Sent,
): Promise<Pick<Inline, 'rows' | 'lost'>> {
  const rows: InlineRow[] = []
  const lost: { key: string; wasTouched: boolean }[] = []
  const byKey = new Map(found.map((row) => [String(row.pk), row]))
  const seen = new Set<string>()
  for (let number = 0; number < total; number += 1) {
    const key = keyOf(data, set, number)
    const row = key === null ? null : byKey.get(key)
    if (key !== null && seen.has(key)) throw new BodyProblem('malformed_body')
    if (key !== null) seen.add(key)
    if (row !== null && row !== undefined) {
      rows.push(await presentRow(visit, set, rights, row, number, data))
      continue
    }
    const other = await emptyRow(visit, set, number, data)
    if (key !== null) lost.push({ key, wasTouched: !other.isDeleted && wasTouched(other) })
    else if (isSent(other, data, set) || saysAnything(other, data, set)) {
      if (!rights.mayAdd && !other.isDeleted && saysAnything(other, data, set)) throw new PermissionDenied({ permission: set.admin.permission('add') })
      rows.push(other)
    }
  }
  if (rows.length > set.max) throw new BodyProblem('malformed_body')
  await refuseForeign(
    visit,
    set,
    lost.map((one) => one.key),
  )
  return { rows, lost: lost.filter((one) => one.wasTouched).map((one) => one.key) }
}

/** More empty rows, as far as there is room. */
export async function withMoreRows(visit: AdminVisit, { set, rows, rights, ...rest }: Inline): Promise<Inline> {
  const room = rights.mayAdd ? Math.max(0, Math.min(MORE, set.max - rows.length)) : 0
  const more: InlineRow[] = []
  const next = 1 + Math.max(-1, ...rows.map((one) => one.number))
  for (let left = room; left > 0; left -= 1) more.push(await emptyRow(visit, set, next + more.length))
  return { ...rest, set, rights, rows: [...rows, ...more] }
}

/** Whether anything was filled in into an empty row. */
export function isFilledIn({ row, submission }: InlineRow): boolean {
  if (row !== null || submission === null) return false
  const { form, run } = submission
  return run.fields.some((field) => {
    if (field.type === 'file') return run.input.of(field, null).files.some((one) => one.size > 0)
    const text = textOfSent(submission, field)
    // A default such as “now” is another one by the time the form comes back: what it was opened with counts.
    const isAsShown = submission.opened.showed(field.wireName, text) ?? text === (field.write(form.initial[field.name] ?? null) ?? '')
    return !isAsShown
  })
}

/** What was sent for a field, as its control showed it. */
function textOfSent({ run }: Submission, field: FormField): string {
  const [sent = ''] = run.input.of(field, null).values
  return field.type === 'checkbox' ? String(sent !== '') : sameLines(String(sent)).trim()
}

async function visibleSets(visit: AdminVisit, admin: ModelAdmin): Promise<{ set: InlineSet; rights: InlineRights }[]> {
  const all = []
  for (const set of inlineSetsOf(visit, admin)) all.push({ set, rights: await inlineRights(visit, set) })
  return all.filter(({ rights }) => rights.mayView || rights.mayChange || rights.mayAdd)
}

async function inline(visit: AdminVisit, set: InlineSet, rights: InlineRights, rows: readonly InlineRow[], found: readonly Model[]): Promise<Inline> {
  const canGrow = rights.mayAdd && !set.isSingle
  return {
    set,
    rights,
    rows,
    present: rows.filter((one) => one.row !== null).length,
    blank: canGrow ? await openRecord({ visit, admin: set.admin, row: null, prefix: `${set.prefix}-${NUMBER}-`, names: set.names }) : null,
    hasMore: found.length > set.max,
    lost: [],
  }
}

async function presentRow(
  visit: AdminVisit,
  set: InlineSet,
  rights: InlineRights,
  row: Model,
  number: number,
  data?: RequestData,
): Promise<InlineRow> {
  const prefix = prefixOf(set, number)
  const form = await openRecord({ visit, admin: set.admin, row, prefix, names: set.names })
  const mayDelete = rights.mayDelete && (await set.admin.canDelete(visit.request, row))
  const isDeleted = data !== undefined && isTicked(data, `${prefix}DELETE`)
  if (isDeleted && !mayDelete) throw new PermissionDenied({ permission: set.admin.permission('delete') })
  return { number, form, row, mayDelete, isDeleted, submission: data === undefined ? null : new Submission(form, data) }
}

async function emptyRow(visit: AdminVisit, set: InlineSet, number: number, data?: RequestData): Promise<InlineRow> {
  const prefix = prefixOf(set, number)
  const form = await openRecord({ visit, admin: set.admin, row: null, prefix, names: set.names })
  const isDeleted = data !== undefined && isTicked(data, `${prefix}DELETE`)
  return { number, form, row: null, mayDelete: false, isDeleted, submission: data === undefined ? null : new Submission(form, data) }
}

/** How many rows there are; null where nothing is said. More than a page bears is no page's doing. */
function totalOf(data: RequestData, { prefix, max }: InlineSet): number | null {
  const values = textsOf(data, `${prefix}-TOTAL_FORMS`)
  const [text] = values
  if (text === undefined) return null
  if (values.length > 1 || !/^\d{1,6}$/.test(text) || Number(text) > max + MOST_GAPS) throw new BodyProblem('malformed_body')
  return Number(text)
}

function keyOf(data: RequestData, set: InlineSet, number: number): string | null {
  const name = prefixOf(set, number) + keyName(set)
  const values = textsOf(data, name)
  if (values.length > 1) throw new BodyProblem('malformed_body')
  return values[0] === undefined || values[0] === '' ? null : values[0]
}

/** What the key of a row is called. */
export function keyName({ admin }: InlineSet): string {
  return snakeCase(admin.meta.primaryKey?.name ?? 'id')
}

function prefixOf({ prefix }: InlineSet, number: number): string {
  return `${prefix}-${number}-`
}

/** A row that is there and belongs to another object was put into the form by hand (CVE-2026-4277). */
async function refuseForeign(visit: AdminVisit, set: InlineSet, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  const target = targetOf(visit, set.admin.model)
  const read = keys.map((key) => target.readKey(key))
  if (read.includes(null) || (await set.admin.manager.exists({ pk: { in: read } } as never))) throw new BodyProblem('malformed_body')
}

/** Whether a row came at all: a gap in the numbers is none. */
function isSent({ number, submission }: InlineRow, data: RequestData, set: InlineSet): boolean {
  const fields = submission?.run.fields ?? []
  return data.fields.has(prefixOf(set, number) + keyName(set)) || fields.some((field) => submission?.run.input.has(field))
}

/** Whether a row that nobody may add names values: its form has no fields then, so that their names are looked at. */
function saysAnything({ number }: InlineRow, data: RequestData, set: InlineSet): boolean {
  return set.names.some((name) => textsOf(data, prefixOf(set, number) + snakeCase(name)).some((one) => one !== ''))
}

/** Whether anything was changed in a row that is gone: otherwise it need not be mourned. */
function wasTouched({ submission }: InlineRow): boolean {
  if (submission === null) return false
  return submission.form.columns.some(
    ({ field }) => field.type !== 'file' && submission.opened.showed(field.wireName, textOfSent(submission, field)) === false,
  )
}

function isTicked(data: RequestData, name: string): boolean {
  return textsOf(data, name).some((one) => one !== '' && one !== 'false')
}
