import { describe, expect, test } from 'vitest'
import { portcullis } from '../../src/index.js'
import { NOTICES } from '../../src/protection/rate-limits/site-limits.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, eachAccounts, expectRedirect, OTHER_PASSWORD, PASSWORD, type Accounts } from '../support/account-pages.js'
import { StatementCounter } from '../support/statements.js'
import type { Visitor } from '../support/visitor.js'
import { quick } from '../support/shop.js'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let count = 0

async function someone({ auth }: Accounts) {
  count += 1
  return auth.users.createUser({ username: `lise${count}`, email: `lise${count}@example.com`, password: PASSWORD })
}

async function logIn(visitor: Visitor, username: string, password = PASSWORD): Promise<Response> {
  await visitor.get('/accounts/login/')
  return visitor.post('/accounts/login/', { username, password }, { 'user-agent': FIREFOX })
}

async function subjects({ auth, mailbox }: Accounts, address: string): Promise<readonly string[]> {
  await auth.idle()
  return mailbox.to(address).map((one) => one.subject)
}

eachAccounts(
  (open) => {
    describe('notices', () => {
      test('6.3.5: a login from a browser that is new to the account is told to its owner, from one that is known it is not', async () => {
        const site = await open()
        const user = await someone(site)
        const first = site.visitor()
        expect((await logIn(first, user.username)).status).toBe(303)
        // The first login of all is the owner's own.
        expect(await subjects(site, user.email)).toEqual([])
        expect((await logIn(first, user.username)).status).toBe(303)
        expect(await subjects(site, user.email)).toEqual([])
        expect((await logIn(site.visitor(), user.username)).status).toBe(303)
        expect(await subjects(site, user.email)).toEqual(['A new device at Harbour Shop'])
        const { text } = site.mailbox.last
        expect(text).toContain('with Firefox on Linux, from 203.0.113.9, on November 23, 2026 at 08:00 UTC')
        expect(site.mailbox.linksIn()).toEqual(['http://shop.example/accounts/sessions/'])
      })

      test('a wrong password is no login', async () => {
        const site = await open()
        const user = await someone(site)
        await logIn(site.visitor(), user.username)
        expect((await logIn(site.visitor(), user.username, OTHER_PASSWORD)).status).toBe(422)
        expect(await subjects(site, user.email)).toEqual([])
      })

      test('6.3.7: a changed password is told', async () => {
        const site = await open()
        const user = await someone(site)
        const visitor = site.visitor()
        await logIn(visitor, user.username)
        const fields = { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
        expectRedirect(await visitor.post('/accounts/password_change/', fields), '/accounts/password_change/done/')
        expect(await subjects(site, user.email)).toEqual(['Your password for Harbour Shop was changed'])
      })

      test('go to one box so often, each kind by itself, and are counted after the response', async () => {
        const site = await open()
        const user = await someone(site)
        await logIn(site.visitor(), user.username)
        await site.auth.idle()
        const costs = new Set<number>()
        for (let round = 0; round < NOTICES.limit + 2; round++) {
          const visitor = site.visitor()
          await visitor.get('/accounts/login/')
          const counter = new StatementCounter(site.auth.internals.registry.database)
          await visitor.post('/accounts/login/', { username: user.username, password: PASSWORD })
          costs.add(counter.stop().filter((one) => one.includes('portcullis_rate_limit')).length)
          await site.auth.idle()
        }
        expect([...costs]).toEqual([0])
        expect(await subjects(site, user.email)).toHaveLength(NOTICES.limit)
        const visitor = site.visitor()
        await logIn(visitor, user.username)
        const fields = { old_password: PASSWORD, new_password1: OTHER_PASSWORD, new_password2: OTHER_PASSWORD }
        await visitor.post('/accounts/password_change/', fields)
        expect((await subjects(site, user.email)).at(-1)).toBe('Your password for Harbour Shop was changed')
      })

      test('are signals too', async () => {
        const site = await open()
        const user = await someone(site)
        const heard: unknown[] = []
        const stop = site.auth.signals.newDevice.connect(({ user: who }) => void heard.push(who.username))
        await logIn(site.visitor(), user.username)
        await logIn(site.visitor(), user.username)
        stop()
        expect(heard).toEqual([user.username])
      })
    })
  },
  { lockouts: {}, rateLimits: {} },
)

describe('notices', () => {
  test.each([
    ['all of them', false],
    ['one of them', { newDevice: false }],
  ] as const)('are switched off: %s', async (_what, notices) => {
    const site = accountsOn(sqlite(':memory:'), { lockouts: {}, notices })
    await site.migrate()
    const user = await someone(site)
    await logIn(site.visitor(), user.username)
    await logIn(site.visitor(), user.username)
    expect(await subjects(site, user.email)).toEqual([])
    await site.close()
  })

  test('are off where no mail is configured', async () => {
    const auth = portcullis({ ...quick, lockouts: {}, database: sqlite(':memory:'), baseUrl: 'http://shop.example' })
    const queued: unknown[] = []
    const { queueTemplate } = auth.mailer
    Object.assign(auth.mailer, { queueTemplate: (...given: Parameters<typeof queueTemplate>) => void queued.push(given) })
    await auth.migrate()
    const user = await auth.users.createUser({ username: 'ada', email: 'ada@example.com', password: PASSWORD })
    for (let round = 0; round < 2; round++)
      await auth.handle(new Request('http://localhost/'), async (request) => {
        const who = await auth.authenticate(request, { username: 'ada', password: PASSWORD })
        if (who !== null) await auth.login(request, who)
        return new Response(String(who?.pk === user.pk))
      })
    expect(queued).toEqual([])
    await auth.close()
  })
})
