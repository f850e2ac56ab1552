import { describe, expect, test } from 'vitest'
import { FixedClock, portcullis, TooManyRequests, type SiteOptions } from '../../src/index.js'
import type { AnyModelClass } from '../../src/database/model.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { memoryTransport } from '../../src/mail/memory-transport.js'
import { sqlite } from '../../src/sqlite.js'
import { Customer, eachSite, quick } from '../support/shop.js'
import { StatementCounter } from '../support/statements.js'
import { Visitor } from '../support/visitor.js'

const PASSWORD = 'seven mugs of cold tea'

type Options = Partial<SiteOptions<typeof Customer, readonly AnyModelClass[], never, readonly string[]>>

/** A site that mails whoever is locked out. */
function lockingSite(database: DatabaseSource, options: Options = {}) {
  const clock = new FixedClock('2026-11-23T08:00:00.000Z')
  const mailbox = memoryTransport()
  const errors: unknown[] = []
  const auth = portcullis({
    ...quick,
    lockouts: {},
    rateLimits: {},
    events: {},
    securityLog: false,
    mail: { transport: mailbox },
    baseUrl: 'http://localhost',
    allowedHosts: ['localhost'],
    onError: (error) => void errors.push(error),
    clock,
    database,
    user: Customer,
    ...options,
  })
  const pages = auth.pages()
  const visitor = (address: string): Visitor => new Visitor((request) => pages.fetch(request, { address }))
  const linksTo = async (email: string): Promise<string[]> => {
    await auth.idle()
    return mailbox
      .to(email)
      .flatMap((one) => mailbox.linksIn(one))
      .filter((link) => link.includes('/unlock/'))
      .map((link) => new URL(link).pathname)
  }
  return {
    auth,
    clock,
    mailbox,
    visitor,
    linksTo,
    /** One try by somebody at this address: 303, 200 or 429. */
    async tryFrom(address: string, username: string, password = 'wrong'): Promise<number> {
      const somebody = visitor(address)
      await somebody.get('/accounts/login/')
      return (await somebody.post('/accounts/login/', { username, password })).status
    },
    migrate: async () => auth.migrate(),
    async close() {
      await auth.close()
      expect(errors).toEqual([])
    },
  }
}

type Site = ReturnType<typeof lockingSite>

let made = 0

async function person({ auth }: Site, values: object = {}): Promise<Customer> {
  made += 1
  return (await auth.users.createUser({ username: `person${made}`, email: `person${made}@example.com`, password: PASSWORD, ...values })) as Customer
}

const home = (): string => `198.51.${(made += 1) >> 8}.${made & 255}`

/** Locks an account at an address, and gives the link that was mailed. */
async function lockedOut(site: Site, user: Customer, address: string): Promise<string> {
  const before = (await site.linksTo(user.email)).length
  for (let round = 0; round < 5; round++) await site.tryFrom(address, user.username)
  expect(await site.tryFrom(address, user.username, PASSWORD)).toBe(429)
  const links = await site.linksTo(user.email)
  expect(links).toHaveLength(before + 1)
  return links.at(-1) ?? ''
}

/** Opens a link as a browser does, and gives where its form is. */
async function openLink(visitor: Visitor, link: string): Promise<string> {
  const response = await visitor.get(link)
  expect([response.status, response.headers.get('referrer-policy')]).toEqual([302, 'no-referrer'])
  const form = response.headers.get('location') ?? ''
  expect((await visitor.get(form)).status).toBe(200)
  return form
}

