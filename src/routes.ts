/**
 * `portcullis/routes`: which routes an application has, and who may call them.
 * @module
 */

export { describeRoutes, type RouteDescription } from './adapters/routes.js'
export type { GuardMark } from './authentication/guards.js'
