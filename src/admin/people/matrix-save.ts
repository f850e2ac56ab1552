/**
 * Saves what was changed in the matrix: every group or none, noted for each as Django notes it.
 * @module
 */

import type { Group } from '../../accounts/group.js'
import { PermissionDenied, problem, ValidationError, type Problem } from '../../base/errors.js'
import { readStaffAgain } from '../change/lock.js'
import { withHooks } from '../hooks.js'
import { logChanges } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { GroupRights } from '../rights/effects.js'
import { permissionRows } from '../rights/permission-rows.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { AdminVisit } from '../visit.js'
import { groupsByKey } from './matrix-data.js'

/** What stands against a change; empty where it may be saved. Groups whose permissions this visitor may not fill in are refused altogether. */
export async function problemsOf(
  visit: AdminVisit,
  admin: ModelAdmin,
  rights: Rights,
  changes: readonly GroupRights[],
): Promise<readonly Problem[] | 'forbidden'> {
  const groups = await groupsByKey(
    visit.parts,
    changes.map((one) => one.key),
  )
  if (groups.length < changes.length) return [problem('invalid_choice', { value: 'A group that is gone' })]
  const wanted = new Set(changes.flatMap((one) => one.added))
  if ((await permissionRows(visit.parts.registry.database, [...wanted])).length < wanted.size)
    return [problem('invalid_choice', { value: 'A permission that is gone' })]
  await rights.preloadGroups(
    visit.request,
    groups.map((one) => one.id),
  )
  for (const group of groups) if (!(await mayFillIn(visit, admin, group))) return 'forbidden'
  return rights.groups.problemsOfChanges(visit.staff, permissionFor(admin, 'change'), changes)
}

/** Whether somebody may fill in the permissions of a group: what the matrix changes is the same field as on the group's own page. */
export async function mayFillIn(visit: AdminVisit, admin: ModelAdmin, group: Group): Promise<boolean> {
  return (await admin.canChange(visit.request, group)) && (await admin.fieldAccess(visit.request, group, 'permissions')) === 'edit'
}

/** Writes it, in one transaction, with the same questions asked again. Throws a `ValidationError` with what stands against it. */
export async function saveMatrix(visit: AdminVisit, admin: ModelAdmin, rights: Rights, changes: readonly GroupRights[]): Promise<void> {
  const { parts } = visit
  await parts.atomic(async () => {
    await rights.hold(visit)
    await readStaffAgain(visit)
    const { staff } = visit
    const problems = await rights.groups.problemsOfChanges(staff, permissionFor(admin, 'change'), changes)
    if (problems.length > 0) throw new ValidationError(problems)
    const groups = new Map(
      (
        await groupsByKey(
          parts,
          changes.map((one) => one.key),
        )
      ).map((one) => [one.id, one]),
    )
    for (const { key, added, removed } of changes) {
      const group = groups.get(key)
      if (group === undefined) throw new ValidationError(problem('overtaken'))
      if (!(await mayFillIn(visit, admin, group))) throw new PermissionDenied({ permission: admin.permission('change') })
      await withHooks(visit, admin, [{ row: group, values: {} }], async () => {
        if (removed.length > 0) await group.permissions.remove(...removed)
        if (added.length > 0) await group.permissions.add(...added)
        return [group]
      })
    }
    await logChanges(
      parts,
      { staff, admin },
      changes.flatMap(({ key }) => {
        const row = groups.get(key)
        return row === undefined ? [] : [{ row, notes: [{ changed: { fields: ['Permissions'] } }] }]
      }),
    )
  })
}
