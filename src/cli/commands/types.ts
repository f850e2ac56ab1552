/**
 * `portcullis types`: the permissions of an existing database as a TypeScript module, for `portcullis({ permissions })`.
 * @module
 */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { CommandContext, Site } from '../command.js'
import { Refusal } from '../errors.js'
import { done, type Outcome } from '../outcome.js'

/** What the command line says. */
export interface TypesCommandOptions {
  /** The file to write; standard output without one. */
  readonly out?: string
}

/** Prints or writes the module. */
export async function types(context: CommandContext, options: TypesCommandOptions): Promise<Outcome> {
  const permissions = await permissionNames(await context.site())
  const module = permissionsModule(permissions)
  if (options.out === undefined) return done(module.trimEnd(), { permissions })
  const file = resolve(context.workingDirectory, options.out)
  await write(file, module)
  return done(`${permissions.length} permission names written to ${options.out}.`, { file, permissions })
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (error) {
    throw new Refusal(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Every permission name in the database, once, in an order that does not depend on the language of the machine. */
export async function permissionNames(site: Site): Promise<string[]> {
  const apps = new Map((await site.contentTypes.all()).map((one) => [one.id, one.appLabel]))
  const names = (await site.permissions.all()).map((one) => `${apps.get(one.contentType) ?? ''}.${one.codename}`)
  return [...new Set(names)].toSorted((one, other) => (one < other ? -1 : 1))
}

/**
 * The module's text. The same names always give the same text.
 *
 * @example
 * permissionsModule(['shop.add_product'])
 */
export function permissionsModule(names: readonly string[]): string {
  return [
    '/**',
    ' * The permissions of the database, as `portcullis types` found them. Written by a program: run it again instead of editing.',
    ' * @module',
    ' */',
    '',
    '/** For `portcullis({ permissions })`. */',
    'export const permissions = [',
    ...names.map((name) => `  ${quoted(name)},`),
    '] as const',
    '',
    '/** A permission of this database. */',
    'export type Permission = (typeof permissions)[number]',
    '',
  ].join('\n')
}

/** As a literal that ends where it should: codenames are whatever administrators wrote into the table. */
function quoted(name: string): string {
  const escaped = name.replaceAll(/[\\'\p{C}\u2028\u2029]/gu, (character) => (/[\\']/.test(character) ? `\\${character}` : unicodeEscape(character)))
  return `'${escaped}'`
}

function unicodeEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
