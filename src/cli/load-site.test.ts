import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, runPiped, sources } from '../../test/support/cli-process.js'
import { quick } from '../../test/support/shop.js'
import { portcullis } from '../index.js'
import { sqlite } from '../sqlite.js'
import { Misuse } from './errors.js'
import { pickSite } from './load-site.js'
import { findSiteFile } from './site-file.js'
import { explainTypeScriptError } from './typescript.js'

function newSite() {
  return portcullis({ ...quick, database: sqlite(':memory:') })
}

describe('pickSite', () => {
  const auth = newSite()
  const other = newSite()

  test('takes the only site, whatever its name, and one site under two names', () => {
    expect(pickSite({ auth }, { file: 'auth.ts' })).toBe(auth)
    expect(pickSite({ default: auth, answer: 42 }, { file: 'auth.ts' })).toBe(auth)
    expect(pickSite({ auth, default: auth }, { file: 'auth.ts' })).toBe(auth)
  })

  test('asks which, when there are several', () => {
    expect(() => pickSite({ auth, other }, { file: 'auth.ts' })).toThrow('auth.ts exports several sites: auth, other. Name one: --export auth')
    expect(pickSite({ auth, other }, { file: 'auth.ts', exportName: 'other' })).toBe(other)
  })

  test('says so when there is none, or none of that name', () => {
    expect(() => pickSite({}, { file: 'auth.ts' })).toThrow(Misuse)
    expect(() => pickSite({ auth: {}, default: null, users: { users: [] } }, { file: 'auth.ts' })).toThrow('auth.ts exports no site')
    expect(() => pickSite({ auth }, { file: 'auth.ts', exportName: 'site' })).toThrow('Sites it exports: auth.')
    expect(() => pickSite({}, { file: 'auth.ts', exportName: 'site' })).toThrow('It exports none at all.')
  })
})

describe('findSiteFile', () => {
  const folder = folderWith({
    'portcullis.config.js': '',
    'src/deep/.keep': '',
    'both/portcullis.config.mjs': '',
    'both/portcullis.config.ts': '',
    'dir/portcullis.config.ts/.keep': '',
    'src/auth.ts': '',
  })
  afterAll(folder.drop)
  const at = (...parts: string[]): string => join(folder.path, ...parts)

  test('looks from the working directory upwards, TypeScript first, and takes no folder for a file', () => {
    expect(findSiteFile(at('src', 'deep'))).toBe(at('portcullis.config.js'))
    expect(findSiteFile(at('both'))).toBe(at('both', 'portcullis.config.ts'))
    expect(findSiteFile(at('dir'))).toBe(at('portcullis.config.js'))
  })

  test('takes what --site names, from the working directory', () => {
    expect(findSiteFile(at('src', 'deep'), '../auth.ts')).toBe(at('src', 'auth.ts'))
    expect(findSiteFile('/', at('src', 'auth.ts'))).toBe(at('src', 'auth.ts'))
    expect(() => findSiteFile(at('src'), 'deep')).toThrow(Misuse)
  })

  test('tells how to name it when there is none', () => {
    expect(() => findSiteFile('/')).toThrow('--site src/auth.ts')
  })
})

describe('loading, in a process', { timeout: 60_000 }, () => {
  const HEAD = `import { portcullis } from '${sources}/index.ts'\nimport { sqlite } from '${sources}/sqlite.ts'\n`
  const SITE = `portcullis({ secretKey: '${quick.secretKey}', database: sqlite(':memory:'), models })\n`
  const MODELS = `import { model } from '${sources}/index.ts'\nexport class Thing extends model('shop.Thing') {}\n`
  const folder = folderWith({
    'portcullis.config.ts': `${HEAD}import { models } from './src/models.js'\nexport const auth = ${SITE}`,
    'src/models.ts': `${MODELS}import type { Thing as T } from './nothing.js'\nexport const models: readonly (typeof Thing)[] = [Thing]\nexport type { T }\n`,
    'compiled.ts': `${HEAD}import { models } from './there.js'\nexport default ${SITE}`,
    'there.js': 'console.error("the JavaScript"); export const models = []\n',
    'there.ts': 'console.error("the TypeScript"); export const models = []\n',
    'enum.ts': `${HEAD}enum Colour { red }\nconst models = []\nexport const auth = ${SITE}void Colour\n`,
    'enum-within.ts': `import { auth } from './enum.js'\nexport { auth }\n`,
    'decorated.ts': `const log = (value: unknown) => value\nclass Page { @log list(): void {} }\nexport const auth = Page\n`,
    'missing.ts': `import './models-that-are-not.js'\n`,
    'plain.mjs': `${HEAD}const models = []\nexport const auth = ${SITE}`,
    'two.ts': `${HEAD}const models = []\nexport const first = ${SITE}export const second = ${SITE}`,
  })
  afterAll(folder.drop)
  const check = (...args: string[]) => runPiped(['check', ...args], { cwd: folder.path })

  test('a TypeScript site is loaded as it is; imports that say .js find the .ts', async () => {
    expect(await check()).toEqual({ exitCode: 0, stdout: 'Nothing found.\n', stderr: '' })
  })

  test('where there is a .js, that is taken', async () => {
    expect(await check('--site', 'compiled.ts')).toEqual({ exitCode: 0, stdout: 'Nothing found.\n', stderr: 'the JavaScript\n' })
  })

  test('a JavaScript site needs none of that', async () => {
    expect(await check('--site', 'plain.mjs')).toMatchObject({ exitCode: 0 })
  })

  test.each([
    ['enum.ts', 'an enum', 'experimental-transform-types'],
    ['enum-within.ts', 'an enum', 'experimental-transform-types'],
    ['decorated.ts', 'Decorators must be compiled', 'decorated.ts:2'],
  ])('%s: what Node cannot run is explained', async (file, reason, remedy) => {
    const { exitCode, stderr } = await check('--site', file)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(reason)
    expect(stderr).toContain(remedy)
  })

  test('an import of nothing names what was written', async () => {
    const { exitCode, stderr } = await check('--site', 'missing.ts')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('models-that-are-not.js')
  })

  test('several sites: --export chooses', async () => {
    expect(await check('--site', 'two.ts')).toMatchObject({
      exitCode: 2,
      stderr: 'two.ts exports several sites: first, second. Name one: --export first\n',
    })
    expect(await check('--site', 'two.ts', '--export', 'second')).toMatchObject({ exitCode: 0 })
  })
})

describe('explainTypeScriptError', () => {
  test('names the ways out on a Node that does not read TypeScript', () => {
    const error = Object.assign(new TypeError('Unknown file extension ".ts" for /shop/src/auth.ts'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })
    const explained = explainTypeScriptError(error, 'src/auth.ts', 'v22.13.1')
    expect(explained).toBeInstanceOf(Misuse)
    expect(explained?.message).toMatch(/v22\.13\.1.+NODE_OPTIONS=--experimental-strip-types.+compile/)
  })

  test('leaves every other error alone', () => {
    expect(explainTypeScriptError(new Error('no'), 'src/auth.ts', 'v24.0.0')).toBeNull()
    expect(explainTypeScriptError(new SyntaxError('no'), 'src/auth.js', 'v24.0.0')).toBeNull()
    expect(explainTypeScriptError('no', 'src/auth.ts', 'v24.0.0')).toBeNull()
  })
})
