import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { readHtml } from '../../test/support/html.js'
import { processorTime } from '../../test/support/processor-time.js'
import { shopOn } from '../../test/support/shop.js'
import { portcullis } from '../index.js'
import { quick, Customer, Profile } from '../../test/support/shop.js'
import type { RequestData } from '../protection/body/request-data.js'
import { sqlite } from '../sqlite.js'
import type { FormRequest } from './form-types.js'

const auth = portcullis({
  ...quick,
  database: sqlite(':memory:'),
  user: Customer,
  profile: Profile,
  media: { storage: { save: async (name) => name, open: async () => null, delete: async () => true } },
})
const prototype = Object.getOwnPropertyNames(Object.prototype).toSorted()

const NAMES = [
  'username', 'email', 'first_name', 'phone', 'newsletter', 'bio', 'picture', 'picture-clear', 'password', 'password1', 'password2', 'old_password', 'new_password1', 'new_password2',
  'usable_password', 'is_staff', 'date_joined', 'next', 'csrfmiddlewaretoken', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '__all__', 'a[b]', 'groups.0',
] // prettier-ignore
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\udc00\ud800',
    '\u2028',
    '\u202e',
    'x'.repeat(5000),
    'e\u0301'.repeat(3000),
    '%00',
    '{"$ne":""}',
    'on',
    'true',
    '9'.repeat(400),
    '2026-13-99',
  ),
)
const anything = fc.oneof({ weight: 4, arbitrary: nasty }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) })
const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: nasty })
const file = fc.record({ name: nasty, type: nasty, bytes: fc.uint8Array({ maxLength: 30 }) }).map((one) => ({ ...one, size: one.bytes.length }))
const data: fc.Arbitrary<RequestData> = fc.oneof(
  fc.record({
    kind: fc.constant('form' as const),
    fields: fc.array(fc.tuple(name, fc.array(nasty, { maxLength: 3 })), { maxLength: 12 }).map((entries) => new Map(entries)),
    files: fc.array(fc.tuple(name, fc.array(file, { maxLength: 2 })), { maxLength: 3 }).map((entries) => new Map(entries)),
  }),
  fc.record({
    kind: fc.constant('json' as const),
    fields: fc.array(fc.tuple(name, fc.array(anything, { maxLength: 3 })), { maxLength: 12 }).map((entries) => new Map(entries)),
    files: fc.constant(new Map()),
  }),
)

describe('every form', async () => {
  await auth.migrate()
  const user = await auth.users.createUser({ username: 'ada', password: 'notes on the engine', phone: '1' })
  const { forms } = auth
  const [Login, Signup, AddUser, Change, StaffChange] = [
    forms.authentication(),
    forms.userCreation({ fields: ['username', 'email', 'phone', 'newsletter'] }),
    forms.adminUserCreation(),
    forms.userChange(),
    forms.adminUserChange(),
  ]
  const [OwnProfile, PasswordChange, SetPassword, Reset, StaffPassword] = [
    forms.profile(),
    forms.passwordChange(),
    forms.setPassword(),
    forms.passwordReset(),
    forms.adminPasswordChange(),
  ]
  const bind = (request: FormRequest) =>
    Promise.all([
      Login.bind(request),
      Signup.bind(request),
      AddUser.bind(request),
      Change.bind(request),
      StaffChange.bind(request, { user }),
      OwnProfile.bind(request),
      PasswordChange.bind(request),
      SetPassword.bind(request, { user }),
      Reset.bind(request),
      StaffPassword.bind(request, { user }),
    ])

  test('J10, B10: answers whatever is sent with data or errors, both of which can be shown, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(data, async (sent) => {
        const bound = await bind({ readBody: async () => sent, csrfToken: () => 'token', user })
        for (const form of bound) {
          readHtml(form.toHtml())
          JSON.stringify(form)
          if (!form.isValid) expect(form.problems.length + Object.keys(form.errors).length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 200 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(prototype)
    expect(({} as Record<string, unknown>)['is_staff']).toBeUndefined()
  })

  test('J13, B11: takes a body of 64 KiB in one field in no time', async () => {
    const full = (value: string): FormRequest => ({
      readBody: async () => ({ kind: 'form', fields: new Map(NAMES.map((one) => [one, [value]])), files: new Map() }),
      user,
    })
    for (const value of [
      'a'.repeat(65_536),
      'e\u0301'.repeat(32_768),
      '\u0300'.repeat(65_536),
      ' '.repeat(65_536),
      '\ufdfa'.repeat(65_536),
      `${'1.'.repeat(32_768)}@x`,
    ]) {
      for (const form of await bind(full(value))) expect(form.isValid).toBe(false)
      expect((await processorTime(async () => bind(full(value)))).milliseconds).toBeLessThan(250)
    }
  })
})

test('a site without files offers none', () => {
  const plain = shopOn(sqlite(':memory:'))
  expect(() => plain.forms.profile({ profileFields: ['picture'] })).toThrow('stores no files')
})
