/**
 * `portcullis/koa`: the site as middleware for Koa.
 * @module
 */

export { forKoa, type KoaContext, type KoaMiddleware, type KoaSite } from './adapters/koa.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
export type { RequestFields } from './adapters/request-fields.js'
