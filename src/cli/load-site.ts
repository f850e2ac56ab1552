/**
 * Loads the site of an application: imports its module and finds the site among the exports.
 * @module
 */

import { isAbsolute, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Site } from './command.js'
import { Misuse } from './errors.js'
import { findSiteFile } from './site-file.js'
import { explainTypeScriptError, resolveCompiledNames } from './typescript.js'

/** What the options say about the site. */
export interface SiteChoice {
  /** `--site`. */
  readonly file?: string | undefined
  /** `--export`. */
  readonly exportName?: string | undefined
  readonly workingDirectory: string
}

/**
 * Imports the module that makes the site. An error the module throws itself comes through as it is.
 *
 * @throws Misuse when there is no such module, Node cannot run it, or it exports no site
 * @example
 * const site = await loadSite({ file: 'src/auth.ts', workingDirectory: process.cwd() })
 */
export async function loadSite({ file: named, exportName, workingDirectory }: SiteChoice): Promise<Site> {
  const file = findSiteFile(workingDirectory, named)
  resolveCompiledNames()
  const shown = nearer(workingDirectory, file)
  return pickSite(await importModule(file, shown), { file: shown, exportName })
}

/**
 * Finds the site among the exports of a module: the one that `exportName` names, or the only one there is.
 *
 * @example
 * pickSite({ auth, default: auth }, { file: 'auth.ts' })   // one site under two names is one site
 */
export function pickSite(
  exports: Readonly<Record<string, unknown>>,
  { file, exportName }: { readonly file: string; readonly exportName?: string | undefined },
): Site {
  const sites = Object.entries(exports).filter((entry): entry is [string, Site] => isSite(entry[1]))
  const names = sites.map(([name]) => name).join(', ')
  if (exportName !== undefined) {
    const found = sites.find(([name]) => name === exportName)
    if (found !== undefined) return found[1]
    throw new Misuse(`${file} exports no site named “${exportName}”. ${names === '' ? 'It exports none at all.' : `Sites it exports: ${names}.`}`)
  }
  const [first, ...others] = sites
  if (first === undefined) throw new Misuse(`${file} exports no site. Write in it: export const auth = portcullis({ … })`)
  if (others.some(([, site]) => site !== first[1])) throw new Misuse(`${file} exports several sites: ${names}. Name one: --export ${first[0]}`)
  return first[1]
}

/** By its shape: the application may have another copy of this package than the command line. */
function isSite(value: unknown): value is Site {
  if (typeof value !== 'object' || value === null) return false
  const { migrate, explain, check, users, internals } = value as Partial<Record<keyof Site, unknown>>
  return (
    [migrate, explain, check].every((one) => typeof one === 'function') && [users, internals].every((one) => typeof one === 'object' && one !== null)
  )
}

/** Imports a module of the application; `shown` is what people call it. */
export async function importModule(file: string, shown: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    throw explainTypeScriptError(error, shown, process.version) ?? error
  }
}

/** A path as people in a folder would write it. */
export function nearer(workingDirectory: string, file: string): string {
  const path = relative(workingDirectory, file)
  return path.startsWith('..') || isAbsolute(path) ? file : path
}
