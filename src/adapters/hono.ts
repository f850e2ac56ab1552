/**
 * Hono: `c.var.user` and `c.var.session`, guards as middleware, the account pages below a path; on node:http and wherever else Hono runs.
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import type { GuardCheck, GuardMark } from '../authentication/guards.js'
import { headOf, type BodySource, type RequestHead } from '../authentication/request-head.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { RequestSession } from '../sessions/request-session.js'
import type { Portcullis, SiteTypes, UserIn, VisitorIn } from '../site.js'
import { setLazyVariables } from './hono-variables.js'
import { filledBase, innermost, marked, markOf, outerPath, SettledMounts, siteOf, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { NodeHead } from './node-request.js'
import { siteGuards, type SiteGuards } from './site-guards.js'

/** What a site puts into `c.var`; `User` is who may be asking. */
export interface SiteVariables<User> {
  readonly user: User
  readonly session: RequestSession
  /** Makes a token for a form's hidden field `csrfmiddlewaretoken` or for the header `X-CSRFToken`. */
  readonly csrfToken: () => string
}

/** Middleware of Hono, behind which `c.var.user` is a `User`. */
export type HonoMiddleware<User> = MiddlewareHandler<{ Variables: SiteVariables<User> }>

/** A site for Hono. */
export interface HonoSite<S extends SiteTypes> extends SiteGuards<S, HonoMiddleware<UserIn<S>>, HonoMiddleware<VisitorIn<S>>> {
  /**
   * Opens every request: session, user, forged requests, headers; serves pages below their paths; and answers what handlers throw to
   * refuse. Use it before your routes.
   */
  site(mounts?: Mounts, options?: SiteMiddlewareOptions): HonoMiddleware<VisitorIn<S>>
  /** Marks a route as open to everybody, on a site that asks everybody to log in. */
  loginNotRequired(): MiddlewareHandler
}

/**
 * Makes a site's middleware for Hono.
 *
 * @example
 * import { Hono } from 'hono'
 *
 * const { site, loginRequired } = forHono(auth)
 * const app = new Hono().use(site({ '/accounts': auth.pages() }))
 * app.get('/', loginRequired(), (c) => c.text(`Hello ${c.var.user.username}`))
 */
export function forHono<S extends SiteTypes>(auth: Portcullis<S>): HonoSite<S> {
  const { requests, bind } = auth.internals
  const requestOf = (c: Context): SiteRequest => auth.requestOf(c) as unknown as SiteRequest

  const guard = (check: GuardCheck, mark: GuardMark): MiddlewareHandler =>
    marked(async (c: Context, next: () => Promise<void>): Promise<Response | void> => {
      const visitor = requestOf(c)
      const refusal = await check(visitor)
      if (refusal !== null) return requests.refuse(visitor, refusal)
      return next()
    }, mark)

  /** What stands in the way of a request, or the answer of a page; null where the application is to answer. */
  const before = async (c: Context, opened: SiteRequest, mounts: SettledMounts): Promise<Response | null> => {
    const mount = mounts.find(opened.path, outerPath(opened.path, c.req.path) + baseOf(c))
    if (mount !== null) {
      const [base, pages] = mount
      return requests.answer(opened, (visitor) => pages.respond(visitor, base), pages.bodyLimits)
    }
    const refusal = await requests.refusalBefore(opened, isOpen(c) ? null : mounts.gateFor(opened))
    return refusal === null ? null : requests.refuse(opened, refusal)
  }

  const site = (mounts?: Mounts, options?: SiteMiddlewareOptions): MiddlewareHandler => {
    const settled = new SettledMounts(requests, mounts, options)
    return settled.mark(async (c: Context, next: () => Promise<void>): Promise<Response | void> => {
      const opened = await requests.open(honoHead(c), await honoBody(c), c.req.raw)
      if (opened instanceof Response) return opened
      for (const raw of [c, c.req.raw]) bind(raw, opened)
      setLazyVariables(c, { user: () => opened.user, session: () => opened.session, csrfToken: () => () => opened.csrfToken() })
      let answer = await before(c, opened, settled)
      if (answer !== null) return requests.finish(opened, answer)
      await requests.acting(opened, next)
      // Hono has made a page of whatever was thrown; a refusal is said in our words where the application has none of its own.
      const refusal = c.res.status === 500 ? requests.refusalFor(c.error) : null
      answer = await requests.finish(opened, refusal === null ? c.res : await requests.refuse(opened, refusal))
      if (answer === c.res) return undefined
      // Set twice: the headers of what was there would be laid over the new ones.
      c.res = undefined
      c.res = answer
      return undefined
    })
  }

  return {
    site: site as HonoSite<S>['site'],
    loginNotRequired: () => marked(async (_c: Context, next: () => Promise<void>) => next(), { guard: 'loginNotRequired', detail: '' }),
    ...(siteGuards<S, MiddlewareHandler>(requests, guard) as unknown as SiteGuards<S, HonoMiddleware<UserIn<S>>, HonoMiddleware<VisitorIn<S>>>),
  }
}

