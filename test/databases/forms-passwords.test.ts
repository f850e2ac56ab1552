import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured } from '../../src/index.js'
import { codesOf, json, posted, valid } from '../support/form-data.js'
import { find, findAll, readHtml } from '../support/html.js'
import { eachShop } from '../support/shop.js'

const OLD = 'notes on the engine'
const NEW = 'the difference of two'
/** Two iterations are what a new hash costs in the shop; this one has one. */
const CHEAP = 'pbkdf2_sha256$1$seasalt$mJQ8D8xVBAKQGCo0t0n+NSPS2a0gQhVtjuC9LdL9WiM='
const CHEAP_PASSWORD = 'lètmein'
const twice = (one: string, other = one) => ({ new_password1: one, new_password2: other })
const pair = (one: string, other = one) => ({ password1: one, password2: other })

describe('passwordChange', () => {
  eachShop((open) => {
    test('6.2.2, 6.2.3: takes the old password and the new one twice, in Django’s order', async () => {
      const auth = await open()
      const ada = await auth.users.createUser({ username: 'ada', password: OLD })
      const ChangeForm = auth.forms.passwordChange()
      expect(ChangeForm.blank(posted({}, { user: ada })).fields.map((one) => one.name)).toEqual(['old_password', 'new_password1', 'new_password2'])
      const codes = async (fields: Record<string, unknown>) => codesOf(await ChangeForm.bind(posted(fields, { user: ada })))
      expect(await codes({})).toEqual({ oldPassword: ['required'], newPassword1: ['required'], newPassword2: ['required'] })
      expect(await codes({ old_password: 'wrong', ...twice(NEW) })).toEqual({ oldPassword: ['password_incorrect'] })
      expect(await codes({ old_password: `${OLD} `, ...twice(NEW) })).toEqual({ oldPassword: ['password_incorrect'] })
      expect(await codes({ old_password: 'wrong', ...twice('abc', '123') })).toEqual({
        oldPassword: ['password_incorrect'],
        newPassword2: ['password_mismatch'],
      })
      expect(await codes({ old_password: 'wrong', ...twice('ada') })).toEqual({
        oldPassword: ['password_incorrect'],
        newPassword2: ['password_too_similar', 'password_too_short'],
      })
      expect(await codes({ old_password: OLD, ...twice(NEW, NEW.slice(1)) })).toEqual({ newPassword2: ['password_mismatch'] })
      expect(codesOf(await ChangeForm.bind(json({ old_password: OLD, ...twice(NEW), username: 'root' }, ada)))).toEqual({
        username: ['unknown_field'],
      })
      const form = valid(await ChangeForm.bind(posted({ old_password: OLD, ...twice(NEW) }, { user: ada })))
      expect((await form.save())?.pk).toBe(ada.pk)
      const stored = await auth.users.get({ username: 'ada' })
      expect([await stored.checkPassword(NEW), await stored.checkPassword(OLD)]).toEqual([true, false])
      expect(stored.password).toBe(ada.password)
      await auth.users.delete({})
    })

    test('works over a hash that is renewed while the old password is checked', async () => {
      const auth = await open()
      const [ada] = await auth.users.bulkCreate([{ username: 'ada', encodedPassword: CHEAP }])
      const form = valid(await auth.forms.passwordChange().bind(posted({ old_password: CHEAP_PASSWORD, ...twice(NEW) }, { user: ada })))
      expect(await form.save()).toBe(ada)
      expect(await (await auth.users.get({ username: 'ada' })).checkPassword(NEW)).toBe(true)
      await auth.users.delete({})
    })

    test('finding 2: changes nothing where the password was reset after the old one was checked', async () => {
      const auth = await open()
      const ada = await auth.users.createUser({ username: 'ada', password: OLD })
      const form = valid(await auth.forms.passwordChange().bind(posted({ old_password: OLD, ...twice('an intruder’s own') }, { user: ada })))
      await (await auth.users.get({ username: 'ada' })).setPassword(NEW)
      expect(await form.save()).toBeNull()
      expect(await (await auth.users.get({ username: 'ada' })).checkPassword(NEW)).toBe(true)
      await auth.users.delete({})
    })

    test('tells listeners of the change, once', async () => {
      const auth = await open()
      const ada = await auth.users.createUser({ username: 'ada', password: OLD })
      const heard: unknown[] = []
      const stop = auth.signals.passwordChanged.connect(({ user }) => void heard.push(user.pk))
      await valid(await auth.forms.passwordChange().bind(posted({ old_password: OLD, ...twice(NEW) }, { user: ada }))).save()
      stop()
      expect(heard).toEqual([ada.pk])
      await auth.users.delete({})
    })

    test('is nobody’s without a login', async () => {
      const auth = await open()
      await expect(auth.forms.passwordChange().bind(posted({}))).rejects.toThrow(ImproperlyConfigured)
      await expect(auth.forms.passwordChange().bind(posted({}, { user: auth.anonymousUser }))).rejects.toThrow(ImproperlyConfigured)
    })
  })
})

