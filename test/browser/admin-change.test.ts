import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  booleanField,
  charField,
  dateTimeField,
  decimalField,
  foreignKey,
  integerField,
  manyToManyField,
  model,
  portcullis,
  slugField,
} from '../../src/index.js'
import { forNode } from '../../src/node.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient } from '../../src/testing.js'
import { axeViolations, giveCookies, hasBrowser, launchBrowser, newGuest, serve, type Guest } from '../support/browser.js'
import { quick } from '../support/shop.js'

class Maker extends model('bench.Maker', { fields: { name: charField({ maxLength: 40 }) }, ordering: ['name'] }) {}
class Mark extends model('bench.Mark', { fields: { name: charField({ maxLength: 40 }) }, ordering: ['name'] }) {}
class Word extends model('bench.Word', { fields: { name: charField({ maxLength: 40 }) }, ordering: ['name'] }) {}
class Tool extends model('bench.Tool', {
  fields: {
    name: charField({ maxLength: 40 }),
    slug: slugField({ blank: true }),
    price: decimalField({ maxDigits: 8, decimalPlaces: 2, default: '1' }),
    used: dateTimeField({ null: true }),
    maker: foreignKey(() => Maker, { null: true }),
    marks: manyToManyField(() => Mark, { blank: true }),
    words: manyToManyField(() => Word, { blank: true }),
  },
}) {}
class Loan extends model('bench.Loan', {
  fields: {
    tool: foreignKey(() => Tool),
    who: charField({ maxLength: 40 }),
    days: integerField({ default: 7 }),
    back: booleanField({ default: false }),
  },
}) {}

let browser: Browser
let auth: ReturnType<typeof siteOf>
let origin = ''
let closeServer: () => Promise<void>
const guests: Guest[] = []

function siteOf() {
  return portcullis({ ...quick, database: sqlite(':memory:'), models: [Maker, Mark, Word, Tool, Loan] })
}

beforeAll(async () => {
  if (!hasBrowser) return
  auth = siteOf()
  await auth.migrate()
  const admin = auth.admin({ siteHeader: 'Workbench' })
  admin
    .register(Maker, { searchFields: ['name'] })
    .register(Mark)
    .register(Word, { searchFields: ['name'] })
  admin.register(Tool, { filterHorizontal: ['marks'], prepopulatedFields: { slug: ['name'] }, inlines: [{ model: Loan, max: 4 }] })
  await auth.objects(Maker).bulkCreate(Array.from({ length: 300 }, (_, index) => ({ name: `Maker ${String(index).padStart(3, '0')}` })))
  await auth.objects(Word).bulkCreate(Array.from({ length: 300 }, (_, index) => ({ name: `word ${String(index).padStart(3, '0')}` })))
  await auth.objects(Mark).bulkCreate(['blunt', 'sharp', 'new', 'old'].map((name) => ({ name })))
  await auth.users.createSuperuser({ username: 'root', password: 'seven mugs of cold tea' })
  const { site } = forNode(auth)
  const server = await serve(site({ '/admin': admin, '/accounts': auth.pages() }, (_request, response) => response.end('Workbench')))
  ;[origin, closeServer] = [server.origin, server.close]
  browser = await launchBrowser()
})
afterAll(async () => {
  if (!hasBrowser) return
  await browser.close()
  await closeServer()
  await auth.close()
})
afterEach(async () => {
  const left = guests.splice(0)
  await Promise.all(left.map(async ({ context }) => context.close()))
  expect(left.flatMap((one) => one.complaints)).toEqual([])
})

async function open(javaScriptEnabled: boolean, timezoneId = 'America/New_York'): Promise<Page> {
  const guest = await newGuest(browser, { baseURL: origin, javaScriptEnabled, timezoneId, reducedMotion: 'reduce' })
  guests.push(guest)
  const client = createClient(auth, origin)
  await client.loginAs(await auth.users.get({ username: 'root' }))
  await giveCookies(guest.context, origin, client.cookies)
  return guest.page
}

async function save(page: Page, name = 'Save'): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.getByRole('main').getByRole('button', { name, exact: true }).last().click()])
}

const tool = async (values: object = {}) => auth.objects(Tool).create({ name: 'Saw', ...values } as never)
const change = (one: { readonly id: number }): string => `/admin/bench/tool/${one.id}/change/`
const again = async (one: { readonly id: number }) => auth.objects(Tool).get({ pk: one.id })

