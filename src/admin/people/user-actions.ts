/**
 * Switching accounts on and off, several at once, from the list.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { ValidationError } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { logChange } from '../log/log.js'
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
  const changed = await parts.atomic(async () => {
    // Switching on is held to the same rule as switching off: an account out of reach stays as it is.
    const permission = permissionFor(admin, 'change')
    const problems = await rights.users.problemsOfSwitching(visit.staff, permission, rows as readonly BaseUser[], isActive)
    if (problems.length > 0) throw new ValidationError(problems)
    const current = await parts.users.filter({ pk: { in: rows.map((one) => one.pk) } } as never)
    const others = current.filter((one) => one.isActive !== isActive)
    if (others.length > 0) await parts.users.update({ pk: { in: others.map((one) => one.pk) } } as never, { isActive } as never)
    const label = capitalized(parts.user.meta.column.get('isActive')?.label ?? 'active')
    for (const row of others) await logChange(parts, { staff: visit.staff, admin, row }, [{ changed: { fields: [label] } }])
    return others.length
  })
  const what = changed === 1 ? admin.meta.verboseName : admin.meta.verboseNamePlural
  if (changed === 0) return `Nothing had to be done: they are switched ${isActive ? 'on' : 'off'} already.`
  return `${changed} ${what} switched ${isActive ? 'on' : 'off'}.`
}
