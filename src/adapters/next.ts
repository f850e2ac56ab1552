/**
 * Next: route handlers, server components and server actions. Guards run where the data is, never in a middleware alone, which a request
 * may get around (F8); and scheme and host are never Next's guess from `X-Forwarded-*` (F10).
 * @module
 */

import { guardMark, loginLocation, type GuardMark, type GuardOptions, type PermissionGuardOptions } from '../authentication/guards.js'
import { ImproperlyConfigured, PermissionDenied, PortcullisError } from '../base/errors.js'
import type { Refusal } from '../authentication/refusal.js'
import { SiteRequest } from '../authentication/site-request.js'
import { senderProblem } from '../protection/csrf.js'
import type { PermissionIn, Portcullis, SiteTypes, UserIn, VisitorIn } from '../site.js'
import { SettledMounts, type Mounts } from './mounts.js'
import { cookieFromText, navigationAnswer, redirectError, statusError } from './next-conventions.js'
import { NextHeads, nextBody } from './next-request.js'

/** What a site for Next may be told. */
export interface NextOptions {
  /** Asks everybody to log in who calls a handler made by `handle()`, but for handlers in `auth.loginNotRequired()`. Default false. */
  readonly loginRequired?: boolean
  /**
   * Says that every request comes through one of the site's `trustedProxies`, so that its word on address, scheme and host counts. Next
   * hides the socket, so this cannot be found out. Default false: the scheme is that of `baseUrl`, and nobody's address is known.
   */
  readonly behindProxy?: boolean
}

/** A route handler, as `route.ts` exports them. */
export type NextHandler<C> = (request: Request, context: C) => Promise<Response>

/** The methods that pages answer. */
export type NextPages = Readonly<Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS', NextHandler<unknown>>>

/** A site for Next. */
export interface NextSite<S extends SiteTypes> {
  /** Makes a route handler: session, user, forged requests and headers around yours. Guards are `auth.loginRequired` and its neighbours. */
  handle<C>(
    handler: ((request: SiteRequest<VisitorIn<S>>, context: C) => Response | Promise<Response>) & { readonly [guardMark]?: GuardMark },
  ): NextHandler<C>
  /** Makes the handlers of `app/accounts/[...path]/route.ts`. */
  pages(mounts: Mounts): NextPages
  /** Who is asking, in a server component or a server action. */
  getUser(): Promise<VisitorIn<S>>
  /** The user, in a server component or a server action; anybody else is sent to the login page. `next` is the path to come back to. */
  requireUser(options?: GuardOptions & { readonly next?: string }): Promise<UserIn<S>>
  /** The user, if they have the permissions. Whoever has not is sent to the login page, or with `raiseException` gets Next's 403. */
  requirePermission(
    permissions: PermissionIn<S> | readonly PermissionIn<S>[],
    options?: PermissionGuardOptions & { readonly next?: string },
  ): Promise<UserIn<S>>
  /** Logs a user in, in a server action. Take the user from `auth.authenticate(await getRequest(), …)`. */
  login(user: UserIn<S>, options?: { readonly backend?: string }): Promise<void>
  /** Logs out whoever is there, in a server action. */
  logout(): Promise<void>
  /** The site's view of the request, in a server component or a server action. */
  getRequest(): Promise<SiteRequest<VisitorIn<S>>>
}