describe.runIf(hasBrowser)('with scripts', () => {
  test('a foreign key to many is a combobox, by keyboard alone', async () => {
    const page = await open(true)
    const one = await tool()
    await page.goto(change(one))
    const box = page.getByRole('combobox', { name: /Maker/ })
    await box.focus()
    await page.keyboard.type('maker 1')
    await page.getByRole('option', { name: 'Maker 010' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await box.getAttribute('aria-activedescendant')).toBe('id_maker_options_1')
    await page.keyboard.press('Enter')
    const chosen = await box.inputValue()
    expect(chosen).toMatch(/^Maker \d+$/)
    // Escape gives up what was typed, and nothing else.
    await page.keyboard.type('zzz')
    await page.keyboard.press('Escape')
    expect(await box.inputValue()).toBe(chosen)
    await save(page)
    const maker = await auth.objects(Maker).get({ name: chosen })
    expect((await again(one)).maker).toBe(maker.id)
    await page.goto(change(one))
    await page.getByRole('button', { name: 'Choose none' }).click()
    await save(page)
    expect((await again(one)).maker).toBeNull()
  })

  test('what is few and what is many is moved between two panes, by keyboard and by mouse', async () => {
    const page = await open(true)
    const one = await tool()
    await page.goto(change(one))
    const [available, chosen] = [page.getByRole('listbox', { name: /^Available marks/ }), page.getByRole('listbox', { name: /^Chosen marks/ })]
    await available.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.keyboard.press('o')
    await page.keyboard.press(' ')
    expect(await chosen.getByRole('option').allTextContents()).toEqual(['old', 'sharp'])
    await chosen.getByRole('option', { name: 'old' }).click()
    expect(await chosen.getByRole('option').allTextContents()).toEqual(['sharp'])
    await page.getByRole('searchbox', { name: 'Filter available words' }).fill('word 29')
    const words = page.getByRole('listbox', { name: /^Available words/ })
    await words.getByRole('option', { name: 'word 299' }).click()
    await page.getByRole('searchbox', { name: 'Filter available words' }).fill('word 00')
    await words.getByRole('option', { name: 'word 007' }).click()
    expect(
      await page
        .getByRole('listbox', { name: /^Chosen words/ })
        .getByRole('option')
        .allTextContents(),
    ).toEqual(['word 007', 'word 299'])
    expect(await axeViolations(page)).toEqual([])
    await save(page)
    const now = await again(one)
    expect([(await now.marks.all()).map((mark) => mark.name), (await now.words.all()).map((word) => word.name)]).toEqual([
      ['sharp'],
      ['word 007', 'word 299'],
    ])
  })

  test('rows are added up to what the page bears, taken away again, and saved', async () => {
    const page = await open(true)
    const one = await tool()
    await page.goto(change(one))
    const add = page.getByRole('button', { name: 'Add another loan' })
    await add.click()
    expect(await page.evaluate('document.activeElement.name')).toBe('loan_set-1-who')
    await page.keyboard.type('Grace')
    await add.click()
    await page.keyboard.type('nobody')
    await page.getByRole('button', { name: 'Remove this new loan' }).last().click()
    await add.click()
    await page.keyboard.type('Ada')
    await add.click()
    expect(await add.isVisible()).toBe(false)
    await save(page)
    expect((await auth.objects(Loan).filter({ tool: one.id }, { orderBy: 'id' })).map((loan) => loan.who)).toEqual(['Grace', 'Ada'])
  })

  test('a short name follows the name until somebody writes one', async () => {
    const page = await open(true)
    await page.goto('/admin/bench/tool/add/')
    const [name, slug] = [page.getByLabel('Name', { exact: true }), page.getByLabel('Slug (optional)')]
    await name.fill('Säge & Hobel, groß')
    expect(await slug.inputValue()).toBe('sage-hobel-gro')
    await slug.fill('mine')
    await name.fill('Else')
    expect(await slug.inputValue()).toBe('mine')
  })

  test('moments are in the visitor’s zone and are sent in UTC; one that nobody touched is as it was', async () => {
    const page = await open(true)
    const one = await tool({ used: new Date('2026-11-01T05:30:00.250Z') })
    await page.goto(change(one))
    // The hour that comes twice: 01:30 in New York.
    const used = page.getByLabel('Used (optional)')
    expect(await used.inputValue()).toBe('2026-11-01T01:30')
    expect(await page.getByText('In your time zone, America/New York.').isVisible()).toBe(true)
    await page.getByLabel('Price').fill('2')
    await save(page)
    expect((await again(one)).used?.toISOString()).toBe('2026-11-01T05:30:00.250Z')
    await page.goto(change(one))
    await used.fill('2026-07-01T12:00:00')
    await save(page)
    expect((await again(one)).used?.toISOString()).toBe('2026-07-01T16:00:00.000Z')
  })
})

describe.runIf(hasBrowser).each([
  ['with scripts', true],
  ['without scripts', false],
] as const)('%s', (_name, javaScriptEnabled) => {
  test('two values that stand against each other are chosen between by keyboard', async () => {
    const page = await open(javaScriptEnabled)
    const one = await tool({ price: '3' })
    await page.goto(change(one))
    await one.update({ price: '4' } as never)
    await page.getByLabel('Price').fill('5')
    await save(page)
    expect(await page.getByRole('alert').textContent()).toContain('Somebody else changed this')
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    await page.getByRole('radio', { name: /Now in the database: 4.00/ }).focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.getByRole('radio', { name: /Yours: 5/ }).isChecked()).toBe(true)
    await save(page)
    expect((await again(one)).price).toBe('5.00')
  })

  test('an object is added, changed and deleted', async () => {
    const page = await open(javaScriptEnabled)
    const name = `Plane ${javaScriptEnabled}`
    await page.goto('/admin/bench/tool/add/')
    await save(page)
    expect(await page.getByRole('alert').textContent()).toContain('Name: Please fill in this field.')
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('Name', { exact: true }).fill(name)
    await save(page, 'Save and stay here')
    const made = await auth.objects(Tool).get({ name })
    expect(page.url()).toBe(`${origin}${change(made)}`)
    await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'Delete', exact: true }).click()])
    if (javaScriptEnabled) expect(await axeViolations(page)).toEqual([])
    await save(page, 'Yes, delete it')
    expect(await page.getByRole('main').textContent()).toContain(`The tool “${name}” was deleted.`)
    expect(await auth.objects(Tool).exists({ pk: made.id })).toBe(false)
  })

  test('the return key saves, and does not search', async () => {
    const page = await open(javaScriptEnabled)
    const one = await tool()
    await page.goto(change(one))
    await page.getByLabel('Price').fill('8')
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    expect([page.url(), (await again(one)).price]).toEqual([`${origin}/admin/bench/tool/`, '8.00'])
  })
})

