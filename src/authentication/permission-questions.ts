/**
 * The permission questions over a chain of backends: Django's truth table (P-10 to P-18).
 * @module
 */

import { PermittedUser } from '../accounts/base-user.js'
import type { PermissionQuestions, Visitor } from '../accounts/user-services.js'
import { ImproperlyConfigured, PermissionDenied } from '../base/errors.js'
import type { Backend } from './backend.js'

/**
 * Makes the answers of a site. An active superuser may everything and nobody is asked; otherwise the first backend that says yes
 * decides, and one that throws `PermissionDenied` ends the matter.
 */
export function createPermissionQuestions(backends: readonly Backend[]): PermissionQuestions {
  // Asked more often than anything else, so it adds no promise to those of the backends.
  const hasPerm = (who: Visitor, permission: string, object?: unknown): Promise<boolean> =>
    isAlmighty(who) ? Promise.resolve(true) : anyBackend(backends, (backend) => backend.hasPerm?.(who, permission, object))
  const union = async (ask: (backend: Backend) => Promise<ReadonlySet<string>> | undefined): Promise<ReadonlySet<string>> => {
    const sets: ReadonlySet<string>[] = []
    for (const backend of backends) {
      const answer = await ask(backend)
      if (answer !== undefined) sets.push(answer)
    }
    return sets.length === 1 && sets[0] !== undefined ? sets[0] : new Set(sets.flatMap((one) => [...one]))
  }
  return {
    hasPerm,
    async hasPerms(who, permissions, object) {
      if (!Array.isArray(permissions)) {
        throw new ImproperlyConfigured(`hasPerms() takes a list of permission names; got ${typeof permissions}. For one name use hasPerm().`)
      }
      for (const permission of permissions as readonly string[]) if (!(await hasPerm(who, permission, object))) return false
      return true
    },
    async hasModulePerms(who, appLabel) {
      if (isAlmighty(who)) return true
      return anyBackend(backends, (backend) => backend.hasModulePerms?.(who, appLabel))
    },
    getUserPermissions: (who, object) => union((backend) => backend.getUserPermissions?.(who, object)),
    getGroupPermissions: (who, object) => union((backend) => backend.getGroupPermissions?.(who, object)),
    getAllPermissions: (who, object) => union((backend) => backend.getAllPermissions?.(who, object)),
  }
}

/** Whether this is a superuser in good standing. An inactive one may nothing (P-18). */
export function isAlmighty(who: Visitor): boolean {
  return who instanceof PermittedUser && who.isActive && who.isSuperuser
}

async function anyBackend(backends: readonly Backend[], ask: (backend: Backend) => Promise<boolean> | undefined): Promise<boolean> {
  for (const backend of backends) {
    try {
      if (await ask(backend)) return true
    } catch (error) {
      if (error instanceof PermissionDenied) return false
      throw error
    }
  }
  return false
}