/** The part of `next/headers` that is used. */
interface NextHeadersModule {
  headers(): Promise<Pick<Headers, 'get'>>
  cookies(): Promise<{ set(cookie: object): unknown }>
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Makes a site's handlers and questions for Next.
 *
 * @example
 * const { handle, getUser } = forNext(auth)
 * const GET = handle(auth.loginRequired(async (request) => Response.json({ username: request.user.username })))
 * const visitor = await getUser()
 */
export function forNext<S extends SiteTypes>(auth: Portcullis<S>, options: NextOptions = {}): NextSite<S> {
  const { requests, bind } = auth.internals
  const unknown = Object.keys(options).find((name) => name !== 'loginRequired' && name !== 'behindProxy')
  if (unknown !== undefined) throw new ImproperlyConfigured(`forNext() has no option “${unknown}”. It has: loginRequired, behindProxy.`)
  const heads = new NextHeads(requests.core.settings, options.behindProxy ?? false)
  const loginRequired = requests.guards.loginRequired()
  /** By the headers that Next hands to everybody who asks during one request. */
  const known = new WeakMap<object, Promise<SiteRequest>>()

  const open = async (request: Request, context: unknown): Promise<SiteRequest | Response> => {
    refuseMiddleware(context)
    const opened = await requests.open(heads.of(request), nextBody(request), request)
    if (opened instanceof SiteRequest) bind(request, opened)
    return opened
  }

  const current = async (): Promise<SiteRequest> => {
    const { headers } = await loadHeaders()
    const list = await headers()
    const opened = known.get(list) ?? openHere(list)
    known.set(list, opened)
    return opened
  }

  const openHere = async (list: Pick<Headers, 'get'>): Promise<SiteRequest> => {
    const opened = await requests.core.open(heads.here(list), nextBody(null), list)
    if (opened instanceof SiteRequest) {
      // A render cannot set cookies, so nobody is logged out here; who is no longer vouched for is nobody all the same.
      if (!requests.isVouchedFor(opened)) opened.setUser(auth.anonymousUser)
      return opened
    }
    if (opened.code === 'https_required' && opened.location !== undefined) throw redirectError(opened.location)
    throw new PermissionDenied({ reason: opened.reason ?? opened.code })
  }

  /** Next ends a render by what is thrown, and answers for it. */
  const refuseHere = (refusal: Refusal, { loginUrl, redirectFieldName, next }: GuardOptions & { readonly next?: string }, raise: boolean): never => {
    if (raise && refusal.location === undefined) throw statusError(403)
    const page = loginUrl ?? requests.core.settings.loginUrl
    throw redirectError(next === undefined ? page : loginLocation(next, page, redirectFieldName))
  }

  const change = async (work: (request: SiteRequest) => Promise<void>): Promise<void> => {
    const request = await current()
    // Next looks at the origin of a server action, and has taken one that is hidden for one that is absent (E3).
    const { scheme, host } = request
    const problem = senderProblem({ scheme, host, header: (name) => request.header(name) }, [])
    if (problem !== null) throw new PermissionDenied({ reason: problem })
    await work(request)
    if (requests.core.mustSave(request, 200) && !(await requests.core.save(request))) {
      throw new PortcullisError('The session ended while this was being done. Nothing was kept.')
    }
    const { cookies } = await loadHeaders()
    const jar = await cookies()
    const keep = (text: string): void => void jar.set(cookieFromText(text))
    // Next decides on the other headers of an action's answer, and never has it cached.
    requests.core.writeHead(request, { status: 200, get: () => 'no-store', set: () => undefined, appendCookie: keep })
  }

  return {
    handle: (handler) => {
      const isOpen = options.loginRequired !== true || handler[guardMark]?.guard === 'loginNotRequired'
      return async (request, context) => {
        const opened = await open(request, context)
        if (opened instanceof Response) return opened
        const answer = await requests.answer(opened, async (visitor) => {
          const refusal = isOpen ? null : await loginRequired(visitor)
          if (refusal !== null) return requests.refuse(visitor, refusal)
          return navigationAnswer(async () => handler(visitor as unknown as SiteRequest<VisitorIn<S>>, context))
        })
        return requests.finish(opened, answer)
      }
    },
    pages(mounts) {
      const settled = new SettledMounts(requests, mounts)
      const answer: NextHandler<unknown> = async (request, context) => {
        refuseMiddleware(context)
        // Next takes the slash off the end of a path, which the pages put there.
        const opened = await requests.open(heads.withSlash(request), nextBody(request), request)
        if (opened instanceof Response) return opened
        bind(request, opened)
        const mount = settled.find(opened.path)
        const response =
          mount === null
            ? await requests.refuse(opened, { status: 404, code: 'not_found' })
            : await requests.answer(opened, (visitor) => mount[1].respond(visitor, mount[0]), mount[1].bodyLimits)
        return requests.finish(opened, response)
      }
      return Object.fromEntries(METHODS.map((method) => [method, answer])) as Record<(typeof METHODS)[number], NextHandler<unknown>>
    },
    getUser: async () => (await current()).user as VisitorIn<S>,
    async requireUser(how = {}) {
      const request = await current()
      const refusal = await loginRequired(request)
      if (refusal !== null) refuseHere(refusal, how, false)
      return request.user as unknown as UserIn<S>
    },
    async requirePermission(permissions, how = {}) {
      const request = await current()
      const refusal = await requests.guards.permissionRequired(permissions, how)(request)
      if (refusal !== null) refuseHere(refusal, how, how.raiseException === true)
      return request.user as unknown as UserIn<S>
    },
    login: async (user, how) => change(async (request) => auth.login(request, user, how)),
    logout: async () => change(async (request) => auth.logout(request)),
    getRequest: async () => (await current()) as unknown as SiteRequest<VisitorIn<S>>,
  }
}

/** A middleware is called with an event. It sees addresses, not what is done there: a request that gets around it would be let in. */
function refuseMiddleware(context: unknown): void {
  if (typeof (context as { readonly waitUntil?: unknown } | null | undefined)?.waitUntil !== 'function') return
  throw new ImproperlyConfigured(
    'handle() and pages() make route handlers, and were called as a middleware. Guard the route handler, the server component or the action itself: ' +
      'Next has had several ways to get around a middleware.',
  )
}

/** Written out, so that Next's bundler finds it; loaded where it is used, so that handlers can be tested without Next. */
async function loadHeaders(): Promise<NextHeadersModule> {
  return (await import('next/headers.js')) as unknown as NextHeadersModule
}