describe.runIf(hasBrowser)('without scripts', () => {
  test('relations to many are searched on the server, and nothing that was typed is lost', async () => {
    const page = await open(false)
    const one = await tool()
    await page.goto(change(one))
    await page.getByLabel('Name', { exact: true }).fill('Half typed')
    await page.getByRole('searchbox', { name: /Find a maker/ }).fill('Maker 12')
    await Promise.all([
      page.waitForEvent('load'),
      page
        .getByRole('group', { name: /^Maker/ })
        .getByRole('button', { name: 'Search' })
        .click(),
    ])
    await page.getByRole('radio', { name: 'Maker 128' }).check()
    await page.getByRole('searchbox', { name: 'Find words' }).fill('word 123')
    await page.getByRole('searchbox', { name: 'Find words' }).press('Enter')
    await page.getByRole('checkbox', { name: 'word 123' }).check()
    await page.getByRole('checkbox', { name: 'sharp' }).check()
    await save(page)
    const now = await again(one)
    const maker = await auth.objects(Maker).get({ name: 'Maker 128' })
    expect([now.name, now.maker, (await now.words.all()).map((word) => word.name), (await now.marks.all()).map((mark) => mark.name)]).toEqual([
      'Half typed',
      maker.id,
      ['word 123'],
      ['sharp'],
    ])
  })

  test('room for more rows is made on the server', async () => {
    const page = await open(false)
    const one = await tool()
    await page.goto(change(one))
    await page.getByLabel('Who of new loan 1').fill('Ada')
    await save(page, 'Make room for more')
    expect(await page.getByLabel('Who of new loan 1').inputValue()).toBe('Ada')
    await page.getByLabel('Who of new loan 4').fill('Grace')
    await save(page)
    expect((await auth.objects(Loan).filter({ tool: one.id }, { orderBy: 'id' })).map((loan) => loan.who)).toEqual(['Ada', 'Grace'])
  })
})
