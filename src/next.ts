/**
 * `portcullis/next`: the site in Next's route handlers, server components and server actions.
 * @module
 */

export { forNext, type NextHandler, type NextOptions, type NextPages, type NextSite } from './adapters/next.js'
export type { Mounts } from './adapters/mounts.js'
