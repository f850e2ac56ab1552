/**
 * Express, 4 and 5: `req.user` and `req.session`, guards as middleware, the account pages below a path.
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnonymousUser } from '../accounts/anonymous-user.js'
import type { GuardCheck, GuardMark, GuardOptions, PermissionGuardOptions } from '../authentication/guards.js'
import { markOfPermissions } from '../authentication/guarded.js'
import { refusalFor } from '../authentication/handle.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { RequestData } from '../protection/body/request-data.js'
import type { PermissionIn, Portcullis, SiteTypes, UserIn, VisitorIn } from '../site.js'
import { marked, SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { nodeBody, NodeHead, type FrameworkRequest } from './node-request.js'
import { sendResponse, watchResponse } from './node-response.js'

/** A request of Express, as far as it is read here. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl?: string
  baseUrl?: string
  body?: unknown
}

/** Middleware of Express, whichever version. */
export type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void

/** Middleware that Express calls with an error. */
export type ExpressErrorMiddleware = (error: unknown, request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void) => void

/** A site for Express. */
export interface ExpressSite<S extends SiteTypes> {
  /**
   * Opens every request: session, user, forged requests, headers; and serves pages below their paths. Use it before your routes, and
   * before or behind a body parser.
   */
  site(mounts?: Mounts, options?: SiteMiddlewareOptions): ExpressMiddleware
  /** Sends whoever is not logged in to the login page; a program gets 401. */
  loginRequired(options?: GuardOptions): ExpressMiddleware
  /** Lets in who has the permissions. */
  permissionRequired(permissions: PermissionIn<S> | readonly PermissionIn<S>[], options?: PermissionGuardOptions): ExpressMiddleware
  /** Lets in who passes a test of the application's. */
  userPassesTest(test: (user: VisitorIn<S>) => boolean | Promise<boolean>, options?: GuardOptions): ExpressMiddleware
  /** Answers what handlers threw to refuse (`PermissionDenied` and its neighbours) with the site's pages. Use it after your routes. */
  errors(): ExpressErrorMiddleware
  /** The user of a request, typed; behind `loginRequired` nobody else comes. Throws where nobody is logged in. */
  userOf(request: ExpressRequest): UserIn<S>
}

/**
 * Makes a site's middleware for Express.
 *
 * @example
 * const { site, loginRequired } = forExpress(auth)
 * app.use(site({ '/accounts': auth.pages() }))
 * app.get('/', loginRequired(), (req, res) => res.send(`Hello ${req.user.username}`))
 */
export function forExpress<S extends SiteTypes>(auth: Portcullis<S>): ExpressSite<S> {
  const { requests, bind } = auth.internals
  const requestOf = (request: ExpressRequest): SiteRequest => auth.requestOf(request) as unknown as SiteRequest

  const guard = (check: GuardCheck, mark: GuardMark): ExpressMiddleware =>
    marked((request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
      const visitor = requestOf(request)
      Promise.resolve(check(visitor))
        .then(async (refusal) => {
          if (refusal === null) next()
          else await sendResponse(response, await requests.refuse(visitor, refusal))
        })
        .catch(next)
    }, mark)

  const open = async (request: ExpressRequest, response: ServerResponse, mounts: SettledMounts): Promise<boolean> => {
    const opened = await requests.open(new NodeHead(request), nodeBody(request), request)
    if (opened instanceof Response) {
      await sendResponse(response, opened)
      return false
    }
    bind(request, opened)
    const mount = mounts.find(opened.path, request.baseUrl)
    if (mount !== null) {
      const [base, pages] = mount
      await sendResponse(
        response,
        await requests.finish(opened, await requests.answer(opened, (visitor) => pages.respond(visitor, base), pages.bodyLimits)),
      )
      return false
    }
    expose(request, opened)
    watchResponse(requests, opened, response)
    const refusal = (await requests.core.checkForgery(opened)) ?? (await mounts.gateFor(opened)?.(opened)) ?? null
    if (refusal !== null) {
      await sendResponse(response, await requests.refuse(opened, refusal))
      return false
    }
    leaveBody(request, await opened.readData)
    return true
  }

  return {
    site(mounts, options) {
      const settled = new SettledMounts(requests, mounts, options)
      return (request, response, next) => {
        open(request, response, settled).then((goOn) => goOn && next(), next)
      }
    },
    loginRequired: (options) => guard(requests.guards.loginRequired(options), { guard: 'loginRequired', detail: '' }),
    permissionRequired: (permissions, options) =>
      guard(requests.guards.permissionRequired(permissions, options), markOfPermissions(permissions, options)),
    userPassesTest: (test, options) => guard(requests.guards.userPassesTest(test as never, options), { guard: 'userPassesTest', detail: test.name }),
    errors: () => (error, request, response, next) => {
      const refusal = refusalFor(error)
      if (refusal === null || response.headersSent) {
        next(error)
        return
      }
      requests
        .refuse(requestOf(request), refusal)
        .then((answer) => sendResponse(response, answer))
        .catch(next)
    },
    userOf(request) {
      const { user } = requestOf(request)
      if (!user.isAuthenticated) throw new ImproperlyConfigured('Nobody is logged in here. Put loginRequired() before this handler.')
      return user as unknown as UserIn<S>
    },
  }
}

/** What the handlers of the application see. */
function expose(request: ExpressRequest, opened: SiteRequest): void {
  Object.defineProperties(request, {
    user: { get: () => opened.user as AnonymousUser | UserIn<SiteTypes>, configurable: true, enumerable: true },
    session: { get: () => opened.session, configurable: true, enumerable: true },
    csrfToken: { value: () => opened.csrfToken(), configurable: true },
  })
}

/** A form whose token was in its body has been read: parsers after us find it read, and handlers find the fields where they look. */
function leaveBody(request: FrameworkRequest & { _body?: boolean }, data: RequestData | null): void {
  if (data === null || request.body !== undefined) return
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, values] of data.fields) fields[name] = values.length === 1 ? values[0] : values
  request.body = fields
  // The mark of Express's own parsers.
  request._body = true
}
