/**
 * Every page of the demonstration in every state, with who sees it and how it is come by: for tests that hold all of them to something,
 * and for looking at them.
 * @module
 */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { giveCookies, newGuest, type Guest } from './browser.js'
import { linkIn, OTHER_PASSWORD, PASSWORD, SEEDED_PASSWORD, type Shop } from './shop-server.js'
import type { Visitor } from './visitor.js'

/** Who looks at a page. */
export type Who = 'nobody' | 'newcomer' | 'ada' | 'grace' | 'root'

/** A page in one of its states. */
export interface Scene {
  readonly name: string
  readonly who: Who
  /** What stands there; a part of it. */
  readonly shows: string
  /** Brings the page about, from wherever the browser is. */
  readonly open: (page: Page, shop: Shop) => Promise<void>
}

/** A screen and a time of the day. */
export interface Look {
  readonly name: string
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

/** A desk and a phone, by day and by night. */
export const looks: readonly Look[] = [
  { name: 'desk-light', width: 1280, colorScheme: 'light' },
  { name: 'desk-dark', width: 1280, colorScheme: 'dark' },
  { name: 'phone-dark', width: 390, colorScheme: 'dark' },
  { name: 'phone-light', width: 390, colorScheme: 'light' },
]

/** Shows a page that is open in this look. */
export async function lookAt(page: Page, { width, colorScheme }: Pick<Look, 'width' | 'colorScheme'>): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height: width > 600 ? 800 : 844 })
}

/** A photograph, as a camera makes one: larger than it will be shown, and telling more than it should. */
export async function photo(color: string, format: 'jpeg' | 'png' = 'jpeg'): Promise<Buffer> {
  const face = `<svg width="800" height="600"><rect width="800" height="600" fill="${color}"/><circle cx="400" cy="330" r="170" fill="#ffe9d6"/></svg>`
  return sharp(Buffer.from(face))
    .withExif({ IFD0: { Copyright: 'a secret of the camera' } })
    .toFormat(format)
    .toBuffer()
}

/** The field of that name which is seen. */
export function field(page: Page, name: string) {
  return page.locator(`main [name="${name}"]:not([type="hidden"])`)
}

/** Fills in the form of the page, and sends it as it is: what the browser would say against it is not asked. */
export async function send(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  // Without scripts in the page this one runs all the same, because it is not the page's.
  await page.evaluate(`document.querySelector('main form').noValidate = true`)
  for (const [name, value] of Object.entries(fields)) await field(page, name).fill(value)
  await page.locator('main form').first().locator('button:not([type="button"])').click()
  await page.waitForLoadState()
}

const at =
  (path: string): Scene['open'] =>
  async (page) => {
    await page.goto(path)
  }

const sent =
  (path: string, fields: Readonly<Record<string, string>>): Scene['open'] =>
  async (page) => {
    await page.goto(path)
    await send(page, fields)
  }

