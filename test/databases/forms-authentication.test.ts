import { describe, expect, test } from 'vitest'
import { abstractBaseUser, AllowAllUsersModelBackend, emailField, integerField, portcullis, type FullUser } from '../../src/index.js'
import { refused } from '../../src/forms/form-field.js'
import { countWork } from '../../src/passwords/hash-work.js'
import { fastest } from '../support/fastest.js'
import { codesOf, json, posted, valid } from '../support/form-data.js'
import { find, readHtml } from '../support/html.js'
import { eachShop, eachSite, quick } from '../support/shop.js'

const PASSWORD = 'notes on the engine'

class Member extends abstractBaseUser('club.Member', { fields: { email: emailField({ unique: true }) }, usernameField: 'email' }) {}
class Worker extends abstractBaseUser('works.Worker', { fields: { number: integerField({ unique: true }) }, usernameField: 'number' }) {}

describe('authentication', () => {
  eachShop((open) => {
    test('gives the user, however the name is spelled', async () => {
      const auth = await open()
      const ada = await auth.users.createUser({ username: 'ada', password: PASSWORD })
      const LoginForm = auth.forms.authentication()
      for (const username of ['ada', '  ada ', 'ａｄａ']) {
        const form = valid(await LoginForm.bind(posted({ username, password: PASSWORD })))
        expect(form.getUser().pk).toBe(ada.pk)
        expect((await form.save()).phone).toBe('')
        expect(form.cleanedData.username).toBe('ada')
      }
      expect(valid(await LoginForm.bind(json({ username: 'ada', password: PASSWORD }))).getUser().pk).toBe(ada.pk)
      // Never trimmed, unlike the name (6.2.8).
      expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: `${PASSWORD} ` })))).toEqual({ __all__: ['invalid_login'] })
      await auth.users.delete({})
    })

    test('an unknown name, a wrong password, one that is unusable and an account that is switched off are told the same', async () => {
      const auth = await open()
      await auth.users.bulkCreate([
        { username: 'ada', password: PASSWORD },
        { username: 'unusable' },
        { username: 'inactive', password: PASSWORD, isActive: false },
      ])
      const LoginForm = auth.forms.authentication()
      const answers = new Set<string>()
      for (const [username, password] of [
        ['nobody', PASSWORD],
        ['ada', 'wrong'],
        ['unusable', PASSWORD],
        ['inactive', PASSWORD],
      ]) {
        const form = await LoginForm.bind(posted({ username, password }))
        expect([username, codesOf(form)]).toEqual([username, { __all__: ['invalid_login'] }])
        answers.add(form.toHtml().replace(String(username), 'NAME'))
      }
      expect(answers.size).toBe(1)
      await auth.users.delete({})
    })

    test('C9, B10: nothing is asked of the door while a field is empty, too long or no text', async () => {
      const auth = await open()
      const LoginForm = auth.forms.authentication()
      let statements = 0
      const stop = auth.internals.registry.database.onStatement(() => {
        statements += 1
      })
      const { work } = await countWork(async () => {
        expect(codesOf(await LoginForm.bind(posted({})))).toEqual({ username: ['required'], password: ['required'] })
        expect(codesOf(await LoginForm.bind(posted({ username: ' \u3000', password: '' })))).toEqual({
          username: ['required'],
          password: ['required'],
        })
        expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: '' })))).toEqual({ password: ['required'] })
        expect(codesOf(await LoginForm.bind(json({ username: { $ne: '' }, password: { $ne: '' } })))).toEqual({
          username: ['invalid'],
          password: ['invalid'],
        })
        expect(codesOf(await LoginForm.bind(json({ username: 'ada', password: 0 })))).toEqual({ password: ['invalid'] })
        expect(codesOf(await LoginForm.bind(posted({ username: 'x'.repeat(151), password: 'x' })))).toEqual({ username: ['max_length'] })
        expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: 'x'.repeat(4097) })))).toEqual({ password: ['max_length'] })
        expect(codesOf(await LoginForm.bind(posted({ username: 'a\0da', password: 'x' })))).toEqual({ username: ['null_characters_not_allowed'] })
        expect(codesOf(await LoginForm.bind(json({ username: 'ada', password: 'x', is_staff: true })))).toEqual({ is_staff: ['unknown_field'] })
      })
      stop()
      expect([statements, work.size]).toEqual([0, 0])
    })

    test('B11: a name of a megabyte costs nothing', async () => {
      const LoginForm = (await open()).forms.authentication()
      for (const username of ['\ufdfa'.repeat(1 << 19), 'e\u0301'.repeat(1 << 19), ' '.repeat(1 << 20), `a${'\u0300\u0327'.repeat(1 << 19)}`]) {
        expect(Object.keys(codesOf(await LoginForm.bind(posted({ username, password: 'x' }))))).toEqual(['username'])
        expect(await fastest(() => LoginForm.bind(posted({ username, password: 'x' })))).toBeLessThan(25)
      }
    })

    test('of staff only staff is let in, and nobody else told from a wrong password (F-5)', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'ada', password: PASSWORD })
      await auth.users.createUser({ username: 'root', password: PASSWORD, isStaff: true })
      const AdminForm = auth.forms.authentication({ staffOnly: true })
      expect(valid(await AdminForm.bind(posted({ username: 'root', password: PASSWORD }))).getUser().username).toBe('root')
      const messages = await Promise.all(
        [PASSWORD, 'wrong'].map(async (password) => (await AdminForm.bind(posted({ username: 'ada', password }))).toHtml()),
      )
      expect(messages[0]).toContain('staff account')
      expect(messages[0]).toBe(messages[1])
      await auth.users.delete({})
    })

    test('asks the application whether somebody may log in', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'ada', password: PASSWORD, phone: '1' })
      const LoginForm = auth.forms.authentication({
        confirmLoginAllowed: async (user) => {
          if (user.phone === '1') throw refused('inactive')
        },
      })
      expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: PASSWORD })))).toEqual({ __all__: ['inactive'] })
      await auth.users.delete({})
    })

    test('shows the name again and never the password; the cursor stands where something is to be typed', async () => {
      const LoginForm = (await open()).forms.authentication()
      const blank = readHtml(LoginForm.blank(posted({}), { next: '/cart/' }).toHtml())
      expect(find(blank, 'input', { name: 'username' }).attributes).toEqual({
        id: 'id_username',
        name: 'username',
        type: 'text',
        maxlength: '150',
        autocapitalize: 'none',
        autocomplete: 'username',
        autofocus: '',
        required: '',
      })
      expect(find(blank, 'input', { name: 'password' }).attributes).toEqual({
        id: 'id_password',
        name: 'password',
        type: 'password',
        autocomplete: 'current-password',
        required: '',
      })
      expect(find(blank, 'input', { name: 'csrfmiddlewaretoken' }).attributes).toEqual({
        name: 'csrfmiddlewaretoken',
        type: 'hidden',
        value: 'csrf-token',
      })
      expect(find(blank, 'input', { name: 'next' }).attributes['value']).toBe('/cart/')
      const refusedForm = await LoginForm.bind(posted({ username: '<b>ada', password: 'canary', next: '/"><script>' }))
      const html = readHtml(refusedForm.toHtml())
      expect(find(html, 'input', { name: 'username' }).attributes['value']).toBe('<b>ada')
      expect(find(html, 'input', { name: 'next' }).attributes['value']).toBe('/"><script>')
      expect(refusedForm.toHtml()).not.toContain('canary')
      expect(find(html, 'div', { role: 'alert' }).text).toContain('username and password')
    })
  })

  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [(parts) => new AllowAllUsersModelBackend(parts)] }),
    (open) => {
      test('an account that is switched off is told so where a backend finds it, and only after the right password (A4)', async () => {
        const site = await open()
        await site.users.createUser({ username: 'ada', password: PASSWORD, isActive: false })
        const LoginForm = site.forms.authentication()
        expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: PASSWORD })))).toEqual({ __all__: ['inactive'] })
        expect(codesOf(await LoginForm.bind(posted({ username: 'ada', password: 'wrong' })))).toEqual({ __all__: ['invalid_login'] })
        const AnybodyForm = site.forms.authentication({ confirmLoginAllowed: (user: FullUser) => void user.username })
        expect(valid(await AnybodyForm.bind(posted({ username: 'ada', password: PASSWORD }))).getUser().username).toBe('ada')
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Member }),
    (open) => {
      test('an address to log in with is read as it is stored', async () => {
        const club = await open()
        await club.users.createUser({ email: 'Ada@Example.com', password: PASSWORD })
        const LoginForm = club.forms.authentication()
        expect(valid(await LoginForm.bind(posted({ username: ' Ada@EXAMPLE.COM ', password: PASSWORD }))).getUser().email).toBe('Ada@example.com')
        expect(LoginForm.blank().fields[0]).toMatchObject({ label: 'Email', attributes: { maxlength: 254 } })
        const form = await LoginForm.bind(posted({ username: 'x@example.com', password: PASSWORD }))
        expect(form.toHtml()).toContain('That email and password')
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, user: Worker }),
    (open) => {
      test('B8: a number to log in with is typed as text, in the one spelling it has', async () => {
        const works = await open()
        await works.users.createUser({ number: 42, password: PASSWORD })
        const LoginForm = works.forms.authentication()
        expect(valid(await LoginForm.bind(posted({ username: '42', password: PASSWORD }))).getUser().number).toBe(42)
        expect(LoginForm.blank().fields[0]?.attributes['maxlength']).toBe(254)
        // Each spelling has a count of its own, so no other one may reach the account (B8).
        for (const username of ['forty-two', '42; drop table', '99999999999999999999', '042', '0042', '-0', '+42', '42.0'])
          expect(codesOf(await LoginForm.bind(posted({ username, password: PASSWORD })))).toEqual({ __all__: ['invalid_login'] })
      })
    },
  )
})
