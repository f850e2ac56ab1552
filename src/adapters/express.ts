/**
 * Express, 4 and 5: `req.user` and `req.session`, guards as middleware, the account pages below a path.
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GuardCheck, GuardMark } from '../authentication/guards.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { RequestData } from '../protection/body/request-data.js'
import type { Portcullis, SiteTypes, UserIn } from '../site.js'
import { marked, SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { nodeBody, NodeHead, plainFields, type FrameworkRequest } from './node-request.js'
import { sendResponse, watchResponse } from './node-response.js'
import { addRequestFields } from './request-fields.js'
import { loggedInUser, siteGuards, type SiteGuards } from './site-guards.js'

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
export interface ExpressSite<S extends SiteTypes> extends SiteGuards<S, ExpressMiddleware> {
  /**
   * Opens every request: session, user, forged requests, headers; and serves pages below their paths. Use it before your routes, and
   * before or behind a body parser.
   */
  site(mounts?: Mounts, options?: SiteMiddlewareOptions): ExpressMiddleware
  /** Answers what handlers threw to refuse (`PermissionDenied` and its neighbours) with the site's pages. Use it after your routes. */
  errors(): ExpressErrorMiddleware
  /** The user of a request, typed; behind `loginRequired` nobody else comes. Throws where nobody is logged in. */
  userOf(request: ExpressRequest): UserIn<S>
}

/**
 * Makes a site's middleware for Express.
 *
 * @example
 * const { site, loginRequired, userOf } = forExpress(auth)
 * app.use(site({ '/accounts': auth.pages() }))
 * app.get('/', loginRequired(), (req, res) => res.send(`Hello ${userOf(req).username}`))
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
    watchResponse(requests, opened, response)
    const mount = mounts.find(opened.path, request.baseUrl)
    if (mount !== null) {
      const [base, pages] = mount
      await sendResponse(response, await requests.answer(opened, (visitor) => pages.respond(visitor, base), pages.bodyLimits))
      return false
    }
    addRequestFields(request, opened)
    const refusal = await requests.refusalBefore(opened, mounts.gateFor(opened))
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
      return settled.mark((request: ExpressRequest, response: ServerResponse, next: (error?: unknown) => void): void => {
        open(request, response, settled).then((goOn) => goOn && requests.acting(requestOf(request), next), next)
      })
    },
    errors: () => (error, request, response, next) => {
      const refusal = requests.refusalFor(error)
      if (refusal === null || response.headersSent) {
        next(error)
        return
      }
      requests
        .refuse(requestOf(request), refusal)
        .then((answer) => sendResponse(response, answer))
        .catch(next)
    },
    userOf: (request) => loggedInUser(auth, request),
    ...siteGuards<S, ExpressMiddleware>(requests, guard),
  }
}

/** A form whose token was in its body has been read: parsers after us find it read, and handlers find the fields where they look. */
function leaveBody(request: FrameworkRequest & { _body?: boolean }, data: RequestData | null): void {
  if (data === null || request.body !== undefined) return
  request.body = plainFields(data)
  // The mark of Express's own parsers.
  request._body = true
}