/** On node:http the request itself is at hand: it knows the socket, and the whole path where an outer application cut some off. */
function honoHead(c: Context): RequestHead {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage }
  return incoming === undefined ? headOf(c.req.raw) : new NodeHead(incoming)
}

/** A copy is read, so that the handler finds the body unread; or what a middleware before us made of it. */
async function honoBody({ req }: Context): Promise<BodySource> {
  if (req.raw.bodyUsed) {
    const isJson = /json/i.test(req.header('content-type') ?? '')
    // What cannot be parsed cannot be ours either.
    const parsed = await (isJson ? req.json() : req.formData()).catch(() => undefined)
    return { stream: () => null, parsed: () => parsed }
  }
  return { stream: () => (req.raw.bodyUsed ? null : req.raw.clone().body), parsed: () => undefined }
}

interface MatchedRoute {
  readonly path: string
  readonly basePath?: string
  readonly method: string
  readonly handler: unknown
}

/** Where `app.route()` or `app.basePath()` put the application that uses us. */
function baseOf({ req }: Context): string {
  return filledBase(req.path, matchedRoutes(req)[req.routeIndex]?.basePath ?? '/')
}

/**
 * Whether every route that matches says that it needs no login. Which of them will answer is not known yet, and a route for a whole
 * family of paths must not open one among them that has a route of its own.
 */
function isOpen({ req }: Context): boolean {
  const routes = matchedRoutes(req)
  const firstOpen = routes.findIndex(({ handler }) => markOf(handler)?.guard === 'loginNotRequired')
  if (firstOpen < 0) return false
  const open = routes.filter(({ handler }) => markOf(handler)?.guard === 'loginNotRequired').map(({ path }) => path)
  return routes.every((route, index) => open.includes(route.path) || (route.method === 'ALL' && onlyPasses(route, index < firstOpen, open)))
}

/**
 * Whether a function for every method leaves the answer to the open routes. Hono does not tell `use()` from `all()` and `mount()`: one for
 * paths that no open route is written below may answer itself, and so may a handler that stands before them.
 */
function onlyPasses({ path, handler }: MatchedRoute, isBefore: boolean, open: readonly string[]): boolean {
  if (markOf(handler) !== null || siteOf(handler) !== null) return true
  const isAbove = path.endsWith('*') && open.some((one) => `${one}/`.startsWith(path.slice(0, -1)))
  return isAbove && !(isBefore && (innermost(handler)?.length ?? 0) < 2)
}

/** Hono's helper for this belongs to one copy of Hono, which need not be the application's. */
function matchedRoutes(req: Context['req']): readonly MatchedRoute[] {
  return (req as { readonly matchedRoutes?: readonly MatchedRoute[] }).matchedRoutes ?? []
}
