/**
 * The routes of a Fastify application. It tells of each once, when it is registered: the site's plugin listens, and keeps the list.
 * @module
 */

import type { GuardMark } from '../authentication/guards.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { SettledMounts } from './mounts.js'
import { marksOf, SITE } from './route-guards.js'
import type { RouteDescription } from './routes.js'

/** Where the list is kept: at the server, which all instances of an application share. */
const LIST = Symbol.for('portcullis routes')

interface FastifyRoute {
  readonly method: string | readonly string[]
  readonly url: string
  readonly config?: { readonly loginRequired?: unknown }
  readonly onRequest?: unknown
  readonly preParsing?: unknown
  readonly preValidation?: unknown
  readonly preHandler?: unknown
}

interface FastifyApplication {
  readonly server: { readonly [LIST]?: RouteDescription[] }
}

/** Whether something is an application of Fastify. */
export function isFastify(app: unknown): app is FastifyApplication {
  const { server, printRoutes } = (app ?? {}) as { readonly server?: unknown; readonly printRoutes?: unknown }
  return typeof server === 'object' && typeof printRoutes === 'function'
}

/** Its routes, as far as they were registered after the site. */
export function fastifyRoutes({ server }: FastifyApplication): RouteDescription[] {
  const all = server[LIST]
  if (all === undefined)
    throw new ImproperlyConfigured('This Fastify has no site. Register it, and wait for it, before your routes: `await app.register(site())`.')
  // Fastify adds a route for HEAD to each for GET.
  return all.filter(({ method, path }) => method !== 'HEAD' || !all.some((other) => other.method === 'GET' && other.path === path))
}

/** Notes a route that Fastify tells of. */
export function noteRoute(server: object, route: object, mounts: SettledMounts, isPages: boolean): void {
  const holder = server as { [LIST]?: RouteDescription[] }
  const { method, url, config, onRequest, preParsing, preValidation, preHandler } = route as FastifyRoute
  const own = marksOf([onRequest, preParsing, preValidation, preHandler].flat())
  const methods = [method].flat()
  const described = (name: string): RouteDescription => ({
    method: name,
    path: url,
    guards: isPages ? [] : guardsOf(url, config, own, mounts),
    isPages,
  })
  const list = (holder[LIST] ??= [])
  if (isPages && !url.endsWith('/*')) return
  list.push(...(methods.length > 4 ? [described('ALL')] : methods.map(described)))
}

function guardsOf(url: string, config: FastifyRoute['config'], own: readonly GuardMark[], mounts: SettledMounts): readonly GuardMark[] {
  if (config?.loginRequired === false) return [{ guard: 'loginNotRequired', detail: '' }, ...own]
  if (config?.loginRequired === true) return [{ guard: 'loginRequired', detail: '' }, ...own]
  return mounts.isClosed(url) ? [SITE, ...own] : own
}
