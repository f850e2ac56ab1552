import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderWith } from '../../test/support/cli-process.js'
import { CTRL_C, nobody, runHere, scripted, type Ran, type RunHere } from '../../test/support/command-line.js'
import { quick } from '../../test/support/shop.js'
import { portcullis } from '../index.js'
import { postgres } from '../postgres.js'
import { sqlite } from '../sqlite.js'
import { Cancelled } from './errors.js'
import type { ExitCode } from './outcome.js'
import type { Terminal } from './terminal.js'

const folder = folderWith({ 'empty/.keep': '', 'broken.ts': `throw new Error('the application fails')`, 'none.ts': 'export const auth = 1' })
afterAll(folder.drop)

const sites = {
  shop: () => siteOn('shop.db', quick.secretKey),
  unmigrated: () => siteOn('unmigrated.db', quick.secretKey),
  weak: () => portcullis({ ...quick, lockouts: {}, secretKey: 'short', database: sqlite(join(folder.path, 'weak.db')) }),
  refused: () => siteOn('refused.db', ''),
  unreachable: () => portcullis({ ...quick, database: postgres('postgres://nobody@127.0.0.1:1/none') }),
}
const workingDirectory = join(folder.path, 'empty')
const site = ['--site', 'shop'] as const

beforeAll(async () => {
  const shop = sites.shop()
  await shop.migrate()
  for (const username of ['ada', 'carl']) await shop.users.createUser({ username, isSuperuser: username === 'ada' })
  await shop.close()
})

function siteOn(file: string, secretKey: string) {
  return portcullis({ ...quick, secretKey, database: sqlite(join(folder.path, file)) })
}

function run(args: readonly string[], given: RunHere = {}): Promise<Ran> {
  return runHere(args, { workingDirectory, sites, ...given })
}

function json({ stdout }: Ran): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>
}

const GOOD = 'correct horse battery'

interface Row {
  readonly line: string
  readonly exitCode: ExitCode
  readonly args: readonly string[]
  readonly terminal?: () => Terminal
}

/** Every command and every way it can end. */
const table: readonly Row[] = [
  { line: 'migrate', exitCode: 0, args: ['migrate', ...site] },
  { line: 'migrate --plan', exitCode: 0, args: ['migrate', '--plan', '--site', 'unmigrated'] },
  { line: 'migrate --check, with something to do', exitCode: 1, args: ['migrate', '--check', '--site', 'unmigrated'] },
  { line: 'migrate --bogus', exitCode: 2, args: ['migrate', '--bogus', ...site] },
  { line: 'migrate extra', exitCode: 2, args: ['migrate', 'extra', ...site] },
  { line: 'createsuperuser without a terminal', exitCode: 0, args: ['createsuperuser', ...site] },
  { line: 'createsuperuser --noinput, name taken', exitCode: 1, args: ['createsuperuser', '--noinput', '--username', 'ada', '--email', '', ...site] },
  { line: 'createsuperuser --no-input, address missing', exitCode: 1, args: ['createsuperuser', '--no-input', '--username', 'eve', ...site] },
  { line: 'createsuperuser, Ctrl-C', exitCode: 1, args: ['createsuperuser', ...site], terminal: () => scripted(CTRL_C) },
  { line: 'createsuperuser --password', exitCode: 2, args: ['createsuperuser', '--noinput', '--password', 'x', ...site] },
  {
    line: 'createsuperuser without tables',
    exitCode: 1,
    args: ['createsuperuser', '--noinput', '--username', 'eve', '--email', '', '--site', 'unmigrated'],
  },
  { line: 'changepassword', exitCode: 0, args: ['changepassword', 'ada', ...site], terminal: () => scripted(GOOD, GOOD) },
  {
    line: 'changepassword, three bad tries',
    exitCode: 1,
    args: ['changepassword', 'ada', ...site],
    terminal: () => scripted('1', '1', '2', '2', '3', '3'),
  },
  { line: 'changepassword of nobody', exitCode: 1, args: ['changepassword', 'nobody', ...site] },
  { line: 'changepassword a b', exitCode: 2, args: ['changepassword', 'a', 'b', ...site] },
  { line: 'check', exitCode: 0, args: ['check', ...site] },
  { line: 'check --deploy', exitCode: 0, args: ['check', '--deploy', '--site', 'weak'] },
  { line: 'check --deploy of a site that counts no tries', exitCode: 1, args: ['check', '--deploy', ...site] },
  { line: 'check --deploy --fail-level warning', exitCode: 1, args: ['check', '--deploy', '--fail-level', 'warning', '--site', 'weak'] },
  { line: 'check --fail-level bogus', exitCode: 2, args: ['check', '--fail-level', 'bogus', ...site] },
  { line: 'explain, yes', exitCode: 0, args: ['explain', 'ada', 'auth.add_user', ...site] },
  { line: 'explain, no', exitCode: 1, args: ['explain', 'carl', 'auth.add_user', ...site] },
  { line: 'explain of nobody', exitCode: 1, args: ['explain', 'nobody', 'auth.add_user', ...site] },
  { line: 'explain with one argument', exitCode: 2, args: ['explain', 'ada', ...site] },
  { line: 'types', exitCode: 0, args: ['types', ...site] },
  { line: 'types --out', exitCode: 0, args: ['types', '--out', 'permissions.ts', ...site] },
  { line: 'types without tables', exitCode: 1, args: ['types', '--site', 'unmigrated'] },
  { line: 'types --out where nothing can be written', exitCode: 1, args: ['types', '--out', '/dev/null/permissions.ts', ...site] },
  { line: 'generate-secret', exitCode: 0, args: ['generate-secret'] },
  { line: 'generate-secret 5', exitCode: 2, args: ['generate-secret', '5'] },
  { line: 'remove-stale-contenttypes', exitCode: 0, args: ['remove-stale-contenttypes', ...site] },
  {
    line: 'remove-stale-contenttypes --noinput --include-stale-apps',
    exitCode: 0,
    args: ['remove-stale-contenttypes', '--noinput', '--include-stale-apps', ...site],
  },
  { line: 'remove-stale-contenttypes --bogus', exitCode: 2, args: ['remove-stale-contenttypes', '--bogus', ...site] },
  { line: 'no command', exitCode: 2, args: [] },
  { line: 'a command there is not', exitCode: 2, args: ['migrat'] },
  { line: 'no site to be found', exitCode: 2, args: ['check'] },
  { line: '--site of no file', exitCode: 2, args: ['check', '--site', 'nowhere.ts'] },
  { line: '--site of a file without a site', exitCode: 2, args: ['check', '--site', '../none.ts'] },
  { line: 'a site file that fails', exitCode: 1, args: ['check', '--site', '../broken.ts'] },
  { line: 'a site that refuses to start', exitCode: 1, args: ['check', '--site', 'refused'] },
]

