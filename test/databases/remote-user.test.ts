import { beforeAll, describe, expect, test } from 'vitest'
import { ImproperlyConfigured, ModelBackend, portcullis, RemoteUserBackend } from '../../src/index.js'
import { bodyOf, headOf } from '../../src/authentication/request-head.js'
import { SiteRequest } from '../../src/authentication/site-request.js'
import { cookieHeader } from '../../src/base/cookie-jar.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { sqlite } from '../../src/sqlite.js'
import { eachSite, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

function siteOn(database: DatabaseSource, persistent = false) {
  return portcullis({
    ...quick,
    database,
    trustedProxies: ['10.0.0.0/8'],
    remoteUser: { header: 'x-remote-user', persistent },
    authenticationBackends: [
      (site) => new RemoteUserBackend(site, { cleanUsername: (name) => name.replace(/@.*$/, '') }),
      (site) => new ModelBackend(site),
    ],
  })
}

type Site = ReturnType<typeof siteOn>

/** Somebody whose requests come from this address. */
function visitorFrom(site: Site, address: string): { visitor: Visitor; as: (name: string | null) => Promise<string> } {
  const visitor = new Visitor((incoming) => site.handle(incoming, (request) => new Response(request.user.getUsername()), { address }))
  return { visitor, as: async (name) => (await visitor.get('/', name === null ? {} : { 'x-remote-user': name })).text() }
}

eachSite(
  (database) => siteOn(database),
  (open) => {
    describe('a proxy that says who is there', () => {
      let site: Site
      beforeAll(async () => {
        site = await open()
      })

      test('logs in, makes the account, and takes no new session for the same name', async () => {
        const { visitor, as } = visitorFrom(site, '10.0.0.7')
        expect(await as('ada@shop.example')).toBe('ada')
        const key = visitor.sessionCookie
        expect(await as('ada@shop.example')).toBe('ada')
        expect(visitor.sessionCookie).toBe(key)
        expect((await site.users.get({ username: 'ada' })).hasUsablePassword()).toBe(false)
      })

      test('D14: another name ends the session of the one before', async () => {
        const { visitor, as } = visitorFrom(site, '10.0.0.7')
        await as('ada')
        const key = visitor.sessionCookie
        expect(await as('grace')).toBe('grace')
        expect(visitor.sessionCookie).not.toBe(key)
      })

      test('who is no longer named is logged out', async () => {
        const { as } = visitorFrom(site, '10.0.0.7')
        await as('ada')
        expect(await as(null)).toBe('')
      })

      test('F10, F11: anybody else’s header counts as absent, and one with underscores is no name for it', async () => {
        const { as } = visitorFrom(site, '203.0.113.9')
        expect(await as('ada')).toBe('')
        expect(() =>
          portcullis({ ...quick, database: sqlite(':memory:'), trustedProxies: ['10.0.0.1'], remoteUser: { header: 'x_remote_user' } }),
        ).toThrow(ImproperlyConfigured)
      })

      test('F11: a header that came twice, or names nobody, is refused', async () => {
        const { visitor } = visitorFrom(site, '10.0.0.7')
        for (const name of ['ada, bob', 'ada,bob', 'a\tb']) {
          const { status, headers } = await visitor.get('/', { 'x-remote-user': name })
          expect([status, headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([400, 'nosniff', 'no-store'])
        }
        expect(await site.users.count({ username: { contains: 'bob' } })).toBe(0)
      })

      test('where nobody can be logged out, who is named no longer, or otherwise, is not vouched for', async () => {
        const { visitor, as } = visitorFrom(site, '10.0.0.7')
        await as('ada')
        const { requests } = site.internals
        const vouched = async (name: string | null): Promise<boolean> => {
          const headers = { host: 'localhost', cookie: cookieHeader(visitor.cookies) ?? '', ...(name === null ? {} : { 'x-remote-user': name }) }
          const head = headOf(new Request('http://localhost/', { headers }), { address: '10.0.0.7' })
          const opened = await requests.core.open(head, bodyOf(new Request('http://localhost/')), {})
          if (!(opened instanceof SiteRequest)) throw new Error(opened.code)
          expect(opened.user.getUsername()).toBe('ada')
          return requests.isVouchedFor(opened)
        }
        expect([await vouched('ada'), await vouched('ada@shop.example')]).toEqual([true, true])
        expect([await vouched('grace'), await vouched(null), await vouched('ada, bob')]).toEqual([false, false, false])
      })

      test('a login by password is left alone without the header', async () => {
        await site.users.createUser({ username: 'mary', password: 'notes' })
        const visitor = new Visitor((incoming) =>
          site.handle(
            incoming,
            async (request) => {
              if (request.path === '/login') {
                const user = await site.authenticate(request, { username: 'mary', password: 'notes' })
                if (user !== null) await site.login(request, user)
              }
              return new Response(request.user.getUsername())
            },
            { address: '10.0.0.7' },
          ),
        )
        await visitor.get('/login')
        expect(await (await visitor.get('/')).text()).toBe('mary')
      })
    })
  },
)

test('a persistent one keeps people logged in where the header is absent', async () => {
  const site = siteOn(sqlite(':memory:'), true)
  await site.migrate()
  const { as } = visitorFrom(site, '10.0.0.7')
  await as('ada')
  expect(await as(null)).toBe('ada')
  await site.close()
})
