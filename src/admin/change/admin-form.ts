/**
 * The whole form of an object's page: its own fields and the rows of other models, opened or with what arrived.
 * @module
 */

import type { Problem } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { FormValues } from '../../forms/definition.js'
import type { RequestData } from '../../protection/body/request-data.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { openInlines, type Inline, type InlineRow } from './inline-form.js'
import { isFilledIn, submitInlines } from './inline-submit.js'
import { layoutOf, namesIn, type Section } from './layout.js'
import { openRecord, type RecordForm } from './record-form.js'
import { checkTargets, Submission } from './submission.js'

/** The form of a page. */
export interface AdminForm {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  /** Null for a new object. */
  readonly row: Model | null
  readonly sections: readonly Section[]
  readonly record: RecordForm
  readonly inlines: readonly Inline[]
  /** What arrived for the object itself; null on a page that nobody has sent. */
  readonly submission: Submission | null
  /** What is wrong beyond the fields that were read. */
  readonly problems: readonly Problem[]
}

/** A form with what arrived. */
export interface SentForm extends AdminForm {
  readonly submission: Submission
  readonly data: RequestData
}

/** Opens a form. */
export async function openForm(visit: AdminVisit, admin: ModelAdmin, row: Model | null, initial?: Readonly<FormValues>): Promise<AdminForm> {
  const sections = layoutOf(admin)
  const record = await openRecord({ visit, admin, row, prefix: '', names: namesIn(sections), ...(initial === undefined ? {} : { initial }) })
  return { visit, admin, row, sections, record, inlines: await openInlines(visit, admin, row), submission: null, problems: [] }
}

/** The form with what arrived, nothing of it read yet. `rowsOf` is the object whose rows may come along: none where the form makes another object. */
export async function sendForm(visit: AdminVisit, admin: ModelAdmin, row: Model | null, data: RequestData): Promise<SentForm> {
  const sections = layoutOf(admin)
  const record = await openRecord({ visit, admin, row, prefix: '', names: namesIn(sections) })
  const inlines = await submitInlines(visit, admin, row, data)
  const lost = inlines.some((one) => one.lost.length > 0) ? [{ code: 'row_gone', key: 'row_gone', params: {}, field: null } as const] : []
  return { visit, admin, row, sections, record, inlines, submission: new Submission(record, data), data, problems: lost }
}

/** Rows that count: those that are there, and new ones with something in them. */
export function rowsThatCount({ rows }: Inline): InlineRow[] {
  return rows.filter((one) => one.submission !== null && (one.row !== null || (isFilledIn(one) && !one.isDeleted)))
}

/** Reads everything and checks it; the problems are in the form afterwards. */
export async function readForm(form: SentForm): Promise<boolean> {
  const rows = form.inlines.flatMap(rowsThatCount).filter((one) => !one.isDeleted)
  const submissions = [form.submission, ...rows.flatMap((one) => one.submission ?? [])]
  for (const one of submissions) await one.read()
  await checkTargets(submissions)
  await form.submission.checkTaken()
  return form.problems.length === 0 && submissions.every((one) => one.run.problems.length === 0)
}
