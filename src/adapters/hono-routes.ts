/**
 * The routes of a Hono application, which keeps one entry for each function of a route.
 * @module
 */

import { markOf, siteOf } from './mounts.js'
import { marksOf, RouteGuards } from './route-guards.js'
import type { RouteDescription } from './routes.js'

interface Entry {
  readonly method: string
  readonly path: string
  readonly basePath?: string
  readonly handler: unknown
}

interface HonoLike {
  readonly routes: readonly Entry[]
}

/** Whether something is an application of Hono. */
export function isHono(app: unknown): app is HonoLike {
  const { routes, fetch } = (app ?? {}) as { readonly routes?: unknown; readonly fetch?: unknown }
  return Array.isArray(routes) && typeof fetch === 'function'
}

/** Its routes, in the order they are asked. */
export function honoRoutes({ routes }: HonoLike): RouteDescription[] {
  const before = new RouteGuards()
  const found: RouteDescription[] = []
  const seen = new Set<string>()
  for (const { method, path, basePath, handler } of routes) {
    const inner = unwrapped(handler)
    if (method === 'ALL' && path.endsWith('*') && (siteOf(inner) !== null || markOf(inner) !== null || isMiddleware(inner))) {
      const pages = before.add({ path: siteOf(inner) === null ? path.slice(0, -1) : (basePath ?? '/'), handler: inner })
      found.push(...pages.map((one) => ({ method: 'ALL', path: `${one}/*`, guards: [], isPages: true })))
      continue
    }
    const name = `${method} ${path}`
    if (seen.has(name)) continue
    seen.add(name)
    const handlers = routes.filter((one) => one.method === method && one.path === path).map((one) => unwrapped(one.handler))
    found.push({ method, path, guards: before.of(path, marksOf(handlers)), isPages: false })
  }
  return found
}

/** `app.route()` wraps the functions of an application that has error handling of its own. */
function unwrapped(handler: unknown): unknown {
  const inner = (handler as { readonly __COMPOSED_HANDLER?: unknown }).__COMPOSED_HANDLER
  return inner === undefined ? handler : unwrapped(inner)
}

/** Hono tells them apart the same way when it lists routes: middleware takes `next`. */
function isMiddleware(handler: unknown): boolean {
  return typeof handler === 'function' && handler.length >= 2
}
