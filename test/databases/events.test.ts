import { describe, expect, test } from 'vitest'
import { FixedClock, portcullis, type SecurityEvent } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { memoryTransport } from '../../src/mail/memory-transport.js'
import { sqlite } from '../../src/sqlite.js'
import { Customer, eachSite, quick } from '../support/shop.js'
import { StatementCounter } from '../support/statements.js'
import { Visitor } from '../support/visitor.js'

const PASSWORD = 'seven mugs of cold tea'
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** A site that keeps its events, and its log. */
function noting(database: DatabaseSource) {
  const clock = new FixedClock('2026-11-23T08:00:00.123Z')
  const lines: string[] = []
  const errors: unknown[] = []
  const mailbox = memoryTransport()
  const auth = portcullis({
    ...quick,
    lockouts: {},
    rateLimits: {},
    events: {},
    securityLog: { write: (line) => void lines.push(line) },
    mail: { transport: mailbox },
    baseUrl: 'http://localhost',
    allowedHosts: ['localhost'],
    onError: (error) => void errors.push(error),
    clock,
    database,
    user: Customer,
  })
  const pages = auth.pages()
  return {
    auth,
    clock,
    lines,
    mailbox,
    pages,
    visitor: (address = '203.0.113.9') =>
      new Visitor(async (request) => {
        request.headers.set('user-agent', AGENT)
        return pages.fetch(request, { address })
      }),
    /** What was noted by `work`, oldest first. */
    async during(work: () => Promise<unknown>): Promise<readonly SecurityEvent[]> {
      await auth.events.list()
      const [last] = await auth.events.list({ limit: 1 })
      await work()
      const all = await auth.events.list({ limit: 500 })
      return all.filter((one) => one.id > (last?.id ?? 0)).toReversed()
    },
    migrate: async () => auth.migrate(),
    async close() {
      await auth.close()
      expect(errors).toEqual([])
    },
  }
}

type Site = ReturnType<typeof noting>

let made = 0

async function person({ auth }: Site, values: object = {}) {
  made += 1
  return auth.users.createUser({ username: `person${made}`, email: `person${made}@example.com`, password: PASSWORD, ...values })
}

async function loggedIn(site: Site, username: string, address?: string): Promise<Visitor> {
  const visitor = site.visitor(address)
  await visitor.get('/accounts/login/')
  expect((await visitor.post('/accounts/login/', { username, password: PASSWORD })).status).toBe(303)
  return visitor
}

const names = (events: readonly SecurityEvent[]): string[] => events.map((one) => one.name)

