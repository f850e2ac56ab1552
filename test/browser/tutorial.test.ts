import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { giveCookies, hasBrowser, launchBrowser, type Guest } from '../support/browser.js'
import { field, guestAs, photo, send, type Who } from '../support/gallery.js'
import { linkIn, openShop, OTHER_PASSWORD, PASSWORD, SEEDED_PASSWORD, type Shop } from '../support/shop-server.js'

let shop: Shop
let browser: Browser
beforeAll(async () => {
  if (hasBrowser) [shop, browser] = await Promise.all([openShop(), launchBrowser()])
})
afterAll(async () => {
  if (hasBrowser) await Promise.all([browser.close(), shop.close()])
})

const path = (page: Page): string => page.url().slice(shop.origin.length)
const heading = async (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()
const ada = { username: 'ada', password: SEEDED_PASSWORD }

async function expectLoginPage(page: Page, next: string): Promise<void> {
  expect([await heading(page), path(page)]).toEqual(['Log in', `/accounts/login/?next=${next}`])
}

describe.runIf(hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('the tutorial, %s', (_mode, javaScriptEnabled) => {
  const guests: Guest[] = []
  const open = async (who: Who = 'nobody'): Promise<Page> => {
    const guest = await guestAs(browser, shop, who, { javaScriptEnabled })
    guests.push(guest)
    return guest.page
  }
  /** Somebody of this name who has signed up, at a browser. */
  const openAs = async (username: string): Promise<Page> => {
    const page = await open()
    await giveCookies(page.context(), shop.origin, (await shop.newcomer(name(username))).cookies)
    return page
  }
  const name = (username: string): string => `${username}_${javaScriptEnabled ? 'js' : 'plain'}`

  afterEach(async () => {
    const left = guests.splice(0)
    await Promise.all(left.map(async ({ context }) => context.close()))
    expect(left.flatMap((one) => one.complaints)).toEqual([])
  })

  test('signing up: first what is wrong, with all that was typed but the passwords; then one is logged in', async () => {
    const page = await open()
    await page.goto('/')
    await page.getByRole('link', { name: 'Sign up' }).first().click()
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      send(page, { username: name('mary'), email: 'no address', password1: 'short', password2: 'short' }),
    ])
    expect(answer.status()).toBe(422)
    expect(await field(page, 'username').inputValue()).toBe(name('mary'))
    expect(await field(page, 'email').inputValue()).toBe('no address')
    expect(await page.locator('input[type=password]').count()).toBe(2)
    for (const password of await page.locator('input[type=password]').all()) expect(await password.inputValue()).toBe('')
    expect(await page.evaluate('[document.activeElement.getAttribute("role"), document.activeElement.innerText.includes("e-mail")]')).toEqual([
      'alert',
      true,
    ])
    // Each line of the summary leads to its field.
    await page.getByRole('alert').getByRole('link').first().click()
    expect(await page.evaluate('document.activeElement.name')).toBe('email')

    await send(page, { email: 'mary@example.com', password1: PASSWORD, password2: PASSWORD })
    expect(path(page)).toBe('/')
    await page.getByRole('link', { name: name('mary') }).waitFor()
  })

  test('the members’ page asks strangers to log in, and comes back by itself', async () => {
    const page = await open()
    await page.goto('/members/?from=mail')
    await expectLoginPage(page, '/members/%3Ffrom%3Dmail')
    await send(page, { ...ada, password: 'a guess' })
    expect(await page.getByRole('alert').innerText()).toContain('do not belong together')
    expect([await field(page, 'username').inputValue(), await field(page, 'password').inputValue()]).toEqual(['ada', ''])
    await send(page, ada)
    expect([path(page), await heading(page)]).toEqual(['/members/?from=mail', 'Hello, Ada Lovelace'])
  })

  test('whoever is logged in may log in as somebody else, and is told so', async () => {
    const page = await openAs('lise')
    await page.goto('/accounts/login/')
    expect(await page.locator('main').innerText()).toContain(`You are logged in as ${name('lise')}.`)
    await send(page, ada)
    await page.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
  })

  test('adding a product takes the permission: strangers and newcomers are asked for another login, Ada adds one', async () => {
    const product = name('Slide rule')
    const page = await openAs('emmy')
    await page.goto('/products/add/')
    await expectLoginPage(page, '/products/add/')
    expect(await page.locator('main').innerText()).toContain(`You are logged in as ${name('emmy')}. If that account may not open the page`)
    await send(page, ada)
    expect(path(page)).toBe('/products/add/')
    await send(page, { name: product, price: 'a lot' })
    expect([await field(page, 'name').inputValue(), await field(page, 'price').getAttribute('aria-invalid')]).toEqual([product, 'true'])
    await send(page, { price: '9.99' })
    expect(path(page)).toBe('/')
    expect(await page.locator('.products li', { hasText: product }).innerText()).toContain('£ 9.99')
  })

  test('doing something takes the other permission: Grace may, Ada is told that she may not', async () => {
    const [grace, other] = [await open('grace'), await open('ada')]
    expect((await grace.goto('/something/'))?.status()).toBe(200)
    expect(await heading(grace)).toBe('You did something')
    expect((await other.goto('/something/'))?.status()).toBe(403)
    expect(await heading(other)).toBe('You may not do that')
  })

  test('the profile: fields, a few words, and a picture that is seen, replaced and removed', async () => {
    const page = await openAs('rosalind')
    const shown = page.locator('.pc-picture img')
    await page.goto('/accounts/profile/')
    await field(page, 'profile_picture').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await photo('#2f6f8f') })
    await send(page, { first_name: 'Rosalind', last_name: 'Franklin', phone: '+44 20', bio: 'Looks at crystals.\nTwice.' })
    expect(await page.getByRole('status').innerText()).toContain('Your profile is saved')
    expect(await heading(page)).toBe('Rosalind Franklin')
    expect([await field(page, 'phone').inputValue(), await field(page, 'bio').inputValue()]).toEqual(['+44 20', 'Looks at crystals.\nTwice.'])
    const first = await shown.getAttribute('src')
    expect(await page.evaluate(`document.querySelector('.pc-picture img').decode().then(() => 'seen')`)).toBe('seen')

    // 14.2.8: what the camera wrote into the picture is gone.
    const picture = await page.request.get(first ?? '')
    expect([picture.headers()['content-type'], (await picture.body()).includes('secret of the camera')]).toEqual(['image/webp', false])
    await page.goto('/')
    expect(await page.locator('header img.face').getAttribute('src')).toBe(first)

    await page.goto('/accounts/profile/')
    await field(page, 'profile_picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: await photo('#8f2f6f', 'png') })
    await send(page, {})
    const second = await shown.getAttribute('src')
    expect(second).not.toBe(first)
    expect((await page.request.get(first ?? '')).status()).toBe(404)

    await field(page, 'profile_picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)">') })
    await send(page, { bio: 'Still here.' })
    expect(await page.getByRole('alert').innerText()).toContain('picture')
    expect(await field(page, 'bio').inputValue()).toBe('Still here.')

    await page.goto('/accounts/profile/')
    await page.getByLabel('Remove this picture').check()
    await send(page, {})
    expect([await shown.count(), (await page.request.get(second ?? '')).status()]).toEqual([0, 404])
  })

  test('a new password logs out every other browser, and not this one', async () => {
    const [here, there] = [await openAs('katherine'), await open()]
    await giveCookies(there.context(), shop.origin, (await shop.member(name('katherine'))).cookies)
    await there.goto('/members/')
    expect(path(there)).toBe('/members/')
    await here.goto('/accounts/password_change/')
    await send(here, { old_password: 'a guess', new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
    expect(await here.getByRole('alert').innerText()).toContain('not your present password')
    await send(here, { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
    expect(await heading(here)).toBe('Your password is changed')
    await here.goto('/members/')
    expect(path(here)).toBe('/members/')
    await there.reload()
    await expectLoginPage(there, '/members/')
    await send(there, { username: name('katherine'), password: OTHER_PASSWORD })
    expect(path(there)).toBe('/members/')
  })

  test('a forgotten password: a mail with a link, whose token leaves the address, and which works once', async () => {
    const username = name('dorothy')
    await shop.newcomer(username)
    const page = await open()
    await page.goto('/accounts/login/')
    await page.getByRole('link', { name: 'Forgotten your password?' }).click()
    await send(page, { email: `${username}@example.com` })
    expect(await heading(page)).toBe('Look into your mailbox')
    const link = linkIn(await shop.mailTo(`${username}@example.com`))
    const token = link.split('/').at(-2) ?? ''
    expect(link.startsWith(`${shop.origin}/accounts/reset/`)).toBe(true)

    await page.goto(link)
    expect(page.url()).toBe(link.replace(token, 'set-password'))
    expect(await page.content()).not.toContain(token)
    await send(page, { new_password1: OTHER_PASSWORD, new_password2: PASSWORD })
    expect(await page.getByRole('alert').innerText()).toContain('not the same')
    await send(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
    expect(await heading(page)).toBe('Your new password is set')
    await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
    await send(page, { username, password: OTHER_PASSWORD })
    await page.getByRole('link', { name: username }).waitFor()

    const late = await open()
    await late.goto(link)
    expect(await heading(late)).toBe('This link no longer works')
  })

  test('devices: one is logged out, then all others', async () => {
    const [here, phone, tablet] = [await openAs('hedy'), await open(), await open()]
    for (const [device, userAgent] of [
      [
        phone,
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      ],
      [tablet, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'],
    ] as const) {
      await giveCookies(device.context(), shop.origin, (await shop.member(name('hedy'), { userAgent })).cookies)
    }
    const isIn = async (device: Page): Promise<boolean> => {
      await device.goto('/members/')
      return path(device) === '/members/'
    }
    expect([await isIn(phone), await isIn(tablet)]).toEqual([true, true])
    await here.goto('/accounts/sessions/')
    await here.getByRole('button', { name: 'Log out Safari on iPhone' }).click()
    await here.getByText('That device is logged out.').waitFor()
    expect([await isIn(phone), await isIn(tablet)]).toEqual([false, true])
    await here.getByRole('button', { name: 'Log out all other devices' }).click()
    await here.getByText('All your other devices are logged out.').waitFor()
    expect([await isIn(tablet), await isIn(here)]).toEqual([false, true])
  })

  test('logging out says so, and the Back button shows nothing of who was here (14.2.2)', async () => {
    const page = await openAs('annie')
    await page.goto('/members/')
    await page.goto('/accounts/profile/')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
    for (const _step of [1, 2]) {
      await page.goBack()
      expect(await heading(page)).toBe('Log in')
      expect(await page.content()).not.toContain(name('annie'))
    }
  })
})
