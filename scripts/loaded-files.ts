/**
 * What a new process reads when it imports a door of the installed package: which files, and which sources are in them. Time depends on the
 * machine and is for `bench/`; what is loaded is the same everywhere.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One file that was read. */
export interface LoadedFile {
  /** Such as `kysely` or `@clack/prompts`. */
  readonly package: string
  /** Within its package. */
  readonly file: string
  /** The files of `src/` that are in it, such as `database/model.ts`. */
  readonly sources: readonly string[]
}

/** Doors that open something only beside its framework, by the peer they need. */
export interface MissingPeer {
  readonly missing: string
}

/** What only some sites use, or only some processes of one. It is loaded at its first use, and by the doors that are there for it. */
const LATE: readonly RegExp[] = [
  /^(?:cli|pages|media|adapters|testing)\//,
  // Models are registered before anybody opens a page of the admin.
  /^admin\/(?!registry\.|body-limits\.|people\/defaults\.)/,
  // A site has a queue for mails from the start, and checks what it is told of them; what writes and carries them comes with the first.
  /^mail\/(?!(?:mailer|mail-queue|mail-event|message|render|transport|console-transport)\.)/,
  // All that makes tables, but for the door to it.
  /^database\/schema\/(?!late-schema\.)/,
  /^database\/dialects\/(?:introspect|schema)-/,
  /^passwords\/validators\/common-passwords/,
]

/** A door named after a folder opens to that folder; the others of these, to one that they are there for. */
const OPENS_TO: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['express', 'fastify', 'hono', 'koa', 'nest', 'next', 'node', 'routes'].map((one) => [one, ['adapters']])),
  admin: ['pages'],
  testing: ['mail'],
}

/** Pages are drawn with it. */
const DRAWS = 'hono'

const WATCH = `
import { registerHooks } from 'node:module'
const files = []
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) files.push(url); return next(url, context) } })
const [door] = process.argv.slice(2)
try { await import(door) }
catch (error) {
  const missing = error.code === 'ERR_MODULE_NOT_FOUND' ? /package '([^']+)'/.exec(error.message)?.[1] : undefined
  if (missing === undefined) throw error
  console.log(JSON.stringify({ missing }))
  process.exit()
}
console.log(JSON.stringify(files))
`

/** Imports `door` (such as `portcullis/sqlite`) in a new process that stands in `home`. */
export function loadedFiles(home: string, door: string): readonly LoadedFile[] | MissingPeer {
  writeFileSync(join(home, 'watch.mjs'), WATCH)
  const printed = execFileSync('node', ['watch.mjs', door], { cwd: home, encoding: 'utf8' })
  const found = JSON.parse(printed) as readonly string[] | MissingPeer
  return 'missing' in found ? found : found.map(describe)
}

/** What is wrong with what importing a door reads, a sentence each. */
export function overloads(door: string, files: readonly LoadedFile[]): string[] {
  const name = door.slice(door.indexOf('/') + 1)
  const own = [name, ...(OPENS_TO[name] ?? [])]
  const strangers = new Set(files.map((one) => one.package).filter((one) => one !== 'portcullis' && !(one === DRAWS && own.includes('pages'))))
  const early = files
    .flatMap((one) => one.sources)
    .filter((one) => LATE.some((late) => late.test(one)) && !own.includes(one.slice(0, one.indexOf('/'))))
  return [
    ...[...strangers].map((one) => `import '${door}' loads the package ${one}: import it where it is first used`),
    ...early.map((source) => `import '${door}' loads src/${source}: import it where it is first used`),
  ]
}

function describe(url: string): LoadedFile {
  const path = fileURLToPath(url)
  const [, name = '', file = ''] = /^.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](.*)$/.exec(path) ?? []
  return { package: name, file, sources: name === 'portcullis' ? sourcesOf(path) : [] }
}

function sourcesOf(path: string): string[] {
  const map = `${path}.map`
  if (!existsSync(map)) return []
  const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { readonly sources: readonly string[] }
  return sources.map((one) => resolve(path, '..', one)).map((one) => relative(resolve(path.slice(0, path.lastIndexOf('dist')), 'src'), one))
}
