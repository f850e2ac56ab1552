/**
 * What permissions and content types bring: names that choosers can be read by, the removal of stale ones, and the guard of what they mean.
 * @module
 */

import { ContentType } from '../../accounts/content-type.js'
import { isGrantAnyType } from '../../accounts/grant-any-type.js'
import { Permission } from '../../accounts/permission.js'
import { problem } from '../../base/errors.js'
import type { AdminParts } from '../admin-parts.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { SpecialModel } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { modelTitle } from './permission-table.js'
import { staleTypesPage } from './stale-types.js'

/** What of a permission only those may change who may grant everything. */
const MEANING = new Set(['codename', 'contentType'])

/** What permissions bring. */
export function permissionsSpecial(parts: AdminParts, rights: Rights): SpecialModel {
  const permission = (visit: AdminVisit, action: 'add' | 'change' | 'delete'): string | null => {
    const admin = visit.admin.of(Permission)
    return admin === null ? null : permissionFor(admin, action)
  }
  return {
    hold: async (visit) => rights.hold(visit),
    fieldAccess: async (request, row, field) => (row !== null && MEANING.has(field) && !(await rights.isUnlimited(request)) ? 'view' : null),
    guardSave: async (visit, change) =>
      rights.permissions.problemsOfSave(visit.staff, permission(visit, change.row === null ? 'add' : 'change'), change),
    guardDelete: async (visit) => rights.permissions.problemsOfAnything(visit.staff, permission(visit, 'delete')),
    // “Shop · Product · Can add product”: app and model before the words, as Django has it (P-5, AD-20).
    async labels(visit, rows) {
      const permissions = rows as readonly Permission[]
      const keys = [...new Set(permissions.map((one) => one.contentType))]
      const types = keys.length === 0 ? [] : await parts.contentTypes.filter({ id: { in: keys } })
      const titles = new Map(types.map((one) => [one.id, modelTitle(visit, { app: one.appLabel, model: one.model })]))
      return permissions.map((one) => `${titles.get(one.contentType) ?? ''} · ${one.name}`)
    },
  }
}

/** What content types bring. */
export function contentTypesSpecial(rights: Rights): SpecialModel {
  return {
    modelPages: { stale: staleTypesPage(rights) },
    async listTools(visit) {
      const admin = visit.admin.of(ContentType)
      if (admin === null || !(await admin.canDelete(visit.request)) || !(await rights.isUnlimited(visit.request))) return []
      return [{ label: 'Stale ones', href: admin.url(visit.base, 'stale') }]
    },
    // Everybody who changes rights waits at this row: without it, or under another name, they would not wait at all.
    fieldAccess: async (_request, row) => (row !== null && isGrantAnyType(row as ContentType) ? 'view' : null),
    hold: async (visit) => rights.hold(visit),
    guardSave: async (visit, change) =>
      rights.permissions.problemsOfAnything(visit.staff, permissionFor(change.admin, change.row === null ? 'add' : 'change')),
    async guardDelete(visit, rows) {
      if ((rows as readonly ContentType[]).some(isGrantAnyType)) return [problem('protected')]
      const admin = visit.admin.of(ContentType)
      return rights.permissions.problemsOfAnything(visit.staff, admin === null ? null : permissionFor(admin, 'delete'))
    },
  }
}
