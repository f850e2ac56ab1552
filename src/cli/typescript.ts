/**
 * TypeScript as Node runs it: types are stripped, nothing is compiled. Imports that say `.js` find the `.ts` beside it, as tsc has them
 * written, and what Node cannot run is explained.
 * @module
 */

import * as nodeModule from 'node:module'
import { Misuse } from './errors.js'

const TYPESCRIPT = /\.[mc]?ts$/
const COMPILED = /\.([mc]?)js$/

type Next<R> = (specifier: string, context: ResolveContext) => R
interface ResolveContext {
  readonly parentURL?: string | undefined
}

let registered = false

/** Lets later imports that say `.js` find the `.ts` of that name where there is no `.js`. Once for a process, however often it is called. */
export function resolveCompiledNames(): void {
  if (registered) return
  registered = true
  // Node 22.13 and 22.14 have only the older way, which runs the hook in a thread of its own.
  if (typeof nodeModule.registerHooks !== 'function') return nodeModule.register('./typescript-resolve-hook.js', import.meta.url)
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const source = sourceName(specifier, context)
      if (source === null) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch (error) {
        if (!isNotFound(error)) throw error
        return fallback(() => next(source, context), error)
      }
    },
  })
}

/** The same as an asynchronous hook. */
export async function resolve<R>(specifier: string, context: ResolveContext, next: Next<Promise<R>>): Promise<R> {
  const source = sourceName(specifier, context)
  if (source === null) return next(specifier, context)
  try {
    return await next(specifier, context)
  } catch (error) {
    if (!isNotFound(error)) throw error
    return next(source, context)
  }
}

/**
 * Explains why Node could not run a TypeScript file; null where the reason is another.
 *
 * @example
 * const explained = explainTypeScriptError(error, 'src/auth.ts', 'v22.13.1')
 * if (explained !== null) throw explained
 */
export function explainTypeScriptError(error: unknown, file: string, nodeVersion: string): Misuse | null {
  if (!(error instanceof Error)) return null
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[mc]?tsx?"?/.test(message)) {
    return new Misuse(
      `${file} is TypeScript (or imports some), which this Node (${nodeVersion}) does not read by itself. Use Node 22.18 or newer, ` +
        'or set NODE_OPTIONS=--experimental-strip-types, or compile and name the .js file: --site dist/auth.js',
      { cause: error },
    )
  }
  if (!TYPESCRIPT.test(file)) return null
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return new Misuse(
      `${file}, or a module it imports, has TypeScript that must be compiled (an enum, a namespace with values, a parameter property). Node only strips types: ` +
        `write it another way, set NODE_OPTIONS=--experimental-transform-types, or compile and name the .js file.\n${message}`,
      { cause: error },
    )
  }
  if (error instanceof SyntaxError) {
    return new Misuse(
      `${file}, or a module it imports, is no JavaScript once its types are stripped. Decorators must be compiled: keep them out of the module that makes the site, ` +
        `or compile and name the .js file.\n${syntaxPlace(error)}`,
      { cause: error },
    )
  }
  return null
}

function sourceName(specifier: string, context: ResolveContext): string | null {
  if (!/^(\.|\/|file:)/.test(specifier)) return null
  if (context.parentURL === undefined || !TYPESCRIPT.test(context.parentURL) || !COMPILED.test(specifier)) return null
  return specifier.replace(COMPILED, '.$1ts')
}

/** Where the `.ts` is missing too, the first error names what was written. */
function fallback<R>(attempt: () => R, first: unknown): R {
  try {
    return attempt()
  } catch (error) {
    throw isNotFound(error) ? first : error
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** The file, the line and the message: V8 puts them at the head of the stack. */
function syntaxPlace(error: SyntaxError): string {
  const stack = error.stack ?? String(error)
  const end = stack.indexOf('\n    at ')
  return end < 0 ? stack : stack.slice(0, end)
}
