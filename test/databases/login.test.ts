import { beforeAll, describe, expect, test } from 'vitest'
import { ImproperlyConfigured, PermissionDenied, portcullis } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { eachShop, quick, type Shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

/** A site of a few addresses, all in the web's own terms. */
function visitorOf(shop: Shop, origin?: string): Visitor {
  const me = shop.loginRequired((request) => Response.json({ name: request.user.username, phone: request.user.phone }))
  const edit = shop.permissionRequired('shop.change_product', { raiseException: true })((request) => new Response(`may, ${request.user.username}`))
  return new Visitor(
    (incoming) =>
      shop.handle(incoming, async (request) => {
        switch (request.path) {
          case '/login': {
            const data = await request.readBody()
            const user = await shop.authenticate(request, { username: String(data.fields.get('username')?.[0]), password: 'notes' })
            if (user === null) return new Response('no', { status: 422 })
            await shop.login(request, user)
            return new Response('welcome')
          }
          case '/logout':
            await shop.logout(request)
            return new Response('bye')
          case '/me':
            return me(request)
          case '/edit':
            return edit(request)
          case '/cart':
            request.session.set('cart', request.query.get('item'))
            return new Response('kept')
          case '/look':
            return Response.json(request.session.get('cart') ?? null)
          case '/password': {
            const { user } = request
            if (user.isAnonymous) throw new PermissionDenied()
            await user.setPassword('notes')
            await shop.updateSessionAuthHash(request, user)
            if (request.query.has('others')) await shop.sessions.endAll(user, { except: request })
            return new Response('changed')
          }
          case '/denied':
            throw new PermissionDenied({ reason: 'a secret reason' })
          case '/broken':
            request.session.set('cart', 'broken')
            return new Response('broken', { status: 500 })
          case '/plain':
            return new Response('plain')
          default:
            return new Response(request.csrfToken())
        }
      }),
    origin,
  )
}

async function loggedIn(shop: Shop, username: string, origin?: string): Promise<Visitor> {
  const visitor = visitorOf(shop, origin)
  await visitor.get('/')
  const response = await visitor.post('/login', { username })
  expect(await response.text()).toBe('welcome')
  return visitor
}

async function nameOf(visitor: Visitor): Promise<string | null> {
  const response = await visitor.getJson('/me')
  return response.status === 200 ? ((await response.json()) as { name: string }).name : null
}

eachShop((open) => {
  let shop: Shop
  beforeAll(async () => {
    shop = await open()
    for (const username of ['ada', 'grace', 'alan'])
      await shop.users.createUser({ username, password: 'notes', phone: '1', email: `${username}@example.com` })
  })
  const statementsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
    const statements: string[] = []
    const stop = shop.internals.registry.database.onStatement((sql) => void statements.push(sql))
    await work()
    stop()
    return statements
  }
  const sessionRows = async (): Promise<number> => (await shop.db.selectFrom('django_session').select('session_key').execute()).length

  describe('a request', () => {
    test('without a cookie takes no statement, with one takes one', async () => {
      const visitor = await loggedIn(shop, 'ada')
      expect(await statementsOf(() => visitorOf(shop).get('/plain'))).toHaveLength(0)
      expect(await statementsOf(() => visitor.getJson('/me'))).toHaveLength(1)
      expect(await statementsOf(() => visitor.getJson('/edit'))).toHaveLength(2)
    })

    test('writes a session only where it was changed', async () => {
      const visitor = visitorOf(shop)
      const before = await sessionRows()
      await visitor.get('/cart?item=mug')
      expect(await sessionRows()).toBe(before + 1)
      expect(await statementsOf(() => visitor.get('/look'))).toHaveLength(1)
      expect(await (await visitor.get('/look')).json()).toBe('mug')
    })

    test('that ends with an error of the server keeps nothing', async () => {
      const visitor = visitorOf(shop)
      await visitor.get('/broken')
      expect(visitor.sessionCookie).toBeNull()
    })

    test('D1: a key that nobody gave out is not adopted, and is taken back', async () => {
      const visitor = visitorOf(shop)
      visitor.cookies.set('sessionid', 'abcdefghijklmnopqrstuvwxyz012345')
      await visitor.get('/cart?item=mug')
      expect(visitor.sessionCookie).not.toBe('abcdefghijklmnopqrstuvwxyz012345')
      const other = visitorOf(shop)
      other.cookies.set('sessionid', 'abcdefghijklmnopqrstuvwxyz012345')
      await other.get('/plain')
      expect(other.sessionCookie).toBeNull()
    })

    test('D3: a thousand invented keys leave no row', async () => {
      const before = await sessionRows()
      for (let index = 0; index < 100; index++) {
        const visitor = visitorOf(shop)
        visitor.cookies.set('sessionid', `invented${String(index).padStart(24, '0')}`)
        await visitor.get('/look')
      }
      expect(await sessionRows()).toBe(before)
    })

    test('K1: what was made for a visitor is kept by no shared cache', async () => {
      const visitor = await loggedIn(shop, 'ada')
      const personal = await visitor.getJson('/me')
      expect([personal.headers.get('vary'), personal.headers.get('cache-control')]).toEqual(['Cookie', 'private, no-store'])
      const plain = await visitorOf(shop).get('/plain')
      expect([plain.headers.get('vary'), plain.headers.get('cache-control')]).toEqual([null, null])
    })
  })

  describe('login', () => {
    test('7.2.4, D1: gives a new key, keeps what the visitor had, and makes the old key worthless', async () => {
      const visitor = visitorOf(shop)
      await visitor.get('/cart?item=mug')
      const planted = visitor.copy()
      await visitor.get('/')
      await visitor.post('/login', { username: 'ada' })
      expect(visitor.sessionCookie).not.toBe(planted.sessionCookie)
      expect(await (await visitor.get('/look')).json()).toBe('mug')
      expect(await nameOf(planted)).toBeNull()
      expect(await (await planted.get('/look')).json()).toBeNull()
    })

    test('D14: by somebody else leaves nothing of the one before', async () => {
      const visitor = await loggedIn(shop, 'ada')
      await visitor.get('/cart?item=secret')
      const before = visitor.copy()
      await visitor.get('/')
      await visitor.post('/login', { username: 'grace' })
      expect(await nameOf(visitor)).toBe('grace')
      expect(await (await visitor.get('/look')).json()).toBeNull()
      expect(await nameOf(before)).toBeNull()
    })

    test('notes when it was, and tells who listens', async () => {
      const heard: string[] = []
      const stop = shop.signals.userLoggedIn.connect(({ user, request }) => void heard.push(`${user.username} at ${request.path}`))
      await loggedIn(shop, 'alan')
      stop()
      expect(heard).toEqual(['alan at /login'])
      expect((await shop.users.get({ username: 'alan' })).lastLogin).not.toBeNull()
    })

    test('E4: voids tokens that were given out before', async () => {
      const visitor = visitorOf(shop)
      const token = await (await visitor.get('/')).text()
      await visitor.post('/login', { username: 'ada' })
      expect((await visitor.request('/logout', { method: 'POST', headers: { 'x-csrftoken': token } })).status).toBe(403)
      expect(await nameOf(visitor)).toBe('ada')
    })

    test('E5: a cookie planted by a neighbour makes no token of it count', async () => {
      const visitor = await loggedIn(shop, 'ada')
      visitor.cookies.set('csrftoken', 'a'.repeat(32))
      expect((await visitor.post('/logout')).status).toBe(403)
    })

    test('E6: a token in the URL counts for nothing', async () => {
      const visitor = await loggedIn(shop, 'ada')
      const response = await visitor.request(`/logout?csrfmiddlewaretoken=${visitor.csrfSecret}`, { method: 'POST' })
      expect(response.status).toBe(403)
    })
  })

  describe('logout', () => {
    test('ends the session at once, for whoever holds its cookie', async () => {
      const visitor = await loggedIn(shop, 'ada')
      const thief = visitor.copy()
      await visitor.get('/')
      expect(await (await visitor.post('/logout')).text()).toBe('bye')
      expect(visitor.sessionCookie).toBeNull()
      expect(await nameOf(thief)).toBeNull()
    })

    test('works where nobody is logged in', async () => {
      const visitor = visitorOf(shop)
      await visitor.get('/')
      expect((await visitor.post('/logout')).status).toBe(200)
    })

    test('D5: a request that was under way saves nothing afterwards and answers 400', async () => {
      const visitor = await loggedIn(shop, 'ada')
      const slow = visitor.copy()
      const before = await sessionRows()
      let release = (): void => undefined
      const gate = new Promise<void>((resolve) => (release = resolve))
      const slowly = new Visitor((incoming) =>
        shop.handle(incoming, async (request) => {
          await gate
          request.session.set('cart', 'late')
          return new Response('kept')
        }),
      )
      for (const [name, value] of slow.cookies) slowly.cookies.set(name, value)
      const pending = slowly.get('/')
      await new Promise((resolve) => setTimeout(resolve, 20))
      await visitor.get('/')
      await visitor.post('/logout')
      release()
      expect((await pending).status).toBe(400)
      expect(await sessionRows()).toBe(before - 1)
    })
  })

  describe('D13: a session ends', () => {
    test('when the password changes, but for the one that changed it', async () => {
      const [here, there] = [await loggedIn(shop, 'grace'), await loggedIn(shop, 'grace')]
      await here.get('/')
      expect(await (await here.post('/password')).text()).toBe('changed')
      expect(await nameOf(there)).toBeNull()
      expect(there.sessionCookie).toBeNull()
      expect(await nameOf(here)).toBe('grace')
    })

    test('when the others are ended right after the change: the one that did it goes on', async () => {
      const [here, there] = [await loggedIn(shop, 'grace'), await loggedIn(shop, 'grace')]
      await here.get('/')
      const answer = await here.post('/password?others')
      expect([answer.status, await answer.text()]).toEqual([200, 'changed'])
      expect(await nameOf(here)).toBe('grace')
      expect(await nameOf(there)).toBeNull()
    })

    test('7.4.3: when somebody else changes the password', async () => {
      const visitor = await loggedIn(shop, 'alan')
      await (await shop.users.get({ username: 'alan' })).setPassword('notes')
      expect(await nameOf(visitor)).toBeNull()
    })

    test('7.4.2: when the account is switched off, and comes back with it', async () => {
      const visitor = await loggedIn(shop, 'alan')
      const alan = await shop.users.get({ username: 'alan' })
      await alan.update({ isActive: false })
      expect(await nameOf(visitor)).toBeNull()
      await alan.update({ isActive: true })
      expect(await nameOf(visitor)).toBe('alan')
    })

    test('7.4.2: when the account is deleted', async () => {
      const eve = await shop.users.createUser({ username: 'eve', password: 'notes' })
      const visitor = await loggedIn(shop, 'eve')
      await eve.delete()
      expect(await nameOf(visitor)).toBeNull()
    })
  })

  describe('guards', () => {
    test('send a browser to the login page and back, and tell a program 401', async () => {
      const visitor = visitorOf(shop)
      const page = await visitor.get('/me?tab=1&next=//evil.test')
      expect([page.status, page.headers.get('location')]).toEqual([302, '/accounts/login/?next=/me%3Ftab%3D1%26next%3D//evil.test'])
      const program = await visitor.getJson('/me')
      expect([program.status, await program.json()]).toMatchObject([401, { error: { code: 'login_required' } }])
    })

    test('tell neither permission nor reason', async () => {
      const visitor = await loggedIn(shop, 'ada')
      for (const path of ['/edit', '/denied']) {
        const [page, program] = [await visitor.get(path), await visitor.getJson(path)]
        expect([page.status, program.status]).toEqual([403, 403])
        const texts = [await page.text(), await program.text()]
        expect(texts.join('')).not.toMatch(/change_product|secret reason/)
        expect(texts[1]).toContain('permission_denied')
      }
    })

    test('8.3.2: a right that was granted or taken shows at the next request', async () => {
      const visitor = await loggedIn(shop, 'ada')
      const ada = await shop.users.get({ username: 'ada' })
      await ada.userPermissions.add('shop.change_product')
      expect(await (await visitor.get('/edit')).text()).toBe('may, ada')
      await ada.userPermissions.remove('shop.change_product')
      expect((await visitor.get('/edit')).status).toBe(403)
    })
  })

  describe('the list of devices', () => {
    test('names each session, marks this one, and ends the others', async () => {
      await shop.users.createUser({ username: 'mary', password: 'notes' })
      const [here, there] = [await loggedIn(shop, 'mary'), await loggedIn(shop, 'mary')]
      const mary = await shop.users.get({ username: 'mary' })
      let current: string[] = []
      const look = new Visitor((incoming) =>
        shop.handle(incoming, async (request) => {
          current = (await shop.sessions.listFor(mary, request)).filter((one) => one.isCurrent).map((one) => one.id)
          await shop.sessions.endAll(mary, { except: request })
          return new Response('ended')
        }),
      )
      for (const [name, value] of here.cookies) look.cookies.set(name, value)
      expect(await shop.sessions.listFor(mary)).toHaveLength(2)
      await look.get('/')
      expect(current).toHaveLength(1)
      expect(await nameOf(there)).toBeNull()
      expect(await nameOf(here)).toBe('mary')
    })

    test('D8: ends nobody else’s session; D9: shows no key', async () => {
      const visitor = await loggedIn(shop, 'grace')
      const [ada, grace] = [await shop.users.get({ username: 'ada' }), await shop.users.get({ username: 'grace' })]
      const list = await shop.sessions.listFor(grace)
      expect(list.length).toBeGreaterThan(0)
      for (const device of list) expect(await shop.sessions.end(ada, device.id)).toBe(false)
      expect(JSON.stringify(list)).not.toContain(visitor.sessionCookie)
      expect(await nameOf(visitor)).toBe('grace')
    })
  })

  test('over HTTPS the cookies have names that nobody else can set', async () => {
    const visitor = await loggedIn(shop, 'ada', 'https://localhost')
    expect([...visitor.cookies.keys()].toSorted()).toEqual(['__Host-csrftoken', '__Host-sessionid'])
    expect(await nameOf(visitor)).toBe('ada')
  })

  test('F7: a host that is not the site’s is refused before any work', async () => {
    const visitor = visitorOf(shop)
    const statements = await statementsOf(async () => {
      for (const host of ['evil.test', 'localhost:80@evil.test', 'localhost, evil.test', '']) {
        expect((await visitor.get('/plain', { host })).status).toBe(400)
      }
    })
    expect(statements).toHaveLength(0)
  })
})

