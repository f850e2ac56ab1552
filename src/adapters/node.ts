/**
 * Plain `node:http`: one function around your own listener.
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { guardMark, type GuardCheck, type GuardMark, type GuardOptions, type PermissionGuardOptions } from '../authentication/guards.js'
import { markOfPermissions } from '../authentication/guarded.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { RequestSession } from '../sessions/request-session.js'
import type { PermissionIn, Portcullis, SiteTypes, UserIn, VisitorIn } from '../site.js'
import { SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { nodeBody, NodeHead } from './node-request.js'
import { sendResponse, watchResponse } from './node-response.js'
import { addRequestFields } from './request-fields.js'

/** A Node request behind the site; `User` is who may be asking. */
export type SiteMessage<User> = IncomingMessage & { readonly user: User; readonly session: RequestSession; csrfToken(): string }

/** A listener of the application's own. */
export type SiteListener<User> = (request: SiteMessage<User>, response: ServerResponse) => unknown

/** A site for plain Node. */
export interface NodeSite<S extends SiteTypes> {
  /** Makes the listener for `createServer`: sessions, forged requests, headers, the pages below their paths; yours answers everything else. */
  site(
    mounts: Mounts,
    listener: SiteListener<VisitorIn<S>>,
    options?: SiteMiddlewareOptions,
  ): (request: IncomingMessage, response: ServerResponse) => void
  /** Wraps a listener: whoever is not logged in is sent to the login page; a program gets 401. */
  loginRequired(listener: SiteListener<UserIn<S>>, options?: GuardOptions): SiteListener<VisitorIn<S>>
  /** Wraps a listener: it is called for whoever has the permissions. */
  permissionRequired(
    permissions: PermissionIn<S> | readonly PermissionIn<S>[],
    listener: SiteListener<UserIn<S>>,
    options?: PermissionGuardOptions,
  ): SiteListener<VisitorIn<S>>
  /** Wraps a listener: it is called for whoever passes a test of the application's. */
  userPassesTest(
    test: (user: VisitorIn<S>) => boolean | Promise<boolean>,
    listener: SiteListener<VisitorIn<S>>,
    options?: GuardOptions,
  ): SiteListener<VisitorIn<S>>
}

/**
 * Makes a site's listener and guards for plain Node.
 *
 * @example
 * const { site, loginRequired } = forNode(auth)
 * const hello = loginRequired((request, response) => response.end(`Hello ${request.user.username}`))
 * createServer(site({ '/accounts': auth.pages() }, hello)).listen(8000)
 */
export function forNode<S extends SiteTypes>(auth: Portcullis<S>): NodeSite<S> {
  const { requests, bind } = auth.internals
  const requestOf = (request: IncomingMessage): SiteRequest => auth.requestOf(request) as unknown as SiteRequest

  const guard = (check: GuardCheck, mark: GuardMark, listener: SiteListener<never>): SiteListener<VisitorIn<S>> =>
    Object.assign(
      async (request: SiteMessage<VisitorIn<S>>, response: ServerResponse): Promise<unknown> => {
        const visitor = requestOf(request)
        const refusal = await check(visitor)
        if (refusal === null) return listener(request as SiteMessage<never>, response)
        return sendResponse(response, await requests.refuse(visitor, refusal))
      },
      { [guardMark]: mark },
    )

  const answer = async (request: IncomingMessage, response: ServerResponse, mounts: SettledMounts, listener: SiteListener<VisitorIn<S>>) => {
    const opened = await requests.open(new NodeHead(request), nodeBody(request), request)
    if (opened instanceof Response) return sendResponse(response, opened)
    bind(request, opened)
    addRequestFields(request, opened)
    watchResponse(requests, opened, response)
    try {
      const mount = mounts.find(opened.path)
      if (mount !== null) {
        const [base, pages] = mount
        return await sendResponse(response, await requests.answer(opened, (visitor) => pages.respond(visitor, base), pages.bodyLimits))
      }
      const refusal = await requests.refusalBefore(opened, mounts.gateFor(opened))
      if (refusal !== null) return await sendResponse(response, await requests.refuse(opened, refusal))
      await requests.acting(opened, () => listener(request as SiteMessage<VisitorIn<S>>, response))
    } catch (error) {
      const refusal = requests.refusalFor(error)
      if (refusal === null || response.headersSent) throw error
      await sendResponse(response, await requests.refuse(opened, refusal))
    }
  }

  return {
    site(mounts, listener, options) {
      const settled = new SettledMounts(requests, mounts, options)
      return (request, response) => {
        answer(request, response, settled, listener).catch((error: unknown) => fail(requests.core, error, response))
      }
    },
    loginRequired: (listener, options) => guard(requests.guards.loginRequired(options), { guard: 'loginRequired', detail: '' }, listener as never),
    permissionRequired: (permissions, listener, options) =>
      guard(requests.guards.permissionRequired(permissions, options), markOfPermissions(permissions, options), listener as never),
    userPassesTest: (test, listener, options) =>
      guard(requests.guards.userPassesTest(test as never, options), { guard: 'userPassesTest', detail: test.name }, listener as never),
  }
}

/** No framework is there to tell of an error: the visitor learns that there was one, the site which. */
function fail(core: { reportError(error: unknown): void }, error: unknown, response: ServerResponse): void {
  core.reportError(error)
  if (response.headersSent) {
    response.destroy()
    return
  }
  // What the handler meant to say is not said: a length of its own would cut ours off.
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.statusCode = 500
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end('Something went wrong on our side.\n')
}
