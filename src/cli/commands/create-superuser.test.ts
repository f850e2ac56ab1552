import { afterAll, describe, expect, test } from 'vitest'
import { contextFor, CTRL_C, nobody, scripted, type ScriptedTerminal } from '../../../test/support/command-line.js'
import { eachSite, quick } from '../../../test/support/shop.js'
import {
  abstractBaseUser,
  booleanField,
  charField,
  dateField,
  decimalField,
  emailField,
  foreignKey,
  integerField,
  jsonField,
  model,
  portcullis,
  uuidField,
  bigIntegerField,
  dateTimeField,
  floatField,
} from '../../index.js'
import { sqlite } from '../../sqlite.js'
import type { CommandContext } from '../command.js'
import { describeError } from '../describe-error.js'
import { Cancelled, Misuse, Refusal } from '../errors.js'
import { createSuperuser } from './create-superuser.js'

class Company extends model('club.Company', { fields: { name: charField({ maxLength: 20 }) } }) {}

class Member extends abstractBaseUser('club.Member', {
  fields: {
    email: emailField({ unique: true }),
    company: foreignKey(() => Company),
    manager: foreignKey('club.Member', { null: true, blank: true }),
    age: integerField(),
    badge: bigIntegerField(),
    height: floatField(),
    fee: decimalField({ maxDigits: 6, decimalPlaces: 2 }),
    born: dateField(),
    joinedAt: dateTimeField(),
    vegetarian: booleanField(),
    card: uuidField(),
    extra: jsonField(),
    motto: charField({ maxLength: 30, blank: true }),
  },
  usernameField: 'email',
  requiredFields: ['company', 'manager', 'age', 'badge', 'height', 'fee', 'born', 'joinedAt', 'vegetarian', 'card', 'extra', 'motto'],
  withPermissions: true,
}) {}

const GOOD = 'correct horse battery'
const opened: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const one of opened) await one.close()
})

async function plainSite() {
  const site = portcullis({ ...quick, database: sqlite(':memory:') })
  opened.push(site)
  await site.migrate()
  return site
}

async function club() {
  const site = portcullis({ ...quick, database: sqlite(':memory:'), user: Member, models: [Company] })
  opened.push(site)
  await site.migrate()
  const company = await site.objects(Company).create({ name: 'Babbage & Co' })
  return { site, company }
}

async function talk(site: unknown, terminal: ScriptedTerminal, fields: readonly string[] = [], given: Partial<CommandContext> = {}) {
  const outcome = await createSuperuser(contextFor(site, { terminal, ...given }), { noInput: false, fields })
  expect(terminal.unused()).toBe(0)
  return outcome
}

async function silently(site: unknown, environment: Record<string, string>, fields: readonly string[] = []) {
  return createSuperuser(contextFor(site, { environment }), { noInput: true, fields })
}

eachSite(
  (database) => portcullis({ ...quick, database }),
  (site) => {
    describe('createsuperuser, on every database', () => {
      test('makes a superuser from what is typed', async () => {
        const terminal = scripted('ada', 'Ada@EXAMPLE.com', GOOD, GOOD)
        const outcome = await createSuperuser(contextFor(await site(), { terminal }), { noInput: false, fields: [] })
        expect(outcome).toMatchObject({ exitCode: 0, facts: { created: true, user: { username: 'ada' }, hasPassword: true } })
        const ada = await (await site()).users.get({ username: 'ada' })
        expect(ada).toMatchObject({ isStaff: true, isSuperuser: true, isActive: true, email: 'Ada@example.com' })
        expect(await ada.checkPassword(GOOD)).toBe(true)
      })

      test('of two that run at once for one name, one succeeds and one says that the name is taken', async () => {
        const fields = ['--username', 'bob', '--email', 'b@example.com']
        const ended = await Promise.allSettled([silently(await site(), {}, fields), silently(await site(), {}, fields)])
        const refused = ended.filter((one) => one.status === 'rejected').map((one) => describeError(one.reason))
        expect(refused).toEqual([expect.objectContaining({ exitCode: 1, text: expect.stringContaining('That username is already taken.') })])
        expect(await (await site()).users.count({ username: 'bob' })).toBe(1)
      })
    })
  },
)

