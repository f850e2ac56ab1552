/**
 * Tries the package as somebody who installs it: built, packed, linted as a package, put into an empty folder, and there the first example of
 * the README and the trials of `scripts/package-trials/` type-checked and run. No peer is installed, so nothing public may need one, but for
 * what opens beside a framework; and nothing is loaded that is not used.
 * @module
 */

import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadedFiles, overloads } from './loaded-files.js'
import { pack } from './pack.js'

const TRIALS = ['own-kysely', 'one-identity', 'own-tests']
/** The runner that many applications still have; it is nothing that this repository is tested with. */
const JEST = 'jest@30.5.2'

const folder = mkdtempSync(join(tmpdir(), 'portcullis-package-'))
try {
  step('build', () => run('npm', ['run', '-s', 'build']))
  const tarball = step('pack', () => pack(folder))
  step('the manifest that is published names no development tool', () => checkManifest(tarball))
  step('publint', () => run('publint', ['--strict', tarball]))
  step('are the types wrong', () => run('attw', ['--profile', 'esm-only', tarball]))
  step('no `any` in the public declarations', () => refuseAny('dist'))
  const home = step('install into an empty folder', () => install(tarball))
  step('the first example of the README and the trials compile', () => typeCheck(home))
  step('the example runs', () => console.log(indented(run('node', ['example.js'], { cwd: home }))))
  const doors = step('every door loads what it uses, and no more', () => checkLoaded(home))
  step('what two doors open to is one thing, by its own name', () => run('node', ['one-identity.js', ...doors], { cwd: home }))
  step("an application's own Kysely works with ours", () => run('node', ['own-kysely.js'], { cwd: home }))
  step("an application's own tests run under node:test", () => run('node', ['--test', ownTests(home, "import test from 'node:test'")], { cwd: home }))
  step("an application's own tests run under Jest", () => runJest(home))
  step('the command line answers', () => run('npx', ['--no-install', 'portcullis', 'generate-secret'], { cwd: home }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function step<T>(what: string, work: () => T): T {
  try {
    const result = work()
    console.log(`  ✓ ${what}`)
    return result
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    console.error(`  ✗ ${what}\n${indented(`${stdout ?? ''}${stderr ?? ''}` || String(error))}`)
    throw new Error(`The package fails at: ${what}`, { cause: error })
  }
}

function run(command: string, args: readonly string[], options: ExecFileSyncOptions = {}): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options }) as string
}

function checkManifest(tarball: string): void {
  const manifest = JSON.parse(run('tar', ['-xzOf', tarball, 'package/package.json'])) as Record<string, unknown>
  for (const name of ['optionalDependencies', 'devDependencies']) if (name in manifest) throw new Error(`The packed manifest has ${name}.`)
  if (JSON.stringify(manifest).includes('portcullis-source')) throw new Error('The packed manifest has the condition of our own tests.')
  const files = run('tar', ['-tzf', tarball]).split('\n')
  const tests = files.filter((file) => /\.test\.|\.test-d\./.test(file))
  if (tests.length > 0) throw new Error(`Tests are packed: ${tests.join(', ')}`)
  for (const name of ['dist/cli/main.js', 'src/index.ts', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    if (!files.includes(`package/${name}`)) throw new Error(`${name} is not packed.`)
}

function refuseAny(root: string): void {
  const found: string[] = []
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.d.ts')) continue
    const path = join(entry.parentPath, entry.name)
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      if (!/^\s*(?:\*|\/\/|\/\*)/.test(line) && /[:<|&,(\s]any\b(?=\s*(?:[,;)>\]|&=?[}]|$))/.test(line))
        found.push(`${path}:${index + 1}: ${line.trim().slice(0, 140)}`)
    }
  }
  if (found.length > 0) throw new Error(found.join('\n'))
}

function install(tarball: string): string {
  const home = mkdtempSync(join(folder, 'home-'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module", "private": true }')
  run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: home })
  const types = join(home, 'node_modules', '@types')
  mkdirSync(types, { recursive: true })
  symlinkSync(resolve('node_modules/@types/node'), join(types, 'node'))
  return home
}

function typeCheck(home: string): void {
  const example = /```ts runnable\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1]
  if (example === undefined) throw new Error('README.md has no block that is marked ```ts runnable.')
  if (example.trim().split('\n').length > 25) throw new Error('The first site of the README takes more than 25 lines.')
  writeFileSync(join(home, 'example.ts'), example)
  const compilerOptions = {
    target: 'ES2024',
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: '.',
  }
  for (const one of TRIALS) cpSync(`scripts/package-trials/${one}.ts`, join(home, `${one}.ts`))
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example', ...TRIALS].map((one) => `${one}.ts`) }))
  run('tsc', ['-p', home])
}

/** Writes the tests of an application, which differ by runner in where `test` comes from. */
function ownTests(home: string, imports: string): string {
  writeFileSync(join(home, 'own.test.js'), `${imports}\nimport { tryTheSite } from './own-tests.js'\ntest('of an application', tryTheSite)\n`)
  return 'own.test.js'
}

/** Jest reads ES modules where Node is told so. */
function runJest(home: string): void {
  run('npm', ['install', '--no-audit', '--no-fund', JEST], { cwd: home })
  const file = ownTests(home, '')
  run('node', ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', file], { cwd: home })
}

/** Imports every door in a process of its own, and answers those that open without a peer. */
function checkLoaded(home: string): string[] {
  const { exports, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<'exports' | 'peerDependencies', object>
  const wrong: string[] = []
  const open: string[] = []
  for (const path of Object.keys(exports).filter((one) => one !== './package.json')) {
    const door = `portcullis${path.slice(1)}`
    const loaded = loadedFiles(home, door)
    if ('missing' in loaded) {
      if (!Object.hasOwn(peerDependencies, loaded.missing)) wrong.push(`import '${door}' wants ${loaded.missing}, which is no peer`)
      continue
    }
    open.push(door)
    wrong.push(...overloads(door, loaded))
    console.log(`      ${door}: ${loaded.length} files`)
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return open
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
}
