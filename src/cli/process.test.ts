import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, runPiped, sources } from '../../test/support/cli-process.js'
import { quick } from '../../test/support/shop.js'

const HEAD = `import { portcullis } from '${sources}/index.ts'\nimport { sqlite } from '${sources}/sqlite.ts'\n`
const folder = folderWith({
  'portcullis.config.ts': `${HEAD}export const auth = portcullis({ secretKey: process.env.SECRET_KEY ?? '', passwords: ${JSON.stringify(quick.passwords)}, database: sqlite('shop.db') })\n`,
  '.env': `SECRET_KEY='${quick.secretKey}'\n`,
  'busy.ts': `${HEAD}setInterval(() => {}, 1000)\nexport const auth = portcullis({ secretKey: '${quick.secretKey}', database: sqlite('shop.db') })\n`,
  'loaded.mjs': `import { registerHooks } from 'node:module'
    const seen = new Set()
    registerHooks({ load(url, context, next) { seen.add(url); return next(url, context) } })
    process.on('exit', () => process.stderr.write(JSON.stringify([...seen])))`,
})
afterAll(folder.drop)
const cwd = folder.path

describe('the program', { timeout: 60_000 }, () => {
  test('ends with the exit code of its command, and prints one JSON object', async () => {
    const refused = await runPiped(['migrate', '--json'], { cwd })
    expect(refused.exitCode).toBe(1)
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, error: { code: 'refused' } })
    const migrated = await runPiped(['migrate', '--env', '.env', '--json'], { cwd })
    expect(migrated).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(migrated.stdout)).toMatchObject({ ok: true, command: 'migrate' })
    expect((await runPiped(['migrate', '--env', 'nowhere'], { cwd })).exitCode).toBe(2)
  })

  test('passwords come from the environment, or from a pipe, never from arguments', async () => {
    const env = { SECRET_KEY: quick.secretKey }
    const made = await runPiped(['createsuperuser', '--noinput', '--username', 'ada', '--email', ''], {
      cwd,
      env: { ...env, DJANGO_SUPERUSER_PASSWORD: 'from the environment' },
    })
    expect(made).toEqual({ exitCode: 0, stdout: 'The superuser has been created.\n', stderr: '' })
    const changed = await runPiped(['changepassword', '--json'], { cwd, env, input: 'from a pipe 1815\nfrom a pipe 1815\n' })
    expect(changed.exitCode).toBe(0)
    expect(JSON.parse(changed.stdout)).toMatchObject({ ok: true, user: { username: 'ada' } })
    expect(`${changed.stdout}${changed.stderr}`).not.toContain('1815')
    const ended = await runPiped(['changepassword', 'ada'], { cwd, env, input: 'one line only\n' })
    expect(ended).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('The input ended') })
    expect((await runPiped(['createsuperuser'], { cwd, env, input: 'eve\n' })).exitCode).toBe(0)
  })

  test('ends though the application keeps something running', async () => {
    expect(await runPiped(['check', '--site', 'busy.ts'], { cwd })).toMatchObject({ exitCode: 0, stdout: 'Nothing found.\n' })
  })

  test('loads for its help neither the site, nor Kysely, nor what asks questions', async () => {
    const { exitCode, stdout, stderr } = await runPiped(['--help'], { cwd, nodeOptions: ['--import', './loaded.mjs'] })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('createsuperuser')
    const loaded = JSON.parse(stderr) as string[]
    expect(loaded.some((url) => url.includes('commander'))).toBe(true)
    expect(loaded.filter((url) => /kysely|clack|\/database\/|\/accounts\/|portcullis\.ts|config\.ts/.test(url))).toEqual([])
  })

  test('a command that asks nothing loads nothing that does', async () => {
    const { stderr } = await runPiped(['generate-secret'], { cwd, nodeOptions: ['--import', './loaded.mjs'] })
    expect((JSON.parse(stderr) as string[]).filter((url) => /kysely|clack/.test(url))).toEqual([])
  })
})