/** What a form is told by somebody who gets everything wrong. */
const WRONG = { username: 'ada', email: 'no address', password1: '12345678', password2: '87654321' }
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1'
/** A browser that is not headless, as far as one sees. */
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** What nobody in particular sees. */
const ofNobody: readonly Omit<Scene, 'who'>[] = [
  { name: 'shop', shows: 'What to try', open: at('/') },
  { name: 'login', shows: 'Good to see you again', open: at('/accounts/login/?next=/members/') },
  { name: 'login-failed', shows: 'do not belong together', open: sent('/accounts/login/', { username: 'ada', password: 'a guess' }) },
  { name: 'register', shows: 'Create your account', open: at('/accounts/register/') },
  { name: 'register-empty', shows: 'Some things need another look', open: sent('/accounts/register/', {}) },
  { name: 'register-wrong', shows: 'Some things need another look', open: sent('/accounts/register/', WRONG) },
  { name: 'reset', shows: 'Forgotten your password?', open: at('/accounts/password_reset/') },
  { name: 'reset-wrong', shows: 'needs another look', open: sent('/accounts/password_reset/', { email: 'no address' }) },
  { name: 'reset-asked', shows: 'Look into your mailbox', open: sent('/accounts/password_reset/', { email: 'grace@example.com' }) },
  { name: 'reset-link', shows: 'Choose a new password', open: async (page, shop) => void (await openLink(page, shop, 'lin')) },
  {
    name: 'reset-link-wrong',
    shows: 'needs another look',
    async open(page, shop) {
      await openLink(page, shop, 'mei')
      await send(page, { new_password1: PASSWORD, new_password2: 'something else' })
    },
  },
  {
    name: 'reset-done',
    shows: 'Your new password is set',
    async open(page, shop) {
      await openLink(page, shop, 'ana')
      await send(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
    },
  },
  {
    name: 'reset-link-used',
    shows: 'This link no longer works',
    async open(page, shop) {
      const link = await openLink(page, shop, 'eva')
      await send(page, { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD })
      await page.goto(link)
    },
  },
  {
    name: 'welcome',
    shows: 'Welcome! Your account is ready',
    async open(page) {
      await page.goto('/accounts/register/?next=/accounts/profile/')
      await send(page, { username: 'zoe', email: 'zoe@example.com', password1: PASSWORD, password2: PASSWORD })
    },
  },
  {
    name: 'logged-out',
    shows: 'You are logged out',
    async open(page, shop) {
      await giveCookies(page.context(), shop.origin, (await shop.member('ada', { password: SEEDED_PASSWORD })).cookies)
      await page.goto('/')
      await page.getByRole('button', { name: 'Log out' }).click()
    },
  },
  { name: 'refused-to-strangers', shows: 'You may not do that', open: at('/something/') },
  { name: 'not-found', shows: 'There is nothing here', open: at('/nothing/of/the/kind/') },
  { name: 'account-page-not-found', shows: 'There is nothing here', open: at('/accounts/nothing/') },
  { name: 'not-in-this-way', shows: 'Not in this way', open: at('/accounts/logout/') },
  {
    name: 'form-too-old',
    shows: 'This form has grown old',
    async open(page) {
      await page.goto('/accounts/login/')
      await page.context().clearCookies()
      await send(page, { username: 'ada', password: SEEDED_PASSWORD })
    },
  },
]

/** What somebody sees who has just signed up. */
const ofNewcomer: readonly Omit<Scene, 'who'>[] = [
  { name: 'shop-newcomer', shows: 'You are newcomer', open: at('/') },
  { name: 'members-newcomer', shows: 'You are in none', open: at('/members/') },
  { name: 'add-product-refused', shows: 'You are logged in as newcomer', open: at('/products/add/') },
  { name: 'login-again', shows: 'go on as somebody else', open: at('/accounts/login/') },
  { name: 'profile', shows: 'About you', open: at('/accounts/profile/') },
  { name: 'profile-wrong', shows: 'needs another look', open: sent('/accounts/profile/', { email: 'no address' }) },
  {
    name: 'profile-saved',
    shows: 'Your profile is saved',
    async open(page) {
      await page.goto('/accounts/profile/')
      await field(page, 'profile_picture').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await photo('#2f6f8f') })
      await send(page, {
        first_name: 'Maria Magdalena Antonia',
        last_name: 'Hohenlohe-Waldenburg-Schillingsfürst',
        bio: 'Collects gear wheels.\n\nAlso long words: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.',
      })
    },
  },
  { name: 'shop-with-picture', shows: 'Hello, Maria Magdalena Antonia', open: at('/members/') },
  { name: 'devices-one', shows: 'this device', open: at('/accounts/sessions/') },
  {
    name: 'devices',
    shows: 'Log out all other devices',
    async open(page, shop) {
      for (const userAgent of [PHONE, WINDOWS]) await shop.member('newcomer', { userAgent })
      await page.goto('/accounts/sessions/')
    },
  },
  {
    name: 'device-ended',
    shows: 'That device is logged out',
    async open(page) {
      await page.goto('/accounts/sessions/')
      await page.getByRole('button', { name: 'Log out Safari on iPhone' }).click()
    },
  },
  { name: 'data', shows: 'Download your data', open: at('/accounts/data/') },
  { name: 'data-wrong', shows: 'needs another look', open: sent('/accounts/data/', { password: 'a guess' }) },
  { name: 'password', shows: 'This device stays logged in', open: at('/accounts/password_change/') },
  {
    name: 'password-wrong',
    shows: 'Some things need another look',
    open: sent('/accounts/password_change/', { old_password: 'a guess', new_password1: 'short', new_password2: 'short' }),
  },
  {
    name: 'password-changed',
    shows: 'Your password is changed',
    open: sent('/accounts/password_change/', { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }),
  },
]

