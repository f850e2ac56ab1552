/**
 * What arrived for rows of another model. It is held to the rows of this object, to each row's own rights, and to a number of rows that a page bears (I5).
 * @module
 */

import { PermissionDenied } from '../../base/errors.js'
import { snakeCase } from '../../database/meta.js'
import type { Model } from '../../database/model.js'
import type { FormField } from '../../forms/form-field.js'
import { BodyProblem, type RequestData } from '../../protection/body/request-data.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { emptyRow, inline, keyName, prefixOf, presentRow, visibleSets, type Inline, type InlineRow } from './inline-form.js'
import { rowsOf, type InlineRights, type InlineSet } from './inline-set.js'
import { sameLines } from './opened.js'
import { textsOf, type Submission } from './submission.js'
import { targetOf } from './targets.js'

/** Rows that scripts took away leave gaps in the numbers; beyond so many it is no page's doing. */
const MOST_GAPS = 100

/** The sets of an object's page with what arrived. Throws where a row is not this object's, or may not be added or deleted. */
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
      if (!rights.mayAdd && !other.isDeleted && saysAnything(other, data, set))
        throw new PermissionDenied({ permission: set.admin.permission('add') })
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

/** What was sent for a field, as its control would show it: browsers write a time without seconds where they are none. */
function textOfSent({ run }: Submission, field: FormField): string {
  const input = run.input.of(field, null)
  const [sent = ''] = input.values
  if (field.type === 'checkbox') return String(sent !== '')
  try {
    return sameLines(field.write(field.read(input)) ?? '')
  } catch {
    return sameLines(String(sent)).trim()
  }
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
