/**
 * Backends: where users are looked up and permission questions are answered. A site asks its backends in order.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { Permission } from '../accounts/permission.js'
import type { WithPermOptions } from '../accounts/user-manager.js'
import type { RawPassword, Visitor } from '../accounts/user-services.js'
import { ImproperlyConfigured } from '../base/errors.js'

/** What somebody shows to be let in: a name and a password for the model backend, anything else for an application's own. */
export interface Credentials {
  readonly username?: string
  readonly password?: RawPassword
  readonly [name: string]: unknown
}

/** A backend's answer to credentials: the user; nobody it knows; or nobody, and no other backend is to be asked. */
export type Answer = BaseUser | null | 'veto'

/** One backend's part in an explanation. */
export interface BackendReason {
  /** Why it answers as it does, as short sentences. */
  readonly reasons: readonly string[]
}

/**
 * A backend. Every method is optional: one that only answers permission questions has no `authenticate`. Throwing `PermissionDenied`
 * ends the matter: nobody is let in, nothing is granted, and no backend after it is asked (A-2, P-10).
 *
 * @example
 * const nightShift: Backend = {
 *   path: 'shop.backends.NightShift',
 *   hasPerm: async (who, permission) => permission === 'shop.open_door' && who.isAuthenticated,
 * }
 */
export interface Backend {
  /** Names it in sessions. A Django that shares them must know a backend of the same path. */
  readonly path: string
  /** Whether these credentials are of its kind. One without this takes all. */
  accepts?(credentials: Credentials): boolean
  authenticate?(request: unknown, credentials: Credentials): Promise<Answer>
  /** The user of a session, by key; null for one who may no longer come in. */
  getUser?(key: unknown): Promise<BaseUser | null>
  hasPerm?(who: Visitor, permission: string, object?: unknown): Promise<boolean>
  hasModulePerms?(who: Visitor, appLabel: string): Promise<boolean>
  getUserPermissions?(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
  getGroupPermissions?(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
  getAllPermissions?(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
  withPerm?(permission: string | Permission, options: WithPermOptions): Promise<readonly BaseUser[]>
  /** Says why, for `auth.explain()`. */
  explain?(who: Visitor, permission: string, object?: unknown): Promise<BackendReason>
}

/** The backends of a site, in order; an error for a list that could not work (B-2, B-3). */
export function checkBackends(backends: readonly Backend[]): readonly Backend[] {
  const list = '`authenticationBackends`'
  if (backends.length === 0) throw new ImproperlyConfigured(`${list} is empty: nobody could log in. Leave it out for the model backend.`)
  for (const [index, one] of (backends as readonly (Backend | undefined)[]).entries()) {
    if (typeof one?.path !== 'string')
      throw new ImproperlyConfigured(`Number ${index + 1} of ${list} makes no backend: return an object with a \`path\`.`)
    const { path } = one
    if (path === '') throw new ImproperlyConfigured(`Number ${index + 1} of ${list} has an empty \`path\`. Sessions name it by that: give it one.`)
    if (backends.slice(0, index).some((one) => one.path === path)) {
      throw new ImproperlyConfigured(`Two of ${list} have the path '${path}'. Sessions could not tell them apart: give each its own.`)
    }
  }
  return backends
}
