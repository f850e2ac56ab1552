/**
 * A real chromium, as a visitor has one: with scripts or without, by day or by night, on a phone or on a desk.
 * @module
 */

import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import AxeBuilder from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

/** Debian's, or wherever this machine has one. */
const PROGRAM = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether there is one. */
export const hasBrowser: boolean = existsSync(PROGRAM)
if (!hasBrowser) {
  if (process.env['CI']) throw new Error(`There is no chromium at ${PROGRAM}. Install it, or name one in TEST_CHROMIUM.`)
  console.log(`skipped: no chromium at ${PROGRAM}`)
}

/** Starts it. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    // People's browsers have it, and it brings back whole pages: what a page must not leave behind it must not leave there either.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/** Somebody at a browser, and what their browser complained of: scripts that broke, and whatever the content policy kept out. */
export interface Guest {
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: string[]
}

/** Opens a window of its own, with its own cookies. */
export async function newGuest(browser: Browser, options: BrowserContextOptions = {}): Promise<Guest> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('console', (message) => {
    // What a page answers is the test's business.
    if (message.type() === 'error' && !message.text().includes('the server responded with a status of')) complaints.push(message.text())
  })
  return { context, page, complaints }
}

/** What the page is held to. Axe leaves out the sizes of targets (WCAG 2.2) unless it is told. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice']

/** What axe has against a page, a line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Brought into a page once: its builder takes a second for every question, and the page answers in a tenth.
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await new AxeBuilder({ page }).setLegacyMode().withRules('document-title').analyze()
  const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    `axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] }).then((found) => found.violations)`,
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`))
}

/** Serves on a free port of this machine. */
export async function serve(listener: Parameters<typeof createServer>[1]): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Gives a browser the cookies that a visitor over HTTP has, as the site sets them: scripts read the token's alone. */
export async function giveCookies(context: BrowserContext, origin: string, cookies: ReadonlyMap<string, string>): Promise<void> {
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin, httpOnly: name !== 'csrftoken' })))
}
