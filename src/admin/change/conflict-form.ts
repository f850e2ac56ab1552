/**
 * The form once more, on the object as it is now, after somebody else changed what this form would have changed too: what its author touched is kept,
 * what they did not touch is as it is now, and where two values stand against each other they are asked whose counts.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { sendForm, type SentForm } from './admin-form.js'
import { MOST_CHOSEN } from './choices.js'
import { Opened } from './opened.js'
import type { Pending } from './pending.js'
import type { RecordForm } from './record-form.js'
import { relatedKeys } from './related-keys.js'
import { CONFLICTS, TAKE, type Submission } from './submission.js'

/** Makes it. */
export async function conflictForm(form: SentForm, now: Model, pending: Pending): Promise<SentForm> {
  const { visit, admin } = form
  const fields = new Map<string, readonly unknown[]>(form.data.fields)
  await refresh(fields, form.submission, now)
  for (const { inline } of pending.inlines) {
    const rows = inline.rows.filter((one) => one.row !== null)
    const present = rows.length === 0 ? [] : await inline.set.admin.manager.filter({ pk: { in: rows.map((one) => one.row?.pk) } } as never)
    const byKey = new Map(present.map((row) => [String(row.pk), row]))
    for (const { submission, row } of rows) {
      const fresh = byKey.get(String(row?.pk))
      if (submission !== null && fresh !== undefined) await refresh(fields, submission, fresh)
    }
  }
  for (const { input } of pending.conflicts) {
    const { wireName } = input.field
    const owner = [form.submission, ...pending.inlines.flatMap((one) => one.changed.flatMap(({ entry }) => entry.submission ?? []))].find((one) =>
      one.form.columns.includes(input),
    )
    const name = (owner?.form.context.prefix ?? '') + CONFLICTS
    fields.set(name, [[...(fields.get(name) ?? []).map(String), wireName].join(' ')])
    fields.delete(TAKE + wireName)
  }
  const data: RequestData = { kind: form.data.kind, fields, files: new Map() }
  const fresh = await sendForm(visit, admin, now, data)
  for (const one of submissionsOf(fresh)) one.run.read(true)
  return fresh
}

/** Every form on the page that says something. */
export function submissionsOf(form: SentForm): Submission[] {
  return [form.submission, ...form.inlines.flatMap(({ rows }) => rows.flatMap((one) => one.submission ?? []))]
}

/** Puts what is there now into the fields that were not touched, and notes it as what the form is opened with. */
async function refresh(fields: Map<string, readonly unknown[]>, submission: Submission, now: Model): Promise<void> {
  const { form, opened } = submission
  const values = now as unknown as Readonly<Record<string, unknown>>
  const texts: [string, string][] = []
  for (const input of form.columns) {
    const { wireName, type } = input.field
    const text = form.textOf(input, values[input.column.name])
    texts.push([wireName, text])
    if (type === 'file') continue
    const typed = typedText(submission, form, input)
    const isUntouched = submission.sides.get(wireName) === 'theirs' || (typed !== null && opened.showed(wireName, typed) === true)
    if (isUntouched) fields.set(wireName, type === 'checkbox' ? (text === 'true' ? ['on'] : []) : [text])
  }
  const keys = new Map<string, ReadonlySet<string>>()
  for (const { relation, through, wireName } of form.relations) {
    const { registry } = form.context.visit.parts
    const shown = new Set((await relatedKeys({ registry, through, owner: now.pk }, MOST_CHOSEN)).map(String))
    const before = opened.keysOf(wireName) ?? shown
    const chosen = submission.chosen.get(relation.name) ?? new Set<string>()
    const kept = [...shown].filter((key) => chosen.has(key) || !before.has(key))
    const added = [...chosen].filter((key) => !before.has(key))
    keys.set(wireName, shown)
    fields.set(wireName, [...new Set([...kept, ...added])])
  }
  for (const [name, value] of Opened.with(texts).withKeys(keys).toFields(form.context.prefix)) fields.set(name, [value])
  fields.delete(form.context.prefix + CONFLICTS)
}

function typedText({ run }: Submission, form: RecordForm, input: RecordForm['columns'][number]): string | null {
  return run.has(input.column.name) ? form.textOf(input, run.values[input.column.name]) : null
}
