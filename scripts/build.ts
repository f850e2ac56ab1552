/**
 * Makes `dist/`: a declaration file for each source, and the code in few files, because a process that starts pays for every file it reads:
 * Kysely's three hundred took longer than all the rest. What `src/` loads late is a file of its own and is loaded late from `dist/` too.
 * @module
 */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

/** Stands for `dist/` in what is bundled, until it is known in which folder a piece of code ends up. */
const DIST = 'portcullis-dist:/'
const COMMAND_LINE = 'cli/main'
/** What every site imports. */
const CORE = 'index'
/** What is used without a site: it loads its own few files and nothing else. */
const ALONE =
  /^(?:passwords|signing|csrf|passwords\/validators\/common-passwords|cli\/(?:main|process|typescript-resolve-hook|commands\/generate-secret))$/

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

/** The doors of the package, the command line among them. */
function doors(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
  const opened = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [nameOf(target['portcullis-source'] ?? '')]))
  return [...opened, COMMAND_LINE]
}

/** The sources that others name in this way, by a path relative to theirs. */
function named(pattern: RegExp): string[] {
  return sources.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([, path = '']) => nameOf(join('src', dirname(name), path))))
}

async function bundleSources(): Promise<void> {
  const started = named(/'(\.[^']+\.js)', import\.meta\.url/g)
  const late = named(/\bimport\('(\.[^']+\.js)'\)/g)
  const wanted = new Set([...doors(), ...started])
  const entryPoints = sources.filter(({ name }) => wanted.has(name)).map(({ path }) => path)
  const besideCore = new Set([...doors(), ...late].filter((name) => name !== CORE && !ALONE.test(name)))
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
    plugins: [ownSources(besideCore)],
    // Nothing happens when the core is imported for its own sake; it only says what is loaded together.
    logOverride: { 'ignored-bare-import': 'silent' },
  })
  for (const { path, text } of outputFiles) {
    const file = relative('dist', path)
    const up = '../'.repeat(file.split('/').length - 1)
    write(file, text.replaceAll(DIST, up === '' ? './' : up))
  }
}

/**
 * Our own sources. What is imported from Kysely comes from our one file of it. What is only used beside the core imports it, whether it
 * needs it or not: code that some need and others do not would otherwise be a file for each way of needing it, thirty instead of ten.
 * The address of a module stays what it is without bundling. And a class keeps its name, which errors and printed objects show: one that
 * another has too would become `Session2`, one that mentions itself `_DateTime`.
 */
function ownSources(besideCore: ReadonlySet<string>): Plugin {
  return {
    name: 'own sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^kysely$/ }, () => ({ path: `${DIST}vendor/kysely.js`, external: true, sideEffects: false }))
      onResolve({ filter: new RegExp(`^${DIST}${CORE}$`) }, () => ({ path: resolve(`src/${CORE}.ts`) }))
      onLoad({ filter: /[\\/]src[\\/].*\.tsx?$/ }, ({ path }) => {
        const source = sources.find((one) => one.path === relative('.', path))
        if (source === undefined) return null
        const text = source.text.replaceAll('import.meta.url', `new URL('${DIST}${source.name}.js', import.meta.url).href`)
        const classes = [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)].map(([, name = '']) => name)
        const names = classes.map((name) => `if (${name}.name !== '${name}') Object.defineProperty(${name}, 'name', { value: '${name}' })`)
        const core = besideCore.has(source.name) ? [`import '${DIST}${CORE}'`] : []
        return { contents: [text, ...names, ...core].join('\n'), loader: path.endsWith('x') ? 'tsx' : 'ts' }
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
