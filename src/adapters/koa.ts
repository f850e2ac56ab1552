/**
 * Koa: `ctx.state.user` and `ctx.state.session`, guards as middleware, the account pages below a path.
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { GuardCheck, GuardMark } from '../authentication/guards.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { RequestData } from '../protection/body/request-data.js'
import type { Portcullis, SiteTypes, UserIn } from '../site.js'
import { marked, outerPath, SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { nodeBody, NodeHead, plainFields } from './node-request.js'
import { watchResponse } from './node-response.js'
import { addRequestFields } from './request-fields.js'
import { loggedInUser, siteGuards, type SiteGuards } from './site-guards.js'

/** A context of Koa, as far as it is read here. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Koa's own request; its parsers leave here what they read. */
  readonly request: object
  readonly originalUrl: string
  readonly path: string
  readonly state: object
  readonly headerSent: boolean
  body: unknown
  status: number
  set(name: string, value: string): void
  append(name: string, value: string | string[]): void
  remove(name: string): void
}

/** Middleware of Koa. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>

/** A site for Koa. */
export interface KoaSite<S extends SiteTypes> extends SiteGuards<S, KoaMiddleware> {
  /**
   * Opens every request: session, user, forged requests, headers; serves pages below their paths; and answers what handlers throw to
   * refuse. Use it before your routes, and before or behind a body parser.
   */
  site(mounts?: Mounts, options?: SiteMiddlewareOptions): KoaMiddleware
  /** The user of a request, typed; behind `loginRequired` nobody else comes. Throws where nobody is logged in. */
  userOf(context: KoaContext): UserIn<S>
}

/**
 * Makes a site's middleware for Koa. `new Koa<RequestFields<typeof auth>>()` knows what `ctx.state` has.
 *
 * @example
 * import Koa from 'koa'
 *
 * const { site, loginRequired, userOf } = forKoa(auth)
 * const app = new Koa().use(site({ '/accounts': auth.pages() }))
 * app.use(loginRequired())
 * app.use((context) => {
 *   context.body = `Hello ${userOf(context).username}`
 * })
 */
export function forKoa<S extends SiteTypes>(auth: Portcullis<S>): KoaSite<S> {
  const { requests, bind } = auth.internals
  const requestOf = (context: KoaContext): SiteRequest => auth.requestOf(context) as unknown as SiteRequest

  const guard = (check: GuardCheck, mark: GuardMark): KoaMiddleware =>
    marked(async (context: KoaContext, next: () => Promise<unknown>): Promise<void> => {
      const visitor = requestOf(context)
      const refusal = await check(visitor)
      if (refusal !== null) return answer(context, await requests.refuse(visitor, refusal))
      await next()
    }, mark)

  /** What stands in the way of a request, or the answer of a page; null where the application is to answer. */
  const before = async (context: KoaContext, opened: SiteRequest, mounts: SettledMounts): Promise<Response | null> => {
    const mount = mounts.find(opened.path, outerPath(opened.path, context.path))
    if (mount !== null) {
      const [base, pages] = mount
      return requests.answer(opened, (visitor) => pages.respond(visitor, base), pages.bodyLimits)
    }
    addRequestFields(context.state, opened)
    const refusal = await requests.refusalBefore(opened, mounts.gateFor(opened))
    if (refusal !== null) return requests.refuse(opened, refusal)
    leaveBody(context.request, await opened.readData)
    return null
  }

  return {
    site(mounts, options) {
      const settled = new SettledMounts(requests, mounts, options)
      return settled.mark(async (context: KoaContext, next: () => Promise<unknown>): Promise<void> => {
        const opened = await requests.open(
          new NodeHead(context.req, context.originalUrl),
          nodeBody(context.req, () => (context.request as Parsed).body),
          context,
        )
        if (opened instanceof Response) return answer(context, opened)
        for (const raw of [context, context.request, context.req]) bind(raw, opened)
        watchResponse(requests, opened, context.res)
        try {
          const response = await before(context, opened, settled)
          if (response === null) await requests.acting(opened, next)
          else answer(context, response)
        } catch (error) {
          const refusal = requests.refusalFor(error)
          if (refusal === null || context.headerSent) throw error
          answer(context, await requests.refuse(opened, refusal))
        }
      })
    },
    userOf: (context) => loggedInUser(auth, context),
    ...siteGuards<S, KoaMiddleware>(requests, guard),
  }
}

interface Parsed {
  body?: unknown
}

/** A form whose token was in its body has been read: parsers after us let be what is there already. */
function leaveBody(request: Parsed, data: RequestData | null): void {
  if (data !== null && request.body === undefined) request.body = plainFields(data)
}

/** Says a web response in Koa's terms, which sends it when all middleware is through. */
function answer(context: KoaContext, response: Response): void {
  // A null below a JSON type would be sent as the text “null”.
  context.remove('content-type')
  context.body = response.body === null ? null : Readable.fromWeb(response.body as never)
  // A body sets a status and a type of Koa's choice.
  context.status = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') context.set(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) context.append('set-cookie', cookies)
}
