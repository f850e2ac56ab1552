/**
 * Lets Node run the command line from its sources. Only imports of this repository's own files are helped: how the command line
 * deals with an application's TypeScript is what the tests want to see.
 */

import { registerHooks } from 'node:module'
import { load, sourceOf } from './markup.mjs'

const SOURCES = new URL('../../src/', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.startsWith(SOURCES) === true && specifier.startsWith('.') && specifier.endsWith('.js')
    return next((ours ? sourceOf(specifier, context.parentURL) : null) ?? specifier, context)
  },
  load,
})
