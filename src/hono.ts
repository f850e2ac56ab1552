/**
 * `portcullis/hono`: the site as middleware for Hono.
 * @module
 */

export { forHono, type HonoMiddleware, type HonoSite, type SiteVariables } from './adapters/hono.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
