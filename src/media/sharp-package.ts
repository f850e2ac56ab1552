/**
 * Finds the package sharp, an optional peer. It is never loaded here: only the process that decodes loads it.
 * @module
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'

import { ImproperlyConfigured } from '../base/errors.js'

let found: string | undefined

/** The file to load. Beside this package, or, when that was bundled into an application, in the application's folder. */
export function sharpFile(): string {
  return (found ??= findSharp([import.meta.url, join(process.cwd(), 'package.json')]))
}

/** Looks from one place after another. */
export function findSharp(places: readonly string[]): string {
  for (const place of places) {
    try {
      return createRequire(place).resolve('sharp')
    } catch {
      // Not from here: the next place may know.
    }
  }
  throw new ImproperlyConfigured('Pictures need the package sharp. Run `npm install sharp`.')
}
