import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forExpress } from '../../src/express.js'
import { portcullis } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories } from '../../src/testing.js'
import { axeViolations, giveCookies, hasBrowser, launchBrowser, newGuest, serve, type Guest } from '../support/browser.js'
import { Customer, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await launchBrowser()
})
afterAll(async () => {
  if (hasBrowser) await browser.close()
})

/** A shop that counts tries and keeps events, where somebody has just guessed at ada. */
async function openShop() {
  const shop = portcullis({ ...quick, lockouts: {}, events: {}, securityLog: false, database: sqlite(':memory:'), user: Customer })
  await shop.migrate()
  const people = createFactories(shop)
  const keeper = await people.superuser({ username: 'keeper' } as never)
  const ada = await people.user({ username: 'ada' } as never)
  const app = express()
  app.use(forExpress(shop).site({ '/accounts': shop.pages(), '/admin': shop.admin() }))
  const server = await serve(app)
  const guesser = new Visitor((request) => fetch(request), server.origin)
  await guesser.get('/accounts/login/')
  for (let round = 0; round < 6; round++) await guesser.post('/accounts/login/', { username: 'ada', password: 'a guess' })
  return {
    origin: server.origin,
    ada,
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

describe.runIf(hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('looking after security in the admin, %s', (_mode, javaScriptEnabled) => {
  let shop: Awaited<ReturnType<typeof openShop>>
  let guest: Guest
  beforeAll(async () => {
    shop = await openShop()
    guest = await newGuest(browser, { baseURL: shop.origin, javaScriptEnabled, reducedMotion: 'reduce' })
    await shop.enter(guest.page)
  })
  afterAll(async () => {
    await guest.context.close()
    await shop.close()
  })

  /** No complaint of axe by day and by night, nothing wider than a narrow screen. */
  const expectSound = async (page: Page): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      if (javaScriptEnabled) expect([colorScheme, await axeViolations(page)]).toEqual([colorScheme, []])
    }
    await page.setViewportSize({ width: 320, height: 700 })
    expect([page.url(), await page.evaluate<number>('document.documentElement.scrollWidth')]).toEqual([page.url(), 320])
    await page.setViewportSize({ width: 1280, height: 800 })
  }

  test('from the first page to what happened, to an account, and to its unlocking', async () => {
    const { page, complaints } = guest
    await page.goto('/admin/')
    await page.locator('#models').getByRole('link', { name: 'Security events' }).click()
    expect(await heading(page)).toBe('Security events')
    await expectSound(page)
    await page.getByLabel('What happened').selectOption('locked_out')
    await page.getByLabel('By or to whom').fill('ada')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/name=locked_out/)
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.locator('tbody').getByRole('link', { name: 'ada', exact: true }).click()
    expect(await heading(page)).toBe('Security of ada')
    await expectSound(page)
    await page.locator('#models').getByRole('link', { name: 'Lockouts' }).click()
    expect(await heading(page)).toBe('Lockouts')
    await expectSound(page)
    await page.getByRole('button', { name: 'Unlock the account ada' }).click()
    await page.getByText('“ada” may try again.').waitFor()
    await expectSound(page)
    await page.goto(`/admin/shop/customer/${String(shop.ada.pk)}/security/`)
    await page.getByText('Not locked out').waitFor()
    expect(await page.locator('tbody th').first().innerText()).toContain('Unlocked')
    expect(complaints).toEqual([])
  })
})
