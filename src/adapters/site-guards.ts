/**
 * The guards that every adapter offers, made into whatever its framework calls: a middleware, a hook, a decorator.
 * @module
 */

import { markOfPermissions } from '../authentication/guarded.js'
import type { GuardCheck, GuardMark, GuardOptions, PermissionGuardOptions } from '../authentication/guards.js'
import type { RequestHandler } from '../authentication/handle.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { PermissionIn, Portcullis, SiteTypes, UserIn, VisitorIn } from '../site.js'

/** The guards of a site, as `G`; `V` is the same for a guard behind which somebody may still be anonymous. */
export interface SiteGuards<S extends SiteTypes, G, V = G> {
  /** Sends whoever is not logged in to the login page; a program gets 401. */
  loginRequired(options?: GuardOptions): G
  /** Lets in who has the permissions. */
  permissionRequired(permissions: PermissionIn<S> | readonly PermissionIn<S>[], options?: PermissionGuardOptions): G
  /** Lets in who passes a test of the application's. */
  userPassesTest(test: (user: VisitorIn<S>) => boolean | Promise<boolean>, options?: GuardOptions): V
}

/** Makes them; `make` turns a check into what the framework calls, and marks it for `portcullis routes`. */
export function siteGuards<S extends SiteTypes, G>({ guards }: RequestHandler, make: (check: GuardCheck, mark: GuardMark) => G): SiteGuards<S, G> {
  return {
    loginRequired: (...given) => make(guards.loginRequired(optionsOf(given)), { guard: 'loginRequired', detail: '' }),
    permissionRequired: (permissions, options) => make(guards.permissionRequired(permissions, options), markOfPermissions(permissions, options)),
    userPassesTest: (test, options) => make(guards.userPassesTest(test as never, options), { guard: 'userPassesTest', detail: test.name }),
  }
}

/** A guard that is named and not called is called by the framework, with a request; it would say nothing, and the visitor wait for ever. */
function optionsOf(given: readonly unknown[]): GuardOptions | undefined {
  const [options] = given
  if (given.length < 2 && typeof options !== 'function') return options as GuardOptions | undefined
  throw new ImproperlyConfigured('loginRequired makes a guard: write `loginRequired()`, with parentheses.')
}

/** The user of a request behind a guard. Throws where nobody is logged in: then the guard is missing. */
export function loggedInUser<S extends SiteTypes>(auth: Portcullis<S>, request: object): UserIn<S> {
  const user = auth.getUser(request)
  if (!user.isAuthenticated) throw new ImproperlyConfigured('Nobody is logged in here. Put loginRequired() before this handler.')
  return user as UserIn<S>
}
