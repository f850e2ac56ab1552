/**
 * The routes of an Express application, read from its router, whose shape differs between 4 and 5.
 * @module
 */

import type { GuardMark } from '../authentication/guards.js'
import { joinPaths, marksOf, RouteGuards } from './route-guards.js'
import type { RouteDescription } from './routes.js'

/** Nobody names more at one route. */
const MOST_METHODS = 9

interface Layer {
  readonly handle: unknown
  readonly route?: {
    readonly path: unknown
    readonly methods: Readonly<Record<string, boolean>>
    readonly stack: readonly { readonly handle: unknown; readonly method?: string }[]
  }
  /** Express 5. */
  readonly rawPath?: unknown
  /** Express 4. */
  readonly regexp?: RegExp
}

interface Router {
  readonly stack: readonly Layer[]
}

/** Whether something is an application or a router of Express. */
export function isExpress(app: unknown): app is object {
  return typeof app === 'function' && typeof (app as { readonly use?: unknown }).use === 'function' && routerOf(app) !== null
}

/** Its routes, in the order they are asked. */
export function expressRoutes(app: object): RouteDescription[] {
  const router = routerOf(app)
  return router === null ? [] : walk(router, '/', new RouteGuards())
}

function walk({ stack }: Router, base: string, before: RouteGuards): RouteDescription[] {
  return stack.flatMap((layer): RouteDescription[] => {
    if (layer.route !== undefined) return ofRoute(layer.route, base, before)
    const path = joinPaths(base, pathOf(layer))
    const inner = routerOf(layer.handle)
    if (inner !== null) return walk(inner, path, new RouteGuards(before))
    return before.add({ path, handler: layer.handle }).map((pages) => ({ method: 'ALL', path: `${pages}/*`, guards: [], isPages: true }))
  })
}

function ofRoute({ path, methods, stack }: NonNullable<Layer['route']>, base: string, before: RouteGuards): RouteDescription[] {
  const all = Object.keys(methods).filter((name) => methods[name] === true)
  // `app.all()` is a route for each of some thirty methods.
  const names = all.length > MOST_METHODS ? ['_all'] : all
  return [path].flat().flatMap((one) =>
    names.map((name) => {
      const whole = joinPaths(base, String(one))
      const handlers = stack.filter(({ method }) => method === undefined || method === name || name === '_all').map(({ handle }) => handle)
      const method = name === '_all' ? 'ALL' : name.toUpperCase() // rule: case-table: methods of HTTP are ASCII
      return { method, path: whole, guards: uniqueMarks(before.of(whole, marksOf(handlers))), isPages: false }
    }),
  )
}

/** The same guard for each method is one guard. */
function uniqueMarks(marks: readonly GuardMark[]): GuardMark[] {
  return marks.filter(({ guard, detail }, index) => !marks.slice(0, index).some((one) => one.guard === guard && one.detail === detail))
}

/** Express keeps the path of a middleware as a pattern in 4, as it was given in 5. */
function pathOf({ rawPath, regexp }: Layer): string {
  if (typeof rawPath === 'string') return rawPath
  if (rawPath !== undefined) return [rawPath].flat().map(String).join('|')
  if (regexp === undefined || (regexp as { readonly fast_slash?: boolean }).fast_slash === true) return '/'
  const match = /^\^((?:\\.|[^\\?(])*?)\\\/\?\(\?=/.exec(regexp.source)
  return match?.[1] === undefined ? String(regexp) : match[1].replaceAll(/\\(.)/g, '$1')
}

function routerOf(value: unknown): Router | null {
  if (typeof value !== 'function') return null
  // Asking Express 4 for `router` is an error.
  const { stack, _router: older } = value as { readonly stack?: unknown; readonly _router?: unknown }
  if (Array.isArray(stack)) return value as unknown as Router
  const { lazyrouter } = value as { readonly lazyrouter?: unknown }
  const found = typeof lazyrouter === 'function' ? older : (older ?? (value as { readonly router?: unknown }).router)
  return typeof found === 'function' && Array.isArray((found as { readonly stack?: unknown }).stack) ? (found as unknown as Router) : null
}
