/**
 * Makes `dist/`: a declaration file for each source, and the code in few files, because a process that starts pays for every file it reads:
 * Kysely's three hundred took longer than all the rest. What `src/` loads late is a file of its own and is loaded late from `dist/` too.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

/** Stands for `dist/` in what is bundled, until it is known in which folder a piece of code ends up. */
const DIST = 'portcullis-dist:/'
const COMMAND_LINE = 'cli/main'

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  // As tsc has it. A version of Node instead would have regular expressions made anew at every use, for the sake of older Unicode.
  target: 'es2024',
  write: false,
  logLevel: 'warning',
} satisfies BuildOptions

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

interface Source {
  /** Below `src/`, without its ending. */
  readonly name: string
  readonly path: string
  readonly text: string
}

rmSync('dist', { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
const sources = readSources()
await bundleKysely()
await bundleSources()
chmodSync(`dist/${COMMAND_LINE}.js`, 0o755)

function readSources(): Source[] {
  return readdirSync('src', { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.tsx?$/.test(path) && !/\.(?:test|test-d)\.tsx?$/.test(path))
    .map((path) => ({ name: nameOf(path), path, text: readFileSync(path, 'utf8') }))
}

/** Every door of the package, and the files that are started by their address. */
function doors(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  const opened = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [nameOf(target['portcullis-source'] ?? '')]))
  const started = sources.flatMap(({ name, text }) =>
    [...text.matchAll(/'(\.[^']+\.js)', import\.meta\.url/g)].map(([, path = '']) => nameOf(join('src', dirname(name), path))),
  )
  return [...new Set([...opened, ...started, COMMAND_LINE])]
}

async function bundleSources(): Promise<void> {
  const wanted = doors()
  const entryPoints = sources.filter(({ name }) => wanted.includes(name)).map(({ path }) => path)
  const { outputFiles } = await build({
    ...common,
    entryPoints,
    outdir: 'dist',
    outbase: 'src',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    plugins: [ownSources()],
  })
  for (const { path, text } of outputFiles) {
    const file = relative('dist', path)
    const up = '../'.repeat(file.split('/').length - 1)
    write(file, text.replaceAll(DIST, up === '' ? './' : up))
  }
}

/**
 * Our own sources, and three things that moving code about would change. What is imported from Kysely comes from our one file of it. The
 * address of a module stays what it is without bundling. And a class keeps its name, which errors and printed objects show: one that another
 * has too would become `Session2`, one that mentions itself `_DateTime`.
 */
function ownSources(): Plugin {
  return {
    name: 'own sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^kysely$/ }, () => ({ path: `${DIST}vendor/kysely.js`, external: true, sideEffects: false }))
      onLoad({ filter: /[\\/]src[\\/].*\.tsx?$/ }, ({ path }) => {
        const source = sources.find((one) => one.path === relative('.', path))
        if (source === undefined) return null
        const text = source.text.replaceAll('import.meta.url', `new URL('${DIST}${source.name}.js', import.meta.url).href`)
        const classes = [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)].map(([, name = '']) => name)
        const names = classes.map((name) => `if (${name}.name !== '${name}') Object.defineProperty(${name}, 'name', { value: '${name}' })`)
        return { contents: [text, ...names].join('\n'), loader: path.endsWith('x') ? 'tsx' : 'ts' }
      })
    },
  }
}

/** The part of Kysely that is used, as one file with its licence. Its types still come from the package. */
async function bundleKysely(): Promise<void> {
  const imported = sources.flatMap(({ text }) => [...text.matchAll(/^import \{([^}]*)\} from 'kysely'$/gm)])
  const names = new Set(imported.flatMap(([, list = '']) => list.split(',').map((one) => one.trim())).filter((one) => /^\w+$/.test(one)))
  const { outputFiles } = await build({
    ...common,
    stdin: { contents: `export { ${[...names].toSorted().join(', ')} } from 'kysely'`, resolveDir: '.' },
    // Without its comments it is half as long, and still has all its names.
    minifyWhitespace: true,
    banner: { js: `/*!\nKysely, https://kysely.dev\n\n${readFileSync('node_modules/kysely/LICENSE', 'utf8')}*/` },
  })
  write('vendor/kysely.js', outputFiles[0]?.text ?? '')
}

function nameOf(path: string): string {
  return relative('src', path).replace(/\.(?:tsx?|js)$/, '')
}

function write(file: string, text: string): void {
  const path = join('dist', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
