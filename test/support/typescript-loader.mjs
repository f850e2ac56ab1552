/**
 * Lets a child process run these sources as they are: Node strips the types, and imports that say `.js` find the `.ts` beside it.
 * @module
 */

import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { load, sourceOf } from './markup.mjs'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier, context)
    return next(sourceOf(specifier, baseOf(context)) ?? specifier, context)
  },
  load,
})

/** A module that is given on the command line stands nowhere; its imports are seen from where the process runs. */
function baseOf({ parentURL }) {
  return parentURL?.startsWith('file:') === true ? parentURL : pathToFileURL(`${process.cwd()}/`)
}
