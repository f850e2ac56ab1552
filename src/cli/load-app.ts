/**
 * Loads an application of a web framework: imports its module and finds the application among the exports.
 * @module
 */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { hasRoutes } from '../adapters/routes.js'
import { Misuse } from './errors.js'
import { importModule, nearer } from './load-site.js'
import { resolveCompiledNames } from './typescript.js'

/** What the options say about the application. */
export interface AppChoice {
  /** `--app`. */
  readonly file: string
  /** `--export`. */
  readonly exportName?: string | undefined
  readonly workingDirectory: string
}

/** An application that is ready, and how to let it go. */
export interface LoadedApp {
  readonly app: unknown
  close(): Promise<void>
}

/**
 * Imports the module that makes the application. An export may be a promise of one.
 *
 * @throws Misuse when there is no such module, or it exports no application whose routes can be listed
 * @example
 * const { app, close } = await loadApp({ file: 'src/app.ts', workingDirectory: process.cwd() })
 */
export async function loadApp({ file: named, exportName, workingDirectory }: AppChoice): Promise<LoadedApp> {
  const file = resolve(workingDirectory, named)
  const shown = nearer(workingDirectory, file)
  if (!existsSync(file))
    throw new Misuse(`There is no file ${shown}. --app takes the path of the module that exports the application, from where you are.`)
  resolveCompiledNames()
  const app = await pickApp(await importModule(file, shown), shown, exportName)
  const { ready, close } = app as { ready?: () => Promise<unknown>; close?: () => Promise<unknown> }
  // Fastify knows its routes when all plugins are loaded.
  if (typeof ready === 'function') await ready.call(app)
  return { app, close: async () => void (typeof close === 'function' && (await close.call(app))) }
}

async function pickApp(exports: Readonly<Record<string, unknown>>, file: string, exportName: string | undefined): Promise<object> {
  const apps = new Map<unknown, string>()
  for (const [name, value] of Object.entries(exports)) {
    if (exportName !== undefined && name !== exportName) continue
    const app: unknown = await value
    if (hasRoutes(app)) apps.set(app, apps.get(app) ?? name)
  }
  const [first, ...others] = apps
  if (first === undefined) {
    const said = exportName === undefined ? 'no application' : `no application named “${exportName}”`
    throw new Misuse(`${file} exports ${said} of Express, Fastify, Hono or Nest. Export the application itself, and start it in another module.`)
  }
  if (others.length > 0) throw new Misuse(`${file} exports several applications: ${[...apps.values()].join(', ')}. Name one: --export ${first[1]}`)
  return first[0] as object
}
