/**
 * What a form would change, all of it: the object's columns and relations, and the rows of other models; compared with what is there now.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { FieldAccess } from '../model-admin.js'
import type { InlineChange, PendingChange } from '../special.js'
import { rowsThatCount, type SentForm } from './admin-form.js'
import { changesAnything, differenceOf, type Conflict, type Difference } from './difference.js'
import type { Inline, InlineRow } from './inline-form.js'
import type { RecordForm } from './record-form.js'

/** A row of another model that changes. */
export interface RowDifference {
  readonly entry: InlineRow
  /** As it is now; null for a new one. */
  readonly now: Model | null
  readonly difference: Difference
}

/** What changes of the rows of a set. */
export interface InlineDifference {
  readonly inline: Inline
  readonly added: readonly RowDifference[]
  readonly changed: readonly RowDifference[]
  readonly deleted: readonly Model[]
  /** Rows that were changed here and are gone meanwhile. */
  readonly lost: number
}

/** What a form would change. */
export interface Pending {
  readonly own: Difference
  readonly inlines: readonly InlineDifference[]
  readonly conflicts: readonly Conflict[]
  /** Names of fields that were sent and may not be written. */
  readonly refused: readonly string[]
}

/** Where the rows of a set come from as they are now: those of the page, or read again under lock. */
export type CurrentRows = (inline: Inline, keys: readonly unknown[]) => Promise<ReadonlyMap<string, Model>>

/** Compares a form with what is there now. `accessOf` tells what may be written, as things stand. */
export async function pendingOf(form: SentForm, now: Model | null, current: CurrentRows, accessOf: AccessOf): Promise<Pending> {
  const own = await differenceOf(form.submission, now, await accessOf(form.record, now))
  const inlines: InlineDifference[] = []
  for (const inline of form.inlines) inlines.push(await inlineDifference(inline, current, accessOf))
  const rows = inlines.flatMap((one) => [...one.added, ...one.changed].map(({ difference }) => difference))
  return {
    own,
    inlines,
    conflicts: [...own.conflicts, ...rows.flatMap((one) => one.conflicts)],
    refused: [...own.refused, ...rows.flatMap((one) => one.refused)],
  }
}

/** What may be written of an object. */
export type AccessOf = (record: RecordForm, row: Model | null) => Promise<ReadonlyMap<string, FieldAccess>>

/** What the page was made with. */
export const accessOfPage: AccessOf = async (record) => record.access

/** Asked again, with the object as it is now. */
export const accessNow: AccessOf = async (record, row) => {
  const { admin, visit } = record.context
  const names = [...record.columns.map((one) => one.column.name), ...record.relations.map((one) => one.relation.name)]
  const access = new Map<string, FieldAccess>()
  for (const name of names) access.set(name, await admin.fieldAccess(visit.request, row, name))
  return access
}

/** The rows as the page read them. */
export const rowsOfPage: CurrentRows = async ({ rows }) => new Map(rows.flatMap(({ row }) => (row === null ? [] : [[String(row.pk), row]])))

/** What special models are told of a change. */
export function describe(form: SentForm, row: Model | null, { own, inlines }: Pending, files: Readonly<Record<string, unknown>> = {}): PendingChange {
  return {
    admin: form.admin,
    row,
    values: { ...own.values, ...Object.fromEntries(own.files.map((name) => [name, files[name] ?? null])) },
    relations: own.relations,
    inlines: inlines.map(describeRows),
  }
}

function describeRows({ inline, added, changed, deleted }: InlineDifference): InlineChange {
  return {
    admin: inline.set.admin,
    added: added.map(({ difference }) => difference.values),
    changed: changed.flatMap(({ now, difference }) => (now === null ? [] : [{ row: now, values: difference.values }])),
    deleted,
  }
}

async function inlineDifference(inline: Inline, current: CurrentRows, accessOf: AccessOf): Promise<InlineDifference> {
  const entries = rowsThatCount(inline)
  const keys = entries.flatMap(({ row }) => (row === null ? [] : [row.pk]))
  const now = keys.length === 0 ? new Map<string, Model>() : await current(inline, keys)
  const [added, changed]: [RowDifference[], RowDifference[]] = [[], []]
  const deleted: Model[] = []
  let lost = 0
  for (const entry of entries) {
    const { submission, row, form } = entry
    if (submission === null) continue
    const fresh = row === null ? null : (now.get(String(row.pk)) ?? null)
    if (row !== null && fresh === null) {
      if (!entry.isDeleted && changesAnything(await differenceOf(submission, row, form.access))) lost += 1
      continue
    }
    if (entry.isDeleted) {
      if (fresh !== null) deleted.push(fresh)
      continue
    }
    const difference = await differenceOf(submission, fresh, await accessOf(form, fresh))
    if (fresh === null) added.push({ entry, now: null, difference })
    else if (changesAnything(difference) || difference.conflicts.length > 0 || difference.refused.length > 0)
      changed.push({ entry, now: fresh, difference })
  }
  return { inline, added, changed, deleted, lost }
}
