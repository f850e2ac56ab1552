/**
 * Saving a form: one transaction in which the object is locked and read again, rights are asked for again, what stands against the change is
 * found, and only then what changed is written and noted. Files are stored before and taken back if nothing comes of it.
 * @module
 */

import { DoesNotExist, IntegrityError, PermissionDenied, UniqueViolation, ValidationError, type Problem } from '../../base/errors.js'
import type { Model, Relation } from '../../database/model.js'
import { storeFiles, type StoredFiles } from '../../forms/stored-files.js'
import { takenError } from '../../forms/taken.js'
import type { ChangeNote } from '../log/change-message.js'
import { logAddition, logChange } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import { withHooks } from '../hooks.js'
import { holdDoomed } from '../remove/guard.js'
import { rowsThatCount, type SentForm } from './admin-form.js'
import { guardProblems } from './guards.js'
import { lockedRow, lockRows, readStaffAgain } from './lock.js'
import { writeRows } from './save-inlines.js'
import { accessNow, describe, pendingOf, type CurrentRows, type Pending } from './pending.js'
import { fieldPartsOf } from './record-form.js'
import type { Submission } from './submission.js'

/** How saving ended. */
export type Saved =
  | { readonly kind: 'saved'; readonly row: Model; readonly refused: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[]; readonly at: Submission | null }
  | { readonly kind: 'conflict'; readonly row: Model; readonly pending: Pending }
  | { readonly kind: 'gone' }

/** Files of every form on the page, by the form they came with. */
type FilesOf = ReadonlyMap<Submission, StoredFiles>

/** Undoes the transaction, and says why. */
class Undone extends Error {
  readonly outcome: Saved

  constructor(outcome: Saved) {
    super('Nothing was saved.')
    this.outcome = outcome
  }
}

/** Saves a form that was read and found good. */
export async function saveForm(form: SentForm): Promise<Saved> {
  const submissions = [form.submission, ...form.inlines.flatMap(rowsThatCount).flatMap((one) => one.submission ?? [])]
  const files = new Map<Submission, StoredFiles>()
  try {
    for (const one of submissions) if (one.form.hasFiles) files.set(one, await storeFiles(fieldPartsOf(one.form.context), one.run as never))
    const saved = await form.visit.parts.atomic(async () => write(form, files))
    for (const one of files.values()) await form.visit.parts.registry.database.onCommit(one.finish)
    return saved
  } catch (error) {
    for (const one of files.values()) await one.undo(error)
    return outcomeOf(form, submissions, error)
  }
}

async function write(form: SentForm, files: FilesOf): Promise<Saved> {
  const { visit, admin } = form
  await holdAll(form)
  await readStaffAgain(visit)
  const now = form.row === null ? null : await lockedRow(admin, form.row.pk)
  if (form.row !== null && now === null) throw new Undone({ kind: 'gone' })
  const isAllowed = now === null ? await admin.canAdd(visit.request) : await admin.canChange(visit.request, now)
  if (!isAllowed) throw new PermissionDenied({ permission: admin.permission(now === null ? 'add' : 'change') })
  const pending = await pendingOf(form, now, lockedRows(form, now), accessNow)
  if (pending.conflicts.length > 0 && now !== null) throw new Undone({ kind: 'conflict', row: now, pending })
  if (pending.inlines.some((one) => one.lost > 0)) refuse([{ code: 'row_gone', key: 'row_gone', params: {}, field: null }])
  const ownFiles = valuesOfFiles(files.get(form.submission), pending.own.files)
  refuse(await guardProblems(visit, describe(form, now, pending, ownFiles)))
  const values = { ...pending.own.values, ...ownFiles }
  const [row] = await withHooks(visit, admin, [{ row: now, values }], async () => [await writeAll(form, now, values, pending, files)])
  return { kind: 'saved', row: row as Model, refused: pending.refused }
}

