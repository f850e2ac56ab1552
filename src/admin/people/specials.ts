/**
 * What users, groups, permissions and content types bring to the admin.
 * @module
 */

import type { AnyModelClass } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import type { AdminRegistry } from '../registry.js'
import type { SpecialModel } from '../special.js'

/** What each of them brings. */
export function specialsOf(_parts: AdminParts): ReadonlyMap<AnyModelClass, SpecialModel> {
  return new Map()
}

/** Registers what a site has of its own. */
export function registerDefaults(_registry: AdminRegistry, _user: AnyModelClass): void {}
