/**
 * Lets Node run this repository's TypeScript as it stands, for tests that need a process of their own: `node --import ./test/support/typescript.mjs file.ts`.
 * Node takes the types away by itself; what is written as `x.js` is `x.ts` on the disk.
 */

import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

registerHooks({
  resolve(specifier, context, next) {
    if (/^\.{1,2}\//.test(specifier) && specifier.endsWith('.js') && context.parentURL !== undefined) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
      if (existsSync(fileURLToPath(source))) return { url: source.href, format: 'module-typescript', shortCircuit: true }
    }
    return next(specifier, context)
  },
})
