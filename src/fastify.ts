/**
 * `portcullis/fastify`: the site as a plugin for Fastify 5.
 * @module
 */

export {
  forFastify,
  type FastifyHook,
  type FastifyLike,
  type FastifyPlugin,
  type FastifyReplyLike,
  type FastifyRequestLike,
  type FastifySite,
} from './adapters/fastify.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
export type { RequestFields } from './adapters/request-fields.js'
