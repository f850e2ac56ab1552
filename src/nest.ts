/**
 * `portcullis/nest`: the site as decorators for Nest, on Express or Fastify.
 * @module
 */

export {
  forNest,
  type NestApplicationLike,
  type NestContext,
  type NestDecorator,
  type NestFilter,
  type NestGuard,
  type NestSite,
} from './adapters/nest.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
