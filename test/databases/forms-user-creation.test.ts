import { afterEach, describe, expect, test, vi } from 'vitest'
import { abstractBaseUser, charField, emailField, ImproperlyConfigured, portcullis, Secret, ValidationError } from '../../src/index.js'
import { createForms, type SiteForms } from '../../src/forms/forms.js'
import { fastest } from '../support/fastest.js'
import { codesOf, json, posted, valid } from '../support/form-data.js'
import { Customer, eachShop, eachSite, quick, type Shop } from '../support/shop.js'

const PASSWORD = 'notes on the engine'
const pair = (password: string, again = password) => ({ password1: password, password2: again })

afterEach(() => vi.restoreAllMocks())

class Member extends abstractBaseUser('club.Member', {
  fields: { email: emailField({ unique: true }), badge: charField({ maxLength: 8, unique: true }), town: charField({ maxLength: 8, blank: true }) },
  usernameField: 'email',
  uniqueTogether: [['badge', 'town']],
}) {}

describe('userCreation', () => {
  eachShop((open, engine) => {
    test('makes the account with what was asked for, normalised, and nothing else', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'phone', 'newsletter'] })
      const form = valid(
        await SignupForm.bind(posted({ username: ' ｉａｍ ', email: ' Ada@EXAMPLE.com ', phone: ' 020 7 ', newsletter: 'on', ...pair(PASSWORD) })),
      )
      expect({ ...form.cleanedData, password1: 0, password2: 0 }).toEqual({
        username: 'iam',
        email: 'Ada@example.com',
        phone: '020 7',
        newsletter: true,
        password1: 0,
        password2: 0,
      })
      const user = await form.save()
      expect(user).toBeInstanceOf(Customer)
      expect(await user.checkPassword(PASSWORD)).toBe(true)
      const stored = await auth.users.get({ username: 'iam' })
      expect({ ...stored.toJSON(), id: 0, dateJoined: 0 }).toMatchObject({
        email: 'Ada@example.com',
        phone: '020 7',
        newsletter: true,
        isStaff: false,
      })
      expect(await auth.profiles.count({ user: stored })).toBe(1)
      expect(await form.save()).toBe(user)
      await auth.users.delete({})
    })

    test('the samples of Django: codes by field, in order', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation()
      const codes = async (fields: Record<string, unknown>) => codesOf(await SignupForm.bind(posted(fields)))
      expect(await codes({})).toEqual({ username: ['required'], password1: ['required'], password2: ['required'] })
      expect(await codes({ username: '', password1: '', password2: '' })).toEqual({
        username: ['required'],
        password1: ['required'],
        password2: ['required'],
      })
      // Our list of common passwords, unlike Django's, has this one too.
      expect(await codes({ username: 'johnsmith', ...pair('johnsmith') })).toEqual({ password2: ['password_too_similar', 'password_too_common'] })
      expect(await codes({ username: 'jahnsmythe', ...pair('jahnsmythe') })).toEqual({ password2: ['password_too_similar'] })
      expect(await codes({ username: 'jsmith', ...pair('12345') })).toEqual({
        password2: ['password_too_short', 'password_too_common', 'password_entirely_numeric'],
      })
      expect(await codes({ username: 'a b!', ...pair(PASSWORD) })).toEqual({ username: ['invalid'] })
      expect(await codes({ username: 'x'.repeat(151), ...pair(PASSWORD) })).toEqual({ username: ['max_length'] })
      expect(await codes({ username: 'jsmith', ...pair('abc', '123') })).toEqual({ password2: ['password_mismatch'] })
      expect(await codes({ username: 'jsmith', password1: PASSWORD })).toEqual({ password2: ['required'] })
      expect(await codes({ username: 'jsmith', password2: PASSWORD })).toEqual({ password1: ['required'] })
    })

    test('whoever is found too like themselves is told so although the name is wrong too', async () => {
      const SignupForm = (await open()).forms.userCreation({ fields: ['username', 'firstName'] })
      const form = await SignupForm.bind(posted({ username: 'ada lovelace!', first_name: 'Augusta', ...pair('Augusta1') }))
      expect(codesOf(form)).toEqual({ username: ['invalid'], password2: ['password_too_similar'] })
      const name = await SignupForm.bind(posted({ username: 'ada lovelace!', first_name: 'Augusta', ...pair('ada lovelace!') }))
      expect(codesOf(name)).toEqual({ username: ['invalid'], password2: ['password_too_similar'] })
    })

    test('a name that differs in case only is taken', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'alice' })
      const form = await auth.forms.userCreation().bind(posted({ username: 'ALICE', ...pair(PASSWORD) }))
      expect(codesOf(form)).toEqual({ username: ['unique'] })
      await auth.users.delete({})
    })

    test('B7: a name that reads like one that is there is refused, full-width or Cyrillic', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation()
      await auth.users.createUser({ username: 'admin' })
      for (const username of ['аdmin', 'ａｄｍｉｎ', 'АDMIN', 'αdmin', 'admın']) {
        expect([username, codesOf(await SignupForm.bind(posted({ username, ...pair(PASSWORD) })))]).toEqual([username, { username: ['unique'] }])
      }
      // Read by nobody as the other.
      expect(codesOf(await SignupForm.bind(posted({ username: 'админ', ...pair(PASSWORD) })))).toEqual({})
      await auth.users.delete({})
    })

    test('B5: white space and invisible characters make no second account of one name', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation({ fields: ['username', 'phone'] })
      await auth.users.createUser({ username: 'admin' })
      const codes = async (username: string) => codesOf(await SignupForm.bind(posted({ username, phone: '', ...pair(PASSWORD) })))
      for (const username of [' admin ', '\u00a0admin', 'admin\u3000', '\u001fadmin\u0085'])
        expect(await codes(username)).toEqual({ username: ['unique'] })
      for (const username of ['ad\u200bmin', 'admin\u3164', '\u2060admin', 'admin\u00ad', 'admin\ufeff', '\u202eadmin', 'adm\ufe0fin', 'adm\u2800in'])
        expect([username, await codes(username)]).toEqual([username, { username: ['invalid'] }])
      for (const username of ['ad\0min']) expect(await codes(username)).toEqual({ username: ['null_characters_not_allowed'] })
      await auth.users.delete({})
    })

    test('B4: nothing that ends a line gets into a field of one line', async () => {
      const SignupForm = (await open()).forms.userCreation({ fields: ['username', 'email', 'firstName', 'phone'] })
      for (const bad of ['\r', '\n', '\r\nBcc: x@evil.test', '\u2028', '\u2029', '\u0085', '\u000b', '\t']) {
        const form = await SignupForm.bind(
          posted({ username: `a${bad}b`, email: `a@b.test${bad}c@d.test`, first_name: `a${bad}b`, phone: `0${bad}1`, ...pair(PASSWORD) }),
        )
        const codes = codesOf(form)
        expect([bad, Object.keys(codes).toSorted()]).toEqual([bad, ['email', 'firstName', 'phone', 'username']])
        expect(new Set(Object.values(codes).flat())).toEqual(new Set(['invalid']))
      }
      const nul = await SignupForm.bind(posted({ username: 'ab', email: 'a\0@b.test', first_name: 'a\0b', ...pair('note\0s on the engine') }))
      expect(codesOf(nul)).toEqual({
        email: ['null_characters_not_allowed'],
        firstName: ['null_characters_not_allowed'],
        password1: ['null_characters_not_allowed'],
        password2: ['null_characters_not_allowed'],
      })
    })

    test('names in Persian and pictographs are no invisible characters', async () => {
      const SignupForm = (await open()).forms.userCreation({ fields: ['username', 'firstName'] })
      for (const first_name of ['می\u200cخواهم', '👩\u200d💻', '❤\ufe0f']) {
        expect(codesOf(await SignupForm.bind(posted({ username: 'ab', first_name, ...pair(PASSWORD) })))).toEqual({})
      }
      expect(codesOf(await SignupForm.bind(posted({ username: 'ab', first_name: '\u200d', ...pair(PASSWORD) })))).toEqual({ firstName: ['invalid'] })
    })

    test('15.3.3, I11: rights are nobody’s to send: ignored in a form, refused in JSON', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation({ fields: ['username', 'email'] })
      const rights = {
        is_staff: 'on',
        is_superuser: 'true',
        is_active: '',
        isSuperuser: 'true',
        password: 'pbkdf2$x',
        id: '1',
        date_joined: '2001-01-01',
        'groups.0': '1',
      }
      const form = valid(await SignupForm.bind(posted({ username: 'mallory', email: '', ...rights, ...pair(PASSWORD) })))
      expect(form.ignored.toSorted()).toEqual(Object.keys(rights).toSorted())
      const user = await form.save()
      expect(user).toMatchObject({ isStaff: false, isSuperuser: false, isActive: true })
      expect(user.dateJoined.getUTCFullYear()).toBe(2026)
      await auth.users.delete({})
      for (const name of [...Object.keys(rights), '__proto__', 'constructor', 'firstName']) {
        const refusedForm = await SignupForm.bind(json({ username: 'mallory', email: '', [name]: true, ...pair(PASSWORD) }))
        expect(refusedForm.isValid).toBe(false)
        if (!refusedForm.isValid) expect(JSON.parse(JSON.stringify(refusedForm)).errors[name]).toMatchObject([{ code: 'unknown_field' }])
      }
      expect(await auth.users.count()).toBe(0)
    })

    test('I11: a developer who offers rights to visitors is told at once, without the compiler too', async () => {
      const { forms } = await open()
      for (const name of ['isStaff', 'isSuperuser', 'isActive', 'dateJoined', 'lastLogin', 'password', 'groups', 'userPermissions', 'id']) {
        expect(() => forms.userCreation({ fields: ['username', name as never] })).toThrow(ImproperlyConfigured)
        expect(() => forms.userChange({ fields: [name as never] })).toThrow(ImproperlyConfigured)
        expect(() => forms.profile({ userFields: [name as never] })).toThrow(ImproperlyConfigured)
      }
      expect(() => forms.userCreation({ fields: ['username', 'username'] })).toThrow('twice')
      expect(() => forms.adminUserChange({ fields: ['password' as never] })).toThrow(ImproperlyConfigured)
    })

    test('15.3.5, B10: where text is due nothing else will do', async () => {
      const SignupForm = (await open()).forms.userCreation({ fields: ['username', 'newsletter'] })
      const codes = async (fields: Record<string, unknown>) => codesOf(await SignupForm.bind(json(fields)))
      for (const wrong of [{ $ne: '' }, 0, true, { toString: 'x' }]) {
        expect(await codes({ username: wrong, password1: wrong, password2: wrong })).toEqual({
          username: ['invalid'],
          password1: ['invalid'],
          password2: ['invalid'],
        })
      }
      expect(await codes({ username: null, password1: [], password2: null })).toEqual({
        username: ['required'],
        password1: ['required'],
        password2: ['required'],
      })
      expect(await codes({ username: ['ada', 'admin'], ...pair(PASSWORD) })).toEqual({ username: ['invalid'] })
      expect(await codes({ username: 'ada', newsletter: 'on', ...pair(PASSWORD) })).toEqual({ newsletter: ['invalid'] })
    })

    test('15.3.7, K2: a name that was sent twice counts neither way', async () => {
      const form = await (await open()).forms.userCreation().bind(posted({ username: ['ada', 'admin'], ...pair(PASSWORD) }))
      expect(codesOf(form)).toEqual({ username: ['invalid'] })
    })

    test('C11: a password above 4,096 bytes is refused before anything is hashed or compared, one of 4,096 is taken as it is', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation()
      const encode = vi.spyOn(auth.internals.passwords, 'make')
      const long = posted({ username: 'ada', ...pair('x'.repeat(1 << 20)) })
      expect(codesOf(await SignupForm.bind(long))).toEqual({
        password1: ['max_length'],
        password2: ['max_length'],
      })
      expect(codesOf(await SignupForm.bind(posted({ username: 'ada', ...pair('é'.repeat(2049)) })))).toEqual({
        password1: ['max_length'],
        password2: ['max_length'],
      })
      expect(await fastest(() => SignupForm.bind(long))).toBeLessThan(50)
      expect(encode).not.toHaveBeenCalled()
      const longest = ` ${'aé'.repeat(1365)}`
      const user = await valid(await SignupForm.bind(posted({ username: 'ada', ...pair(longest) }))).save()
      expect(await user.checkPassword(longest)).toBe(true)
      expect(await user.checkPassword(longest.trim())).toBe(false)
      await auth.users.delete({})
    })

    test('the second of two who sign up with one name at the same time gets the error, not the visitor a page of the server’s', async () => {
      const auth = await open()
      const SignupForm = auth.forms.userCreation()
      const forms = await Promise.all([1, 2, 3].map(async () => valid(await SignupForm.bind(posted({ username: 'ada', ...pair(PASSWORD) })))))
      const results = await Promise.allSettled(forms.map((form) => form.save()))
      expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
      const lost = results.findIndex((one) => one.status === 'rejected')
      const { reason } = results[lost] as PromiseRejectedResult
      expect(reason).toBeInstanceOf(ValidationError)
      const again = (forms[lost] as (typeof forms)[number]).refused(reason as ValidationError)
      expect(codesOf(again)).toEqual({ username: ['unique'] })
      expect(again.toHtml()).toContain('value="ada"')
      expect(again.toHtml()).not.toContain(PASSWORD)
      await auth.users.delete({})
    })

    test('validators of passwords hear of the password that was set, as Django’s do', async () => {
      const auth = await open()
      const heard: string[] = []
      const forms = withParts(auth, {
        passwordValidators: [{ validate: () => null, helpText: () => '', passwordChanged: (raw) => void heard.push(raw) }],
      })
      await valid(await forms.userCreation().bind(posted({ username: 'ada', ...pair('x') }))).save()
      expect(heard).toEqual(['x'])
      await auth.users.delete({})
    })

    test('B6: a name that is another’s address is refused where people log in by address too', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'victim', email: 'Victim@corp.test' })
      await auth.users.createUser({ username: 'other@corp.test' })
      const usual = auth.forms.userCreation({ fields: ['username', 'email'] })
      const strict = withParts(auth, { isEmailLogin: true }).userCreation({ fields: ['username', 'email'] })
      const sent = posted({ username: 'victim@CORP.test', email: 'Other@Corp.test', ...pair(PASSWORD) })
      expect(codesOf(await usual.bind(sent))).toEqual({})
      expect(codesOf(await strict.bind(sent))).toEqual({ username: ['unique'], email: ['unique'] })
      await auth.users.delete({})
    })

    test(`adminUserCreation makes an account with or without a password (${engine.name})`, async () => {
      const auth = await open()
      const AddForm = auth.forms.adminUserCreation()
      const codes = async (fields: Record<string, unknown>) => codesOf(await AddForm.bind(posted(fields)))
      expect(await codes({ username: 'ada' })).toEqual({ password1: ['required'], password2: ['required'] })
      expect(await codes({ username: 'ada', usable_password: 'true' })).toEqual({ password1: ['required'], password2: ['required'] })
      expect(await codes({ username: 'ada', usable_password: 'maybe', ...pair(PASSWORD) })).toEqual({ usablePassword: ['invalid_choice'] })
      expect(await codes({ username: 'ada', usable_password: 'true', ...pair('a', 'b') })).toEqual({ password2: ['password_mismatch'] })
      expect(await codes({ username: 'ada', usable_password: 'true', ...pair('ada') })).toEqual({
        password2: ['password_too_similar', 'password_too_short'],
      })
      const without = valid(await AddForm.bind(posted({ username: 'ada', usable_password: 'false', ...pair('a', 'b') })))
      expect(without.cleanedData).toMatchObject({ username: 'ada', usablePassword: false, password1: null, password2: null })
      expect((await without.save()).hasUsablePassword()).toBe(false)
      const grace = await valid(await AddForm.bind(json({ username: 'grace', usable_password: true, ...pair(PASSWORD) }))).save()
      expect(await grace.checkPassword(PASSWORD)).toBe(true)
      await auth.users.delete({})
    })

    test('K4: a form shows no password, however it is printed', async () => {
      const { inspect } = await import('node:util')
      const SignupForm = (await open()).forms.userCreation()
      const good = valid(await SignupForm.bind(posted({ username: 'ada', ...pair('canary-secret-77') })))
      const bad = await SignupForm.bind(posted({ username: '', ...pair('canary-secret-77') }))
      for (const form of [good, bad]) {
        expect(inspect(form, { depth: 9, showHidden: true })).not.toContain('canary')
        expect(JSON.stringify(form)).not.toContain('canary')
        expect(form.toHtml()).not.toContain('canary')
        expect(JSON.stringify(form.fields)).not.toContain('canary')
      }
      expect(good.cleanedData.password1).toBeInstanceOf(Secret)
      expect(good.cleanedData.password1.reveal()).toBe('canary-secret-77')
    })
  })

  eachSite(
    (database) => portcullis({ ...quick, database, user: Member }),
    (open) => {
      test('a site that logs in by address asks for that, and for what an account cannot be without', async () => {
        const club = await open()
        expect(() => club.forms.userCreation()).toThrow(/badge.*add it to `fields`/)
        const JoinForm = club.forms.userCreation({ fields: ['email', 'badge', 'town'] })
        const member = await valid(await JoinForm.bind(posted({ email: 'Ada@EXAMPLE.com', badge: '7', town: 'Bonn', ...pair(PASSWORD) }))).save()
        expect(member.email).toBe('Ada@example.com')
        const codes = async (fields: Record<string, unknown>) => codesOf(await JoinForm.bind(posted({ ...fields, ...pair(PASSWORD) })))
        expect(await codes({ email: 'ADA@example.COM', badge: '8' })).toEqual({ email: ['unique'] })
        expect(await codes({ email: 'ada@bank.test＠evil.test', badge: '8' })).toEqual({ email: ['invalid'] })
        expect(await codes({ email: 'x@example.com', badge: '7', town: 'Bonn' })).toEqual({ badge: ['unique'], __all__: ['unique_together'] })
        expect(await club.users.count()).toBe(1)
      })
    },
  )
})

/** The forms of the shop with some of its parts exchanged. */
function withParts(auth: Shop, parts: Partial<Parameters<typeof createForms>[0]>): SiteForms<typeof Customer, Customer> {
  const { registry, passwords } = auth.internals
  return createForms({
    registry,
    users: auth.users as never,
    profiles: auth.profiles as never,
    passwordValidators: auth.passwordValidators,
    resetLinks: { uidOf: () => '', makeToken: () => '' },
    files: null,
    authenticate: auth.authenticate,
    checkPassword: async (_request, user, password) => user.checkPassword(password),
    passwordSummary: (encoded) => passwords.safeSummary(encoded),
    sendPasswordReset: async () => {},
    ...parts,
  }) as unknown as SiteForms<typeof Customer, Customer>
}