describe('security events', () => {
  eachSite(noting, (open) => {
    test('16.2.1, 16.3.1: a login and a logout say who, when, and from where', async () => {
      const site = await open()
      const ada = await person(site)
      const events = await site.during(async () => (await loggedIn(site, ada.username)).post('/accounts/logout/'))
      const where = { address: '203.0.113.9', userAgent: AGENT, actor: String(ada.pk), outcome: 'success' }
      expect(events).toMatchObject([
        { name: 'login', path: '/accounts/login/', ...where },
        { name: 'logout', path: '/accounts/logout/', ...where },
      ])
      expect(events[0]?.time.getTime()).toBe(site.clock.now().getTime())
    })

    test('16.3.1: a failed login tells whom it was aimed at, and never the name that was typed', async () => {
      const site = await open()
      const ada = await person(site)
      const canary = 'correct horse battery staple typed into the wrong field'
      const visitor = site.visitor('198.51.100.7')
      await visitor.get('/accounts/login/')
      const before = site.lines.length
      const events = await site.during(async () => {
        await visitor.post('/accounts/login/', { username: ada.username.toUpperCase(), password: 'wrong' })
        await visitor.post('/accounts/login/', { username: ada.username, password: 'wrong' })
        await visitor.post('/accounts/login/', { username: canary, password: canary })
      })
      expect(names(events)).toEqual(['login_failed', 'login_failed', 'login_failed'])
      expect(events[1]).toMatchObject({ target: `user:${ada.pk}`, actor: null, outcome: 'failure', address: '198.51.100.7' })
      expect(events[2]?.target).toBeNull()
      expect(events[0]?.data['account']).toBe(events[1]?.data['account'])
      expect(events[2]?.data['account']).not.toBe(events[1]?.data['account'])
      expect(JSON.stringify(events) + site.lines.join('\n')).not.toContain(canary)
      expect(site.lines.slice(before).map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(names(events))
    })

    test('A1, A3: the answer waits for no statement of a note, whether there is such an account or not', async () => {
      const site = await open()
      const ada = await person(site)
      const visitor = site.visitor('198.51.100.8')
      await visitor.get('/accounts/login/')
      const statementsOf = async (username: string): Promise<readonly string[]> => {
        await site.auth.idle()
        const counter = new StatementCounter(site.auth.internals.registry.database)
        await visitor.post('/accounts/login/', { username, password: 'wrong' })
        return counter.stop()
      }
      const known = await statementsOf(ada.username)
      const unknown = await statementsOf('nobody-of-that-name')
      expect(known).toEqual(unknown)
      expect(known.filter((one) => one.includes('portcullis_event'))).toEqual([])
    })

    test('16.3.2: an account that is shut out, and that it was unlocked', async () => {
      const site = await open()
      const ada = await person(site)
      const events = await site.during(async () => {
        for (let round = 0; round < 5; round++) await site.auth.authenticate(null, { username: ada.username, password: 'wrong' })
        await site.auth.lockouts.unlock({ username: ada.username })
        await site.auth.lockouts.unlock({ username: ada.username })
      })
      for (const one of events) expect(one.target).toBe(`user:${ada.pk}`)
      expect(names(events)).toEqual([...Array.from({ length: 5 }, () => 'login_failed'), 'locked_out', 'unlocked'])
      expect(events.at(-2)).toMatchObject({ outcome: 'refused', data: { kind: 'account-address' } })
      expect(events.at(-1)).toMatchObject({ data: { count: 2 } })
    })

    test('16.3.3: what was refused: a forged request, a wrong host, a lacking permission, a try too many', async () => {
      const site = await open()
      const ada = await person(site)
      const address = '198.51.100.9'
      const visitor = await loggedIn(site, ada.username, address)
      const denied = site.auth.permissionRequired('shop.add_customer', { raiseException: true })(async () => new Response())
      const events = await site.during(async () => {
        await visitor.request('/accounts/logout/', { method: 'POST', headers: { origin: 'http://evil.test' } })
        await site.pages.fetch(new Request('http://localhost/accounts/login/?next=/x', { headers: { host: 'evil.test' } }), { address })
        const cookie = [...visitor.cookies].map((one) => one.join('=')).join('; ')
        await site.auth.handle(new Request('http://localhost/members/?secret=1', { headers: { cookie } }), denied as never, { address })
        const stranger = site.visitor(address)
        await stranger.get('/accounts/login/')
        for (let round = 0; round < 6; round++) await stranger.post('/accounts/login/', { username: 'somebody-else', password: 'wrong' })
      })
      expect(events.filter((one) => one.outcome === 'refused')).toMatchObject([
        { name: 'csrf_failed', actor: String(ada.pk), path: '/accounts/logout/', address, data: { method: 'POST', refusal: 'csrf_failed' } },
        { name: 'host_refused', actor: null, path: '/accounts/login/', address },
        { name: 'access_denied', actor: String(ada.pk), path: '/members/', address, data: { reason: 'lacks shop.add_customer' } },
        { name: 'locked_out', actor: null, address },
        { name: 'rate_limited', actor: null, path: '/accounts/login/', address, data: { refusal: 'locked' } },
      ])
    })

    test('a flood of refusals is a row and a number, and every one a line of the log', async () => {
      const site = await open()
      const before = site.lines.length
      const forge = async (address: string) =>
        site.pages.fetch(
          new Request('http://localhost/accounts/logout/', { method: 'POST', headers: { host: 'localhost', origin: 'http://evil.test' } }),
          { address },
        )
      const events = await site.during(async () => {
        for (let round = 0; round < 50; round++) await forge('198.51.100.200')
        await forge('198.51.100.201')
      })
      expect(events.map((one) => one.address)).toEqual(['198.51.100.200', '198.51.100.201'])
      expect(site.lines.length - before).toBe(51)
      site.clock.advance(61)
      const later = await site.during(async () => forge('198.51.100.202'))
      expect(later.map((one) => [one.address, one.data['repeated']])).toEqual(
        expect.arrayContaining([
          ['198.51.100.200', 49],
          ['198.51.100.202', undefined],
        ]),
      )
    })

    test('registering, a new password, a link for one, and sessions that end by it', async () => {
      const site = await open()
      const newcomer = site.visitor('198.51.100.20')
      await newcomer.get('/accounts/register/')
      const fields = { username: 'newcomer', email: 'newcomer@example.com', password1: PASSWORD, password2: PASSWORD }
      const registered = await site.during(async () => expect((await newcomer.post('/accounts/register/', fields)).status).toBe(303))
      const user = await site.auth.users.get({ username: 'newcomer' })
      expect(registered).toMatchObject([
        { name: 'registration', target: `user:${user.pk}`, address: '198.51.100.20' },
        { name: 'login', actor: String(user.pk) },
      ])
      const other = await loggedIn(site, 'newcomer', '198.51.100.21')
      await other.get('/accounts/profile/')
      const changed = await site.during(async () => {
        await newcomer.post('/accounts/password_change/', { old_password: 'wrong', new_password1: PASSWORD, new_password2: PASSWORD })
        const next = 'eight mugs of warm tea'
        await newcomer.post('/accounts/password_change/', { old_password: PASSWORD, new_password1: next, new_password2: next })
      })
      expect(changed).toMatchObject([
        { name: 'login_failed', actor: String(user.pk), target: `user:${user.pk}`, data: { again: true } },
        { name: 'password_changed', actor: String(user.pk), target: `user:${user.pk}`, path: '/accounts/password_change/' },
        { name: 'session_ended', actor: String(user.pk), target: `user:${user.pk}`, data: { count: 1 } },
      ])
      const stranger = site.visitor('198.51.100.22')
      const reset = await site.during(async () => {
        await stranger.get('/accounts/password_reset/')
        await stranger.post('/accounts/password_reset/', { email: 'newcomer@example.com' })
        await site.auth.mailer.idle()
        const [link = ''] = site.mailbox
          .to('newcomer@example.com')
          .flatMap((one) => site.mailbox.linksIn(one))
          .filter((one) => one.includes('/reset/'))
        const { location } = { location: (await stranger.get(new URL(link).pathname)).headers.get('location') ?? '' }
        await stranger.get(location)
        await stranger.post(location, { new_password1: 'nine mugs of iced tea', new_password2: 'nine mugs of iced tea' })
      })
      expect(names(reset)).toEqual(['password_reset_requested', 'password_changed', 'session_ended', 'password_reset'])
      for (const one of reset) expect(one).toMatchObject({ target: `user:${user.pk}`, actor: null, address: '198.51.100.22' })
      expect(JSON.stringify(await site.auth.events.list({ limit: 500 }))).not.toMatch(/[0-9a-z]{1,13}-[0-9a-f]{32}/)
    })

    test('16.3.1: rights that change, accounts that are switched off, on, and deleted, whoever does it', async () => {
      const site = await open()
      const ada = await person(site)
      const group = await site.auth.groups.create({ name: `Group ${ada.pk}` })
      const permission = await site.auth.permissions.get({ codename: 'add_customer' })
      const events = await site.during(async () => {
        await ada.groups.add(group)
        await group.permissions.add(permission)
        await ada.update({ isStaff: true })
        await ada.update({ isStaff: true, firstName: 'Ada' })
        await ada.update({ isActive: false })
        await site.auth.users.update({ pk: { in: [ada.pk] } } as never, { isActive: true })
        await ada.delete()
      })
      expect(events.map((one) => [one.name, one.target, one.data])).toEqual([
        ['permissions_changed', `user:${ada.pk}`, { relation: 'groups', added: [group.pk], removed: [] }],
        ['permissions_changed', `group:${group.pk}`, { relation: 'permissions', added: [permission.id], removed: [] }],
        ['permissions_changed', `user:${ada.pk}`, { relation: 'isStaff', value: true }],
        ['account_deactivated', `user:${ada.pk}`, {}],
        ['account_activated', `user:${ada.pk}`, {}],
        ['account_deleted', `user:${ada.pk}`, {}],
      ])
    })

    test('what is rolled back never happened; who was refused was', async () => {
      const site = await open()
      const ada = await person(site)
      const events = await site.during(async () => {
        const undone = site.auth.atomic(async () => {
          await ada.update({ isActive: false })
          site.auth.events.note('access_denied', { target: ada, data: { of: 'a test' } })
          throw new Error('undone')
        })
        await expect(undone).rejects.toThrow('undone')
      })
      expect(names(events)).toEqual(['access_denied'])
      const kept = await site.during(async () =>
        site.auth.atomic(async () => {
          await site.auth.users.update({ pk: ada.pk } as never, { isActive: false })
          await site.auth.atomic(async () => site.auth.users.update({ pk: ada.pk } as never, { isActive: true }))
        }),
      )
      expect(names(kept)).toEqual(['account_deactivated', 'account_activated'])
    })

    test('list() gives the newest first, by user, name, address and time, and goes on from any of them', async () => {
      const site = await open()
      const [ada, grace] = [await person(site), await person(site)]
      site.clock.advance(1)
      const start = site.clock.now()
      const address = (index: number) => ({ path: '/x/', address: `192.0.2.${index}`, header: () => undefined })
      for (let index = 0; index < 25; index++) {
        // Several at one moment: their numbers keep them in order.
        if (index % 5 === 0) site.clock.advance(10)
        site.auth.events.note(index % 2 === 0 ? 'login' : 'login_failed', {
          actor: index % 3 === 0 ? ada : null,
          target: index % 3 === 1 ? ada : index % 3 === 2 ? grace : null,
          request: address(index % 4),
          data: { index },
        })
      }
      const indexes = (events: readonly SecurityEvent[]) => events.map((one) => one.data['index'])
      const all = Array.from({ length: 25 }, (_, index) => 24 - index)
      const since = start
      const listed = async (query: object) => indexes(await site.auth.events.list({ since, limit: 100, ...query }))
      expect(await listed({})).toEqual(all)
      expect(await listed({ user: ada })).toEqual(all.filter((one) => one % 3 !== 2))
      expect(await listed({ user: String(grace.pk) })).toEqual(all.filter((one) => one % 3 === 2))
      expect(await listed({ name: 'login' })).toEqual(all.filter((one) => one % 2 === 0))
      expect(await listed({ address: '192.0.2.3' })).toEqual(all.filter((one) => one % 4 === 3))
      expect(await listed({ user: ada, name: 'login_failed', address: '192.0.2.1' })).toEqual(all.filter((one) => one % 3 !== 2 && one % 4 === 1))
      expect(await listed({ since: new Date(start.getTime() + 50_000) })).toEqual(all.slice(0, 5))
      expect(await listed({ before: new Date(start.getTime() + 20_000) })).toEqual(all.slice(-5))
      for (const query of [{}, { user: ada }]) {
        const paged: unknown[] = []
        let before = {}
        for (;;) {
          const page = await site.auth.events.list({ since, limit: 4, ...query, ...before })
          const last = page.at(-1)
          if (last === undefined) break
          paged.push(...indexes(page))
          before = { before: last }
        }
        expect(paged).toEqual(await listed(query))
      }
    })

    test('14.2.7: what is older than it is kept goes, in parts, and nothing else', async () => {
      const site = await open()
      await site.auth.events.list()
      await site.auth.db.deleteFrom('portcullis_event' as never).execute()
      for (let index = 0; index < 1200; index++) site.auth.events.note('login', { data: { index } })
      await site.auth.events.list()
      site.clock.advance(90 * 86_400 - 1)
      site.auth.events.note('logout')
      expect(await site.auth.events.clearExpired()).toBe(0)
      site.clock.advance(2)
      expect(await site.auth.events.clearExpired()).toBe(1200)
      expect(names(await site.auth.events.list())).toEqual(['logout'])
    })
  })
})

describe('without a place to write to', () => {
  const siteWith = (options: object) => portcullis({ ...quick, database: sqlite(':memory:'), ...options })

  test('16.5.2: a table that is not there and a log that throws fail no request, and are told of once', async () => {
    const errors: string[] = []
    const auth = siteWith({
      events: {},
      securityLog: {
        write: () => {
          throw new Error('the disk is full')
        },
      },
      onError: (error: unknown) => errors.push(String(error)),
    })
    await auth.migrate()
    await auth.db.schema.dropTable('portcullis_event' as never).execute()
    for (let round = 0; round < 5; round++) {
      await auth.authenticate(null, { username: 'nobody', password: 'wrong' })
      await auth.idle()
    }
    expect(errors.filter((one) => one.includes('the disk is full'))).toHaveLength(1)
    expect(errors.filter((one) => one.includes('portcullis_event'))).toHaveLength(1)
    await auth.close()
    expect(errors.at(-1)).toMatch(/^Error: 5 security events could not be written/)
  })

  test('a log that answers later, and fails, is told of too', async () => {
    const errors: unknown[] = []
    const auth = siteWith({
      securityLog: { write: async () => Promise.reject(new Error('no route')) },
      onError: (error: unknown) => errors.push(error),
    })
    auth.events.note('login')
    auth.events.note('login')
    await auth.idle()
    await Promise.resolve()
    expect(errors).toHaveLength(1)
    await auth.close()
  })

  test('close() writes what was noted a moment before', async () => {
    const lines: string[] = []
    const auth = siteWith({ securityLog: { write: (line: string) => lines.push(line) } })
    auth.events.note('login', { actor: 1 })
    await auth.close()
    expect(lines).toHaveLength(1)
    auth.events.note('login', { actor: 1 })
    expect(lines).toHaveLength(1)
  })

  test('nothing is noted where both are off', async () => {
    const auth = siteWith({ events: false, securityLog: false })
    auth.events.note('login')
    expect(await auth.events.list()).toEqual([])
    expect(await auth.events.clearExpired()).toBe(0)
    await auth.close()
  })
})
