/**
 * Cookies, tokens of forms and secret keys that a real Django and portcullis share; and all of it over HTTP.
 * @module
 */

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, describe, expect, test } from 'vitest'
import { ModelBackend, portcullis, type BackendContext } from '../../src/index.js'
import { forExpress } from '../../src/express.js'
import { forNode } from '../../src/node.js'
import { maskCsrfSecret, newCsrfSecret } from '../../src/protection/csrf-tokens.js'
import { djangoIsAtLeast } from '../support/django.js'
import { eachPair } from '../support/pair.js'
import { answer, SECRET_KEY, sharedOptions, sideOfSite, sourceOf, type SharedSite } from '../support/shared-site.js'
import { DIRECTIONS, keep, loggedIn, logIn, nameOf, otherThan, sideOfDjango, whoami, type Jar, type Side } from '../support/sides.js'
import { Visitor } from '../support/visitor.js'

const NEW_KEY = 'another-secret-that-came-after-it-0123456789abcdefghijklmnopqrstuvwxyz'

describe('one browser at both', () => {
  eachPair((pair) => {
    const sides = (): Side[] => [pair().side('Django'), pair().side('portcullis')]
    const open: (() => Promise<unknown>)[] = []
    afterAll(async () => {
      for (const close of open) await close()
    })

    test('has cookies of the same names and attributes, given and taken back', async () => {
      const ada = await pair().newcomer()
      const found = []
      for (const side of sides()) {
        const jar: Jar = new Map()
        const given = await logIn(side, jar, ada)
        const visitor = side.visitor(jar)
        await visitor.get('/accounts/password_change/')
        const taken = await visitor.post('/accounts/logout/')
        // That it was for no script is not said of a cookie by Django when it is taken back; a browser goes by name, host and path.
        found.push({ given: attributesOf(given), taken: attributesOf(taken)['sessionid']?.filter((one) => one !== 'HttpOnly') })
      }
      expect(found[1]).toEqual(found[0])
      expect(Object.keys(found[1]?.given ?? {}).toSorted()).toEqual(['csrftoken', 'sessionid'])
      // No prefix over HTTPS: Django would not look for it.
      const jar = await loggedIn(pair().side('Django'), ada)
      const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
      expect(await (await pair().site.handle(new Request('https://localhost/whoami/', { headers }), answer)).json()).toMatchObject({ name: ada })
    })

    describe('C-1: forms', () => {
      test('are taken with the cookie of either, of 32 characters or of 64, bare or masked, in a field or in a header', async () => {
        const secret = newCsrfSecret()
        // Django masks its cookie before 4.1.
        for (const cookie of [secret, maskCsrfSecret(secret), ...(await Promise.all(sides().map(cookieOf)))]) {
          for (const token of [cookie, cookie.length === 64 ? cookie : maskCsrfSecret(cookie)]) {
            for (const side of sides()) {
              const visitor = side.visitor(new Map([['csrftoken', cookie]]))
              const wrong = { username: 'nobody', password: 'nothing' }
              const byField = await visitor.post('/accounts/login/', { ...wrong, csrfmiddlewaretoken: token })
              const byHeader = await visitor.post('/accounts/login/', { ...wrong, csrfmiddlewaretoken: '' }, { 'x-csrftoken': token })
              // The form is shown again: refused is only who wanted to log in.
              expect([byField.status, byHeader.status]).toEqual(side.name === 'Django' ? [200, 200] : [422, 422])
              const forged = await visitor.post('/accounts/login/', { ...wrong, csrfmiddlewaretoken: newCsrfSecret() })
              expect(forged.status).toBe(403)
            }
          }
        }
      })

      test.each(DIRECTIONS)('of a page of %s may be sent to %s', async (by) => {
        const [one, other] = [pair().side(by), pair().side(otherThan(by))]
        const jar = await loggedIn(one, await pair().newcomer())
        const token = tokenIn(await (await one.visitor(jar).get('/accounts/password_change/')).text())
        expect(token).toHaveLength(64)
        expect((await other.visitor(jar).post('/accounts/logout/', { csrfmiddlewaretoken: token })).status).toBeLessThan(400)
        expect(await nameOf(one, jar)).toBeNull()
      })

      test.each(DIRECTIONS)('C-2: from before a login at %s count no more at %s', async (by) => {
        const jar: Jar = new Map()
        const ada = await pair().newcomer()
        const before: string[] = []
        for (const side of sides()) before.push(tokenIn(await (await side.visitor(jar).get('/accounts/login/')).text()))
        await logIn(pair().side(by), jar, ada)
        for (const side of sides()) {
          for (const token of before)
            expect((await side.visitor(new Map(jar)).post('/accounts/logout/', { csrfmiddlewaretoken: token })).status).toBe(403)
        }
        for (const side of sides()) expect(await nameOf(side, jar)).toBe(ada)
      })
    })

    describe('after a change of the secret key', () => {
      const rotated = (fallbacks: readonly string[], backend = (context: BackendContext) => new ModelBackend(context)): SharedSite => {
        const { engine, url } = pair()
        const site = portcullis({
          ...sharedOptions,
          database: sourceOf(engine, url),
          secretKey: NEW_KEY,
          secretKeyFallbacks: fallbacks,
          authenticationBackends: [backend],
          onError: () => {},
        })
        open.push(() => site.close())
        return site
      }

      test('L-7: a session that Django signed with the old key goes on here, signed anew under another key', async () => {
        const Django = pair().side('Django')
        const ada = await pair().newcomer()
        const jar = await loggedIn(Django, ada)
        await keep(Django, jar, { cart: ['mug'] })
        const before = new Map(jar)
        const site = rotated([SECRET_KEY])
        const here = sideOfSite(site)
        expect(await whoami(here, jar)).toEqual({ name: ada, values: { cart: ['mug'] } })
        expect(jar.get('sessionid')).not.toBe(before.get('sessionid'))
        expect(await whoami(here, jar)).toEqual({ name: ada, values: { cart: ['mug'] } })
        expect(await site.sessions.listFor(await site.users.get({ username: ada }))).toHaveLength(1)
        for (const side of [here, Django]) expect(await nameOf(side, new Map(before))).toBeNull()
        // Who has only the old key cannot read it: to that side it is an empty session (SE-3).
        expect(await whoami(Django, new Map(jar))).toEqual({ name: null, values: {} })
      })

      test('L-7: of requests that come at the same time none is refused, and one brings the new cookie', async () => {
        const ada = await pair().newcomer()
        const jar = await loggedIn(pair().side('Django'), ada)
        // All have read the session before the first of them signs it anew.
        const start = barrier(6)
        class Together extends ModelBackend {
          override async getUser(key: unknown) {
            await start()
            return super.getUser(key)
          }
        }
        const here = sideOfSite(rotated([SECRET_KEY], (context) => new Together(context)))
        const jars = Array.from({ length: 6 }, () => new Map(jar))
        expect(await Promise.all(jars.map((one) => nameOf(here, one)))).toEqual(Array(6).fill(ada))
        const renewed = jars.filter((one) => one.get('sessionid') !== jar.get('sessionid'))
        expect(renewed).toHaveLength(1)
        expect(await nameOf(pair().side('Django'), new Map(jar))).toBeNull()
        expect(await nameOf(sideOfSite(rotated([])), renewed[0] ?? new Map())).toBe(ada)
      })

      test('K-5: a link that Django made with the old key opens here', async () => {
        const ada = await pair().newcomer()
        const link = await pair().side('Django').makeLink(ada)
        expect(await sideOfSite(rotated([SECRET_KEY])).nameOfLink(link)).toBe(ada)
        expect(await sideOfSite(rotated([])).nameOfLink(link)).toBeNull()
      })

      test('what was signed with a key that is not among the fallbacks is nothing, and is not an error', async () => {
        const jar = await loggedIn(pair().side('Django'), await pair().newcomer())
        expect(await whoami(sideOfSite(rotated([])), jar)).toEqual({ name: null, values: {} })
      })

      // Django has fallbacks since 4.1.
      const rotations = djangoIsAtLeast('4.1') ? ['goes on at Django too, and comes back'] : []
      for (const claim of rotations) {
        test(`L-7: a session that was signed here with the old key ${claim}`, async () => {
          const { engine, url, django } = pair()
          const ada = await pair().newcomer()
          const jar = await loggedIn(pair().side('portcullis'), ada)
          const server = await django.serve({ DJANGO_SECRET_KEY: NEW_KEY, DJANGO_SECRET_KEY_FALLBACKS: SECRET_KEY })
          open.push(() => server.stop())
          const link = await pair().side('portcullis').makeLink(ada)
          const Django = sideOfDjango(server)
          expect(await Django.nameOfLink(link)).toBe(ada)
          expect(await nameOf(Django, jar)).toBe(ada)
          const site = portcullis({ ...sharedOptions, database: sourceOf(engine, url), secretKey: NEW_KEY })
          open.push(() => site.close())
          expect(await nameOf(sideOfSite(site), jar)).toBe(ada)
        })
      }
    })

    describe('over HTTP', () => {
      const servers: readonly [name: string, listener: (site: SharedSite) => RequestListener][] = [
        [
          'node:http',
          (site) => forNode(site).site({ '/accounts': site.pages() }, (request, response) => void response.end(request.user.getUsername())),
        ],
        [
          'Express',
          (site) => {
            const { site: middleware } = forExpress(site)
            const app = express()
            app.use(middleware({ '/accounts': site.pages() }))
            app.get('/me/', (request, response) => void response.end(site.requestOf(request).user.getUsername()))
            return app
          },
        ],
      ]
      test.each(servers)('a site on %s and a Django know each other’s logins, new passwords and logouts', async (_name, listener) => {
        const { site } = pair()
        const server = await listening(listener(site))
        open.push(() => new Promise((resolve) => server.close(resolve)))
        const { port } = server.address() as AddressInfo
        const here = (jar: Jar): Visitor => new Visitor(fetch, `http://127.0.0.1:${port}`, jar)
        const me = async (jar: Jar): Promise<string> => (await here(jar).get('/me/')).text()
        const Django = pair().side('Django')
        const ada = await pair().newcomer()
        const overHttp: Side = { ...pair().side('portcullis'), visitor: (jar = new Map()) => here(jar) }

        const [theirs, ours] = [await loggedIn(Django, ada), await loggedIn(overHttp, ada)]
        expect([await me(theirs), await nameOf(Django, ours)]).toEqual([ada, ada])
        const other = await loggedIn(Django, ada)
        const form = here(theirs)
        await form.get('/accounts/password_change/')
        const next = 'the difference of two'
        await form.post('/accounts/password_change/', { old_password: 'notes on the engine', new_password1: next, new_password2: next })
        expect([await nameOf(Django, theirs), await nameOf(Django, new Map(ours)), await nameOf(Django, new Map(other))]).toEqual([ada, null, null])
        expect([await me(theirs), await me(ours), await me(other)]).toEqual([ada, '', ''])
        const thief = new Map(theirs)
        await here(theirs).get('/accounts/password_change/')
        expect((await here(theirs).post('/accounts/logout/')).status).toBe(200)
        expect([await me(thief), await nameOf(Django, thief)]).toEqual(['', null])
      })
    })
  })
})

async function cookieOf(side: Side): Promise<string> {
  const visitor = side.visitor()
  await visitor.get('/accounts/login/')
  return visitor.csrfSecret ?? ''
}

/** The attributes of each cookie that a response sets, without the moment. */
function attributesOf(response: Response): Record<string, string[]> {
  return Object.fromEntries(
    response.headers.getSetCookie().map((text) => {
      const [pair = '', ...attributes] = text.split('; ')
      return [pair.slice(0, pair.indexOf('=')), attributes.map((one) => one.replace(/^(expires)=(?!Thu, 01.Jan.1970).*/, '$1')).toSorted()]
    }),
  )
}

function tokenIn(html: string): string {
  return /name="csrfmiddlewaretoken"[^>]*? value="([^"]*)"/.exec(html)?.[1] ?? ''
}

async function listening(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Holds up whoever comes until as many have come, once. */
function barrier(many: number): () => Promise<void> {
  let missing = many
  const all = Promise.withResolvers<void>()
  return () => {
    if (--missing === 0) all.resolve()
    return all.promise
  }
}
