import { beforeAll, describe, expect, test } from 'vitest'
import { codesOf, json, posted } from '../../test/support/form-data.js'
import { elementsIn, find, findAll, readHtml, type HtmlElement } from '../../test/support/html.js'
import { shopOn } from '../../test/support/shop.js'
import { messageFor, type Catalogue } from '../base/messages.js'
import { sqlite } from '../sqlite.js'
import type { FieldView } from './form-types.js'
import { element } from './markup.js'
import { renderForm } from './render.js'

const auth = shopOn(sqlite(':memory:'))
const SignupForm = auth.forms.userCreation({ fields: ['username', 'email', 'phone', 'newsletter'] })
beforeAll(async () => void (await auth.migrate()))

/** What is tried on every field of every page (I7). */
const PAYLOADS = [
  '"><svg onload=alert(1)>',
  "'><img src=x onerror=alert(1)>",
  '</textarea><script>alert(1)</script>',
  'javascript:alert(1)',
  '&lt;b&gt;',
  '` onfocus=alert(1) autofocus',
]

/** Every id once, every reference to one that is there. */
function expectConnected(root: HtmlElement): void {
  const all = elementsIn(root)
  const ids = all.flatMap((one) => (one.attributes['id'] === undefined ? [] : [one.attributes['id']]))
  expect(new Set(ids).size).toBe(ids.length)
  for (const { attributes } of all) {
    const references = [attributes['for'], ...(attributes['aria-describedby']?.split(' ') ?? [])].filter((one) => one !== undefined)
    for (const one of references) expect(ids).toContain(one)
  }
}

describe('toHtml', () => {
  test('6.2.6, 6.2.7: every field has its label, password fields their type and what managers look for', () => {
    const html = readHtml(SignupForm.blank(posted({})).toHtml())
    expectConnected(html)
    const labels = Object.fromEntries(findAll(html, 'label').map((one) => [one.attributes['for'], one.text]))
    expect(labels).toEqual({
      id_username: 'Username',
      id_email: 'E-mail address',
      id_phone: 'Phone',
      id_newsletter: 'Newsletter',
      id_password1: 'Password',
      id_password2: 'Password once more',
    })
    const { attributes } = find(html, 'input', { name: 'password1' })
    expect(attributes).toEqual({
      id: 'id_password1',
      name: 'password1',
      type: 'password',
      autocomplete: 'new-password',
      'aria-describedby': 'id_password1_helptext',
      required: '',
    })
    expect(find(html, 'input', { name: 'username' }).attributes).toMatchObject({
      autofocus: '',
      maxlength: '150',
      'aria-describedby': 'id_username_helptext',
    })
    expect(find(html, 'input', { name: 'phone' }).attributes).toMatchObject({ type: 'tel', autocomplete: 'tel', maxlength: '20' })
    expect(elementsIn(html).some((one) => Object.keys(one.attributes).some((name) => name.startsWith('on')))).toBe(false)
    // The rules for passwords, one a line.
    expect(findAll(find(html, 'div', { id: 'id_password1_helptext' }), 'li')).toHaveLength(4)
  })

  test('after an error values are kept, passwords are not, and each error belongs to its field', async () => {
    const form = await SignupForm.bind(
      posted({ username: 'ada lovelace', email: 'ada', newsletter: 'on', phone: ' 1', password1: 'canary', password2: 'canar' }),
    )
    const html = readHtml(form.toHtml())
    expectConnected(html)
    expect(find(html, 'input', { name: 'username' }).attributes).toMatchObject({
      value: 'ada lovelace',
      'aria-invalid': 'true',
      'aria-describedby': 'id_username_helptext id_username_error',
      autofocus: '',
    })
    expect(find(html, 'input', { name: 'phone' }).attributes).toMatchObject({ value: ' 1' })
    expect(find(html, 'input', { name: 'phone' }).attributes).not.toHaveProperty('aria-invalid')
    expect(find(html, 'input', { name: 'newsletter' }).attributes).toHaveProperty('checked')
    expect(form.toHtml()).not.toContain('canar')
    for (const name of ['username', 'email', 'password2']) {
      const alert = find(html, 'div', { id: `id_${name}_error` })
      expect(alert.attributes['role']).toBe('alert')
      expect(findAll(alert, 'li')).toHaveLength(1)
    }
    expect(find(html, 'div', { id: 'id_password2_error' }).text).toBe(messageFor('password_mismatch'))
  })

  test('I7, 3.2.2: what people write stays text', async () => {
    for (const payload of PAYLOADS) {
      const form = await SignupForm.bind(
        posted({ username: payload, email: payload, phone: payload, next: payload, password1: payload, password2: payload }),
      )
      const html = readHtml(form.toHtml({ action: payload, submit: payload }))
      expect(findAll(html, 'input')).toHaveLength(8)
      expect(findAll(html, 'svg').length + findAll(html, 'img').length + findAll(html, 'script').length).toBe(0)
      for (const name of ['username', 'email', 'phone', 'next']) expect(find(html, 'input', { name }).attributes['value']).toBe(payload)
      expect(find(html, 'form').attributes['action']).toBe(payload)
      expect(find(html, 'button').text).toBe(payload)
    }
  })

  test('errors of names that no field has are shown with the form as a whole, without the names', async () => {
    const form = await SignupForm.bind(
      json({ username: 'ada', email: '', phone: '', password1: 'a long password', password2: 'a long password', '<b>': 1 }),
    )
    expect(codesOf(form)).toEqual({ '<b>': ['unknown_field'] })
    const html = readHtml(form.toHtml())
    expect(find(html, 'div', { id: 'id_form_error' }).text).toBe(messageFor('unknown_field'))
  })

  test('speaks the reader’s language, in labels, help and errors', async () => {
    const translation: Catalogue = {
      required: 'Bitte ausfüllen.',
      'label.password': 'Passwort',
      'help.password_too_common': 'Kein häufiges Passwort.',
      'submit.user_creation': 'Registrieren',
    }
    const form = await SignupForm.bind(posted({}))
    const html = readHtml(form.toHtml({ translation }))
    expect(find(html, 'label', { for: 'id_password1' }).text).toBe('Passwort')
    expect(find(html, 'div', { id: 'id_username_error' }).text).toBe('Bitte ausfüllen.')
    expect(find(html, 'div', { id: 'id_password1_helptext' }).text).toContain('Kein häufiges Passwort.')
    expect(find(html, 'button').text).toBe('Registrieren')
    if (form.isValid) throw new Error('The form is empty and valid.')
    expect(form.errorsByWireName(translation)['username']).toEqual([{ code: 'required', message: 'Bitte ausfüllen.' }])
  })

  test('brings only what stands inside of the form where a template brings the rest, with ids of its own', () => {
    const form = SignupForm.blank(posted({}))
    const html = readHtml(`<form>${form.toHtml({ fieldsOnly: true, idPrefix: 'signup-' })}</form>`)
    expectConnected(html)
    expect(findAll(html, 'button')).toEqual([])
    expect(find(html, 'input', { id: 'signup-username' }).attributes['name']).toBe('username')
  })

  test('has no token without a request, and asks for one only when it is shown', async () => {
    let asked = 0
    const request = { ...posted({ username: 'ada' }), csrfToken: () => `token ${(asked += 1)}` }
    const form = await SignupForm.bind(request)
    expect([form.isValid, asked]).toEqual([false, 0])
    expect(find(readHtml(form.toHtml()), 'input', { name: 'csrfmiddlewaretoken' }).attributes['value']).toBe('token 1')
    expect(SignupForm.blank().hidden).toEqual([])
  })
})

