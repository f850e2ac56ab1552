/**
 * What every page of the demonstration is held to, in every state, for everybody who sees it.
 * @module
 */

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeViolations, hasBrowser, launchBrowser, type Guest } from './browser.js'
import { guestAs, lookAt, looks, scenes, type Who } from './gallery.js'
import { openShop, type Shop } from './shop-server.js'

/** A desk at 200 % is half as wide; a phone of 2016, or a desk at 400 %, has 320 pixels (WCAG 1.4.10). */
const WIDTHS = [640, 320] as const

/** Declares the tests of every scene that these people see. */
export function describeScenes(...people: readonly Who[]): void {
  let shop: Shop
  let browser: Browser
  beforeAll(async () => {
    if (hasBrowser) [shop, browser] = await Promise.all([openShop(), launchBrowser()])
  })
  afterAll(async () => {
    if (hasBrowser) await Promise.all([browser.close(), shop.close()])
  })

  describe.runIf(hasBrowser).each(people)('what %s sees', (who) => {
    let guest: Guest
    let told: Told
    beforeAll(async () => {
      guest = await guestAs(browser, shop, who)
      told = new Told(guest.context)
    })
    afterAll(async () => guest.context.close())

    test.each(scenes.filter((scene) => scene.who === who))('$name', async ({ shows, open }) => {
      const { page, complaints } = guest
      await open(page, shop)
      expect(await page.locator('body').innerText()).toContain(shows)
      for (const look of looks) {
        await lookAt(page, look)
        expect({ look: look.name, violations: await axeViolations(page) }).toEqual({ look: look.name, violations: [] })
      }
      for (const width of WIDTHS) {
        await lookAt(page, { width, colorScheme: 'light' })
        expect({ width, tooWide: await tooWide(page) }).toEqual({ width, tooWide: [] })
      }
      await lookAt(page, { width: 1280, colorScheme: 'light' })
      // Text alone at 200 % (WCAG 1.4.4).
      await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
      expect(await tooWide(page)).toEqual([])
      expect(complaints).toEqual([])
    })

    test('14.3.3: nothing stays in the browser’s storage, and no cookie but the token’s can be read by scripts', async () => {
      const { page, context } = guest
      await page.goto('/')
      expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie.replace(/csrftoken=\\w+/, "")]')).toEqual([0, 0, ''])
      expect((await context.cookies()).filter((one) => !one.httpOnly).map((one) => one.name)).toSatisfy((names: string[]) =>
        names.every((name) => name === 'csrftoken'),
      )
    })

    test('D9: no answer tells a session’s key, or the token of a mailed link', async () => {
      // A stranger has no session; the link that is mailed is there also where this test runs alone.
      if (who === 'nobody') await scenes.find(({ name }) => name === 'reset-link')?.open(guest.page, shop)
      const { secrets, answers } = await told.everything(shop)
      expect(answers.length).toBeGreaterThan(0)
      expect(secrets.length).toBeGreaterThan(0)
      expect(answers.filter(({ text }) => secrets.some((secret) => text.includes(secret))).map((one) => one.url)).toEqual([])
    })
  })
}

/** What sticks out of the window to the right, by its markup; and the page itself, if it can be pushed aside. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`{
    const { scrollWidth, clientWidth } = document.documentElement
    const out = [...document.querySelectorAll('body *:not(svg, svg *)')].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect()
      return width > 0 && (right > innerWidth + 1 || left < -1) && getComputedStyle(one).visibility === 'visible'
    })
    ;[...(scrollWidth > clientWidth ? ['the page'] : []), ...out.map((one) => one.outerHTML.slice(0, 80))]
  }`)
}

/** Everything a browser was told, and what it must not have been told. */
class Told {
  readonly #answers: Promise<{ url: string; text: string }>[] = []
  readonly #keys = new Set<string>()

  constructor(context: BrowserContext) {
    context.on('response', (response) => {
      // Pictures are not read, and what is sent elsewhere has no body.
      if (!/^(?:text|application)\//.test(response.headers()['content-type'] ?? '')) return
      this.#answers.push(
        response
          .text()
          .catch(() => '')
          .then((text) => ({ url: response.url(), text })),
      )
      void context.cookies().then(
        (cookies) => {
          for (const { name, value } of cookies) if (name === 'sessionid') this.#keys.add(value)
        },
        () => {},
      )
    })
  }

  async everything(shop: Shop): Promise<{ secrets: string[]; answers: { url: string; text: string }[] }> {
    const tokens = Array.from(shop.printed().matchAll(/\/reset\/[^/]+\/([^/]+)\//g), ([, token = '']) => token)
    return { secrets: [...this.#keys, ...tokens], answers: (await Promise.all(this.#answers)).filter((one) => one.text !== '') }
  }
}
