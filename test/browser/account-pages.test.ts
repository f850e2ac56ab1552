import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { forNode } from '../../src/node.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'
import { axeViolations, hasBrowser, launchBrowser, newGuest, serve, type Guest } from '../support/browser.js'
import { png } from '../support/pictures.js'

let browser: Browser
let site: Accounts
let origin = ''
let closeServer: () => Promise<void>

beforeAll(async () => {
  if (!hasBrowser) return
  site = accountsOn(sqlite(':memory:'))
  await site.migrate()
  const { site: listen } = forNode(site.auth)
  const server = await serve(listen({ '/accounts': site.auth.pages() }, (_request, response) => response.end('<title>Shop</title>The shop')))
  ;[origin, closeServer] = [server.origin, server.close]
  browser = await launchBrowser()
})

afterAll(async () => {
  if (!hasBrowser) return
  await browser.close()
  await closeServer()
  await site.close()
})

const field = (page: Page, name: string) => page.locator(`[name="${name}"]:not([type="hidden"])`)

async function at(page: Page, path: string): Promise<void> {
  await page.waitForURL(`${origin}${path}`)
}

async function logIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.goto(`${origin}/accounts/login/`)
  await field(page, 'username').fill(username)
  await field(page, 'password').fill(password)
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click()
}

async function withAccount(username: string): Promise<void> {
  await site.auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD })
}