describe('links', () => {
  const BLANK = SignupForm.blank().fields[0] as FieldView
  const linksOf = (more: Partial<FieldView>) => {
    const parts = { hidden: [], errors: [], isMultipart: false, submit: '', action: null, fieldsOnly: true, idPrefix: 'id_', translation: undefined }
    const html = readHtml(renderForm({ ...parts, fields: [{ ...BLANK, ...more }] }))
    return { html, hrefs: findAll(html, 'a').map((one) => one.attributes['href']) }
  }

  test.each(['/media/face.webp', 'https://cdn.example/face.webp', '../password/'])('%j is one', (address) => {
    expect(linksOf({ file: { path: 'face.webp', url: address, clearName: null } }).hrefs).toEqual([address])
    expect(linksOf({ type: 'readonly', link: { href: address, label: 'Elsewhere' } }).hrefs).toEqual([address])
  })

  // Browsers drop the tab, and what remains is another site.
  test.each(['/\t/evil.example', '//evil.example', 'javascript:alert(1)'])('I7: %j is none, and its text stays', (address) => {
    const file = linksOf({ file: { path: 'face.webp', url: address, clearName: null } })
    expect([file.hrefs, file.html.text.includes('face.webp')]).toEqual([[], true])
    const link = linksOf({ type: 'readonly', link: { href: address, label: 'Elsewhere' } })
    expect([link.hrefs, link.html.text.includes('Elsewhere')]).toEqual([[], true])
  })
})

describe('toJSON', () => {
  test('gives errors by Django’s names, with code and sentence', async () => {
    const ProfileForm = auth.forms.userCreation({ fields: ['username', 'firstName'] })
    const form = await ProfileForm.bind(json({ username: 'ada', first_name: 5, password1: 'x', password2: 'y' }))
    expect(JSON.parse(JSON.stringify(form))).toEqual({
      errors: {
        first_name: [{ code: 'invalid', message: messageFor('invalid.text') }],
        password2: [{ code: 'password_mismatch', message: messageFor('password_mismatch') }],
      },
    })
    const login = await auth.forms.authentication().bind(json({ username: '', password: '', next: '/x' }))
    expect([Object.keys(JSON.parse(JSON.stringify(login)).errors), login.next]).toEqual([['username', 'password'], '/x'])
  })
})

describe('element', () => {
  test('escapes what it is given and refuses names that are none', () => {
    expect(element('p', { title: '"&\'' }, '<b>', element('br', {}), [null, false, 'x']).html).toBe('<p title="&quot;&amp;&#39;">&lt;b&gt;<br>x</p>')
    expect(() => element('p onclick', {})).toThrow(TypeError)
    expect(() => element('p', { 'x onclick': 'y' })).toThrow(TypeError)
  })
})
