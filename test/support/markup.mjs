/**
 * Markup (`.tsx`) in a process of its own: Node takes types away, but does not compile JSX; esbuild does, as tsc would.
 * Imported by the loaders beside it.
 */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// With `require`, and only when the first markup is met: most processes never meet any.
const require = createRequire(import.meta.url)

/** The source of what is written as `x.js`: `x.ts`, or `x.tsx` where there is no such file; null where there is neither. */
export function sourceOf(specifier, parentURL) {
  for (const extension of ['.ts', '.tsx']) {
    const source = new URL(specifier.replace(/\.js$/, extension), parentURL)
    if (existsSync(fileURLToPath(source))) return source.href
  }
  return null
}

/** A hook that compiles `.tsx` and leaves the rest to the next one. */
export function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.tsx')) return next(url, context)
  const { transformSync } = require('esbuild')
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
    loader: 'tsx',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    target: 'es2024',
    sourcefile: fileURLToPath(url),
    sourcemap: 'inline',
  })
  return { format: 'module', source: code, shortCircuit: true }
}