describe('settings that could not work', () => {
  const start = (sessions: object, csrf: object = {}) => portcullis({ ...quick, database: sqlite(':memory:'), sessions, csrf })

  test('cookies that no browser would take are refused at the start, not at the first visit', () => {
    for (const sessions of [
      { cookieName: '__Host-own', cookieSecure: false },
      { cookieName: '__Host-own', cookiePath: '/shop' },
      { cookiePath: 'shop' },
    ])
      expect(() => start(sessions)).toThrow(ImproperlyConfigured)
    expect(() => start({}, { cookieName: 'csrf token' })).toThrow(ImproperlyConfigured)
  })

  test('a session cookie that is never Secure has no name that must be: HTTPS works too', async () => {
    const site = start({ cookieSecure: false })
    await site.migrate()
    const answer = await site.handle(new Request('https://localhost/', { headers: { host: 'localhost' } }), (request) => {
      request.session.set('cart', 1)
      return new Response('kept')
    })
    expect(answer.headers.getSetCookie().join()).toMatch(/^sessionid=(?!.*Secure)/)
    await site.close()
  })

  test('a guard that names no permission is a mistake: all of none is what everybody has', async () => {
    const site = start({})
    for (const options of [{}, { match: 'any' as const }]) expect(() => site.permissionRequired([], options)).toThrow(/names no permission/)
    await site.close()
  })
})