describe('links that end a lockout', () => {
  eachSite(lockingSite, (open) => {
    test('7.6.2: lead to a form, which ends the wait; looking at them does nothing', async () => {
      const site = await open()
      const [ada, address] = [await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const visitor = site.visitor(address)
      const form = await openLink(visitor, link)
      expect(form).toBe('/accounts/unlock/')
      const page = await (await visitor.get(form)).text()
      expect(page).toContain(ada.username)
      expect(page).toContain('Unlock the account')
      // A mail scanner has looked, and so has the owner: the wait stands.
      expect(await site.tryFrom(address, ada.username, PASSWORD)).toBe(429)
      const done = await visitor.post(form)
      expect([done.status, done.headers.get('location')]).toEqual([303, '/accounts/unlock/done/'])
      expect(await (await visitor.get('/accounts/unlock/done/')).text()).toContain('Your account is unlocked')
      expect(await site.auth.lockouts.list({ username: ada.username })).toEqual([])
      expect(await site.tryFrom(address, ada.username, PASSWORD)).toBe(303)
      const [event] = await site.auth.events.list({ name: 'unlocked', user: ada })
      expect(event).toMatchObject({
        target: `user:${ada.pk}`,
        actor: null,
        address,
        path: '/accounts/unlock/',
        data: { kind: 'account-address', by: 'link' },
      })
    })

    test('the same for programs', async () => {
      const site = await open()
      const [ada, address] = [await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const program = site.visitor(address)
      expect(await (await program.getJson(link)).json()).toEqual({ isValid: true, url: '/accounts/unlock/' })
      expect(await (await program.getJson('/accounts/unlock/')).json()).toMatchObject({ isValid: true, username: ada.username })
      const done = await program.postJson('/accounts/unlock/', {})
      expect([done.status, await done.json()]).toEqual([200, { unlocked: true, loginUrl: '/accounts/login/' }])
      const again = await program.postJson('/accounts/unlock/', {})
      expect([again.status, await again.json()]).toMatchObject([422, { errors: { __all__: [{ code: 'invalid_link' }] } }])
      expect(await (await program.getJson(link)).json()).toEqual({ isValid: false })
    })

    test('6.5.1, G1: of 20 who use one at once, one succeeds', async () => {
      const site = await open()
      const [ada, address] = [await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const visitors = Array.from({ length: 20 }, () => site.visitor(address))
      const forms = await Promise.all(visitors.map(async (one) => openLink(one, link)))
      const answers = await Promise.all(visitors.map(async (one, index) => one.post(forms[index] ?? '')))
      expect(answers.filter((one) => one.status === 303)).toHaveLength(1)
      expect(await site.auth.events.list({ name: 'unlocked', user: ada })).toHaveLength(1)
      // Used, it opens nothing more: neither this wait nor the next.
      expect(await (await site.visitor(address).get(link)).text()).toContain('This link no longer works')
      const next = await lockedOut(site, ada, home())
      expect(next).not.toBe(link)
      expect(await (await site.visitor(address).get(link)).text()).toContain('This link no longer works')
    })

    test('C3: end what is counted for this account and this visitor, and nothing of anybody else', async () => {
      const site = await open()
      const [ada, grace] = [await person(site), await person(site)]
      const [owner, attacker] = [home(), home()]
      await lockedOut(site, grace, owner)
      await lockedOut(site, ada, attacker)
      const link = await lockedOut(site, ada, owner)
      const visitor = site.visitor(owner)
      expect((await visitor.post(await openLink(visitor, link))).status).toBe(303)
      expect(await site.tryFrom(owner, ada.username, PASSWORD)).toBe(303)
      expect(await site.tryFrom(attacker, ada.username, PASSWORD)).toBe(429)
      expect(await site.tryFrom(owner, grace.username, PASSWORD)).toBe(429)
    })

    test('the browser that opened one is known: strangers who go on guessing do not stand in its way', async () => {
      const site = await open()
      const [ada, owner] = [await person(site), home()]
      const link = await lockedOut(site, ada, owner)
      const visitor = site.visitor(owner)
      await visitor.post(await openLink(visitor, link))
      for (let round = 0; round < 5; round++) await site.tryFrom(owner, ada.username)
      expect(await site.tryFrom(owner, ada.username, PASSWORD)).toBe(429)
      await visitor.get('/accounts/login/')
      expect((await visitor.post('/accounts/login/', { username: ada.username, password: PASSWORD })).status).toBe(303)
    })

    test('A6, A7: a name that nobody has is answered, and worked for, like one that somebody has', async () => {
      const site = await open()
      const ada = await person(site)
      const answersFor = async (username: string) => {
        const address = home()
        const answers: unknown[] = []
        const before: number[] = []
        for (let round = 0; round < 6; round++) {
          const visitor = site.visitor(address)
          await visitor.get('/accounts/login/')
          await site.auth.idle()
          const counter = new StatementCounter(site.auth.internals.registry.database)
          const response = await visitor.post('/accounts/login/', { username, password: 'wrong' })
          before.push(counter.stop().length)
          const text = (await response.text()).replaceAll(/value="[A-Za-z0-9]{64}"/g, '').replaceAll(username, 'NAME')
          answers.push([response.status, [...response.headers.keys()].toSorted(), text])
        }
        return { answers, before }
      }
      const [known, unknown] = [await answersFor(ada.username), await answersFor(`nobody${made}`)]
      expect(known).toEqual(unknown)
      expect(await site.linksTo(ada.email)).toHaveLength(1)
      // What comes after the response costs the same statements as well.
      const afterwards = async (username: string): Promise<readonly string[]> => {
        for (let round = 0; round < 4; round++) await site.auth.authenticate(null, { username, password: 'wrong' })
        await site.auth.idle()
        await site.auth.authenticate(null, { username, password: 'wrong' })
        const counter = new StatementCounter(site.auth.internals.registry.database)
        await site.auth.idle()
        return counter.stop()
      }
      const grace = await person(site)
      expect(await afterwards(grace.username)).toEqual(await afterwards(`no-such-${made}`))
    })

    test('nobody is mailed who has no use for it: switched off, without a password, without an address', async () => {
      const site = await open()
      const people = [await person(site, { isActive: false }), await person(site, { password: null }), await person(site, { email: '' })]
      for (const one of people)
        for (let round = 0; round < 5; round++) await site.auth.authenticate(null, { username: one.username, password: 'wrong' })
      await site.auth.idle()
      for (const one of people) expect(await site.linksTo(one.email)).toEqual([])
    })

    test('D4, G3: a link works for its account and its wait alone, and no other token works in its place', async () => {
      const site = await open()
      const [ada, grace, address] = [await person(site), await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const [, uid = '', last = ''] = /\/unlock\/([^/]+)\/([^/]+)\/$/.exec(link) ?? []
      const [token, wait] = [last.slice(last.lastIndexOf('.') + 1), last.slice(0, last.lastIndexOf('.'))]
      await lockedOut(site, grace, address)
      const { resetTokens } = site.auth
      const wrong = [
        `${resetTokens.uidOf(grace)}/${last}`,
        `${uid}/${wait}.${resetTokens.makeToken(ada)}`,
        `${uid}/${wait.replace(/^n/, 'a')}.${token}`,
        `${uid}/${wait.slice(0, -4)}.${token}`,
        `${uid}/n0.${wait.split('.').slice(1).join('.')}.${token}`,
        `${uid}/${token}`,
        `${uid}/${wait}.${token.slice(0, -1)}`,
        `${uid}/..${'x'.repeat(5000)}.${token}`,
        `AAAA/${last}`,
      ]
      for (const one of wrong) {
        const response = await site.visitor(address).get(`/accounts/unlock/${one}/`)
        expect([one.slice(0, 80), response.status, await response.text()]).toEqual([
          one.slice(0, 80),
          200,
          expect.stringContaining('This link no longer works'),
        ])
      }
      for (const path of [`/accounts/reset/${uid}/${token}/`, `/accounts/reset/${uid}/${last}/`, `/accounts/email/revert/${uid}/${last}/`])
        expect([path, await (await site.visitor(address).get(path)).text()]).toEqual([path, expect.stringContaining('This link no longer works')])
      // Without having opened the link there is nothing to confirm.
      const visitor = site.visitor(address)
      await visitor.get('/accounts/login/')
      expect((await visitor.post('/accounts/unlock/')).status).toBe(200)
      expect(await site.auth.lockouts.list({ username: ada.username })).toHaveLength(1)
    })

    test('a link is over with its wait, and when an administrator was faster', async () => {
      const site = await open()
      const [ada, grace, address] = [await person(site), await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const visitor = site.visitor(address)
      const form = await openLink(visitor, link)
      site.clock.advance(5 * 60)
      expect((await visitor.post(form)).status).toBe(200)
      const other = await lockedOut(site, grace, home())
      await site.auth.lockouts.unlock({ username: grace.username })
      expect(await (await site.visitor(address).get(other)).text()).toContain('This link no longer works')
    })

    test('a mailbox gets five in an hour, and none of its links for a new password is used up by them', async () => {
      const site = await open()
      const ada = await person(site)
      for (let round = 0; round < 7; round++) {
        const address = home()
        for (let guess = 0; guess < 5; guess++) await site.tryFrom(address, ada.username)
        await site.auth.idle()
      }
      expect(await site.linksTo(ada.email)).toHaveLength(5)
      const visitor = site.visitor(home())
      await visitor.get('/accounts/password_reset/')
      await visitor.post('/accounts/password_reset/', { email: ada.email })
      await site.auth.idle()
      expect(
        site.mailbox
          .to(ada.email)
          .flatMap((one) => site.mailbox.linksIn(one))
          .filter((one) => one.includes('/reset/')),
      ).toHaveLength(1)
    })

    test('14.2.1: the token is in no page and no event', async () => {
      const site = await open()
      const [ada, address] = [await person(site), home()]
      const link = await lockedOut(site, ada, address)
      const token = link.slice(link.lastIndexOf('.') + 1, -1)
      expect(token).toMatch(/^[0-9a-z]+-[A-Za-z0-9_-]{43}$/)
      const visitor = site.visitor(address)
      const form = await openLink(visitor, link)
      const page = await (await visitor.get(form)).text()
      await visitor.post(form)
      expect(page + JSON.stringify(await site.auth.events.list({ limit: 500 }))).not.toContain(token)
    })
  })
})

describe('where there are none', () => {
  const mailsOf = async (options: Options, hasPages = true): Promise<number> => {
    const mailbox = memoryTransport()
    const auth = portcullis({
      ...quick,
      lockouts: {},
      database: sqlite(':memory:'),
      mail: { transport: mailbox },
      baseUrl: 'http://localhost',
      user: Customer,
      ...options,
    })
    await auth.migrate()
    if (hasPages) auth.pages()
    await auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
    for (let round = 0; round < 5; round++) await auth.authenticate(null, { username: 'ada', password: 'wrong' })
    await expect(auth.authenticate(null, { username: 'ada', password: PASSWORD })).rejects.toThrow(TooManyRequests)
    await auth.idle()
    await auth.close()
    return mailbox.messages.length
  }

  test('one is mailed by default, and none where the site says so, has no pages, or does not know where it is', async () => {
    expect(await mailsOf({})).toBe(1)
    expect(await mailsOf({ lockouts: { unlockByMail: false } })).toBe(0)
    expect(await mailsOf({}, false)).toBe(0)
    expect(await mailsOf({ baseUrl: undefined } as never)).toBe(0)
  })

  test('without mail there is no page either', async () => {
    const auth = portcullis({ ...quick, lockouts: {}, database: sqlite(':memory:'), user: Customer })
    await auth.migrate()
    const visitor = new Visitor((request) => auth.pages().fetch(request, { address: '203.0.113.9' }))
    for (const path of ['/accounts/unlock/', '/accounts/unlock/done/', '/accounts/unlock/MQ/x/'])
      expect([path, (await visitor.get(path)).status]).toEqual([path, 404])
    await auth.close()
  })
})