describe('setPassword', () => {
  eachShop((open) => {
    test('G2, finding 3: of fifty confirmations of one link a single one wins', async () => {
      const auth = await open()
      await auth.users.createUser({ username: 'ada', password: OLD })
      const SetForm = auth.forms.setPassword()
      const forms = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const user = await auth.users.get({ username: 'ada' })
          return valid(await SetForm.bind(posted(twice(`${NEW} ${index}`)), { user }))
        }),
      )
      const winners = (await Promise.all(forms.map(async (form, index) => ((await form.save()) === null ? [] : [index])))).flat()
      expect(winners).toHaveLength(1)
      expect(await (await auth.users.get({ username: 'ada' })).checkPassword(`${NEW} ${winners[0]}`)).toBe(true)
      await auth.users.delete({})
    })

    test('says nothing of a rule where the two differ (F-1), everything where they do not (F-2)', async () => {
      const auth = await open()
      const user = await auth.users.createUser({ username: 'ada', firstName: 'Augusta' })
      const SetForm = auth.forms.setPassword()
      expect(codesOf(await SetForm.bind(posted(twice('abc', '123')), { user }))).toEqual({ newPassword2: ['password_mismatch'] })
      expect(codesOf(await SetForm.bind(posted(twice('augusta1')), { user }))).toEqual({ newPassword2: ['password_too_similar'] })
      // 6.2.8: nothing is trimmed, so a space at the end is a difference and part of the password.
      expect(codesOf(await SetForm.bind(posted(twice(NEW, `${NEW} `)), { user }))).toEqual({ newPassword2: ['password_mismatch'] })
      const saved = await valid(await SetForm.bind(posted(twice(`${NEW} `)), { user })).save()
      expect([await saved?.checkPassword(`${NEW} `), await saved?.checkPassword(NEW)]).toEqual([true, false])
      await auth.users.delete({})
    })
  })
})

describe('adminPasswordChange', () => {
  eachShop((open) => {
    test('sets a password, or takes it away, where there is one to lose', async () => {
      const auth = await open()
      const user = await auth.users.createUser({ username: 'ada', password: OLD })
      const Form = auth.forms.adminPasswordChange()
      const names = () => Form.blank(null, { user }).fields.map((one) => one.name)
      expect(names()).toEqual(['password1', 'password2', 'usable_password'])
      const codes = async (fields: Record<string, unknown>) => codesOf(await Form.bind(posted(fields), { user }))
      expect(await codes({})).toEqual({ password1: ['required'], password2: ['required'] })
      expect(await codes({ usable_password: 'true', password1: NEW })).toEqual({ password2: ['required'] })
      expect(await codes(pair('a', 'b'))).toEqual({ password2: ['password_mismatch'] })
      const change = valid(await Form.bind(posted({ usable_password: 'true', ...pair(NEW) }), { user }))
      expect(change.changedData).toEqual(['password'])
      await change.save()
      expect(await (await auth.users.get({ username: 'ada' })).checkPassword(NEW)).toBe(true)
      const removal = valid(await Form.bind(posted({ usable_password: 'false', ...pair('a', 'b') }), { user }))
      expect(removal.changedData).toEqual([])
      await removal.save()
      expect((await auth.users.get({ username: 'ada' })).hasUsablePassword()).toBe(false)
      expect(names()).toEqual(['password1', 'password2'])
      expect(await codes({})).toEqual({ password1: ['required'], password2: ['required'] })
      await valid(await Form.bind(posted(pair(NEW)), { user })).save()
      expect(await user.checkPassword(NEW)).toBe(true)
      await auth.users.delete({})
    })

    test('shows the choice as a group of buttons with what it means', async () => {
      const auth = await open()
      const user = await auth.users.createUser({ username: 'ada', password: OLD })
      const html = readHtml(auth.forms.adminPasswordChange().blank(null, { user }).toHtml())
      const group = find(html, 'fieldset', { role: 'radiogroup' })
      expect(group.attributes['aria-describedby']).toBe('id_usable_password_helptext')
      expect(findAll(group, 'input', { type: 'radio' }).map(({ attributes }) => [attributes['value'], 'checked' in attributes])).toEqual([
        ['true', true],
        ['false', false],
      ])
      expect(find(html, 'div', { id: 'id_usable_password_helptext' }).text).toContain('the present password is lost')
      await auth.users.delete({})
    })
  })
})
