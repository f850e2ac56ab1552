import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderWith, hasTypist, runAtTerminal, runPiped, sources } from '../../test/support/cli-process.js'
import { quick } from '../../test/support/shop.js'
import { portcullis } from '../index.js'
import { sqlite } from '../sqlite.js'

const SITE = `
import { portcullis } from '${sources}/index.ts'
import { sqlite } from '${sources}/sqlite.ts'
export const auth = portcullis({ secretKey: '${quick.secretKey}', passwords: ${JSON.stringify(quick.passwords)}, database: sqlite('shop.db') })
`
/** With the letters that steer menus, a space, and signs that a terminal might take as its own. */
const PASSWORD = 'h j k l y n ß 7#correct'
const ENTER = '\r'
const CTRL_C = '\u0003'

const folder = folderWith({ 'portcullis.config.ts': SITE })
afterAll(folder.drop)
const cwd = folder.path

async function passwordIs(password: string): Promise<boolean> {
  const site = portcullis({ ...quick, database: sqlite(join(cwd, 'shop.db')) })
  const right = await (await site.users.get({ username: 'ada' })).checkPassword(password)
  await site.close()
  return right
}

if (!hasTypist) {
  if (process.env['CI']) throw new Error('python3 is missing, which plays the terminal. With CI set no test may be left out.')
  console.info('skipped: no python3 to play a terminal')
}

describe.runIf(hasTypist)('at a real terminal', { timeout: 60_000 }, () => {
  const asking = ['Username', 'E-mail address', 'Password', 'Password (again)'] as const

  test('createsuperuser asks, and shows nothing of the password, neither on the screen nor in what it prints', async () => {
    await runPiped(['migrate'], { cwd })
    const typed = ['ada', 'ada@example.com', PASSWORD, PASSWORD]
    const { screen, stdout, exitCode, untyped } = await runAtTerminal(
      ['createsuperuser', '--json'],
      asking.map((question, index) => [question, typed[index] + ENTER] as const),
      { cwd },
    )
    expect({ exitCode, untyped }).toEqual({ exitCode: 0, untyped: 0 })
    expect(screen).toContain('leave blank to use “ada”')
    expect(screen).toContain('ada@example.com')
    for (const word of ['correct', 'ß', '7#', 'h j']) expect(`${screen}${stdout}`).not.toContain(word)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, command: 'createsuperuser', user: { username: 'ada' } })
  })

  test('what was typed unseen is the password', async () => {
    expect(await passwordIs(PASSWORD)).toBe(true)
    const steps = [
      ['Password', 'short'],
      ['Password (again)', 'short'],
      // An answered question is shown once more; what comes after the refusal is the new one.
      ['too short', null],
      ['Password', 'another good one 9'],
      ['Password (again)', 'another good one 9'],
    ] as const
    const { screen, stdout, exitCode } = await runAtTerminal(
      ['changepassword', 'ada'],
      steps.map(([awaited, answer]) => [awaited, answer === null ? '' : answer + ENTER] as const),
      { cwd },
    )
    expect(exitCode).toBe(0)
    expect(screen).toContain('too short')
    expect(stdout).toBe('The password of “ada” has been changed.\n')
    expect(screen).not.toContain('another good')
    expect(await passwordIs('another good one 9')).toBe(true)
  })

  test('a long password looks like a short one', async () => {
    const screens: string[] = []
    for (const password of ['a', 'a much longer one'])
      screens.push(
        (
          await runAtTerminal(
            ['changepassword', 'ada'],
            [
              ['Password', password + ENTER],
              ['Password (again)', CTRL_C],
            ],
            { cwd },
          )
        ).screen,
      )
    expect(screens[1]).toBe(screens[0])
  })

  test.each([0, 1, 2, 3])('Ctrl-C at question %i cancels with exit code 1', async (question) => {
    const typed = ['eve', 'eve@example.com', 'never used 123', CTRL_C]
    const steps = asking.slice(0, question + 1).map((text, index) => [text, index === question ? CTRL_C : typed[index] + ENTER] as const)
    const { screen, stdout, exitCode } = await runAtTerminal(['createsuperuser'], steps, { cwd })
    expect(exitCode).toBe(1)
    expect(screen).toContain('Operation cancelled.')
    expect(stdout).toBe('')
  })

  test('Ctrl-C with --json is one JSON object too', async () => {
    const { stdout, exitCode } = await runAtTerminal(['changepassword', 'ada', '--json'], [['Password', CTRL_C]], { cwd })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ ok: false, command: 'changepassword', error: { code: 'cancelled', message: 'Operation cancelled.' } })
  })

  test('Ctrl-C while nothing is asked cancels too', async () => {
    const slow = folderWith({ 'slow.ts': `console.error('loading'); await new Promise((resolve) => setTimeout(resolve, 50000))` })
    const { screen, stdout, exitCode } = await runAtTerminal(['check', '--site', 'slow.ts', '--json'], [['loading', CTRL_C]], { cwd: slow.path })
    slow.drop()
    expect(exitCode).toBe(1)
    expect(screen).not.toContain('Error')
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'cancelled' } })
  })
})
