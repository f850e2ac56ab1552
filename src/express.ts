/**
 * `portcullis/express`: the site as middleware for Express 4 and 5.
 * @module
 */

export { forExpress, type ExpressErrorMiddleware, type ExpressMiddleware, type ExpressRequest, type ExpressSite } from './adapters/express.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
export type { RequestFields } from './adapters/request-fields.js'
