/**
 * Deleting objects: in one transaction the rows are locked and read again, rights are asked for again, for all that goes with them too, and what is
 * deleted is noted before it is gone (AD-23).
 * @module
 */

import { IntegrityError, PermissionDenied, problem, ValidationError, type Problem } from '../../base/errors.js'
import { planDeletion } from '../../database/deletion-plan.js'
import type { Model } from '../../database/model.js'
import { lockRows, readStaffAgain } from '../change/lock.js'
import { logDeletion } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { deletionOf, refusePlan, rowsOfPlan, type CheckedPlan } from './plan.js'

/** How a deletion ended. */
export interface Deleted {
  /** How many of the chosen objects there were. */
  readonly count: number
  /** What stood in the way; then nothing was deleted. */
  readonly problems: readonly Problem[]
}

/**
 * Deletes objects with everything that goes with them.
 *
 * @throws PermissionDenied where one of them, or something that goes with them, may not be deleted
 */
export async function performDelete(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<Deleted> {
  try {
    return { count: await visit.parts.atomic(async () => deleteAll(visit, admin, rows)), problems: [] }
  } catch (error) {
    if (error instanceof ValidationError) return { count: 0, problems: error.problems }
    if (error instanceof IntegrityError) return { count: 0, problems: [problem('protected')] }
    throw error
  }
}

async function deleteAll(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<number> {
  const keys = rows.map((row) => row.pk)
  await holdAll(visit, admin, rows)
  await readStaffAgain(visit)
  const now = [...(await lockRows(admin, keys)).values()]
  await admin.special.preload?.(visit.request, now)
  for (const row of now) if (!(await admin.canDelete(visit.request, row))) throw new PermissionDenied({ permission: admin.permission('delete') })
  if (now.length === 0) return 0
  const checked = await deletionOf(visit, admin, now)
  refusePlan(checked)
  const problems = await problemsOf(visit, admin, now, checked)
  if (problems.length > 0) throw new ValidationError(problems)
  for (const row of now) await logDeletion(visit.parts, { staff: visit.staff, admin, row })
  await admin.manager.delete({ pk: { in: now.map((row) => row.pk) } } as never)
  return now.length
}

/** Has special models hold what they need, before anything is locked here: for the objects, and for those of theirs that go along. */
async function holdAll(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<void> {
  await admin.special.hold?.(visit, rows)
  const { registry } = visit.parts
  const { reachable } = await planDeletion(registry, admin.model, [])
  const others = reachable
    .flatMap((model) => (model === admin.model ? [] : (visit.admin.of(model) ?? [])))
    .filter((one) => one.special.hold !== undefined)
  if (others.length === 0) return
  const keys = rows.map((row) => row.pk)
  const plan = await planDeletion(registry, admin.model, keys)
  for (const one of others) {
    const doomed = plan.rows.find(({ model }) => model === one.model)
    if (doomed !== undefined) await one.special.hold?.(visit, await rowsOfPlan(visit, doomed))
  }
}

/** What special models say: of the objects themselves, and of those of theirs that would go with them. */
async function problemsOf(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[], { plan }: CheckedPlan): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const model of plan.reachable) {
    const guard = visit.admin.of(model)?.special.guardDelete
    if (guard === undefined) continue
    if (!plan.isComplete) return [...problems, problem('delete_too_much')]
    const doomed = plan.rows.find((one) => one.model === model)
    if (doomed === undefined) continue
    const isChosenOnly = model === admin.model && doomed.keys.length === rows.length
    problems.push(...((await guard(visit, isChosenOnly ? rows : await rowsOfPlan(visit, doomed))) ?? []))
  }
  return problems
}
