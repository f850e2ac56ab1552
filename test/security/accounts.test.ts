/**
 * What an attacker tries at the account pages, on every database: side doors that tell, links of others, and what stays behind.
 */
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { countWork } from '../../src/passwords/hash-work.js'
import { eachAccounts, expectRedirect, hiddenFields, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'
import { quick } from '../support/shop.js'
import { StatementCounter } from '../support/statements.js'
import { Visitor } from '../support/visitor.js'

const CANARY = 'the canary sings at a quarter to nine'
const TEN_YEARS = 10 * 365 * 86_400

let count = 0

async function someone({ auth }: Accounts, values: object = {}) {
  count += 1
  const username = `edith${count}`
  return auth.users.createUser({ username, email: `${username}@example.com`, password: PASSWORD, ...values })
}

async function isLoggedIn(visitor: Visitor): Promise<boolean> {
  return (await visitor.get('/accounts/profile/')).status === 200
}

/** Everything that stands in the database, as text. */
async function wholeDatabase({ auth }: Accounts): Promise<string> {
  const { registry } = auth.internals
  const rows: unknown[] = []
  const tables = new Set([...registry.models.map((one) => one.meta.table), 'portcullis_session', 'portcullis_attempt', 'portcullis_rate_limit'])
  for (const table of tables) rows.push(...(await registry.database.execute(sql`select * from ${sql.table(table)}`)))
  return JSON.stringify(rows, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : typeof value === 'bigint' ? String(value) : value,
  )
}

eachAccounts((open) => {
  describe('what strangers learn', () => {
    test('A7: signing up with an address that somebody has is answered like any other', async () => {
      const site = await open()
      const ada = await someone(site)
      const answers: unknown[] = []
      for (const email of [ada.email, `fresh${(count += 1)}@example.com`]) {
        const visitor = site.visitor()
        await visitor.get('/accounts/register/')
        const response = await visitor.post('/accounts/register/', {
          username: `new${(count += 1)}`,
          email,
          password1: PASSWORD,
          password2: PASSWORD,
        })
        answers.push([response.status, response.headers.get('location'), [...response.headers.keys()].toSorted(), await response.text()])
      }
      expect(answers[0]).toEqual(answers[1])
    })

    test('A7: nor does taking somebody’s address for one’s own account tell that they have it', async () => {
      const site = await open()
      const [ada, eve] = [await someone(site), await someone(site)]
      const visitor = await site.loggedIn(eve.username)
      const answers: unknown[] = []
      for (const email of [ada.email, `fresh${(count += 1)}@example.com`]) {
        const response = await visitor.post('/accounts/profile/', { email })
        answers.push([
          response.status,
          response.headers.get('location'),
          (await (await visitor.get('/accounts/profile/')).text()).includes('already'),
        ])
      }
      expect(answers[0]).toEqual(answers[1])
    })

    test('A7: an administrator of little asks about who is there and who is not, and hears the same', async () => {
      const site = await open()
      const ada = await someone(site)
      const clerk = await someone(site, { isStaff: true })
      const admin = site.auth.admin()
      const visitor = await site.loggedIn(clerk.username)
      const ask = async (path: string): Promise<unknown> => {
        const headers = {
          host: 'localhost',
          accept: 'application/json',
          cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        }
        const response = await admin.fetch(new Request(`http://localhost${path}`, { headers }))
        return [response.status, await response.text()]
      }
      for (const page of ['change', 'delete', 'history', 'permissions', 'sessions', 'password'])
        expect(await ask(`/admin/shop/customer/${ada.pk}/${page}/`)).toEqual(await ask(`/admin/shop/customer/987654/${page}/`))
      expect(await ask(`/admin/shop/customer/${ada.pk}/change/`)).toMatchObject([403, expect.any(String)])
    })
  })

  describe('the work of a wrong login', () => {
    test('A3, A6: is the same at every door for who is there and who is not: page, JSON, admin', async () => {
      const site = await open()
      const ada = await someone(site, { isStaff: true })
      const admin = site.auth.admin()
      const atAdmin = (): Visitor => new Visitor((request) => admin.fetch(request, { address: '203.0.113.9' }))
      const doors: Record<string, (username: string) => Promise<() => Promise<Response>>> = {
        page: async (username) => {
          const visitor = site.visitor()
          await visitor.get('/accounts/login/')
          return () => visitor.post('/accounts/login/', { username, password: 'wrong' })
        },
        JSON: async (username) => {
          const visitor = site.visitor()
          await visitor.getJson('/accounts/login/')
          return () => visitor.postJson('/accounts/login/', { username, password: 'wrong' })
        },
        admin: async (username) => {
          const visitor = atAdmin()
          await visitor.get('/admin/login/')
          return () => visitor.post('/admin/login/', { username, password: 'wrong' })
        },
      }
      for (const [door, prepare] of Object.entries(doors)) {
        const seen: unknown[] = []
        for (const username of [ada.username, 'nobody']) {
          const post = await prepare(username)
          await site.auth.idle()
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const { result, work } = await countWork(post)
          const statements = counter.stop()
          const text = (await result.text()).replaceAll(username, 'NAME').replaceAll(/[A-Za-z0-9]{64}/g, 'TOKEN')
          seen.push([result.status, [...work], statements, text])
        }
        expect([door, seen[0]]).toEqual([door, seen[1]])
      }
    })
  })

  describe('what one thing is good for', () => {
    test('D4: no cookie and no token does the work of another', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = await site.loggedIn(ada.username)
      const uid = site.auth.resetTokens.uidOf(ada)
      const things = {
        session: visitor.sessionCookie ?? '',
        csrf: visitor.csrfSecret ?? '',
        reset: site.auth.resetTokens.makeToken(await site.auth.users.get({ pk: ada.pk })),
        sessionHash: ada.getSessionAuthHash(),
        publicId: (await site.auth.sessions.listFor(ada))[0]?.id ?? '',
      }
      for (const [name, thing] of Object.entries(things)) expect([name, thing.length >= 20]).toEqual([name, true])
      const asSession = async (thing: string): Promise<boolean> => {
        const thief = site.visitor()
        thief.cookies.set('sessionid', thing)
        return isLoggedIn(thief)
      }
      const asCsrf = async (thing: string): Promise<boolean> =>
        (await visitor.copy().post('/accounts/profile/', { csrfmiddlewaretoken: thing, email: ada.email })).status === 303
      const asReset = async (thing: string): Promise<boolean> =>
        (await site.visitor().get(`/accounts/reset/${uid}/${encodeURIComponent(thing)}/`)).status === 302
      const places = { session: asSession, csrf: asCsrf, reset: asReset }
      const works: string[] = []
      for (const [place, tries] of Object.entries(places))
        for (const [name, thing] of Object.entries(things)) if (await tries(thing)) works.push(`${name} as ${place}`)
      expect(works).toEqual(['session as session', 'csrf as csrf', 'reset as reset'])
    })

    test('F7: a link in a mail leads to the configured address, whatever a request calls the site', async () => {
      const site = await open()
      const ada = await someone(site)
      await site.auth.idle()
      site.mailbox.clear()
      for (const headers of [{ host: 'shop.example' }, { 'x-forwarded-host': 'evil.test' }, { forwarded: 'host=evil.test' }, { host: 'evil.test' }]) {
        const visitor = site.visitor()
        await visitor.get('/accounts/password_reset/')
        await visitor.post(
          '/accounts/password_reset/',
          { email: ada.email },
          { ...headers, ...('host' in headers ? { origin: `http://${headers.host}` } : {}) },
        )
      }
      await site.auth.idle()
      // The one that called it evil.test was refused.
      expect(site.mailbox.linksIn().length + site.mailbox.messages.length).toBeGreaterThan(3)
      expect(site.mailbox.messages).toHaveLength(3)
      for (const { text, html } of site.mailbox.messages) {
        expect(text).toContain('http://shop.example/accounts/reset/')
        expect(`${text} ${html ?? ''}`).not.toContain('evil')
      }
    })
  })

  test('K4: what breaks on the way of a password or a link tells neither of them', async () => {
    const site = await open()
    const ada = await someone(site)
    const [visitor, member] = [site.visitor(), await site.loggedIn(ada.username)]
    const token = site.auth.resetTokens.makeToken(await site.auth.users.get({ pk: ada.pk }))
    await visitor.get('/accounts/login/')
    const before = site.errors.length
    const { database } = site.auth.internals.registry
    // Every statement that tells of an account breaks, with all that a driver says of it.
    const stop = database.onStatement((text) => {
      if (text.includes('shop_customer') && !text.includes('django_session')) throw new Error(`broken at: ${text}`)
    })
    const answers = [
      await visitor.post('/accounts/login/', { username: ada.username, password: CANARY }),
      await visitor.post('/accounts/register/', { username: 'broken', email: 'broken@example.com', password1: CANARY, password2: CANARY }),
      await member.post('/accounts/password_change/', { old_password: PASSWORD, new_password1: CANARY, new_password2: CANARY }),
      await visitor.get(`/accounts/reset/${site.auth.resetTokens.uidOf(ada)}/${token}/`),
    ]
    stop()
    expect(answers.map((one) => one.status).filter((status) => status >= 500).length).toBeGreaterThan(2)
    const said = [
      ...site.errors.slice(before).map((error) => inspect(error, { depth: 20, showHidden: true })),
      ...(await Promise.all(answers.map((one) => one.text()))),
    ].join('\n')
    expect(said.length).toBeGreaterThan(100)
    expect(said).not.toContain(CANARY)
    expect(said).not.toContain(token)
    expect(said).not.toContain('pbkdf2_sha256$')
    site.errors.length = before
  })

  describe('passwords', () => {
    test('D10, C11: one that was typed is found nowhere afterwards, whatever became of the login', async () => {
      const site = await open()
      const ada = await someone(site)
      const eve = await someone(site, { password: CANARY })
      const visitor = site.visitor()
      for (const username of [ada.username, eve.username, 'nobody', CANARY]) {
        await visitor.get('/accounts/login/')
        await visitor.post('/accounts/login/', { username, password: CANARY })
      }
      expect(await isLoggedIn(visitor)).toBe(true)
      await site.auth.idle()
      const everything = await wholeDatabase(site)
      expect(everything).toContain(eve.username)
      expect(everything).not.toContain(CANARY)
      expect(everything).not.toContain(Buffer.from(CANARY).toString('base64').slice(4, 20))
      expect(JSON.stringify([site.mailbox.messages, site.errors.map(String), [...visitor.cookies]])).not.toContain(CANARY)
    })

    test('D11: a login that did not succeed leaves nothing that opens anything', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const wrong = await visitor.post('/accounts/login/', { username: ada.username, password: 'wrong', remember: 'on', remember_me: '1' })
      expect(wrong.status).toBe(422)
      expect(wrong.headers.getSetCookie().filter((one) => !one.startsWith('csrftoken='))).toEqual([])
      expect(await isLoggedIn(visitor)).toBe(false)
      expect(await site.auth.sessions.listFor(ada)).toEqual([])
    })

    test('6.2.10, NIST 3.1.1.2c: one that was set ten years ago is as good as ever', async () => {
      const site = await open()
      const ada = await someone(site)
      site.clock.advance(TEN_YEARS)
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/', { username: ada.username, password: PASSWORD })
      site.clock.advance(-TEN_YEARS)
      expectRedirect(response, '/accounts/profile/')
    })

    test('NIST 4.2.1: a link to set one counts for a day', async () => {
      const site = await open()
      const ada = await someone(site)
      const token = site.auth.resetTokens.makeToken(ada)
      site.clock.advance(86_400)
      expect(site.auth.resetTokens.checkToken(ada, token)).toBe(true)
      site.clock.advance(1)
      expect(site.auth.resetTokens.checkToken(ada, token)).toBe(false)
      site.clock.advance(-86_401)
    })

    test('G3: a link opened by somebody else who is logged in sets the password of whose link it is, and no other', async () => {
      const site = await open()
      const [ada, eve] = [await someone(site), await someone(site)]
      const visitor = await site.loggedIn(eve.username)
      const link = `/accounts/reset/${site.auth.resetTokens.uidOf(ada)}/${site.auth.resetTokens.makeToken(ada)}/`
      const path = (await visitor.get(link)).headers.get('location') ?? ''
      // The link of one person and the name of another: nobody's.
      const mixed = path.replace(site.auth.resetTokens.uidOf(ada), site.auth.resetTokens.uidOf(eve))
      const form = { new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
      expect((await visitor.post(mixed, form)).status).toBe(200)
      expect(await (await site.auth.users.get({ pk: eve.pk })).checkPassword(PASSWORD)).toBe(true)
      expectRedirect(await visitor.post(path, form), '/accounts/reset/done/')
      expect(await (await site.auth.users.get({ pk: ada.pk })).checkPassword(OTHER_PASSWORD)).toBe(true)
      expect(await (await site.auth.users.get({ pk: eve.pk })).checkPassword(PASSWORD)).toBe(true)
    })
  })

  describe('sessions', () => {
    test('7.1.2: the twentieth login ends none of those before, and all are listed', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitors: Visitor[] = []
      for (let number = 0; number < 20; number += 1) visitors.push(await site.loggedIn(ada.username))
      expect(await Promise.all([visitors[0], visitors[19]].map(async (one) => one !== undefined && isLoggedIn(one)))).toEqual([true, true])
      expect(await site.auth.sessions.listFor(ada)).toHaveLength(20)
    })

    test('7.4.1: one that has ended is ended at every process of the site', async () => {
      const site = await open()
      const ada = await someone(site)
      const visitor = await site.loggedIn(ada.username)
      const thief = visitor.copy()
      await visitor.post('/accounts/logout/')
      expect(await isLoggedIn(thief)).toBe(false)
      expect(thief.sessionCookie).toBe(null)
    })

    test('E9: a form that came without a login is not sent again after one', async () => {
      const site = await open()
      const ada = await someone(site, { email: 'before@example.com' })
      const visitor = site.visitor()
      await visitor.get('/accounts/login/')
      const refused = await visitor.post('/accounts/profile/', { email: 'evil@example.com' })
      expect(refused.status).toBeGreaterThanOrEqual(302)
      const login = new URL(refused.headers.get('location') ?? '', 'http://localhost')
      const html = await (await visitor.get(`${login.pathname}${login.search}`)).text()
      expect(html).not.toContain('evil@example.com')
      const response = await visitor.post('/accounts/login/', { ...hiddenFields(html), username: ada.username, password: PASSWORD })
      await visitor.get(response.headers.get('location') ?? '')
      expect((await site.auth.users.get({ pk: ada.pk })).email).toBe('before@example.com')
    })
  })

  test('1.1.1: what is written twice is read once', async () => {
    const site = await open()
    const html = await (await site.visitor().get('/accounts/login/?next=%252F%252Fevil.test%252Fx')).text()
    expect(html).not.toContain('//evil.test')
    const ada = await someone(site)
    const visitor = await site.loggedIn(ada.username)
    await visitor.post('/accounts/profile/', { email: ada.email, first_name: '%41da &amp; +' })
    expect((await site.auth.users.get({ pk: ada.pk })).firstName).toBe('%41da &amp; +')
  })
})

eachAccounts(
  (open) => {
    test('6.2.11: where the policy is nist, nobody signs up with the name of the site', async () => {
      const site = await open()
      const visitor = site.visitor()
      await visitor.getJson('/accounts/register/')
      const sent = { username: 'namer', email: 'namer@example.com' }
      const refused = await visitor.postJson('/accounts/register/', { ...sent, password1: 'HarbourShop-2026!', password2: 'HarbourShop-2026!' })
      expect([refused.status, await refused.json()]).toMatchObject([422, { errors: { password2: [{ code: 'password_too_similar' }] } }])
      const host = await visitor.postJson('/accounts/register/', { ...sent, password1: 'www.shop.example', password2: 'www.shop.example' })
      expect(host.status).toBe(422)
      expect((await visitor.postJson('/accounts/register/', { ...sent, password1: PASSWORD, password2: PASSWORD })).status).toBe(201)
    })
  },
  { passwords: { ...quick.passwords, policy: 'nist' } },
)
