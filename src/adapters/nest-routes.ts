/**
 * The routes of a Nest application, read from the metadata that its decorators leave on controllers.
 * @module
 */

import { guardMark, type GuardMark } from '../authentication/guards.js'
import { joinPaths } from './route-guards.js'
import type { RouteDescription } from './routes.js'

/** Nest's `RequestMethod`, by its numbers. */
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH']

interface NestApplication {
  readonly container: { getModules(): ReadonlyMap<string, { readonly controllers: ReadonlyMap<unknown, { readonly metatype: unknown }> }> }
}

/** Whether something is an application of Nest. */
export function isNest(app: unknown): app is NestApplication {
  const { getHttpAdapter, container } = (app ?? {}) as { readonly getHttpAdapter?: unknown; readonly container?: { readonly getModules?: unknown } }
  return typeof getHttpAdapter === 'function' && typeof container?.getModules === 'function'
}

/** Its routes, controller by controller. */
export function nestRoutes({ container }: NestApplication): RouteDescription[] {
  const modules = [...container.getModules().values()]
  return modules.flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ metatype }) => (typeof metatype === 'function' ? ofController(metatype) : [])),
  )
}

function ofController(controller: { readonly prototype?: object } & object): RouteDescription[] {
  const above = marksAt(controller)
  const bases = textsOf(metadata('path', controller))
  const { prototype = {} } = controller
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value
    const method = typeof handler === 'function' ? metadata('method', handler) : undefined
    if (typeof handler !== 'function' || typeof method !== 'number') return []
    const own = marksAt(handler)
    const isOpen = own.some(({ guard }) => guard === 'loginNotRequired')
    const guards = [...(isOpen ? above.filter(({ guard }) => guard !== 'loginRequired') : above), ...own]
    const paths = bases.flatMap((base) => textsOf(metadata('path', handler)).map((path) => joinPaths(joinPaths('/', base), path)))
    return paths.map((path) => ({ method: METHODS[method] ?? 'ALL', path, guards, isPages: false }))
  })
}

/** The guards that our decorators left, and that of a site that asks everybody to log in. */
function marksAt(target: object): GuardMark[] {
  const guards = metadata('__guards__', target)
  const marks = Array.isArray(guards)
    ? guards.map((one: { readonly [guardMark]?: GuardMark }) => one[guardMark]).filter((mark) => mark !== undefined)
    : []
  return metadata('portcullis:loginNotRequired', target) === true ? [{ guard: 'loginNotRequired', detail: '' }, ...marks] : marks
}

function metadata(key: string, target: object): unknown {
  return (Reflect as unknown as { getMetadata?(key: string, target: object): unknown }).getMetadata?.(key, target)
}

function textsOf(value: unknown): string[] {
  return [value ?? '/'].flat().map(String)
}
