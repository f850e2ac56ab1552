/**
 * `portcullis/node`: the site for plain `node:http`.
 * @module
 */

export { forNode, type NodeSite, type SiteListener, type SiteMessage } from './adapters/node.js'
export type { Mounts, SiteMiddlewareOptions } from './adapters/mounts.js'
