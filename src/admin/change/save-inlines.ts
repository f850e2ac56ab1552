/**
 * Writes the rows of another model that came with an object: those that go, those that change, those that are new, in one transaction with it.
 * @module
 */

import { PermissionDenied, ValidationError } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import { withHooks } from '../hooks.js'
import { deletionProblems } from '../remove/guard.js'
import { deletionOf, refusePlan } from '../remove/plan.js'
import type { ChangeNote } from '../log/change-message.js'
import type { AdminVisit } from '../visit.js'
import type { InlineDifference } from './pending.js'
import type { Submission } from './submission.js'

/** Gives the paths of files that were stored for these columns. */
type FileValues = (submission: Submission, names: readonly string[]) => Record<string, unknown>

/** Writes them; tells what is to be noted. */
export async function writeRows(visit: AdminVisit, parent: Model, change: InlineDifference, filesOf: FileValues): Promise<ChangeNote[]> {
  const { set } = change.inline
  const { admin } = set
  const { manager } = admin
  const name = admin.meta.verboseName
  const notes: ChangeNote[] = []
  const valuesOf = ({ entry: { submission }, difference }: InlineDifference['added'][number]): Record<string, unknown> =>
    submission === null ? {} : { ...difference.values, ...filesOf(submission, difference.files) }

  if (change.added.length > 0) {
    if (!(await admin.canAdd(visit.request))) throw new PermissionDenied({ permission: admin.permission('add') })
    const rows = change.added.map((one) => ({ ...valuesOf(one), [set.link.name]: parent.pk }))
    const made = await withHooks(
      visit,
      admin,
      rows.map((values) => ({ row: null, values })),
      async () => (rows.length === 1 ? [await manager.create(rows[0] as never)] : manager.bulkCreate(rows as never)),
    )
    for (const row of made) notes.push({ added: { name, object: admin.nameOf(row) } })
  }
  for (const one of change.changed) {
    const { now, difference } = one
    const values = valuesOf(one)
    if (now === null || Object.keys(values).length === 0) continue
    if (!(await admin.canChange(visit.request, now))) throw new PermissionDenied({ permission: admin.permission('change') })
    await withHooks(visit, admin, [{ row: now, values }], async () => {
      await manager.updateObject(now, values)
      return [now]
    })
    notes.push({ changed: { name, object: admin.nameOf(now), fields: [...difference.labels] } })
  }
  if (change.deleted.length > 0) {
    for (const row of change.deleted)
      if (!(await admin.canDelete(visit.request, row))) throw new PermissionDenied({ permission: admin.permission('delete') })
    // Not before: what was written above may go along now.
    const plan = await deletionOf(visit, admin, change.deleted)
    refusePlan(plan)
    const problems = await deletionProblems(visit, admin, change.deleted, plan)
    // The fields they name are those of a row, which the form of the object has none of.
    if (problems.length > 0) throw new ValidationError(problems.map((one) => ({ ...one, field: null })))
    for (const row of change.deleted) notes.push({ deleted: { name, object: admin.nameOf(row) } })
    await manager.delete({ pk: { in: change.deleted.map((one) => one.pk) } } as never)
  }
  return notes
}
