/**
 * What special models have to do with a deletion, whoever asks for it: what they hold before it, and what they say against it; of the objects
 * themselves, and of those of theirs that would go along.
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { planDeletion } from '../../database/deletion-plan.js'
import type { Model } from '../../database/model.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { isByObject, rowsOfPlan, type CheckedPlan } from './plan.js'

/** Has special models hold what they need, before anything is locked here: for the objects, and for those of theirs that go along. */
export async function holdDoomed(visit: AdminVisit, admin: ModelAdmin, rows: readonly Model[]): Promise<void> {
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
    // Where none of theirs goes now, one may go by the time that the rows are locked: whoever waits for their turn then holds up others.
    const doomed = plan.rows.find(({ model }) => model === one.model)
    await one.special.hold?.(visit, doomed === undefined ? [] : await rowsOfPlan(visit, doomed))
  }
}

/**
 * What special models say against a deletion. A plan that was not counted to its end is refused wherever somebody has a say in single rows:
 * those that were not looked at may be the ones that have to stay.
 */
export async function deletionProblems(
  visit: AdminVisit,
  admin: ModelAdmin,
  rows: readonly Model[],
  { plan }: CheckedPlan,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const model of plan.reachable) {
    const registered = model === admin.model ? admin : visit.admin.of(model)
    if (registered === null) continue
    const guard = registered.special.guardDelete
    if (!plan.isComplete && (guard !== undefined || isByObject(registered))) return [...problems, problem('delete_too_much')]
    const doomed = plan.rows.find((one) => one.model === model)
    if (guard === undefined || doomed === undefined) continue
    const isChosenOnly = model === admin.model && doomed.keys.length === rows.length
    problems.push(...((await guard(visit, isChosenOnly ? rows : await rowsOfPlan(visit, doomed))) ?? []))
  }
  return problems
}
