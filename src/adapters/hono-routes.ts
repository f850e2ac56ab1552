/**
 * The routes of a Hono application, which keeps one entry for each function of a route.
 * @module
 */

import { innermost, markOf, siteOf } from './mounts.js'
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
    if (method === 'ALL' && path.endsWith('*') && (siteOf(handler) !== null || markOf(handler) !== null || isMiddleware(handler))) {
      const pages = before.add({ path: siteOf(handler) === null ? path.slice(0, -1) : (basePath ?? '/'), handler })
      found.push(...pages.map((one) => ({ method: 'ALL', path: `${one}/*`, guards: [], isPages: true })))
      continue
    }
    const name = `${method} ${path}`
    if (seen.has(name)) continue
    seen.add(name)
    const handlers = routes.filter((one) => one.method === method && one.path === path).map((one) => one.handler)
    found.push({ method, path, guards: before.of(path, marksOf(handlers)), isPages: false })
  }
  return found
}

/** Hono tells them apart the same way when it lists routes: middleware takes `next`. */
function isMiddleware(handler: unknown): boolean {
  return (innermost(handler)?.length ?? 0) >= 2
}
