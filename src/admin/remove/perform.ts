/**
 * Deleting objects: in one transaction the rows are locked and read again, rights are asked for again, for all that goes with them too, and what is
 * deleted is noted before it is gone (AD-23).
 * @module
 */

import { IntegrityError, PermissionDenied, problem, ValidationError, type Problem } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import { rowsToWrite } from '../change/lock.js'
import { logDeletions } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { deletionProblems, holdDoomed } from './guard.js'
import { deletionOf, refusePlan } from './plan.js'

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
  const now = [...(await rowsToWrite(visit, admin, rows, async () => holdDoomed(visit, admin, rows))).values()]
  for (const row of now) if (!(await admin.canDelete(visit.request, row))) throw new PermissionDenied({ permission: admin.permission('delete') })
  if (now.length === 0) return 0
  const checked = await deletionOf(visit, admin, now)
  refusePlan(checked)
  const problems = await deletionProblems(visit, admin, now, checked)
  if (problems.length > 0) throw new ValidationError(problems)
  await logDeletions(visit.parts, { staff: visit.staff, admin, rows: now })
  await admin.manager.delete({ pk: { in: now.map((row) => row.pk) } } as never)
  return now.length
}
