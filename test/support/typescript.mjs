/**
 * Lets Node run this repository's TypeScript as it stands, for tests that need a process of their own: `node --import ./test/support/typescript.mjs file.ts`.
 * Node takes the types away by itself; what is written as `x.js` is `x.ts` on the disk, or `x.tsx`, whose markup esbuild compiles.
 */

import * as modules from 'node:module'
import { load, sourceOf } from './markup.mjs'

// Asked of the namespace: a named import of what an old Node lacks would fail before this sentence.
if (modules.registerHooks === undefined || !process.features.typescript) {
  console.error(`Node ${process.versions.node} cannot run this repository's scripts. Use Node 22.18 or newer; on Linux for x64, "npm ci" brings one.`)
  process.exit(2)
}

modules.registerHooks({
  resolve(specifier, context, next) {
    if (/^\.{1,2}\//.test(specifier) && specifier.endsWith('.js') && context.parentURL !== undefined) {
      const source = sourceOf(specifier, context.parentURL)
      if (source !== null) return { url: source, format: 'module-typescript', shortCircuit: true }
    }
    return next(specifier, context)
  },
  load,
})
