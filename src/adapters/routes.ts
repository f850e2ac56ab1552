/**
 * The routes of an application with their guards, as far as its framework shows them: an inventory, for `portcullis routes` and for tests.
 * @module
 */

import type { GuardMark } from '../authentication/guards.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { expressRoutes, isExpress } from './express-routes.js'
import { fastifyRoutes, isFastify } from './fastify-routes.js'
import { honoRoutes, isHono } from './hono-routes.js'
import { isNest, nestRoutes } from './nest-routes.js'

/** One route. */
export interface RouteDescription {
  /** `GET`, or `ALL` for every method. */
  readonly method: string
  /** As the framework spells it: `/products/:id`. */
  readonly path: string
  /** What is asked before the handler, in that order; none where everybody may come. */
  readonly guards: readonly GuardMark[]
  /** Whether these are pages of the site, which guard themselves. */
  readonly isPages: boolean
}

/**
 * Lists the routes of an Express (4 and 5), Fastify, Hono or Nest application. A Fastify is to be ready, and to have registered the site
 * before its routes; guards that are given to `addHook`, or called by handlers themselves, are not seen.
 *
 * @example
 * const open = describeRoutes(app).filter(({ guards, isPages }) => guards.length === 0 && !isPages)
 */
export function describeRoutes(app: unknown): RouteDescription[] {
  if (isHono(app)) return honoRoutes(app)
  if (isFastify(app)) return fastifyRoutes(app)
  if (isNest(app)) return nestRoutes(app)
  if (isExpress(app)) return expressRoutes(app)
  throw new ImproperlyConfigured('Routes can be listed of an application of Express, Fastify, Hono or Nest. Export that.')
}

/** Whether something is an application whose routes can be listed. */
export function hasRoutes(app: unknown): boolean {
  return isHono(app) || isFastify(app) || isNest(app) || isExpress(app)
}
