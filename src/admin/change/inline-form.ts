/**
 * The forms of the rows of another model on one page: those that are there, and empty ones to fill in.
 * @module
 */

import { PermissionDenied } from '../../base/errors.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { RequestData } from '../../protection/body/request-data.js'
import type { AdminVisit } from '../visit.js'
import { inlineRights, inlineSetsOf, rowsOf, type InlineRights, type InlineSet } from './inline-set.js'
import { openRecord, type RecordForm } from './record-form.js'
import { Submission, textsOf } from './submission.js'
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

/** More empty rows, as far as there is room. */
export async function withMoreRows(visit: AdminVisit, { set, rows, rights, ...rest }: Inline): Promise<Inline> {
  const room = rights.mayAdd ? Math.max(0, Math.min(MORE, set.max - rows.length)) : 0
  const more: InlineRow[] = []
  const next = 1 + Math.max(-1, ...rows.map((one) => one.number))
  for (let left = room; left > 0; left -= 1) more.push(await emptyRow(visit, set, next + more.length))
  return { ...rest, set, rights, rows: [...rows, ...more] }
}

/** The sets that this visitor may see anything of. */
export async function visibleSets(visit: AdminVisit, admin: ModelAdmin): Promise<{ set: InlineSet; rights: InlineRights }[]> {
  const all = []
  for (const set of inlineSetsOf(visit, admin)) all.push({ set, rights: await inlineRights(visit, set) })
  return all.filter(({ rights }) => rights.mayView || rights.mayChange || rights.mayAdd)
}

/** A set with its rows. */
export async function inline(
  visit: AdminVisit,
  set: InlineSet,
  rights: InlineRights,
  rows: readonly InlineRow[],
  found: readonly Model[],
): Promise<Inline> {
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

/** The form of a row that is there. */
export async function presentRow(
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

/** The form of a new row. */
export async function emptyRow(visit: AdminVisit, set: InlineSet, number: number, data?: RequestData): Promise<InlineRow> {
  const prefix = prefixOf(set, number)
  const form = await openRecord({ visit, admin: set.admin, row: null, prefix, names: set.names })
  const isDeleted = data !== undefined && isTicked(data, `${prefix}DELETE`)
  return { number, form, row: null, mayDelete: false, isDeleted, submission: data === undefined ? null : new Submission(form, data) }
}

/** What the key of a row is called. */
export function keyName({ admin }: InlineSet): string {
  return snakeCase(admin.meta.primaryKey?.name ?? 'id')
}

/** What the names of a row's fields begin with. */
export function prefixOf({ prefix }: InlineSet, number: number): string {
  return `${prefix}-${number}-`
}

function isTicked(data: RequestData, name: string): boolean {
  return textsOf(data, name).some((one) => one !== '' && one !== 'false')
}
