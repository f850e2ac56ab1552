/**
 * Guards as the application writes them: around a handler, or above a method.
 * @module
 */

import { guardMark, type GuardCheck, type GuardChecks, type GuardMark, type GuardOptions, type PermissionGuardOptions } from './guards.js'
import type { Refusal } from './refusal.js'
import type { AnyVisitor, SiteRequest } from './site-request.js'

/** A handler behind a guard: it takes any visitor's request, and answers those that it lets through itself. */
export type Guarded<Visitor, This, Rest extends unknown[]> = ((this: This, request: SiteRequest<Visitor>, ...rest: Rest) => Promise<Response>) & {
  readonly [guardMark]?: GuardMark
}

/**
 * Wraps a handler, or decorates a method: behind it, `request.user` is a `User`.
 *
 * @example
 * const hello = auth.loginRequired(async (request) => new Response(`Hello ${request.user.username}`))
 */
export interface Guard<User, Visitor> {
  <This, Rest extends unknown[], Out extends Response | Promise<Response>>(
    handler: (this: This, request: SiteRequest<User>, ...rest: Rest) => Out,
    context?: ClassMethodDecoratorContext<This>,
  ): Guarded<Visitor, This, Rest>
}

/** Leaves a handler as it is, and notes that it needs no login. */
export interface OpenHandler<Visitor> {
  <This, Rest extends unknown[], Out extends Response | Promise<Response>>(
    handler: (this: This, request: SiteRequest<Visitor>, ...rest: Rest) => Out,
    context?: ClassMethodDecoratorContext<This>,
  ): Guarded<Visitor, This, Rest>
}

type Respond = (request: SiteRequest, refusal: Refusal) => Promise<Response>
type AnyGuard = Guard<AnyVisitor, AnyVisitor>

/** The guards of a site, for handlers in the web's own terms. */
export class Guards {
  readonly #checks: GuardChecks
  readonly #respond: Respond

  constructor(checks: GuardChecks, respond: Respond) {
    this.#checks = checks
    this.#respond = respond
  }

  /** `loginRequired(handler)`, or `loginRequired({ loginUrl })(handler)`. */
  readonly loginRequired = (first: unknown, context?: unknown): unknown => {
    if (typeof first === 'function')
      return this.#guard(this.#checks.loginRequired(), { guard: 'loginRequired', detail: '' })(first as never, context as never)
    return this.#guard(this.#checks.loginRequired(first as GuardOptions | undefined), { guard: 'loginRequired', detail: '' })
  }

  readonly permissionRequired = (permissions: string | readonly string[], options?: PermissionGuardOptions): AnyGuard =>
    this.#guard(this.#checks.permissionRequired(permissions, options), markOfPermissions(permissions, options))

  readonly userPassesTest = (test: (user: never) => boolean | Promise<boolean>, options?: GuardOptions): AnyGuard =>
    this.#guard(this.#checks.userPassesTest(test, options), { guard: 'userPassesTest', detail: test.name })

  readonly loginNotRequired = (handler: unknown): unknown => {
    const open = function (this: unknown, ...args: unknown[]): unknown {
      return (handler as (...args: unknown[]) => unknown).apply(this, args)
    }
    return Object.assign(open, { [guardMark]: { guard: 'loginNotRequired', detail: '' } satisfies GuardMark })
  }

  #guard(check: GuardCheck, mark: GuardMark): AnyGuard {
    const respond = this.#respond
    const wrap = (handler: (this: unknown, request: SiteRequest, ...rest: unknown[]) => Response | Promise<Response>): unknown => {
      const guarded = async function (this: unknown, request: SiteRequest, ...rest: unknown[]): Promise<Response> {
        const refusal = await check(request)
        return refusal === null ? handler.call(this, request, ...rest) : respond(request, refusal)
      }
      return Object.assign(guarded, { [guardMark]: mark })
    }
    return wrap as unknown as AnyGuard
  }
}

/** What `portcullis routes` says of a permission guard. */
export function markOfPermissions(permissions: string | readonly string[], options: PermissionGuardOptions = {}): GuardMark {
  const names = typeof permissions === 'string' ? [permissions] : permissions
  return { guard: 'permissionRequired', detail: names.join(options.match === 'any' ? ' or ' : ' and ') }
}
