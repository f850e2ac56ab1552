import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forExpress } from '../../src/express.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories } from '../../src/testing.js'
import { axeViolations, giveCookies, hasBrowser, launchBrowser, newGuest, serve, type Guest } from '../support/browser.js'
import { OTHER_PASSWORD, PASSWORD } from '../support/shop-server.js'
import { Category, Product, shopOn, Tag, type Shop } from '../support/shop.js'

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await launchBrowser()
})
afterAll(async () => {
  if (hasBrowser) await browser.close()
})

const list = '/admin/shop/product/'
const RIGHTS = ['view', 'add', 'change', 'delete'].map((one) => `shop.${one}_product`)

/** A shop with 45 products, its admin, and its people. */
async function openAdmin() {
  const shop: Shop = shopOn(sqlite(':memory:'))
  await shop.migrate()
  const admin = shop.admin({ siteHeader: 'Harbour Shop' })
  admin.register(Category).register(Tag)
  admin.register(Product, {
    listDisplay: ['name', 'price', 'live', 'category'],
    listEditable: ['price', 'live'],
    listFilter: ['live', 'category'],
    searchFields: ['name'],
    ordering: ['name'],
    listPerPage: 20,
    actions: [
      { name: 'hide', label: 'Hide', run: async (rows) => void (await Promise.all(rows.map((row) => row.update({ live: false })))) },
      {
        name: 'free',
        label: 'Give away',
        confirm: 'These will cost nothing.',
        run: async (rows) => {
          for (const row of rows) await row.update({ price: '0.00' })
          return 'Given away.'
        },
      },
    ],
  })
  const tools = await shop.objects(Category).create({ name: 'Tools' })
  await shop.objects(Product).bulkCreate(
    Array.from({ length: 45 }, (_, index) => ({
      name: `Gear ${String(index).padStart(2, '0')}`,
      price: `${index}.50`,
      live: index % 3 !== 0,
      category: index < 5 ? tools : null,
    })),
  )
  const people = createFactories(shop)
  const keeper = await people.user({ username: 'keeper', password: PASSWORD, isStaff: true } as never)
  await keeper.userPermissions.add(...(RIGHTS as never[]))
  await people.user({ username: 'changer', password: PASSWORD, isStaff: true } as never)
  await people.user({ username: 'member', password: PASSWORD } as never)
  const app = express()
  app.use(forExpress(shop).site({ '/accounts': shop.pages(), '/admin': admin }))
  const server = await serve(app)
  return {
    origin: server.origin,
    products: shop.objects(Product),
    /** Lets a browser in as the keeper, by the site's own door. */
    async enter(page: Page): Promise<void> {
      const client = createClient(shop, server.origin)
      await client.loginAs(keeper)
      await giveCookies(page.context(), server.origin, client.cookies)
    },
    async close() {
      await server.close()
      await shop.close()
    },
  }
}

const heading = async (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()
const names = async (page: Page): Promise<string[]> => page.locator('tbody th[scope=row]').allTextContents()

/** Presses a button or follows a link, and waits for the page that comes. */
async function follow(page: Page, role: 'button' | 'link', name: string | RegExp): Promise<void> {
  await Promise.all([
    page.waitForEvent('load'),
    page
      .getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) })
      .first()
      .click(),
  ])
}

async function logIn(page: Page, username: string, password: string = PASSWORD): Promise<void> {
  await page.locator('[name=username]').fill(username)
  await page.locator('main [name=password]').fill(password)
  await follow(page, 'button', 'Log in')
}

async function choose(page: Page, action: string, ...chosen: readonly string[]): Promise<void> {
  for (const name of chosen) await page.getByLabel(`Choose ${name}`, { exact: true }).check()
  await page.getByLabel('Action', { exact: true }).selectOption({ label: action })
  await follow(page, 'button', 'Go')
}

