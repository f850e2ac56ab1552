/**
 * Who may call a handler. A guard wraps a function, or decorates a method of a class (TC39): it is the same function.
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import type { Visitor } from '../accounts/user-services.js'
import { ImproperlyConfigured, type PermissionDenied } from '../base/errors.js'
import type { Refusal } from './refusal.js'
import type { AnyVisitor, SiteRequest } from './site-request.js'

/** What every guard may be told. */
export interface GuardOptions {
  /** The login page, where it is not the site's. */
  readonly loginUrl?: string
  /** The parameter that tells the login page where to go on. Default `next`; an empty text for none. */
  readonly redirectFieldName?: string
}

/** What `permissionRequired` may be told. */
export interface PermissionGuardOptions extends GuardOptions {
  /** Answers 403 to everybody who lacks the permission. Default false: a browser is sent to the login page, also with a login that lacks it (D-3). */
  readonly raiseException?: boolean
  /** Of several permissions: all of them (the default), or any one. */
  readonly match?: 'all' | 'any'
}

/** A guard by itself: what stands against this request, or null. */
export type GuardCheck = (request: SiteRequest) => Promise<Refusal | null> | Refusal | null

/** Marks what a guard made, for `portcullis routes` and for a site that asks everybody to log in. */
export const guardMark: unique symbol = Symbol('portcullis guard')

/** What a guard asks, in words. */
export interface GuardMark {
  readonly guard: 'loginRequired' | 'permissionRequired' | 'userPassesTest' | 'loginNotRequired'
  readonly detail: string
}

/** The path to log in at and come back from (W-6). */
export function loginLocation(target: string, loginUrl: string, field = 'next'): string {
  if (field === '') return loginUrl
  const hash = loginUrl.indexOf('#')
  const [address, fragment] = hash < 0 ? [loginUrl, ''] : [loginUrl.slice(0, hash), loginUrl.slice(hash)]
  const mark = address.indexOf('?')
  const others =
    mark < 0
      ? []
      : address
          .slice(mark + 1)
          .split('&')
          .filter((one) => one !== '' && one.split('=')[0] !== field)
  // Django leaves slashes as they are.
  const next = `${encodeURIComponent(field)}=${encodeURIComponent(target).replaceAll('%2F', '/')}`
  return `${mark < 0 ? address : address.slice(0, mark)}?${[...others, next].join('&')}${fragment}`
}

/** The guards of a site, as checks that adapters call. */
export class GuardChecks {
  readonly #loginUrl: string

  constructor(loginUrl: string) {
    this.#loginUrl = loginUrl
  }

  /** Somebody must be logged in. */
  loginRequired(options: GuardOptions = {}): GuardCheck {
    return (request) => (isLoggedIn(request) ? null : this.sendToLogin(request, options))
  }

  /** These permissions are needed. */
  permissionRequired(permissions: string | readonly string[], options: PermissionGuardOptions = {}): GuardCheck {
    const wanted = typeof permissions === 'string' ? [permissions] : permissions
    if (!Array.isArray(wanted) || wanted.some((one) => typeof one !== 'string')) {
      throw new ImproperlyConfigured('permissionRequired() takes a permission name or a list of them, such as "shop.add_product".')
    }
    // All of none is what everybody has, logged in or not: a list that came out empty must not open a page.
    if (wanted.length === 0) throw new ImproperlyConfigured('permissionRequired([]) names no permission. Name one, or use loginRequired().')
    return async (request) => {
      const user = request.user as AnyVisitor & Asked
      const may = options.match === 'any' ? await anyOf(user, wanted) : await user.hasPerms?.(wanted)
      if (may === true) return null
      const refusal = denied(`lacks ${wanted.join(', ')}`)
      return options.raiseException === true ? refusal : this.#orLogin(request, refusal, options)
    }
  }

  /** The visitor must pass a test of the application's. */
  userPassesTest(test: (user: never) => boolean | Promise<boolean>, options: GuardOptions = {}): GuardCheck {
    return async (request) => {
      if (await test(request.user as never)) return null
      return this.#orLogin(request, denied('failed the test of the handler'), options)
    }
  }

  /** The way to the login page for a browser, 401 for a program. */
  sendToLogin(request: SiteRequest, options: GuardOptions = {}): Refusal {
    const location = loginLocation(request.target, options.loginUrl ?? this.#loginUrl, options.redirectFieldName)
    return { status: 401, code: 'login_required', location }
  }

  /** A program with a login learns that the login is not enough; a browser may log in as somebody else. */
  #orLogin(request: SiteRequest, refusal: Refusal, options: GuardOptions): Refusal {
    const login = this.sendToLogin(request, options)
    return isLoggedIn(request) && login.location !== undefined ? { ...refusal, location: login.location } : login
  }
}

/** The refusal that a `PermissionDenied` thrown by a handler means. */
export function refusalOf(error: PermissionDenied): Refusal {
  return denied(error.reason ?? error.permission ?? 'denied by the handler')
}

function denied(reason: string): Refusal {
  return { status: 403, code: 'permission_denied', reason }
}

interface Asked extends Visitor {
  hasPerm?(permission: string): Promise<boolean>
  hasPerms?(permissions: readonly string[]): Promise<boolean>
}

async function anyOf(user: Asked, permissions: readonly string[]): Promise<boolean> {
  for (const one of permissions) if ((await user.hasPerm?.(one)) === true) return true
  return false
}

function isLoggedIn(request: SiteRequest): boolean {
  return request.user instanceof BaseUser
}
