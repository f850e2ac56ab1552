/**
 * Profiles belong to people: whoever may not touch somebody's account may not touch their profile either, wherever it is edited (I6).
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { problem, type Problem } from '../../base/errors.js'
import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import type { Rights } from '../rights/rights.js'
import type { SpecialModel } from '../special.js'
import type { AdminVisit } from '../visit.js'

/** What profiles bring. */
export function profilesSpecial(parts: AdminParts, rights: Rights): SpecialModel {
  const field = parts.profiles?.userField ?? 'user'
  const ownerOf = (values: Readonly<Record<string, unknown>>): unknown => {
    const owner = values[field]
    return typeof owner === 'object' && owner !== null ? (owner as { readonly pk?: unknown }).pk : owner
  }
  const of = (row: Model): unknown => ownerOf(row as unknown as Readonly<Record<string, unknown>>)

  const problems = async (visit: AdminVisit, keys: readonly unknown[]): Promise<Problem[]> => {
    const owners = [...new Set(keys.filter((key) => key !== undefined && key !== null))]
    if (owners.length === 0) return []
    const users = await parts.users.filter({ pk: { in: owners } } as never)
    // A profile of nobody that is found belongs to somebody that nothing is known of.
    if (users.length < owners.length) return [problem('no_longer')]
    return rights.users.problemsOfSwitching(visit.staff, null, users as readonly BaseUser[], true)
  }

  return {
    reaches: async (request, row) => rights.reachesUser(request, of(row)),
    preload: async (request, rows) => rights.preloadUsers(request, rows.map(of)),
    hold: async (visit, rows) => rights.hold(visit, rows.map(of)),
    guardSave: async (visit, { row, values }) => problems(visit, [...(row === null ? [] : [of(row)]), ownerOf(values)]),
    guardDelete: async (visit, rows) => problems(visit, rows.map(of)),
  }
}