describe.runIf(hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('the admin, %s', (_mode, javaScriptEnabled) => {
  let site: Awaited<ReturnType<typeof openAdmin>>
  const guests: Guest[] = []
  let page: Page

  const open = async (colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
    const guest = await newGuest(browser, { baseURL: site.origin, javaScriptEnabled, colorScheme, reducedMotion: 'reduce', acceptDownloads: true })
    guests.push(guest)
    return guest.page
  }
  /** The page is as it should be for everybody: no complaint of axe, nothing wider than a narrow screen. */
  const expectSound = async (): Promise<void> => {
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    await page.setViewportSize({ width: 320, height: 700 })
    expect([page.url(), await page.evaluate<number>('document.documentElement.scrollWidth')]).toEqual([page.url(), 320])
    await page.setViewportSize({ width: 1280, height: 800 })
  }

  beforeAll(async () => {
    site = await openAdmin()
  })
  afterAll(async () => site.close())
  beforeEach(async () => {
    page = await open()
  })
  afterEach(async () => {
    const left = guests.splice(0)
    await Promise.all(left.map(async ({ context }) => context.close()))
    expect(left.flatMap((one) => one.complaints)).toEqual([])
  })

  test('AD-1: staff come in by the login page, to where they wanted, and see only what they may', async () => {
    await page.goto(`${list}?q=gear+1`)
    expect(await heading(page)).toBe('Log in to the admin')
    await expectSound()
    await logIn(page, 'keeper', 'a guess')
    expect(await page.getByRole('alert').textContent()).toContain('do not belong')
    await expectSound()
    await logIn(page, 'keeper')
    expect(page.url()).toBe(`${site.origin}${list}?q=gear+1`)
    await follow(page, 'link', 'Harbour Shop')
    expect(await page.locator('.pa-side-model > a:first-child').allTextContents()).toEqual(['Products'])
    expect(await page.locator('.pa-models > li > a:first-child').allTextContents()).toEqual(['Products'])
    await expectSound()
    expect((await page.goto('/admin/shop/category/'))?.status()).toBe(403)
    expect(await heading(page)).toBe('You may not do that')
    await expectSound()
    await follow(page, 'link', 'To the first page')
    expect(page.url()).toBe(`${site.origin}/admin/`)
  })

  test('AD-2: a member who is no staff is told who they are, and may log in as somebody else', async () => {
    await page.goto('/accounts/login/')
    await logIn(page, 'member')
    await page.goto(list)
    expect(await page.locator('main').textContent()).toContain('You are logged in as member, and may not open this page.')
    await expectSound()
    await logIn(page, 'member')
    expect(await page.getByRole('alert').textContent()).toContain('staff account')
    await logIn(page, 'keeper')
    expect(page.url()).toBe(`${site.origin}${list}`)
  })

  test('a list is searched, filtered, ordered and turned', async () => {
    await site.enter(page)
    await page.goto(list)
    expect((await names(page)).length).toBe(20)
    await expectSound()
    await page.getByRole('searchbox', { name: 'Search products' }).fill('gear 1')
    await follow(page, 'button', 'Search')
    expect(await names(page)).toHaveLength(14)
    await follow(page, 'link', 'No')
    expect(await page.locator('.pa-choices [aria-current]').allTextContents()).toEqual(['No', 'All'])
    expect(await names(page)).toEqual(['Gear 12', 'Gear 15', 'Gear 18', 'Gear 21'])
    await follow(page, 'link', 'Price')
    await follow(page, 'link', /^Price/)
    expect(await page.locator('th[aria-sort=descending]').textContent()).toContain('Price')
    expect(await names(page)).toEqual(['Gear 21', 'Gear 18', 'Gear 15', 'Gear 12'])
    await expectSound()
    await page.getByRole('searchbox', { name: 'Search products' }).fill('nothing like it')
    await follow(page, 'button', 'Search')
    expect(await page.locator('.pa-nothing h2').textContent()).toBe('Nothing fits')
    await expectSound()
    await follow(page, 'link', 'show all')
    await follow(page, 'link', 'Next')
    expect((await names(page))[0]).toBe('Gear 20')
    await follow(page, 'link', 'Last')
    expect(await names(page)).toEqual(['Gear 40', 'Gear 41', 'Gear 42', 'Gear 43', 'Gear 44'])
    await follow(page, 'link', 'First')
    expect((await names(page))[0]).toBe('Gear 00')
  })

  test('cells are changed in the list; what is wrong keeps what was typed, and the history tells who changed what', async () => {
    await site.enter(page)
    await page.goto(list)
    const price = page.getByLabel('price of Gear 02')
    const wanted = '77.25'
    await price.fill('123456789')
    await page.getByLabel('live of Gear 01').setChecked(false)
    await follow(page, 'button', 'Save')
    expect(await page.getByRole('alert').textContent()).toContain('One cell needs another look')
    expect([await price.inputValue(), await price.getAttribute('aria-invalid')]).toEqual(['123456789', 'true'])
    expect(await page.getByLabel('live of Gear 01').isChecked()).toBe(false)
    await expectSound()
    await price.fill(wanted)
    await follow(page, 'button', 'Save')
    expect(await page.getByRole('status').textContent()).toContain('2 products changed')
    expect((await site.products.get({ name: 'Gear 02' })).price).toBe(wanted)
    await page.reload()
    expect(await page.locator('.pa-notice').count()).toBe(0)
    await follow(page, 'link', 'Gear 02')
    await follow(page, 'link', 'History')
    expect(await page.locator('tbody tr').last().textContent()).toMatch(/keeper.*Changed Price\./)
    await expectSound()
  })

  test('an action is done at once, another after a question; chosen rows are deleted after one too', async () => {
    await site.enter(page)
    await page.goto(list)
    await follow(page, 'button', 'Go')
    expect(await page.getByRole('status').textContent()).toContain('No action was chosen')
    const [first, second, third] = ['Gear 07', 'Gear 08', 'Gear 10']
    await choose(page, 'Hide', first, second)
    expect(await page.getByRole('status').textContent()).toContain('Hide: done for 2 products')
    expect((await site.products.get({ name: first })).live).toBe(false)
    await choose(page, 'Give away', second)
    expect(await heading(page)).toBe('Give away')
    expect(await page.locator('.pa-named').textContent()).toBe(second)
    await expectSound()
    await follow(page, 'link', 'No, go back')
    await choose(page, 'Give away', second)
    await follow(page, 'button', 'Give away')
    expect(await page.getByRole('status').textContent()).toContain('Given away.')
    expect((await site.products.get({ name: second })).price).toBe('0.00')
    const before = await site.products.count()
    await choose(page, 'Delete the chosen products', third)
    expect(await site.products.count()).toBe(before)
    await expectSound()
    await follow(page, 'button', 'Yes, delete')
    expect(await page.getByRole('status').textContent()).toContain('1 product deleted')
    expect(await site.products.find({ name: third })).toBeNull()
  })

  test('a list is a file for spreadsheets as well', async () => {
    await site.enter(page)
    await page.goto(`${list}?q=gear+02`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()])
    expect(download.suggestedFilename()).toBe('product.csv')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    const lines = Buffer.concat(chunks).toString('utf8').trim().split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/^"Gear 02","/)
  })

  test('the look is switched from the system’s to dark, to light and back', async () => {
    await site.enter(page)
    await page.goto('/admin/')
    const paper = async (): Promise<string> => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const light = await paper()
    await follow(page, 'button', /Switch to dark/)
    expect(await paper()).not.toBe(light)
    await expectSound()
    await follow(page, 'button', /Switch to light/)
    expect(await paper()).toBe(light)
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await paper()).toBe(light)
    await follow(page, 'button', /Switch to those of the system/)
    expect(await paper()).not.toBe(light)
  })

  test('one’s own password is changed, and one logs out', async () => {
    const [present, next] = [PASSWORD, OTHER_PASSWORD]
    await page.goto('/admin/')
    await logIn(page, 'changer', present)
    await follow(page, 'link', 'Change password')
    await expectSound()
    await page.locator('[name=old_password]').fill(present)
    for (const name of ['new_password1', 'new_password2']) await page.locator(`[name=${name}]`).fill(next)
    await follow(page, 'button', 'Change password')
    expect(await page.getByRole('status').textContent()).toContain('Your password was changed')
    await follow(page, 'button', 'Log out')
    expect(await heading(page)).toBe('You are logged out')
    await expectSound()
    await follow(page, 'link', 'Log in again')
    await logIn(page, 'changer', next)
    expect(page.url()).toBe(`${site.origin}/admin/`)
  })
})

