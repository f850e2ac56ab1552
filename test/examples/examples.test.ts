import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, runPiped, type Ended } from '../support/cli-process.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The example sees the sources under the package's name, as the tests do. */
const FROM_SOURCES = ['--disable-warning=ExperimentalWarning', '--conditions=portcullis-source']

const folder = folderWith({})
afterAll(folder.drop)
const env = { SHOP_DATABASE: join(folder.path, 'shop.db') }

function runExample(file: string): Promise<Ended> {
  const args = [...FROM_SOURCES, '--import', join(ROOT, 'test/support/typescript.mjs'), join(ROOT, 'examples', file)]
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.stderr += text
  })
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, ...ended })))
}

describe('the examples', { timeout: 120_000 }, () => {
  test('npm start makes a shop, answers questions with their reasons, and ends by itself', async () => {
    const first = await runExample('start.ts')
    expect(first).toMatchObject({ exitCode: 0, stderr: '' })
    for (const line of [
      '+ Create table shop_product',
      'ada    Ada Lovelace  in Editors',
      'ada may shop.publish_product, by the group “Editors”.',
      'alan may not shop.publish_product: the account is not active.',
    ]) {
      expect(first.stdout).toContain(line)
    }
    const second = await runExample('start.ts')
    expect(second).toMatchObject({ exitCode: 0, stderr: '' })
    expect(second.stdout).toContain('Nothing to do.')
    expect(second.stdout.slice(second.stdout.indexOf('What they may'))).toBe(first.stdout.slice(first.stdout.indexOf('What they may')))
  })

  test('every command that npm start proposes works on its shop', async () => {
    const { stdout } = await runExample('start.ts')
    const proposed = [...stdout.matchAll(/^npx portcullis (.+)$/gm)].map((match) => (match[1] ?? '').split(' '))
    expect(proposed.length).toBeGreaterThan(5)
    for (const args of proposed) {
      const { exitCode, stderr } = await runPiped(args, {
        cwd: ROOT,
        env,
        input: 'a better one 1815\na better one 1815\n',
        nodeOptions: FROM_SOURCES,
      })
      expect({ args, exitCode, stderr: args[0] === 'changepassword' ? '' : stderr }).toEqual({ args, exitCode: 0, stderr: '' })
    }
  })

  test('an application’s own Kysely on PGlite is borrowed, and left open', async () => {
    const { exitCode, stdout, stderr } = await runExample('pglite/notes.ts')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('1 note; ada may notes.add_note, by a grant of their own.')
    expect(stdout).toContain('Right password: true')
    expect(stdout).toMatch(/^Tables: .*\bauth_user\b.*\bnotes, notes_tag\b/m)
  })
})
