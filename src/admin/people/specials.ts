/**
 * What users, groups, permissions, content types and profiles bring to the admin beyond what all models have.
 * @module
 */

import { ContentType } from '../../accounts/content-type.js'
import { LogEntry } from '../../accounts/django-apps.js'
import { Group } from '../../accounts/group.js'
import { Permission } from '../../accounts/permission.js'
import type { AnyModelClass } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { Rights } from '../rights/rights.js'
import type { SpecialModel } from '../special.js'
import { contentTypesSpecial, permissionsSpecial } from './permissions-special.js'
import { groupsSpecial } from './groups-special.js'
import { profilesSpecial } from './profiles-special.js'
import { usersSpecial } from './users-special.js'

/** What each of them brings. */
export function specialsOf(parts: AdminParts, options: { readonly allowEscalation?: boolean } = {}): ReadonlyMap<AnyModelClass, SpecialModel> {
  const rights = new Rights(parts, options)
  const specials = new Map<AnyModelClass, SpecialModel>([
    [parts.user as unknown as AnyModelClass, usersSpecial(parts, rights)],
    [Group, groupsSpecial(parts, rights)],
    [Permission, permissionsSpecial(parts, rights)],
    [ContentType, contentTypesSpecial(rights)],
    [LogEntry, { goesAlong: true }],
  ])
  if (parts.profiles !== null) specials.set(parts.profiles.model, profilesSpecial(parts, rights))
  return specials
}