describe.runIf(hasBrowser)('the admin by keyboard', () => {
  test('skips to the page, narrows the side bar, chooses all rows, scrolls the table, and shows where it is', async () => {
    const site = await openAdmin()
    const { page, context, complaints } = await newGuest(browser, { baseURL: site.origin, reducedMotion: 'reduce' })
    await site.enter(page)
    await page.goto(list)
    const isOutlined = async (): Promise<boolean> => page.evaluate<boolean>(`getComputedStyle(document.activeElement).outlineStyle !== 'none'`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate<string>('document.activeElement.textContent')).toContain('Skip to the page itself')
    await page.keyboard.press('Enter')
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('main')
    await page.goto('/admin/')
    await page.getByLabel('Filter the models').focus()
    await page.keyboard.type('nothing')
    expect(await page.locator('.pa-side-model:visible').count()).toBe(0)
    for (let presses = 0; presses < 7; presses += 1) await page.keyboard.press('Backspace')
    expect(await page.locator('.pa-side-model:visible').count()).toBe(1)
    await page.goto(list)
    await page.getByLabel('Choose all on this page').focus()
    await page.keyboard.press('Space')
    expect(await page.locator('.pa-select:checked').count()).toBe(21)
    expect(await page.locator('[data-selected]').textContent()).toBe('20 of 20 chosen')
    await page.setViewportSize({ width: 390, height: 800 })
    await page.locator('.pa-scroll').focus()
    expect(await isOutlined()).toBe(true)
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => page.evaluate<number>(`document.querySelector('.pa-scroll').scrollLeft`)).toBeGreaterThan(0)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(list)
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab')
      expect([await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 90)'), await isOutlined()]).toEqual([expect.anything(), true])
    }
    expect(complaints).toEqual([])
    await context.close()
    await site.close()
  })
})