/** What those see who have groups, or everything. */
const ofOthers: readonly Scene[] = [
  { name: 'shop-ada', who: 'ada', shows: 'You are Ada Lovelace', open: at('/') },
  { name: 'members-ada', who: 'ada', shows: 'by the group “Shopkeepers”', open: at('/members/') },
  { name: 'add-product', who: 'ada', shows: 'Price in pounds', open: at('/products/add/') },
  { name: 'add-product-wrong', who: 'ada', shows: 'Add a product', open: sent('/products/add/', { name: '', price: 'a lot' }) },
  { name: 'refused', who: 'ada', shows: 'You may not do that', open: at('/something/') },
  { name: 'something', who: 'grace', shows: 'You did something', open: at('/something/') },
  {
    name: 'members-root',
    who: 'root',
    shows: 'All ',
    async open(page) {
      await page.goto('/members/')
      await page.locator('summary').click()
    },
  },
]

/** All of them, in an order in which one can walk. */
export const scenes: readonly Scene[] = [
  ...ofNobody.map((scene) => ({ ...scene, who: 'nobody' as const })),
  ...ofNewcomer.map((scene) => ({ ...scene, who: 'newcomer' as const })),
  ...ofOthers,
]

/** A browser's window of somebody, logged in if they are anybody. */
export async function guestAs(browser: Browser, shop: Shop, who: Who, options: BrowserContextOptions = {}): Promise<Guest> {
  // What fades in has no colour yet that could be measured.
  const guest = await newGuest(browser, { baseURL: shop.origin, reducedMotion: 'reduce', userAgent: LINUX, ...options })
  const someone = await loggedIn(shop, who)
  if (someone !== null) await giveCookies(guest.context, shop.origin, someone.cookies)
  return guest
}

async function loggedIn(shop: Shop, who: Who): Promise<Visitor | null> {
  if (who === 'nobody') return null
  if (who === 'newcomer') return shop.newcomer(who, LINUX)
  const password = who === 'root' ? /shown this once: (\S+)/.exec(shop.printed())?.[1] : SEEDED_PASSWORD
  return shop.member(who, { userAgent: LINUX, ...(password === undefined ? {} : { password }) })
}

/** Somebody signs up, forgets the password, and opens the link that was mailed. */
async function openLink(page: Page, shop: Shop, username: string): Promise<string> {
  const link = await resetLink(shop, username)
  await page.goto(link)
  return link
}

/** Somebody signs up, unless they have, and forgets the password; gives the link that was mailed. */
export async function resetLink(shop: Shop, username: string): Promise<string> {
  const someone = shop.visitor()
  await someone.getJson('/accounts/register/')
  const filled = { username, email: `${username}@example.com`, password1: SEEDED_PASSWORD, password2: SEEDED_PASSWORD }
  const { status } = await someone.postJson('/accounts/register/', filled)
  if (status !== 201 && status !== 422) throw new Error(`${username} could not sign up: ${status}`)
  await someone.postJson('/accounts/password_reset/', { email: `${username}@example.com` })
  return linkIn(await shop.mailTo(`${username}@example.com`))
}