describe('exit codes', () => {
  test.each(table)('$line: $exitCode', async ({ exitCode, args, terminal = () => nobody }) => {
    const { stdout, stderr, ...ran } = await run(args, { terminal: terminal() })
    expect(ran.exitCode).toBe(exitCode)
    // One stream has the answer, the other is empty.
    expect(stdout === '').toBe(stderr !== '')
    if (exitCode === 2) expect(stdout).toBe('')
  })

  test.each(table)('$line --json: $exitCode, and one JSON object', async ({ exitCode, args, terminal = () => nobody }) => {
    const ran = await run([...args, '--json'], { terminal: terminal() })
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toMatch(/^\{.*\}\n$/)
    const [command = null] = args
    expect(json(ran)).toMatchObject({ ok: exitCode === 0, command: command === 'migrat' ? null : command })
    if (exitCode === 2) expect(json(ran)['error']).toMatchObject({ code: 'misuse', message: expect.stringMatching(/./) })
  })
})

describe('runCommandLine', () => {
  test('tells every problem of an input with its code and field', async () => {
    const ran = await run(['createsuperuser', '--noinput', '--username', 'a b', '--email', '', '--json', ...site])
    expect(json(ran)['error']).toEqual({
      code: 'invalid',
      message: 'username: Use only letters, digits, and the signs @ . + - _ in a username.',
      problems: [{ code: 'invalid', field: 'username', message: 'Use only letters, digits, and the signs @ . + - _ in a username.' }],
    })
  })

  test('names the command that makes the tables when they are missing', async () => {
    expect((await run(['types', '--site', 'unmigrated'])).stderr).toContain('portcullis migrate')
  })

  test('shows where an error of the application came from, without the lines of Node', async () => {
    const { stderr } = await run(['check', '--site', '../broken.ts'])
    expect(stderr).toContain('the application fails')
    expect(stderr).toContain('broken.ts')
    expect(stderr).not.toContain('node:internal')
  })

  test('of a site that refuses to start tells the remedy alone', async () => {
    expect((await run(['check', '--site', 'refused'])).stderr).toMatch(/secretKey/)
    expect((await run(['check', '--site', 'refused'])).stderr).not.toContain('    at ')
  })

  test('takes the options of every command before and after its name', async () => {
    expect(json(await run(['--json', ...site, 'check']))).toMatchObject({ ok: true, command: 'check' })
    expect(json(await run([...site, 'check', '--json']))).toMatchObject({ ok: true, command: 'check' })
  })

  test('leaves no option of its own among the fields of createsuperuser', async () => {
    const ran = await run(['createsuperuser', '--username', 'zoe', '--json', '--noinput', '--email', 'zoe@example.com', ...site])
    expect(json(ran)).toMatchObject({ ok: true, user: { username: 'zoe' } })
  })

  test.each([[['--help']], [['migrate', '--help']], [['help', 'migrate']], [['createsuperuser', '-h']], [['--version']]])(
    '%j prints to standard output and is done',
    async (args) => {
      expect(await run(args)).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/\S/) })
    },
  )

  test('what somebody wrote into the database cannot steer the terminal', async () => {
    const shop = sites.shop()
    const carl = await shop.users.get({ username: 'carl' })
    await carl.groups.add(await shop.groups.create({ name: 'quiet\u001b[2J\u202e\r\u009b' }))
    await shop.close()
    const { stdout } = await run(['explain', 'carl', 'auth.add_user', ...site])
    expect(stdout).toContain('quiet\\u{1b}[2J\\u{202e}\\u{d}\\u{9b}')
    expect(json(await run(['explain', 'carl', 'auth.add_user', '--json', ...site]))).toMatchObject({
      explanation: { groups: [{ name: 'quiet\u001b[2J\u202e\r\u009b' }] },
    })
  })

  test('Ctrl-C between questions is told like one at a question', async () => {
    const ran = await run(['check', ...site, '--json'], { interrupted: Promise.reject(new Cancelled()) })
    expect(ran.exitCode).toBe(1)
    expect(json(ran)).toMatchObject({ ok: false, command: 'check', error: { code: 'cancelled' } })
  })

  test('a command ends though the database cannot be reached', async () => {
    const ran = await run(['migrate', '--json', '--site', 'unreachable'])
    expect(ran.exitCode).toBe(1)
    expect(json(ran)).toMatchObject({ error: { code: 'failed', message: expect.stringContaining('ECONNREFUSED') } })
  })
})