// A machine without chromium has said so when `hasBrowser` was asked.
describe.skipIf(!hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('%s', (_name, javaScriptEnabled) => {
  const prefix = javaScriptEnabled ? 'js' : 'plain'

  test('a newcomer registers, fills in a profile with a picture, changes the password, looks at devices, leaves and comes back', async () => {
    const { page, context, complaints } = await newGuest(browser, { javaScriptEnabled })
    await page.goto(`${origin}/accounts/profile/`)
    await at(page, '/accounts/login/?next=/accounts/profile/')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await field(page, 'username').fill(`${prefix}-grace`)
    await field(page, 'email').fill(`${prefix}-grace@example.com`)
    await field(page, 'password1').fill('short')
    await field(page, 'password2').fill('short')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.evaluate('document.activeElement.className')).toBe('pc-summary')
    expect(await field(page, 'username').inputValue()).toBe(`${prefix}-grace`)
    await field(page, 'password1').fill(PASSWORD)
    await field(page, 'password2').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await at(page, '/accounts/profile/')
    expect(await page.getByRole('status').textContent()).toContain('Welcome!')

    await field(page, 'first_name').fill('Grace')
    await field(page, 'last_name').fill('Hopper')
    await field(page, 'bio').fill('COBOL')
    await field(page, 'picture').setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: png(64, 64) })
    if (javaScriptEnabled) await page.getByAltText('The picture you have chosen').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your profile is saved.').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Grace Hopper')
    expect(await page.evaluate("document.querySelector('.pc-picture img').naturalWidth")).toBe(64)

    await page.getByRole('link', { name: 'Change your password' }).click()
    await field(page, 'old_password').fill(PASSWORD)
    await field(page, 'new_password1').fill(OTHER_PASSWORD)
    await field(page, 'new_password2').fill(OTHER_PASSWORD)
    await page.getByRole('button', { name: 'Change password' }).click()
    await at(page, '/accounts/password_change/done/')

    await page.getByRole('link', { name: 'Devices', exact: true }).click()
    await page.getByText('this device').waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
    await logIn(page, `${prefix}-grace`, OTHER_PASSWORD)
    await at(page, '/accounts/profile/')
    // 14.3.3: nothing of anybody is left in the browser but cookies that scripts cannot read, and the token they need.
    if (javaScriptEnabled) expect(await page.evaluate('[localStorage.length, sessionStorage.length]')).toEqual([0, 0])
    expect((await context.cookies()).filter((one) => !one.httpOnly).map((one) => one.name)).toEqual(['csrftoken'])
    expect(complaints).toEqual([])
    await context.close()
  })

  test('somebody who has forgotten the password chooses a new one by the mailed link', async () => {
    const username = `${prefix}-ada`
    await withAccount(username)
    const { page, context, complaints } = await newGuest(browser, { javaScriptEnabled })
    await page.goto(`${origin}/accounts/login/`)
    await page.getByRole('link', { name: 'Forgotten your password?' }).click()
    await field(page, 'email').fill(`${username}@example.com`)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
    await site.auth.idle()
    const [mail] = site.mailbox.to(`${username}@example.com`)
    const link = new URL(site.mailbox.linksIn(mail)[0] ?? '').pathname
    await page.goto(origin + link)
    expect(new URL(page.url()).pathname).toBe(link.replace(/[^/]+\/$/, 'set-password/'))
    await field(page, 'new_password1').fill(OTHER_PASSWORD)
    await field(page, 'new_password2').fill(OTHER_PASSWORD)
    await page.getByRole('button', { name: 'Set new password' }).click()
    await page.getByRole('heading', { name: 'Your new password is set' }).waitFor()
    await page.goto(origin + link)
    await page.getByRole('heading', { name: 'This link no longer works' }).waitFor()
    await logIn(page, username, OTHER_PASSWORD)
    await at(page, '/accounts/profile/')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('one device ends another', async () => {
    const username = `${prefix}-edsger`
    await withAccount(username)
    const [here, there] = [await newGuest(browser, { javaScriptEnabled }), await newGuest(browser, { javaScriptEnabled, userAgent: 'curl/8.5.0' })]
    for (const { page } of [here, there]) await logIn(page, username)
    await here.page.getByRole('link', { name: 'Devices', exact: true }).click()
    await here.page.getByRole('button', { name: 'Log out curl' }).click()
    await here.page.getByText('That device is logged out.').waitFor()
    await there.page.goto(`${origin}/accounts/profile/`)
    await at(there.page, '/accounts/login/?next=/accounts/profile/')
    await Promise.all([here, there].map(async ({ context }) => context.close()))
  })

  test('somebody downloads their data, mistypes the password once, and may do so again', async () => {
    const username = `${prefix}-mary`
    await withAccount(username)
    const { page, context, complaints } = await newGuest(browser, { javaScriptEnabled })
    await logIn(page, username)
    await page.getByRole('link', { name: 'Download your data' }).click()
    await at(page, '/accounts/data/')
    const button = page.getByRole('button', { name: 'Download my data' })
    await field(page, 'password').fill(OTHER_PASSWORD)
    await button.click()
    await page.getByRole('alert').waitFor()
    for (let times = 0; times < 2; times += 1) {
      await field(page, 'password').fill(PASSWORD)
      const [file] = await Promise.all([page.waitForEvent('download'), button.click()])
      expect(file.suggestedFilename()).toBe('my-data.json')
      expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toMatchObject({ user: { username }, sessions: [{ isCurrent: false }] })
      // The page stays: a password shall not stay in it, and its button is to work again.
      if (!javaScriptEnabled) continue
      await expect.poll(async () => field(page, 'password').inputValue(), { timeout: 5000 }).toBe('')
      expect(await button.getAttribute('aria-disabled')).toBe(null)
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe.skipIf(!hasBrowser)('with the keyboard alone', () => {
  test('somebody skips to the page, logs in and leaves', async () => {
    await withAccount('keys')
    const { page, context } = await newGuest(browser)
    await page.goto(`${origin}/accounts/login/`)
    // The form takes the keyboard at once.
    await page.keyboard.type('keys')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await at(page, '/accounts/profile/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the page itself')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    for (let step = 0; step < 7 && (await page.evaluate('document.activeElement.textContent.trim()')) !== 'Log out'; step += 1) {
      await page.keyboard.press('Shift+Tab')
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
    await context.close()
  })
})

describe.skipIf(!hasBrowser)('small scripts', () => {
  let guest: Guest
  beforeAll(async () => {
    guest = await newGuest(browser, { timezoneId: 'Asia/Tokyo', locale: 'en-GB' })
    await withAccount('hedy')
  })
  afterAll(async () => guest.context.close())

  test('NIST 3.1.1.2e, 6.2.7: a password is shown on request, and a password again when it is sent', async () => {
    const { page } = guest
    await page.goto(`${origin}/accounts/login/`)
    const input = field(page, 'password')
    await input.fill('not this one at all')
    await page.getByRole('button', { name: 'Show Password' }).click()
    expect(await input.getAttribute('type')).toBe('text')
    expect(await page.evaluate('document.activeElement.id')).toBe('id_password')
    await page.getByRole('button', { name: 'Hide Password' }).click()
    expect(await input.getAttribute('type')).toBe('password')
    await page.getByRole('button', { name: 'Show Password' }).click()
    await page.evaluate("document.querySelector('main form').addEventListener('submit', (event) => event.preventDefault())")
    await field(page, 'username').fill('hedy')
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).click()
    expect(await input.getAttribute('type')).toBe('password')
  })

  test('a form is sent once, however often it is pressed', async () => {
    const { page } = guest
    await page.goto(`${origin}/accounts/login/`)
    await field(page, 'username').fill('hedy')
    await field(page, 'password').fill(PASSWORD)
    let sent = 0
    page.on('request', (request) => void (sent += request.method() === 'POST' ? 1 : 0))
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).dblclick()
    await at(page, '/accounts/profile/')
    expect(sent).toBe(1)
  })

  test('moments are told in the visitor’s own zone', async () => {
    const { page } = guest
    await page.goto(`${origin}/accounts/profile/`)
    const moment = page.locator('time[data-local="moment"]').first()
    expect([await moment.getAttribute('datetime'), await moment.textContent()]).toEqual(['2026-11-23T08:00:00.000Z', '23 November 2026 at 17:00'])
    expect(await moment.getAttribute('title')).toBe('23 November 2026 at 08:00 UTC')
  })
})

describe.skipIf(!hasBrowser).each([
  ['a phone by day', { viewport: { width: 375, height: 740 }, colorScheme: 'light' }],
  ['a desk by night', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
] as const)('on %s', (_name, options) => {
  test('every page can be read by all, and fits', async () => {
    const username = `axe-${options.viewport.width}-${options.colorScheme}`
    await withAccount(username)
    const { page, context, complaints } = await newGuest(browser, options)
    const look = async (path: string): Promise<void> => {
      await page.goto(`${origin}/accounts/${path}`)
      await expectReadable(page, path)
    }
    for (const path of ['login/', 'register/', 'password_reset/', 'password_reset/done/', 'reset/MQ/x/', 'reset/done/', 'nothing/']) await look(path)
    await page.goto(`${origin}/accounts/register/`)
    await page.evaluate("document.querySelector('main form').noValidate = true")
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('alert').waitFor()
    await expectReadable(page, 'register/ with errors')
    await logIn(page, username)
    for (const path of ['profile/', 'sessions/', 'data/', 'password_change/', 'password_change/done/', 'login/?next=/secret/']) await look(path)
    expect(complaints).toEqual([])
    await context.close()
  }, 180_000)
})

async function expectReadable(page: Page, path: string): Promise<void> {
  expect([path, await axeViolations(page)]).toEqual([path, []])
  expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true])
}
