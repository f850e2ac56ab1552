import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { runChild } from '../support/child-process.js'
import { folderWith, hasTypist, playTerminal, runPiped, type Ended, type Steps } from '../support/cli-process.js'
import { png } from '../support/pictures.js'
import { EXAMPLE_FLAGS, openShop, SEEDED_PASSWORD, shopEnvironment, START, type Shop } from '../support/shop-server.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const README = readFileSync(join(ROOT, 'examples/README.md'), 'utf8')

const folders: { drop: () => void }[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) folder.drop()
})

/** A new folder for a shop's files. */
function newFolder(): string {
  const folder = folderWith({})
  folders.push(folder)
  return folder.path
}

/** Runs an example to its end. */
async function runExample(file: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [...EXAMPLE_FLAGS, join(ROOT, 'examples', file)], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ended[name] += text
    })
  }
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, ...ended }
}

const passwordIn = (printed: string): string => /shown this once: (\S+)/.exec(printed)?.[1] ?? ''

async function mayLogIn(shop: Shop, username: string, password: string): Promise<boolean> {
  return shop.member(username, { password }).then(
    () => true,
    () => false,
  )
}

describe('npm start', { timeout: 120_000 }, () => {
  test('makes a shop with people, products and a superuser whose password is shown once, and ends at Ctrl-C', async () => {
    const folder = newFolder()
    const first = await openShop({ folder })
    const password = passwordIn(first.printed())
    expect(password).toMatch(/^[\w-]{16}$/)
    const html = await (await first.visitor().get('/')).text()
    for (const product of ['Brass gear wheel', 'Notebook, ruled', 'Punched cards, a box', 'Reading lamp']) expect(html).toContain(product)
    for (const [, picture = ''] of html.matchAll(/<img src="([^"]+)"/g)) expect((await first.visitor().get(picture)).status).toBe(200)
    expect(await mayLogIn(first, 'root', password)).toBe(true)
    expect(await first.close()).toMatchObject({ exitCode: 0, signal: null, stderr: '' })

    const second = await openShop({ folder })
    expect(second.printed()).not.toMatch(/superuser|shown this once/)
    expect(await mayLogIn(second, 'root', password)).toBe(true)
    expect((await (await second.visitor().get('/')).text()).match(/Reading lamp/g)).toHaveLength(1)
    expect(await second.close('SIGTERM')).toMatchObject({ exitCode: 0, signal: null, stderr: '' })
  })

  test('ends at Ctrl-C although a browser holds a connection on which it never asked, and after pictures were decoded', async () => {
    const shop = await openShop()
    const visitor = await shop.newcomer('mary')
    const form = new FormData()
    form.set('profile_picture', new File([new Uint8Array(png(40, 30))], 'me.png', { type: 'image/png' }))
    const headers = { accept: 'application/json', origin: shop.origin, 'x-csrftoken': visitor.csrfSecret ?? '' }
    expect((await visitor.request('/accounts/profile/', { method: 'POST', body: form, headers })).status).toBe(200)
    const idle = connect(Number(new URL(shop.origin).port), '127.0.0.1').on('error', () => {})
    await once(idle, 'connect')
    const begun = performance.now()
    expect(await shop.close()).toMatchObject({ exitCode: 0, stderr: '' })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  test('says so when the port is taken, or is none, before it asks or makes anything', async () => {
    const shop = await openShop()
    const { port } = new URL(shop.origin)
    const env = shopEnvironment(newFolder())
    expect(await runExample('start.ts', { ...env, PORT: port })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Something else answers at port ${port} already. Take another: PORT=8001 npm start\n`,
    })
    expect(await runExample('start.ts', { ...env, PORT: 'http' })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'PORT is “http”. Give a number: PORT=8001 npm start\n',
    })
    await shop.close()
  })

  test('opens the database of an earlier version of the shop, and leaves in it what it does not know', async () => {
    const folder = newFolder()
    await runChild(EARLIER_SHOP, [join(folder, 'shop.db')])
    const shop = await openShop({ folder })
    expect(shop.printed()).not.toContain('shown this once')
    expect(await (await shop.visitor().get('/')).text()).toContain('Punched cards, a box')
    expect([await mayLogIn(shop, 'root', SEEDED_PASSWORD), await mayLogIn(shop, 'alan', SEEDED_PASSWORD)]).toEqual([true, false])
    const ada = await shop.member('ada', { password: SEEDED_PASSWORD })
    expect((await ada.get('/products/add/')).status).toBe(200)
    const members = await (await ada.get('/members/')).text()
    for (const text of ['Editors', 'Shopkeepers', 'shop.publish_product']) expect(members).toContain(text)
    expect(await shop.close()).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('every command that its page proposes works on its shop', async () => {
    const folder = newFolder()
    await (await openShop({ folder })).close()
    const proposed = [...README.matchAll(/^npx portcullis (.+)$/gm)].map(([, line = '']) => line.split(' '))
    expect(proposed.length).toBeGreaterThan(4)
    for (const args of proposed) {
      const input = 'a better one 1815\na better one 1815\n'
      const { exitCode, stderr } = await runPiped(args, { cwd: ROOT, env: shopEnvironment(folder), input, nodeOptions: EXAMPLE_FLAGS.slice(0, 2) })
      // A person who may not is an answer, and what is unsafe in an example is nothing new.
      const expected = args[0] === 'explain' ? 1 : 0
      expect({ args, exitCode, stderr: args[0] === 'changepassword' ? '' : stderr }).toEqual({ args, exitCode: expected, stderr: '' })
    }
  })
})

describe.runIf(hasTypist)('npm start at a terminal', { timeout: 120_000 }, () => {
  const ENTER = '\r'
  const CTRL_C = '\u0003'
  const CTRL_D = '\u0004'
  const atTerminal = async (folder: string, steps: Steps) =>
    playTerminal({
      argv: [process.execPath, ...EXAMPLE_FLAGS, START],
      cwd: ROOT,
      env: { ...shopEnvironment(folder), TERM: 'xterm', PORT: '0' },
      steps,
      shown: true,
    })

  test('asks for the first superuser: unseen, twice, and again when the rules or the two do not agree', async () => {
    const folder = newFolder()
    const password = 'keeps the ENGINE running 7#'
    const { screen, exitCode, untyped } = await atTerminal(folder, [
      ['Username (Enter for “root”)', `no spaces${ENTER}`],
      ['Username (Enter for “root”)', `chief${ENTER}`],
      ['Password', `12345678${ENTER}`],
      ['digits', ''],
      ['Password', `${password}${ENTER}`],
      ['The same again', `something else${ENTER}`],
      ['two different', ''],
      ['Password', `${password}${ENTER}`],
      ['The same again', `${password}${ENTER}`],
      ['The shop is open', CTRL_C],
    ])
    expect({ exitCode, untyped }).toEqual({ exitCode: 0, untyped: 0 })
    for (const secret of ['ENGINE', '12345678', 'something else', 'shown this once']) expect(screen).not.toContain(secret)
    expect(screen).toContain('The superuser “chief” may do everything.')
    const shop = await openShop({ folder })
    expect(await mayLogIn(shop, 'chief', password)).toBe(true)
    await shop.close()
  })

  test('takes Enter for root with a random password, shown once', async () => {
    const folder = newFolder()
    const { screen, exitCode } = await atTerminal(folder, [
      ['Username', ENTER],
      ['Password', ENTER],
      ['The shop is open', CTRL_C],
    ])
    expect(exitCode).toBe(0)
    expect(screen).not.toContain('The same again')
    const shop = await openShop({ folder })
    expect(await mayLogIn(shop, 'root', passwordIn(screen))).toBe(true)
    await shop.close()
  })

  test.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ])('%s at a question stops it; the next start asks again', async (_name, key) => {
    const folder = newFolder()
    for (const steps of [
      [['Username', key]],
      [
        ['Username', ENTER],
        ['Password', key],
      ],
    ] as const) {
      const { screen, exitCode } = await atTerminal(folder, steps)
      expect(exitCode).toBe(0)
      expect(screen).toContain('Stopped. The next npm start goes on from here.')
      expect(screen).not.toMatch(/Error|The superuser “/)
    }
  })
})

test('an application’s own Kysely on PGlite is borrowed, and left open', { timeout: 120_000 }, async () => {
  const { exitCode, stdout, stderr } = await runExample('pglite/notes.ts', shopEnvironment(newFolder()))
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain('1 note; ada may notes.add_note, by a grant of their own.')
  expect(stdout).toContain('Right password: true')
  expect(stdout).toMatch(/^Tables: .*\bauth_user\b.*\bnotes, notes_tag\b/m)
})

/** What the shop was in the first version: without pictures, with other groups and another permission, and with a root of a known password. */
const EARLIER_SHOP = `
import { abstractUser, charField, decimalField, imageField, model, oneToOneField, portcullis, textField } from './src/index.js'
import { sqlite } from './src/sqlite.js'
class User extends abstractUser('shop.User', { fields: { phone: charField({ maxLength: 20, blank: true }) } }) {}
class Profile extends model('shop.Profile', {
  fields: { user: oneToOneField(() => User), bio: textField({ blank: true }), profilePicture: imageField({ null: true, uploadTo: 'profile_pics' }) },
}) {}
class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }), price: decimalField({ maxDigits: 8, decimalPlaces: 2 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}
class Invoice extends model('billing.Invoice') {}
const secretKey = 'django-insecure-the-same-for-everybody-who-has-this-example'
const auth = portcullis({ secretKey, database: sqlite(process.argv[1]), user: User, profile: Profile, models: [Product, Invoice] })
await auth.migrate()
const password = ${JSON.stringify(SEEDED_PASSWORD)}
await auth.users.createSuperuser({ username: 'root', password })
const ada = await auth.users.createUser({ username: 'ada', password, firstName: 'Ada' })
const alan = await auth.users.createUser({ username: 'alan', password })
await alan.update({ isActive: false })
const editors = await auth.groups.create({ name: 'Editors', permissions: ['shop.change_product', 'shop.publish_product'] })
await ada.groups.add(editors)
await auth.objects(Product).create({ name: 'Punched cards, a box', price: '4.50' })
await auth.close()
`
