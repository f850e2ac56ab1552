import { describe, expect, test } from 'vitest'
import { renderMail, type MailContexts, type MailTemplateName } from './render.js'

const common = { siteName: 'The shop', userName: 'ada', link: 'https://shop.example/accounts/reset/MQ/abc-123/?a=1&b=2' }
const contexts: MailContexts = {
  passwordReset: { ...common, validHours: 24, requestedAt: new Date('2026-11-23T08:05:00Z') },
  passwordChanged: { ...common, changedAt: new Date('2026-11-23T08:05:00Z') },
  accountLocked: { ...common, address: '203.0.113.9', lockedAt: new Date('2026-11-23T08:05:00Z'), until: new Date('2026-11-23T08:10:00Z') },
  newDevice: { ...common, device: 'Firefox on Linux', address: '203.0.113.9', seenAt: new Date('2026-11-23T08:05:00Z') },
  emailVerification: { ...common, email: 'ada@example.com', validHours: 24 },
  emailChange: { ...common, email: 'new@example.com', validHours: 24 },
  emailChanged: { ...common, email: 'n***@example.com', changedAt: new Date('2026-11-23T08:05:00Z'), hasWayBack: true, validDays: 7 },
  registration: { ...common, validHours: 24 },
  invitation: { ...common, validHours: 72 },
  accountExists: common,
  welcome: common,
}
const names = Object.keys(contexts) as MailTemplateName[]

describe('renderMail', () => {
  test.each(names)('%s has a subject, a text and HTML, each with everything that matters', async (name) => {
    const { subject, text, html = '' } = await renderMail(name, contexts[name])
    expect(subject).toContain('The shop')
    expect(`${subject}${text}${html}`).not.toMatch(/[{}]\w+[{}]|undefined|\[object|NaN/)
    for (const part of [text, html]) {
      expect(part).toContain('ada')
      expect(part).toContain('The shop')
    }
    // Alone on its line, and whole.
    expect(text.split('\n')).toContain(common.link)
    expect(html.match(/href="[^"]*"/g)).toEqual(Array(2).fill('href="https://shop.example/accounts/reset/MQ/abc-123/?a=1&amp;b=2"'))
  })

  test('the password reset says how long it is good for and when it was asked for', async () => {
    const { text } = await renderMail('passwordReset', contexts.passwordReset)
    expect(text).toContain('24 hours')
    expect(text).toContain('November 23, 2026 at 08:05 UTC')
    expect((await renderMail('passwordReset', { ...contexts.passwordReset, validHours: 1 })).text).toContain('for 1 hour.')
  })

  test('tells moments in the language and the time zone of the site', async () => {
    const { text, html } = await renderMail('passwordReset', contexts.passwordReset, {
      language: 'de',
      timeZone: 'Europe/Berlin',
      translation: { 'mail.password_reset.intro': 'Am {requestedAt} hat jemand ein neues Passwort für {siteName} verlangt:' },
    })
    expect(text).toContain('Am 23. November 2026 um 09:05 MEZ hat jemand ein neues Passwort für The shop verlangt:')
    expect(html).toContain('<html lang="de">')
  })

  test('I7: escapes every value in HTML', async () => {
    const nasty = `<script>alert(1)</script>"'&`
    for (const name of names) {
      const context = { ...contexts[name], siteName: nasty, userName: nasty, link: `https://shop.example/?q="><script>` }
      const { html = '', text } = await renderMail(name, context as MailContexts[typeof name])
      expect(html).not.toContain('<script')
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
      expect(text).toContain(nasty)
    }
  })

  test('B4, R-4: the subject is one line, whatever a name holds', async () => {
    const { subject } = await renderMail('passwordReset', { ...contexts.passwordReset, siteName: 'The shop\r\nBcc: eve@evil.test\u2028\0' })
    expect(subject).toBe('A new password for The shop Bcc: eve@evil.test')
    const own = await renderMail('welcome', contexts.welcome, {
      templates: { welcome: () => ({ subject: 'Hello\r\nBcc: eve@evil.test\n', text: 'x' }) },
    })
    expect(own).toEqual({ subject: 'HelloBcc: eve@evil.test', text: 'x' })
  })

  test('a name cannot add a paragraph to the text', async () => {
    const { text } = await renderMail('welcome', { ...common, userName: 'ada\n\nPay here: https://evil.test\n\n' })
    expect(text.split('\n')[0]).toBe('Hello ada Pay here: https://evil.test,')
  })

  test('a name is no template', async () => {
    expect((await renderMail('welcome', { ...common, userName: '{link}' })).text).toContain('Hello {link},')
  })

  test('takes the application’s template, which may be slow, and leaves the others', async () => {
    const templates = { welcome: async ({ userName }: { userName: string }) => ({ subject: `Hi ${userName}`, text: 'own', html: '<p>own</p>' }) }
    expect(await renderMail('welcome', common, { templates })).toEqual({ subject: 'Hi ada', text: 'own', html: '<p>own</p>' })
    expect((await renderMail('accountExists', common, { templates })).subject).toBe('You already have an account at The shop')
  })

  test('F7: links only to a whole web address', async () => {
    for (const link of [
      '/accounts/reset/',
      'javascript:alert(1)',
      'shop.example/reset',
      '',
      'https://',
      'https://shop.example/a b',
      'data:text/html,x',
    ])
      await expect(renderMail('welcome', { ...common, link })).rejects.toThrow(/baseUrl/)
  })

  test('knows no other names', async () => {
    for (const name of ['constructor', 'welcomes', '__proto__'])
      await expect(renderMail(name as 'welcome', common)).rejects.toThrow(/There is no mail/)
    const templates = { welcome: () => ({ subject: 'x' }) as { subject: string; text: string } }
    await expect(renderMail('welcome', common, { templates })).rejects.toThrow(/no subject or no text/)
  })
})