describe('createsuperuser, asking', () => {
  test('asks for the username, the required fields, and the password twice', async () => {
    const terminal = scripted('ada', '', GOOD, GOOD)
    await talk(await plainSite(), terminal)
    expect(terminal.transcript).toEqual(['Username', 'E-mail address', 'Password', 'Password (again)'])
  })

  test('without a terminal makes nobody, says so, and is no failure', async () => {
    const site = await plainSite()
    const outcome = await createSuperuser(contextFor(site, { terminal: nobody }), { noInput: false, fields: [] })
    expect(outcome).toMatchObject({ exitCode: 0, facts: { created: false } })
    expect(outcome.text).toContain('no terminal')
    expect(await site.users.count()).toBe(0)
  })

  test('suggests the name of the system’s account, in ASCII, without spaces, in lower case', async () => {
    const site = await plainSite()
    const terminal = scripted('', '', GOOD, GOOD)
    await talk(site, terminal, [], { systemUser: 'Élodie Martin' })
    expect(terminal.transcript[0]).toBe('Username (leave blank to use “elodiemartin”)')
    expect(await site.users.exists({ username: 'elodiemartin' })).toBe(true)
  })

  test.each([
    ['taken', 'root'],
    ['not a username', 'a/b'],
    ['nothing in ASCII', '山田'],
  ])('suggests no name that is %s', async (_why, systemUser) => {
    const site = await plainSite()
    await site.users.createUser({ username: 'root' })
    const terminal = scripted('ada', '', GOOD, GOOD)
    await talk(site, terminal, [], { systemUser })
    expect(terminal.transcript[0]).toBe('Username')
  })

  test('suggests nothing for a user model of the application’s own', async () => {
    const { site } = await club()
    const terminal = scripted(CTRL_C)
    await expect(createSuperuser(contextFor(site, { terminal, systemUser: 'root' }), { noInput: false, fields: [] })).rejects.toThrow(Cancelled)
    expect(terminal.transcript).toEqual(['Email'])
  })

  test('asks again for a name that is taken, blank or not allowed, and for an address that is none', async () => {
    const site = await plainSite()
    await site.users.createUser({ username: 'bob' })
    const terminal = scripted('bob', '', 'a b', 'ada', 'nowhere', 'ada@example.com', GOOD, GOOD)
    await talk(site, terminal)
    expect(terminal.transcript.filter((line) => line.startsWith('Error: '))).toEqual([
      'Error: That username is already taken.',
      'Error: This field cannot be blank.',
      'Error: Use only letters, digits, and the signs @ . + - _ in a username.',
      'Error: That is not an e-mail address. It looks like name@example.com.',
    ])
  })

  test('a name in another spelling is the same name (U-7)', async () => {
    const site = await plainSite()
    await site.users.createUser({ username: 'iam' })
    const terminal = scripted('ｉａｍ', 'you', '', GOOD, GOOD)
    await talk(site, terminal)
    expect(terminal.transcript[1]).toBe('Error: That username is already taken.')
  })

  test('does not ask for what an option gives, and asks when the option is wrong', async () => {
    const site = await plainSite()
    const right = scripted(GOOD, GOOD)
    await talk(site, right, ['--username', 'ada', '--email=ada@example.com'])
    expect(right.transcript).toEqual(['Password', 'Password (again)'])
    const wrong = scripted('eve', GOOD, GOOD)
    await talk(site, wrong, ['--username', 'ada', '--email', ''])
    expect(wrong.transcript.slice(0, 2)).toEqual(['Error: That username is already taken.', 'Username'])
  })

  test('asks for the password again when the two differ, or are blank', async () => {
    const site = await plainSite()
    const terminal = scripted('ada', '', GOOD, 'another one', '  \t ', '  \t ', GOOD, GOOD)
    await talk(site, terminal)
    expect(terminal.transcript.filter((line) => line.startsWith('Error: '))).toEqual([
      'Error: The two passwords are not the same.',
      'Error: A password of nothing but white space is not allowed.',
    ])
  })

  test('a weak password is told, and taken only after y', async () => {
    const site = await plainSite()
    const terminal = scripted('ada', '', '123', '123', 'n', '1234567', '1234567', 'yes', 'abc', 'abc', 'Y')
    await talk(site, terminal)
    expect(terminal.transcript[4]?.split('\n')).toEqual(
      expect.arrayContaining([
        'This password is too short. Use 8 characters or more.',
        'This password is made of digits only. Add letters or other characters.',
      ]),
    )
    const ada = await site.users.get({ username: 'ada' })
    expect(await ada.checkPassword('abc')).toBe(true)
  })

  test('CM-1: the password must not resemble the name and address just typed', async () => {
    const terminal = scripted('analytical', 'engine.room@example.com', 'analytical1', 'analytical1', '', 'engine.room', 'engine.room', 'y')
    await talk(await plainSite(), terminal)
    expect(terminal.transcript).toContain('This password is too much like your username.')
    expect(terminal.transcript).toContain('This password is too much like your e-mail address.')
  })

  test('looks at no environment variable', async () => {
    const terminal = scripted('ada', 'a@example.com', GOOD, GOOD)
    const site = await plainSite()
    await talk(site, terminal, [], {
      environment: { DJANGO_SUPERUSER_USERNAME: 'forgotten', DJANGO_SUPERUSER_PASSWORD: 'forgotten', PORTCULLIS_SUPERUSER_EMAIL: 'x@example.com' },
    })
    expect(await site.users.get({ username: 'ada' })).toMatchObject({ email: 'a@example.com' })
  })

  test.each([
    [0, []],
    [1, ['ada']],
    [2, ['ada', '']],
    [3, ['ada', '', GOOD]],
    [4, ['ada', '', 'abc', 'abc']],
  ])('Ctrl-C after %i answers makes nobody', async (_count, answers) => {
    const site = await plainSite()
    await expect(talk(site, scripted(...answers, CTRL_C))).rejects.toThrow(Cancelled)
    expect(await site.users.count()).toBe(0)
  })

  test('reads each kind of required field, foreign keys by key, and asks again for what is none', async () => {
    const { site, company } = await club()
    const terminal = scripted(
      'ada@example.com',
      '999',
      'x',
      '',
      String(company.id),
      '',
      'many',
      '36',
      '9007199254740993',
      'tall',
      '1.68',
      '12.345',
      '12.5',
      '1815-13-10',
      '1815-12-10',
      'soon',
      '2026-01-02 03:04:05.000006+01:00',
      'maybe',
      'Yes',
      'no-uuid',
      'C0FFEE00-0000-4000-8000-000000000001',
      '{',
      '{"a": 1}',
      'x'.repeat(31),
      '',
      GOOD,
      GOOD,
    )
    const outcome = await talk(site, terminal)
    expect(terminal.transcript.filter((line) => !line.startsWith('Error') && !line.startsWith('Password'))).toEqual([
      'Email',
      'Company (Company.id)',
      'Company (Company.id)',
      'Company (Company.id)',
      'Company (Company.id)',
      'Manager (Member.id)',
      'Age',
      'Age',
      'Badge',
      'Height',
      'Height',
      'Fee',
      'Fee',
      'Born',
      'Born',
      'Joined at',
      'Joined at',
      'Vegetarian',
      'Vegetarian',
      'Card',
      'Card',
      'Extra',
      'Extra',
      'Motto',
      'Motto',
    ])
    expect(terminal.transcript.filter((line) => line.startsWith('Error: '))).toEqual([
      'Error: “999” is not one of the choices.',
      'Error: That is not a valid value.',
      'Error: This field cannot be empty.',
      'Error: That is not a valid value.',
      'Error: That is not a valid value.',
      'Error: Use at most 2 digits behind the point.',
      'Error: That is not a date. Write it as year-month-day, such as 2026-11-23.',
      'Error: That is not a date and time.',
      'Error: That is not a valid value.',
      'Error: That is not a UUID.',
      'Error: That cannot be written as JSON.',
      'Error: Use at most 30 characters (this has 31).',
    ])
    expect(outcome.facts).toMatchObject({ user: { username: 'ada@example.com' } })
    const ada = await site.users.get({ email: 'ada@example.com' })
    expect(ada).toMatchObject({
      company: company.id,
      manager: null,
      age: 36,
      badge: 9007199254740993n,
      height: 1.68,
      fee: '12.50',
      born: '1815-12-10',
      vegetarian: true,
      card: 'c0ffee00-0000-4000-8000-000000000001',
      extra: { a: 1 },
      motto: '',
      isSuperuser: true,
    })
    expect(ada.joinedAt.toDatabaseText()).toBe('2026-01-02 02:04:05.000006')
  })
})

