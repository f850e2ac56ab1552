/**
 * Where the site is: the file named by `--site`, or `portcullis.config.ts` (or `.mts`, `.js`, `.mjs`) in the working directory or above it.
 * @module
 */

import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Misuse } from './errors.js'

const NAMES = ['portcullis.config.ts', 'portcullis.config.mts', 'portcullis.config.js', 'portcullis.config.mjs'] as const

/**
 * Finds the file that makes the site; `named` is what `--site` says.
 *
 * @throws Misuse when there is none
 * @example
 * findSiteFile('/home/ada/shop/src')   // '/home/ada/shop/portcullis.config.ts'
 */
export function findSiteFile(workingDirectory: string, named?: string): string {
  if (named !== undefined) {
    const file = resolve(workingDirectory, named)
    if (!isFile(file)) throw new Misuse(`There is no file ${file}. --site takes the path of the module that calls portcullis(), from where you are.`)
    return file
  }
  for (let folder = resolve(workingDirectory); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).find(isFile)
    if (found !== undefined) return found
    if (folder === dirname(folder)) break
  }
  throw new Misuse(
    `No ${NAMES[0]} (or .mts, .js, .mjs) from ${workingDirectory} upwards. Name the module that calls portcullis(): --site src/auth.ts`,
  )
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
