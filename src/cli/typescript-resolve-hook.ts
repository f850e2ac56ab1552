/**
 * What `module.register()` loads on a Node without `registerHooks`.
 * @module
 */

export { resolve } from './typescript.js'
