/**
 * Lets a child process run these sources as they are: Node strips the types, and imports that say `.js` find the `.ts` beside it.
 * @module
 */

import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier, context)
    try {
      return next(`${specifier.slice(0, -3)}.ts`, context)
    } catch {
      return next(specifier, context)
    }
  },
})