/** The object, its relations and the rows of other models, and what is to be remembered of it. */
async function writeAll(
  form: SentForm,
  now: Model | null,
  values: Readonly<Record<string, unknown>>,
  pending: Pending,
  files: FilesOf,
): Promise<Model> {
  const { visit, admin } = form
  const row = await writeOwn(admin, now, values)
  for (const [name, { added, removed }] of pending.own.relations) {
    const relation = (row as unknown as Record<string, Relation<unknown, unknown>>)[name]
    if (removed.length > 0) await relation?.remove(...removed)
    if (added.length > 0) await relation?.add(...added)
  }
  const notes: ChangeNote[] = []
  for (const one of pending.inlines)
    notes.push(...(await writeRows(visit, row, one, (submission, names) => valuesOfFiles(files.get(submission), names))))
  const note = { staff: visit.staff, admin, row }
  if (now === null) await logAddition(visit.parts, note, notes)
  else await logChange(visit.parts, note, [...(pending.own.labels.length === 0 ? [] : [{ changed: { fields: pending.own.labels } }]), ...notes])
  return row
}

/** Before anything is locked: whoever comes to change rights in the midst of it would wait for their turn, and hold up who has it. */
async function holdAll({ visit, admin, row, inlines }: SentForm): Promise<void> {
  await admin.special.hold?.(visit, row === null ? [] : [row])
  for (const { set, rows } of inlines) {
    const present = rows.filter((one) => one.row !== null)
    if (rows.length > 0)
      await set.admin.special.hold?.(
        visit,
        present.flatMap((one) => one.row ?? []),
      )
    const doomed = present.filter((one) => one.isDeleted).flatMap((one) => one.row ?? [])
    if (doomed.length > 0) await holdDoomed(visit, set.admin, doomed)
  }
}

/** Only what changed is written. A new object takes every value of its form. */
async function writeOwn(admin: ModelAdmin, now: Model | null, values: Readonly<Record<string, unknown>>): Promise<Model> {
  if (now === null) return admin.manager.create(values as never)
  if (Object.keys(values).length > 0) await admin.manager.updateObject(now, values)
  return now
}

/** The rows of a set that still belong to the object, locked. */
function lockedRows(form: SentForm, parent: Model | null): CurrentRows {
  return async ({ set }, keys) => {
    const rows = await lockRows(set.admin, keys)
    const isHers = (row: Model): boolean =>
      parent !== null && String((row as unknown as Record<string, unknown>)[set.link.name]) === String(parent.pk)
    return new Map([...rows].filter(([, row]) => form.row !== null && isHers(row)))
  }
}

function valuesOfFiles(stored: StoredFiles | undefined, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (stored !== undefined && name in stored.values ? [[name, stored.values[name]]] : [])))
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Undone({ kind: 'refused', problems, at: null })
}

/** What became of it: a value that was taken meanwhile, or that somebody's own check refused, is an error of its field. */
async function outcomeOf(form: SentForm, submissions: readonly Submission[], error: unknown): Promise<Saved> {
  if (error instanceof Undone) return error.outcome
  if (error instanceof ValidationError) return { kind: 'refused', problems: error.problems, at: null }
  if (error instanceof DoesNotExist && form.row !== null) return { kind: 'gone' }
  if (error instanceof IntegrityError && !(error instanceof UniqueViolation))
    return { kind: 'refused', problems: [{ code: 'target_gone', key: 'target_gone', params: {}, field: null }], at: null }
  if (!(error instanceof UniqueViolation)) throw error
  for (const at of submissions) {
    const problems = (await takenError(at.form.taken, at.valuesToCompare())).problems
    const isOurs = at === form.submission ? submissions.length === 1 || isNamed(problems) : isNamed(problems)
    if (isOurs) return { kind: 'refused', problems, at }
  }
  return { kind: 'refused', problems: [{ code: 'unique', key: 'unique.row', params: {}, field: null }], at: null }
}

/** Whether it was found which value is taken. */
function isNamed(problems: readonly Problem[]): boolean {
  return problems.some((one) => one.field !== null || one.key === 'unique_together')
}
