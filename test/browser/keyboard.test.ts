import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, launchBrowser, newGuest } from '../support/browser.js'
import { guestAs } from '../support/gallery.js'
import { openShop, PASSWORD, type Shop } from '../support/shop-server.js'

let shop: Shop
let browser: Browser
beforeAll(async () => {
  if (hasBrowser) [shop, browser] = await Promise.all([openShop(), launchBrowser()])
})
afterAll(async () => {
  if (hasBrowser) await Promise.all([browser.close(), shop.close()])
})

/** What has the keyboard: its words, or the name of its field. */
const focused = (page: Page) => page.evaluate<string>(`document.activeElement.name || document.activeElement.innerText || ''`)

/** Presses Tab until something has the keyboard. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await focused(page)).trim() === wanted) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The Tab key never comes to “${wanted}”.`)
}

/** Everything that the Tab key comes to on a page, and how it shows that it has the keyboard. */
async function tour(page: Page): Promise<{ what: string; isShown: boolean }[]> {
  const stops: { what: string; isShown: boolean }[] = []
  await page.evaluate('document.activeElement.blur()')
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>('document.activeElement === document.body || document.activeElement === null')) break
    stops.push(
      await page.evaluate(`{
        const one = document.activeElement
        const { outlineStyle, outlineWidth, visibility } = getComputedStyle(one)
        const { top, left, right, width, height } = one.getBoundingClientRect()
        const isOnScreen = width > 0 && height > 0 && top < innerHeight && top + height > 0 && left >= -1 && right <= innerWidth + 1
        ;({ what: one.name || one.innerText || one.outerHTML, isShown: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && visibility === 'visible' && isOnScreen })
      }`),
    )
  }
  return stops
}

describe.runIf(hasBrowser)('with the keyboard alone', () => {
  test('one signs up, and logs in again after logging out', async () => {
    const { page, context } = await newGuest(browser, { baseURL: shop.origin })
    await page.goto('/')
    await tabTo(page, 'Sign up')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/register/**')
    expect(await focused(page)).toBe('username')
    await page.keyboard.type('tabitha')
    await page.keyboard.press('Tab')
    await page.keyboard.type('tabitha@example.com')
    await tabTo(page, 'password1')
    await page.keyboard.type(PASSWORD)
    await tabTo(page, 'password2')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.origin}/`)
    await tabTo(page, 'Log out')
    await page.keyboard.press('Space')
    await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
    await tabTo(page, 'Log in again')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/login/')
    await page.keyboard.type('tabitha')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.origin}/`)
    await context.close()
  })

  test.each(['/', '/accounts/profile/'])('the first stop on %s skips to the page itself', async (address) => {
    const { page, context } = await guestAs(browser, shop, 'ada')
    await page.goto(address)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the page itself')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(`document.activeElement.closest('main') !== null`)).toBe(true)
    await context.close()
  })

  test.each([
    ['nobody', '/'],
    ['nobody', '/accounts/login/'],
    ['nobody', '/accounts/register/'],
    ['ada', '/'],
    ['ada', '/members/'],
    ['ada', '/products/add/'],
    ['ada', '/accounts/profile/'],
    ['ada', '/accounts/sessions/'],
    ['ada', '/accounts/password_change/'],
  ] as const)('%s sees on %s where the keyboard is, at every stop', async (who, address) => {
    const { page, context } = await guestAs(browser, shop, who)
    await page.goto(address)
    const stops = await tour(page)
    expect(stops.length).toBeGreaterThan(4)
    expect(stops.filter((one) => !one.isShown)).toEqual([])
    await context.close()
  })
})

describe.runIf(hasBrowser)('whoever asks for less motion', () => {
  test.each(['/', '/accounts/register/', '/accounts/profile/'])('has none on %s', async (address) => {
    const { page, context } = await guestAs(browser, shop, 'ada', { reducedMotion: 'no-preference' })
    await page.goto(address)
    const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
      await page.emulateMedia({ reducedMotion })
      return page.evaluate<number>(`[...document.querySelectorAll('*')].filter((one) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one)
        return /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth'
      }).length`)
    }
    expect(await moving('reduce')).toBe(0)
    if (address.startsWith('/accounts/')) expect(await moving('no-preference')).toBeGreaterThan(0)
    await context.close()
  })
})
