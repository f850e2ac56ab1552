import { beforeAll, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { UNLOCK_ACCOUNT, VIEW_EVENT } from '../../src/admin/rights/grant-any.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { FixedClock, portcullis } from '../../src/index.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { Customer, eachSite, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const PASSWORD = 'seven mugs of cold tea'
const EVENTS = '/admin/portcullis/event/'
const LOCKOUTS = '/admin/portcullis/lockout/'

function securedOn(database: DatabaseSource) {
  const clock = new FixedClock('2026-11-23T08:00:00.123Z')
  const auth = portcullis({ ...quick, lockouts: {}, events: {}, securityLog: false, clock, database, user: Customer })
  return { auth, clock, migrate: async () => auth.migrate(), close: async () => auth.close() }
}

type Auth = ReturnType<typeof securedOn>['auth']

eachSite(securedOn, (open) => {
  let auth: Auth
  let clock: FixedClock
  let admin: AdminSite

  const clientOf = async (user: object): Promise<TestClient<Customer>> => {
    const client = createClient(auth, (request) => admin.fetch(request, { address: '192.0.2.1' }))
    await client.loginAs(user as never)
    return client as never
  }
  const staffWith = async (...permissions: string[]) => {
    const staff = (await createFactories(auth).user({ isStaff: true })) as unknown as Customer
    if (permissions.length > 0) await staff.userPermissions.add(...(permissions as never[]))
    return { staff, client: await clientOf(staff) }
  }
  let made = 0
  const person = async (): Promise<Customer> => (await auth.users.createUser({ username: `person${(made += 1)}`, password: PASSWORD })) as Customer
  const guess = async (username: string, times = 5): Promise<void> => {
    for (let round = 0; round < times; round++) await auth.authenticate(null, { username, password: 'wrong' })
  }
  const isLocked = async (username: string): Promise<boolean> => (await auth.lockouts.list({ username })).length > 0
  const textOf = async (client: TestClient<Customer>, path: string, status = 200): Promise<string> => {
    const response = await client.get(path)
    const text = (await response.text()).replaceAll('<wbr/>', '')
    expect([path, response.status, response.status === status ? '' : text.slice(0, 500)]).toEqual([path, status, ''])
    return text
  }
  const rowsIn = (html: string): string[] => html.split('<tbody>')[1]?.split('</tbody>')[0]?.split('</tr>').slice(0, -1) ?? []
  const lastLog = async (): Promise<LogEntry | undefined> => (await auth.objects(LogEntry).all({ orderBy: ['-id'], limit: 1 } as never))[0] as never

  beforeAll(async () => {
    const site = await open()
    ;({ auth, clock } = site)
    admin = auth.admin()
    // Opened once, so that the permissions are there.
    await admin.fetch(new Request('http://localhost/admin/'))
  })

  describe('permissions', () => {
    test('each page has one of its own, which administrators grant like any other', async () => {
      const ada = await person()
      const security = `/admin/shop/customer/${ada.pk}/security/`
      const cases = [
        { holds: [], opens: [] },
        { holds: [VIEW_EVENT], opens: [EVENTS] },
        { holds: [UNLOCK_ACCOUNT], opens: [LOCKOUTS] },
        { holds: ['shop.view_customer'], opens: [] },
        { holds: ['shop.view_customer', VIEW_EVENT], opens: [EVENTS, security] },
        { holds: ['shop.view_customer', UNLOCK_ACCOUNT], opens: [LOCKOUTS, security] },
      ]
      for (const { holds, opens } of cases) {
        const { client } = await staffWith(...holds)
        for (const path of [EVENTS, LOCKOUTS, security]) await textOf(client, path, opens.includes(path) ? 200 : 403)
        const front = await textOf(client, '/admin/')
        expect([holds, front.includes(EVENTS), front.includes(LOCKOUTS)]).toEqual([holds, opens.includes(EVENTS), opens.includes(LOCKOUTS)])
        await textOf(client, '/admin/portcullis/', opens.length === 0 ? 404 : 200)
      }
    })

    test('nobody else unlocks: without the permission, without a token, by looking', async () => {
      const ada = await person()
      await guess(ada.username)
      const { client } = await staffWith('shop.view_customer', 'shop.change_customer', VIEW_EVENT)
      const [lockout] = await auth.lockouts.list({ username: ada.username })
      const form = { account: lockout?.account ?? '' }
      for (const path of [LOCKOUTS, `/admin/shop/customer/${ada.pk}/security/`]) expect((await client.post(path, { form })).status).toBe(403)
      const { client: allowed } = await staffWith('shop.view_customer', UNLOCK_ACCOUNT)
      await textOf(allowed, LOCKOUTS)
      const forged = await admin.fetch(new Request(`http://localhost${LOCKOUTS}`, { method: 'POST', body: new URLSearchParams(form) }))
      expect(forged.status).toBe(403)
      expect(await isLocked(ada.username)).toBe(true)
    })
  })

  describe('lockouts', () => {
    test('shows who waits, by name where there is such an account, and ends it', async () => {
      const ada = await person()
      const { staff, client } = await staffWith(UNLOCK_ACCOUNT, 'shop.view_customer')
      await guess(ada.username)
      await guess(`nobody-${ada.pk}`)
      const html = await textOf(client, LOCKOUTS)
      const rows = rowsIn(html)
      const own = rows.find((row) => row.includes(`>${ada.username}</a>`)) ?? ''
      expect(own).toContain('An account, from one address')
      expect(own).toContain('2026-11-23T08:05:00.123Z')
      expect(html).not.toContain(`nobody-${ada.pk}`)
      const [, account = ''] = /name="account" value="([0-9a-f]{64})"/.exec(own) ?? []
      const response = await client.post(LOCKOUTS, { form: { account } })
      expect([response.status, response.headers.get('location')]).toEqual([303, LOCKOUTS])
      expect(await textOf(client, LOCKOUTS)).toContain(`“${ada.username}” may try again.`)
      expect([await isLocked(ada.username), await isLocked(`nobody-${ada.pk}`)]).toEqual([false, true])
      const [event] = await auth.events.list({ name: 'unlocked', limit: 1 })
      expect(event).toMatchObject({ actor: String(staff.pk), target: `user:${ada.pk}`, address: '192.0.2.1', path: LOCKOUTS, data: { count: 2 } })
      expect(await lastLog()).toMatchObject({ user: staff.pk, objectId: String(ada.pk), objectRepr: ada.username, changeMessage: 'Ended a lockout.' })
      // Once more there is nothing to end, and nothing is noted.
      await client.post(LOCKOUTS, { form: { account } })
      expect((await auth.events.list({ name: 'unlocked' })).filter((one) => one.target === `user:${ada.pk}`)).toHaveLength(1)
    })

    test('ends what is counted for a name that nobody has, and for an address', async () => {
      const { client } = await staffWith(UNLOCK_ACCOUNT)
      await guess('a-name-of-nobody')
      const [lockout] = await auth.lockouts.list({ username: 'a-name-of-nobody' })
      await client.post(LOCKOUTS, { form: { account: lockout?.account ?? '' } })
      expect(await isLocked('a-name-of-nobody')).toBe(false)
      expect(await lastLog()).toMatchObject({ objectRepr: lockout?.account.slice(0, 8), changeMessage: 'Ended a lockout.' })
      const pages = auth.pages()
      for (let round = 0; round < 20; round++) {
        const visitor = new Visitor((request) => pages.fetch(request, { address: '198.51.100.77' }))
        await visitor.get('/accounts/login/')
        await visitor.post('/accounts/login/', { username: `spray${round}`, password: 'wrong' })
      }
      const rows = rowsIn(await textOf(client, LOCKOUTS)).filter((row) => row.includes('198.51.100.77'))
      const [, address = ''] = /name="address" value="([^"]+)"/.exec(rows.join('')) ?? []
      expect(address).toBe('198.51.100.77/32')
      expect((await client.post(LOCKOUTS, { form: { address } })).status).toBe(303)
      expect((await auth.lockouts.list()).filter((one) => one.address === address)).toEqual([])
    })

    test('B10: takes nothing but what it shows', async () => {
      const { client } = await staffWith(UNLOCK_ACCOUNT)
      for (const form of [
        {},
        { account: '' },
        { account: 'ada' },
        { account: '0'.repeat(64), address: '192.0.2.1/32' },
        { address: "' or 1=1" },
        { address: '' },
      ])
        expect([form, (await client.post(LOCKOUTS, { form: form as never })).status]).toEqual([form, 400])
    })
  })

  describe('the tab of an account', () => {
    test('shows whether it is locked out, unlocks it, and tells what happened', async () => {
      const ada = await person()
      const { client } = await staffWith(UNLOCK_ACCOUNT, VIEW_EVENT, 'shop.view_customer')
      const path = `/admin/shop/customer/${ada.pk}/security/`
      expect(await textOf(client, path)).toContain('Not locked out')
      await guess(ada.username)
      const html = await textOf(client, path)
      expect(html).toContain('Unlock the account')
      expect(html).toContain('Failed to log in')
      expect((await client.post(path, { form: {} })).headers.get('location')).toBe(path)
      const after = await textOf(client, path)
      expect(after).toContain('Not locked out')
      expect(rowsIn(after)[0]).toContain('Unlocked')
      expect(await isLocked(ada.username)).toBe(false)
      // With more than it shows it leads to all of them.
      for (let round = 0; round < 21; round++) auth.events.note('login', { actor: ada })
      expect(await textOf(client, path)).toContain(`${EVENTS}?key=${ada.pk}`)
      expect(rowsIn(await textOf(client, `${EVENTS}?key=${ada.pk}`))).toHaveLength(28)
    })

    test('each half is for who has its permission', async () => {
      const ada = await person()
      await guess(ada.username)
      const path = `/admin/shop/customer/${ada.pk}/security/`
      const { client: viewer } = await staffWith(VIEW_EVENT, 'shop.view_customer')
      const seen = await textOf(viewer, path)
      expect([seen.includes('Unlock the account'), seen.includes('Failed to log in')]).toEqual([false, true])
      const { client: unlocker } = await staffWith(UNLOCK_ACCOUNT, 'shop.view_customer')
      const other = await textOf(unlocker, path)
      expect([other.includes('Unlock the account'), other.includes('Failed to log in')]).toEqual([true, false])
    })
  })

  describe('events', () => {
    test('newest first, by name, user and address, and onward from any of them', async () => {
      const [ada, grace] = [await person(), await person()]
      const { client } = await staffWith(VIEW_EVENT, 'shop.view_customer')
      clock.advance(1)
      const request = (address: string) => ({
        path: '/accounts/login/',
        address,
        header: () => 'Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0',
      })
      for (let index = 0; index < 120; index++) {
        if (index % 7 === 0) clock.advance(1)
        auth.events.note(index % 2 === 0 ? 'login' : 'logout', {
          actor: ada,
          request: request(index % 3 === 0 ? '192.0.2.33' : '192.0.2.34'),
          data: { index },
        })
      }
      auth.events.note('login_failed', { target: grace, request: request('192.0.2.35') })
      const pages: string[][] = []
      let next: string | null = `${EVENTS}?user=${ada.username}`
      while (next !== null) {
        const html = await textOf(client, next)
        pages.push(rowsIn(html))
        const [, href = null] = /<a rel="next" href="([^"]+)"/.exec(html) ?? []
        next = href === null ? null : EVENTS + href.replaceAll('&amp;', '&')
      }
      const indexes = pages.map((rows) => rows.map((row) => Number(/index<\/bdi>: <bdi>(\d+)/.exec(row)?.[1])))
      expect(indexes.map((one) => one.length)).toEqual([50, 50, 20])
      expect(indexes.flat()).toEqual(Array.from({ length: 120 }, (_, index) => 119 - index))
      expect(pages[0]?.[0]).toContain('Firefox on Windows')
      expect(pages[0]?.[0]).toContain(`href="/admin/shop/customer/${ada.pk}/security/"`)
      const only = async (query: string) => rowsIn(await textOf(client, `${EVENTS}?${query}`)).length
      expect(await only(`name=login_failed&user=${grace.username}`)).toBe(1)
      expect(await only(`name=logout&user=${grace.username}`)).toBe(0)
      expect(await only('address=192.0.2.35')).toBe(1)
      expect(await only(`address=192.0.2.33&user=${ada.username}`)).toBe(40)
      expect(await only('user=nobody-of-that-name')).toBe(0)
    })

    test('I8, K2: takes no other parameter, none twice, and no text where a name belongs', async () => {
      const { client } = await staffWith(VIEW_EVENT)
      for (const query of ['name=everything', 'name=toString', 'name=login&name=logout', 'before=now', 'before=1-x', 'o=1', 'data__contains=x'])
        await textOf(client, `${EVENTS}?${query}`, 400)
      for (const query of ["user='--", 'key=x', 'key=%00', 'address=%00%F0%9F%98%80', 'before=99999999999999-999999999999999'])
        await textOf(client, `${EVENTS}?${query}`)
    })

    test('rights that changed are told by their names, and an account that is gone by its key', async () => {
      const ada = await person()
      const { client } = await staffWith(VIEW_EVENT)
      const group = await auth.groups.create({ name: `Editors ${ada.pk}` })
      await group.permissions.add('shop.add_customer')
      await ada.groups.add(group)
      await ada.update({ isStaff: true })
      const key = ada.pk
      await ada.delete()
      const rows = rowsIn(await textOf(client, `${EVENTS}?key=${key}`))
      expect(rows[0]).toContain('Account deleted')
      expect(rows[0]).toContain(`Account ${key}`)
      expect(rows[1]).toContain('now staff')
      expect(rows[2]).toContain(`+ Editors ${key}`)
      expect(rowsIn(await textOf(client, `${EVENTS}?name=permissions_changed`)).find((row) => row.includes('+ Can add customer'))).toContain(
        `Editors ${key}`,
      )
    })

    test('I7, K3: what strangers sent shows, and does nothing', async () => {
      const { client } = await staffWith(VIEW_EVENT)
      const hostile = '/<svg onload=alert(1)>\u202e"\'\u0007'
      auth.events.note('host_refused', {
        request: { path: hostile, address: '192.0.2.99', header: () => hostile },
        data: { reason: hostile, [hostile]: hostile },
      })
      const html = await textOf(client, `${EVENTS}?address=192.0.2.99`)
      expect(html).not.toContain('<svg onload')
      for (const sign of ['\u202e', '\u0007']) expect(html).not.toContain(sign)
      expect(html).toContain('\\u{202e}')
    })
  })
})