describe('createsuperuser --noinput', () => {
  test('takes options, and the environment for what no option gives; the password as it is, without validation', async () => {
    const site = await plainSite()
    const outcome = await silently(
      site,
      { DJANGO_SUPERUSER_EMAIL: 'env@example.com', DJANGO_SUPERUSER_USERNAME: 'not-me', DJANGO_SUPERUSER_PASSWORD: '1' },
      ['--username', 'ada'],
    )
    expect(outcome).toMatchObject({ exitCode: 0, facts: { created: true, hasPassword: true } })
    const ada = await site.users.get({ username: 'ada' })
    expect(ada.email).toBe('env@example.com')
    expect(await ada.checkPassword('1')).toBe(true)
  })

  test('our own variables go before Django’s', async () => {
    const site = await plainSite()
    await silently(site, {
      DJANGO_SUPERUSER_USERNAME: 'django',
      PORTCULLIS_SUPERUSER_USERNAME: 'ada',
      PORTCULLIS_SUPERUSER_EMAIL: '',
      PORTCULLIS_SUPERUSER_PASSWORD: 'mine',
      DJANGO_SUPERUSER_PASSWORD: 'theirs',
    })
    expect(await (await site.users.get({ username: 'ada' })).checkPassword('mine')).toBe(true)
  })

  test('without a password makes an account that no password opens', async () => {
    const site = await plainSite()
    const outcome = await silently(site, {}, ['--username=ada', '--email='])
    expect(outcome.facts).toMatchObject({ hasPassword: false })
    expect((await site.users.get({ username: 'ada' })).hasUsablePassword()).toBe(false)
  })

  test('refuses when something is missing, naming its option', async () => {
    const site = await plainSite()
    await expect(silently(site, {})).rejects.toThrow(Refusal)
    await expect(silently(site, {})).rejects.toThrow('--username')
    await expect(silently(site, {}, ['--username', 'ada'])).rejects.toThrow('--email')
    expect(await site.users.count()).toBe(0)
  })

  test.each([
    ['a blank username', ['--username', '', '--email', ''], 'blank'],
    ['a username that is not allowed', ['--username', 'a b', '--email', ''], 'invalid'],
    ['an address that is none', ['--username', 'ada', '--email', 'nowhere'], 'invalid'],
  ])('refuses %s', async (_what, fields, code) => {
    const site = await plainSite()
    await expect(silently(site, {}, fields)).rejects.toMatchObject({ codes: [code] })
    expect(await site.users.count()).toBe(0)
  })

  test('a password is no option: command lines are public', async () => {
    const site = await plainSite()
    for (const fields of [['--password', 'x'], ['--password=x'], ['--username', 'a', '--password', 'x']])
      await expect(silently(site, {}, fields)).rejects.toThrow(Misuse)
  })

  test.each([[['--nickname', 'x']], [['ada']], [['--username']]])('does not understand %j, and names the fields there are', async (fields) => {
    await expect(silently(await plainSite(), {}, fields)).rejects.toThrow(/--username <text> --email <text>/)
    await expect(silently(await plainSite(), {}, fields)).rejects.toThrow(Misuse)
  })

  test('spells options with hyphens, as Django with underscores, and variables in capitals', async () => {
    const { site, company } = await club()
    const fixed = [
      '--email',
      'ada@example.com',
      '--company',
      String(company.id),
      '--manager',
      '',
      '--age',
      '36',
      '--badge',
      '1',
      '--height',
      '1',
      '--fee',
      '1',
      '--born',
      '1815-12-10',
      '--vegetarian',
      '0',
      '--extra',
      '[]',
      '--motto',
      '',
    ]
    await silently(site, { DJANGO_SUPERUSER_CARD: 'c0ffee00-0000-4000-8000-000000000001' }, [...fixed, '--joined_at', '2026-01-01'])
    await silently(site, { PORTCULLIS_SUPERUSER_JOINED_AT: '2026-01-01' }, [
      ...fixed,
      '--email',
      'bob@example.com',
      '--card',
      'c0ffee00-0000-4000-8000-000000000002',
    ])
    await silently(site, { PORTCULLIS_SUPERUSER_CARD: 'c0ffee00-0000-4000-8000-000000000003' }, [
      ...fixed,
      '--email',
      'eve@example.com',
      '--joined-at',
      '2026-01-01',
    ])
    expect(await site.users.count()).toBe(3)
  })
})

describe('where addresses must be proven', () => {
  test('the superuser who was made here gets in without a mail, and nobody else', async () => {
    const site = portcullis({ ...quick, database: sqlite(':memory:'), requireVerifiedEmail: true })
    opened.push(site)
    await site.migrate()
    const environment = { PORTCULLIS_SUPERUSER_PASSWORD: GOOD }
    const fields = ['--username', 'root', '--email', 'root@example.com']
    expect((await createSuperuser(contextFor(site, { environment }), { noInput: true, fields })).exitCode).toBe(0)
    await site.users.createSuperuser({ username: 'other', password: GOOD })
    expect((await site.authenticate(null, { username: 'root', password: GOOD }))?.username).toBe('root')
    expect(await site.authenticate(null, { username: 'other', password: GOOD })).toBe(null)
  })
})
