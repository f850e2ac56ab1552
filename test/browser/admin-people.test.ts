import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { forExpress } from '../../src/express.js'
import { portcullis } from '../../src/index.js'
import { memoryTransport } from '../../src/mail/memory-transport.js'
import { fileSystemStorage } from '../../src/media.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient } from '../../src/testing.js'
import { axeViolations, giveCookies, hasBrowser, launchBrowser, newGuest, serve, type Guest } from '../support/browser.js'
import { photo } from '../support/gallery.js'
import { OTHER_PASSWORD, PASSWORD } from '../support/shop-server.js'
import { Category, Customer, OrderLine, Product, Profile, quick, Tag } from '../support/shop.js'

const people = '/admin/shop/customer/'

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await launchBrowser()
})
afterAll(async () => {
  if (hasBrowser) await browser.close()
})

/** A shop with a root, two groups and an office full of people. */
async function openOffice() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_office_'))
  const mailbox = memoryTransport()
  const site = portcullis({
    ...quick,
    database: sqlite(':memory:'),
    user: Customer,
    profile: Profile,
    models: [Tag, Category, Product, OrderLine],
    media: { storage: fileSystemStorage(folder) },
    mail: { transport: mailbox },
  })
  await site.migrate()
  const root = await site.users.createSuperuser({ username: 'root', password: PASSWORD })
  const [editors] = await site.groups.bulkCreate([{ name: 'Editors' }, { name: 'Readers' }])
  await editors?.permissions.add('shop.change_product')
  await site.users.bulkCreate(Array.from({ length: 30 }, (_, index) => ({ username: `clerk${index}`, email: `clerk${index}@example.com` })))
  const app = express()
  app.use(forExpress(site).site({ '/accounts': site.pages(), '/admin': site.admin({ siteHeader: 'The office' }) }))
  const server = await serve(app)
  return {
    origin: server.origin,
    site,
    /** The link in the last mail to somebody. */
    async linkTo(address: string): Promise<string> {
      await site.mailer.idle()
      const link = mailbox
        .to(address)
        .flatMap((one) => mailbox.linksIn(one))
        .at(-1)
      if (link === undefined) throw new Error(`No link was mailed to ${address}.`)
      return new URL(link).pathname
    },
    async enter(page: Page, user = root): Promise<void> {
      const client = createClient(site, server.origin)
      await client.loginAs(user)
      await giveCookies(page.context(), server.origin, client.cookies)
    },
    async close() {
      await server.close()
      await site.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.runIf(hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('people and their rights, %s', (_mode, javaScriptEnabled) => {
  let office: Awaited<ReturnType<typeof openOffice>>
  const guests: Guest[] = []
  beforeAll(async () => {
    office = await openOffice()
  })
  afterAll(async () => office.close())
  afterEach(async () => {
    const left = guests.splice(0)
    await Promise.all(left.map(async ({ context }) => context.close()))
    expect(left.flatMap((one) => one.complaints)).toEqual([])
  })

  const open = async (): Promise<Page> => {
    const guest = await newGuest(browser, { baseURL: office.origin, javaScriptEnabled, reducedMotion: 'reduce' })
    guests.push(guest)
    return guest.page
  }
  /** The office's root at a page. */
  const at = async (path: string): Promise<Page> => {
    const page = await open()
    await office.enter(page)
    await page.goto(path)
    return page
  }
  /** No complaint of axe, and nothing wider than a narrow screen. */
  const expectSound = async (page: Page): Promise<void> => {
    if (javaScriptEnabled) expect([page.url(), await axeViolations(page)]).toEqual([page.url(), []])
    await page.setViewportSize({ width: 320, height: 700 })
    expect([page.url(), await page.evaluate<number>('document.documentElement.scrollWidth')]).toEqual([page.url(), 320])
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  const press = async (page: Page, name: string | RegExp, role: 'button' | 'link' = 'button'): Promise<void> => {
    const found = page.getByRole('main').getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) })
    await Promise.all([page.waitForEvent('load'), found.last().click()])
  }
  const said = async (page: Page): Promise<string> => (await page.locator('.pa-notice').allTextContents()).join(' ')
  /** Chooses in a relation: between two panes, or among boxes, which are looked for where they are many. */
  const pick = async (page: Page, title: string, option: string, wanted = true): Promise<void> => {
    if (javaScriptEnabled) {
      // Panes are called after what is in them.
      const content = title.replace('user ', '')
      if (wanted) await page.getByRole('searchbox', { name: `Filter available ${content}` }).fill(option)
      const pane = page.getByRole('listbox', { name: new RegExp(`^${wanted ? 'Available' : 'Chosen'} ${content}`, 'i') })
      await pane.getByRole('option', { name: option }).click()
      return
    }
    const box = page.getByRole('group', { name: new RegExp(`^${title}`, 'i') }).getByRole('checkbox', { name: option })
    await box.setChecked(wanted)
  }
  const user = async (username: string) => office.site.users.get({ username })
  const newcomer = async (username: string) => office.site.users.createUser({ username, password: PASSWORD, email: `${username}@example.com` })

  test('AD-13: a user is added in two steps, first with what is wrong, then with a profile and its picture', async () => {
    const page = await at(people)
    await press(page, /^Add/, 'link')
    await expectSound(page)
    await page.getByLabel('Username').fill('mary')
    for (const name of ['password1', 'password2']) await page.locator(`[name=${name}]`).fill('mary')
    await press(page, 'Save')
    expect(await page.getByRole('alert').textContent()).toContain('another look')
    await expectSound(page)
    for (const name of ['password1', 'password2']) await page.locator(`[name=${name}]`).fill(PASSWORD)
    await press(page, 'Save')
    const { id } = await user('mary')
    expect(page.url()).toBe(`${office.origin}${people}${id}/change/`)
    await page.getByLabel('First name').fill('Mary')
    await page.locator('textarea[name$=bio]').fill('Looks at numbers.')
    await page.locator('input[type=file]').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await photo('#2f6f8f') })
    await press(page, 'Save and stay here')
    expect(await said(page)).toContain('was changed')
    const profile = await office.site.objects(Profile).get({ user: id })
    expect([profile.bio, profile.picture]).toEqual(['Looks at numbers.', expect.stringMatching(/^faces\/.*\.webp$/)])
    await expectSound(page)
    await press(page, 'History', 'link')
    const steps = await page.locator('tbody tr td:last-child').allTextContents()
    expect([steps[0], steps[1]]).toEqual(['Added.', expect.stringMatching(/^Changed First name\. /)])
  })

  test('§11.3: people are searched, filtered, and switched off and on from the list', async () => {
    const page = await at(people)
    await page.getByRole('main').getByRole('searchbox').first().fill('clerk1')
    await press(page, 'Search')
    expect(await page.locator('tbody th[scope=row]').count()).toBe(11)
    for (const name of ['clerk10', 'clerk11']) await page.getByLabel(`Choose ${name}`, { exact: true }).check()
    await page.getByLabel('Action', { exact: true }).selectOption({ label: 'Switch off' })
    await press(page, 'Go')
    expect(await said(page)).toContain('2 customers switched off')
    expect((await user('clerk10')).isActive).toBe(false)
    await page.goto(`${people}?is_active=0`)
    expect(await page.locator('tbody th[scope=row]').allTextContents()).toEqual(['clerk10', 'clerk11'])
    await expectSound(page)
    await page.getByLabel('Choose clerk10', { exact: true }).check()
    await page.getByLabel('Action', { exact: true }).selectOption({ label: 'Switch on' })
    await press(page, 'Go')
    expect((await user('clerk10')).isActive).toBe(true)
  })

  test('groups and permissions are chosen, what it means is shown before it is saved, and each is explained', async () => {
    const { id } = await newcomer('edith')
    const page = await at(`${people}${id}/change/`)
    await pick(page, 'groups', 'Editors')
    await pick(page, 'user permissions', 'Can publish products')
    await press(page, 'Save')
    expect(await page.locator('.pa-side-gain').textContent()).toMatch(/edith gains\s*2/)
    await expectSound(page)
    await press(page, 'Go back and change something')
    await pick(page, 'user permissions', 'Can publish products', false)
    await press(page, 'Save')
    expect(await page.locator('.pa-side-gain').textContent()).toMatch(/edith gains\s*1/)
    await press(page, 'Yes, save it')
    expect([...(await (await user('edith')).getAllPermissions())]).toEqual(['shop.change_product'])
    await page.goto(`${people}${id}/permissions/`)
    expect(await page.locator('.pa-sources').allTextContents()).toEqual(['Editors'])
    await expectSound(page)
    await press(page, 'Why shop.change_product?', 'link')
    expect(await page.locator('.pa-why').textContent()).toContain('Groups that grant it')
    await expectSound(page)
  })

  test('AD-16: a link is mailed by which somebody chooses a password; another is set here, or none', async () => {
    const { id } = await newcomer('olga')
    const page = await at(`${people}${id}/password/`)
    await expectSound(page)
    await press(page, 'Mail a reset link')
    expect(await said(page)).toContain('on its way to olga@example.com')
    const owner = await open()
    await owner.goto(await office.linkTo('olga@example.com'))
    for (const name of ['new_password1', 'new_password2']) await owner.locator(`[name=${name}]`).fill(OTHER_PASSWORD)
    await Promise.all([owner.waitForEvent('load'), owner.locator('main form button:not([type=button])').last().click()])
    expect(await (await user('olga')).checkPassword(OTHER_PASSWORD)).toBe(true)
    await page.goto(`${people}${id}/password/`)
    for (const name of ['password1', 'password2']) await page.locator(`[name=${name}]`).fill(PASSWORD)
    await press(page, 'Change password')
    expect(await said(page)).toContain('The password was changed')
    expect(await (await user('olga')).checkPassword(PASSWORD)).toBe(true)
    await page.goto(`${people}${id}/password/`)
    await press(page, 'Disable password-based login')
    expect((await user('olga')).hasUsablePassword()).toBe(false)
    await page.goto(`${people}${id}/password/`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Set password: olga')
    await expectSound(page)
  })

  test('a session of somebody is ended, and they are out', async () => {
    const ines = await newcomer('ines')
    const theirs = await open()
    await office.enter(theirs, ines)
    await theirs.goto('/accounts/profile/')
    expect(new URL(theirs.url()).pathname).toBe('/accounts/profile/')
    const page = await at(`${people}${ines.id}/sessions/`)
    await expectSound(page)
    await press(page, /^End the session|^End/)
    expect(await page.locator('.pc-devices > li').count()).toBe(0)
    await theirs.goto('/accounts/profile/')
    expect(new URL(theirs.url()).pathname).toBe('/accounts/login/')
  })

  test('the matrix: what groups grant is ticked, and who gains and who loses is shown before it is saved', async () => {
    const reader = await newcomer('rita')
    const [readers, editors] = [await office.site.groups.get({ name: 'Readers' }), await office.site.groups.get({ name: 'Editors' })]
    await reader.groups.add(readers)
    const page = await at('/admin/auth/group/')
    await press(page, 'Matrix', 'link')
    await page.getByLabel('Permissions of').selectOption({ value: 'shop.product' })
    await press(page, 'Show')
    await expectSound(page)
    await page.getByRole('checkbox', { name: /^Readers: .*view/i }).check()
    await page.getByRole('checkbox', { name: /^Editors: .*change/i }).uncheck()
    await press(page, 'Look at what changes')
    const gains = await page.locator('.pa-gains').textContent()
    expect(gains).toMatch(/Editors grants no more/)
    expect(gains).toMatch(/Readers grants from now on/)
    expect(await page.locator('main').textContent()).toContain('rita')
    await expectSound(page)
    await press(page, 'Yes, save it')
    expect(await said(page)).toContain('2 groups were changed')
    expect([...(await (await user('rita')).getAllPermissions())]).toEqual(['shop.view_product'])
    await editors.permissions.add('shop.change_product')
  })

  test('a group is added, renamed and deleted; its members are seen', async () => {
    const page = await at('/admin/auth/group/add/')
    const name = 'Printers'
    await page.getByLabel('Name', { exact: true }).fill(name)
    await pick(page, 'permissions', 'Can publish products')
    await press(page, 'Save and stay here')
    const group = await office.site.groups.get({ name })
    expect(await group.permissions.has('shop.publish_product')).toBe(true)
    await (await user('clerk1')).groups.add(group)
    await press(page, 'Members', 'link')
    expect(await page.locator('tbody').textContent()).toContain('clerk1')
    await expectSound(page)
    await page.goto(`/admin/auth/group/${group.id}/change/`)
    await page.getByLabel('Name', { exact: true }).fill('Bookbinders')
    await press(page, 'Save and stay here')
    await press(page, 'Delete', 'link')
    await expectSound(page)
    await press(page, 'Yes, delete it')
    expect(await office.site.groups.find({ id: group.id })).toBeNull()
  })
})
