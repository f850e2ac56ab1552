/**
 * What groups bring: their members, the matrix, and the guard of what they grant.
 * @module
 */

import { Group } from '../../accounts/group.js'
import { messageFor } from '../../base/messages.js'
import type { AdminParts } from '../admin-parts.js'
import { permissionFor, type Rights } from '../rights/rights.js'
import type { SpecialModel } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { groupMembersPage } from './group-members.js'
import { matrixPage } from './matrix.js'
import { remark } from './open.js'
import { groupPreview } from './preview.js'
import { withQuery } from './query.js'

/** What they bring. */
export function groupsSpecial(parts: AdminParts, rights: Rights): SpecialModel {
  const adminOf = (visit: AdminVisit) => visit.admin.of(Group)
  const maySeePeople = async (visit: AdminVisit): Promise<boolean> => {
    const people = visit.admin.of(parts.user)
    return people !== null && people.canView(visit.request)
  }
  return {
    objectPages: { members: groupMembersPage(parts, rights) },
    modelPages: { matrix: matrixPage(rights) },
    listTools: async (visit) => [{ label: 'Matrix', href: adminOf(visit)?.url(visit.base, 'matrix') ?? '' }],
    reaches: async (request, row) => rights.reachesGroup(request, row.pk),
    preload: async (request, rows) =>
      rights.preloadGroups(
        request,
        rows.map((one) => one.pk),
      ),
    hold: async (visit) => rights.hold(visit),
    preview: async (visit, change) => (change.row === null ? null : groupPreview(visit, rights, change)),
    async guardSave(visit, change) {
      return rights.groups.problemsOfSave(visit.staff, permissionFor(change.admin, change.row === null ? 'add' : 'change'), change)
    },
    async guardDelete(visit, rows) {
      const admin = adminOf(visit)
      const keys = rows.map((one) => one.pk)
      return rights.groups.problemsOfRemoval(visit.staff, admin === null ? null : permissionFor(admin, 'delete'), keys)
    },
    async tabs(visit, row) {
      const admin = adminOf(visit)
      if (admin === null) return []
      const members = { page: 'members', label: 'Members', href: admin.url(visit.base, 'members', row.pk) }
      const matrix = { page: 'matrix', label: 'Matrix', href: withQuery(admin.url(visit.base, 'matrix'), { g: String(row.pk) }) }
      return [...((await maySeePeople(visit)) ? [members] : []), matrix]
    },
    async note(visit, row) {
      const admin = adminOf(visit)
      if (admin === null || !(await admin.canChange(visit.request)) || (await rights.reachesGroup(visit.request, row.pk))) return null
      return remark(messageFor('out_of_reach.group'))
    },
  }
}
