/**
 * Switching accounts on and off, several at once, from the list.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { PermissionDenied, ValidationError } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { withHooks } from '../hooks.js'
import { logChanges } from '../log/log.js'
import { capitalized } from '../model-admin.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { SpecialModel } from '../special.js'
import type { AdminVisit } from '../visit.js'

/** The actions; none where a model of users has no such flag. */
export function userActions(parts: AdminParts, rights: Rights): NonNullable<SpecialModel['actions']> {
  if (!parts.user.meta.column.has('isActive')) return []
  return [
    { name: 'activate', label: 'Switch on', run: async (visit, rows) => switchAll(visit, parts, rights, rows, true) },
    { name: 'deactivate', label: 'Switch off', run: async (visit, rows) => switchAll(visit, parts, rights, rows, false) },
  ]
}

/** Only those that stand otherwise are written and noted. Throws a `ValidationError` with what stands against it. */
async function switchAll(visit: AdminVisit, parts: AdminParts, rights: Rights, rows: readonly Model[], isActive: boolean): Promise<string> {
  const admin = visit.admin.of(parts.user)
  if (admin === null) return ''
  const people = rows as readonly BaseUser[]
  // Switching on is held to the same rule as switching off: an account out of reach stays as it is.
  const problems = await rights.users.problemsOfSwitching(visit.staff, permissionFor(admin, 'change'), people, isActive)
  if (problems.length > 0) throw new ValidationError(problems)
  const others = people.filter((one) => one.isActive !== isActive)
  for (const row of others)
    if ((await admin.fieldAccess(visit.request, row, 'isActive')) !== 'edit')
      throw new PermissionDenied({ permission: admin.permission('change'), reason: 'may not fill in the field isActive' })
  const writing = others.map((row) => ({ row, values: { isActive } }))
  await withHooks(visit, admin, writing, async () => {
    // What no hook has seen is the same for all.
    if (admin.options.beforeSave === undefined && admin.options.afterSave === undefined)
      await admin.manager.update({ pk: { in: others.map((one) => one.pk) } } as never, { isActive } as never)
    else for (const { row, values } of writing) await admin.manager.updateObject(row, values)
    return others
  })
  const label = capitalized(parts.user.meta.column.get('isActive')?.label ?? 'active')
  await logChanges(
    parts,
    { staff: visit.staff, admin },
    others.map((row) => ({ row, notes: [{ changed: { fields: [label] } }] })),
  )
  const changed = others.length
  const what = changed === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural
  if (changed === 0) return `Nothing had to be done: they are switched ${isActive ? 'on' : 'off'} already.`
  return `${changed} ${what} switched ${isActive ? 'on' : 'off'}.`
}
