/**
 * Proves the order of the house: a folder imports only folders of lower numbers, never a neighbour of its own, and no file imports itself
 * in a circle. Type imports obey the order too; circles of types alone do no harm and are let be.
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The house, by height. A later ability gets its folder and its number here. */
export const LAYERS: Readonly<Record<string, number>> = {
  base: 0,
  settings: 1,
  crypto: 1,
  passwords: 2,
  database: 2,
  accounts: 3,
  sessions: 3,
  protection: 4,
  mail: 4,
  media: 4,
  // Events keep addresses as the protection reads them.
  events: 4.5,
  authentication: 5,
  emails: 5.5,
  forms: 6,
  'personal-data': 6.5,
  pages: 7,
  admin: 8,
  // Judges a site by its settings, whatever they are of.
  deployment: 8.6,
  adapters: 9,
  // The command line lists the routes of adapters.
  cli: 9.5,
  testing: 9,
}

/** What a folder may not see although it stands lower. */
const CLOSER_LIMITS: readonly (readonly [from: string, to: string])[] = [
  ['sessions', 'accounts'],
  ['forms', 'pages'],
]

/** Root files that only open a door to one layer; everything may stand in the two that compose and describe the site. */
const ROOT_FILES: Readonly<Record<string, number>> = {
  'sqlite.ts': 3,
  'node.ts': 10,
  'express.ts': 10,
  'fastify.ts': 10,
  'koa.ts': 10,
  'hono.ts': 10,
  'next.ts': 10,
  'nest.ts': 10,
  'routes.ts': 10,
  'media.ts': 5,
  'postgres.ts': 3,
  'mysql.ts': 3,
  'redis.ts': 4.5,
  'passwords.ts': 3,
  'signing.ts': 3,
  'csrf.ts': 4.5,
  'mail.ts': 4.5,
  'pages.ts': 8,
  'site.ts': 8.5,
  'site-requests.ts': 9,
  'site-forms.ts': 8.4,
  'site-emails.ts': 9,
  'site-protection.ts': 9,
  'site-events.ts': 9,
  'site-services.ts': 9,
  'site-pages.ts': 8.4,
  'site-admin.ts': 8.4,
  'testing.ts': 9.5,
  'portcullis.ts': 10,
  'index.ts': 11,
}

/** One import statement. */
export interface Import {
  readonly file: string
  readonly line: number
  readonly target: string
  readonly typeOnly: boolean
}

/** Reads the imports of a source text; `file` is its path below `src`. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(/^[ \t]*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)) {
    const specifier = match[2] ?? match[3] ?? ''
    const target = normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts')
    found.push({ file, line: text.slice(0, match.index).split('\n').length, target, typeOnly: match[1] !== undefined })
  }
  return found
}

/** What is wrong with these imports, a sentence each. */
export function violations(imports: readonly Import[]): string[] {
  return [...imports.flatMap(wrongStep), ...circles(imports.filter((one) => !one.typeOnly))]
}

function wrongStep({ file, line, target }: Import): string[] {
  const [from, to] = [folderOf(file), folderOf(target)]
  const at = `src/${file}:${line}`
  if (from === to && from !== '') return []
  const [height, other] = [heightOf(file), heightOf(target)]
  if (height === undefined) return [`${at}: the folder “${from || file}” has no number; give it one in scripts/check-layers.ts`]
  if (other === undefined) return [`${at}: “${target}” is in no numbered folder`]
  if (CLOSER_LIMITS.some(([one, another]) => one === from && another === to)) return [`${at}: ${from} must not see ${to}`]
  if (from === '' && to === '') return other <= height ? [] : [`${at}: ${file} opens a door and may not import ${target}`]
  return other < height || (from === '' && other <= height)
    ? []
    : [`${at}: ${from || file} (${height}) imports ${to || target} (${other}); only lower numbers may be imported`]
}

function folderOf(file: string): string {
  const slash = file.indexOf('/')
  return slash < 0 ? '' : file.slice(0, slash)
}

function heightOf(file: string): number | undefined {
  return folderOf(file) === '' ? ROOT_FILES[file] : LAYERS[folderOf(file)]
}

function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>()
  for (const { file, target } of imports) next.set(file, [...(next.get(file) ?? []), target])
  const done = new Set<string>()
  const found: string[] = []
  const walk = (file: string, path: readonly string[]): void => {
    const seenAt = path.indexOf(file)
    if (seenAt >= 0) found.push(`src/${file}: imports itself in a circle: ${[...path.slice(seenAt), file].join(' → ')}`)
    if (seenAt >= 0 || done.has(file)) return
    for (const one of next.get(file) ?? []) walk(one, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) walk(file, [])
  return found
}

/** Every import of the source tree; tests import what they like. */
export function readImports(root: string): Import[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && /\.tsx?$/.test(one.name) && !/\.(test|test-d)\.tsx?$/.test(one.name))
    .map((one) => relative(root, join(one.parentPath, one.name)))
  return withMarkup(
    files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8'))),
    new Set(files),
  )
}

/** What is imported as `x.js` is `x.tsx` where there is no `x.ts`. */
export function withMarkup(imports: readonly Import[], files: ReadonlySet<string>): Import[] {
  return imports.map((one) => (!files.has(one.target) && files.has(`${one.target}x`) ? { ...one, target: `${one.target}x` } : one))
}

if (import.meta.main) {
  const imports = readImports(fileURLToPath(new URL('../src', import.meta.url)))
  const wrong = violations(imports)
  for (const one of wrong) console.error(one)
  console.log(`${imports.length} imports, ${wrong.length} against the order of the layers`)
  process.exitCode = wrong.length > 0 || imports.length === 0 ? 1 : 0
}
