import { afterAll, describe, expect, test } from 'vitest'
import { contextFor, CTRL_C, nobody, scripted, type ScriptedTerminal } from '../../../test/support/command-line.js'
import { quick } from '../../../test/support/shop.js'
import { abstractBaseUser, emailField, portcullis } from '../../index.js'
import { sqlite } from '../../sqlite.js'
import { Cancelled, Refusal } from '../errors.js'
import { changePassword } from './change-password.js'

class Member extends abstractBaseUser('club.Member', { fields: { email: emailField({ unique: true }) }, usernameField: 'email' }) {}

const GOOD = 'correct horse battery'
const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

async function withAda() {
  const site = portcullis({ ...quick, database: sqlite(':memory:') })
  opened.push(site)
  await site.migrate()
  await site.users.createUser({ username: 'ada', password: 'the old one', email: 'analytical@example.com' })
  const changeAt = (terminal: ScriptedTerminal, username = 'ada') => changePassword(contextFor(site, { terminal }), username)
  const passwordIs = async (password: string): Promise<boolean> => (await site.users.get({ username: 'ada' })).checkPassword(password)
  return { site, changeAt, passwordIs }
}

describe('changepassword', () => {
  test('sets a password that is typed twice', async () => {
    const { changeAt, passwordIs } = await withAda()
    expect(await changeAt(scripted(GOOD, GOOD))).toMatchObject({ exitCode: 0, facts: { user: { username: 'ada' } } })
    expect(await passwordIs(GOOD)).toBe(true)
  })

  test('tells the site: passwordChanged is sent once, for the new password only', async () => {
    const { site, changeAt } = await withAda()
    const heard: string[] = []
    site.signals.passwordChanged.connect(async ({ user }) => void heard.push(user.getUsername()))
    await changeAt(scripted('123', '123', GOOD, GOOD))
    expect(heard).toEqual(['ada'])
  })

  test('D13: a session of the old password no longer matches', async () => {
    const { site, changeAt } = await withAda()
    const before = (await site.users.get({ username: 'ada' })).getSessionAuthHash()
    await changeAt(scripted(GOOD, GOOD))
    expect((await site.users.get({ username: 'ada' })).getSessionAuthHash()).not.toBe(before)
  })

  test('without a name is about the account one is logged in to the machine with', async () => {
    const { site, passwordIs } = await withAda()
    await changePassword(contextFor(site, { terminal: scripted(GOOD, GOOD), systemUser: 'ada' }), undefined)
    expect(await passwordIs(GOOD)).toBe(true)
  })

  test('does not know everybody', async () => {
    const { site, changeAt } = await withAda()
    await expect(changeAt(scripted(), 'bob')).rejects.toThrow('There is no user “bob”.')
    await expect(changePassword(contextFor(site, { terminal: scripted(), systemUser: 'bob' }), undefined)).rejects.toThrow(Refusal)
    await expect(changePassword(contextFor(site, { terminal: scripted() }), undefined)).rejects.toThrow(/does not say who you are/)
  })

  test('gives up after three tries, each with its reason', async () => {
    const { changeAt, passwordIs } = await withAda()
    const terminal = scripted(GOOD, 'another', 'analytical', 'analytical', '12345678', '12345678')
    const outcome = await changeAt(terminal)
    expect(outcome).toMatchObject({ exitCode: 1, facts: { error: { code: 'refused' } } })
    expect(terminal.transcript.filter((line) => !line.startsWith('Password'))).toEqual([
      'A new password for “ada”.',
      'The two passwords are not the same.',
      'This password is too much like your e-mail address.',
      expect.stringContaining('digits only'),
    ])
    expect(await passwordIs('the old one')).toBe(true)
  })

  test('a third try that is right counts', async () => {
    const { changeAt, passwordIs } = await withAda()
    expect(await changeAt(scripted('1', '1', '2', '2', GOOD, GOOD))).toMatchObject({ exitCode: 0 })
    expect(await passwordIs(GOOD)).toBe(true)
  })

  test.each([
    ['nothing', ['']],
    ['nothing the second time', [GOOD, '']],
  ])('%s typed leaves it as it is', async (_what, answers) => {
    const { changeAt, passwordIs } = await withAda()
    await expect(changeAt(scripted(...answers))).rejects.toThrow(/Nothing was typed/)
    expect(await passwordIs('the old one')).toBe(true)
  })

  test('Ctrl-C leaves it as it is', async () => {
    const { changeAt, passwordIs } = await withAda()
    await expect(changeAt(scripted(GOOD, CTRL_C))).rejects.toThrow(Cancelled)
    expect(await passwordIs('the old one')).toBe(true)
  })

  test('finds people by whatever they log in with', async () => {
    const site = portcullis({ ...quick, database: sqlite(':memory:'), user: Member })
    opened.push(site)
    await site.migrate()
    await site.users.createUser({ email: 'ada@example.com', password: null })
    await changePassword(contextFor(site, { terminal: scripted(GOOD, GOOD) }), 'ada@example.com')
    expect(await (await site.users.get({ email: 'ada@example.com' })).checkPassword(GOOD)).toBe(true)
  })

  test('reads lines where there is no keyboard', async () => {
    const { site, passwordIs } = await withAda()
    await changePassword(contextFor(site, { terminal: { ...nobody, ...scripted(GOOD, GOOD), isInteractive: false } }), 'ada')
    expect(await passwordIs(GOOD)).toBe(true)
  })
})
