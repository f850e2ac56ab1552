/**
 * Cookies, tokens of forms and secret keys that a real Django and portcullis share; and all of it over HTTP.
 * @module
 */

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, describe, expect, test } from 'vitest'
import { portcullis } from '../../src/index.js'
import { forExpress } from '../../src/express.js'
import { forNode } from '../../src/node.js'
import { maskCsrfSecret, newCsrfSecret } from '../../src/protection/csrf-tokens.js'
import { djangoIsAtLeast } from '../support/django.js'
import { eachPair } from '../support/pair.js'
import { answer, sharedOptions, sideOfSite, sourceOf, type SharedSite } from '../support/shared-site.js'
import { DIRECTIONS, loggedIn, logIn, nameOf, otherThan, PASSWORD, sideOfDjango, type Jar, type Side } from '../support/sides.js'
import { Visitor } from '../support/visitor.js'

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
        const { sessionid, csrftoken } = attributesOf(given)
        found.push({ sessionid, csrftoken, taken: attributesOf(taken)['sessionid']?.filter((one) => one !== 'HttpOnly') })
        expect(sessionid).toContain('HttpOnly')
        expect(csrftoken).not.toContain('HttpOnly')
      }
      expect(found[1]).toEqual(found[0])
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
              const logOut = async (field: string, header?: string): Promise<number> =>
                (
                  await side
                    .visitor(new Map([['csrftoken', cookie]]))
                    .post('/accounts/logout/', { csrfmiddlewaretoken: field }, header === undefined ? {} : { 'x-csrftoken': header })
                ).status
              expect([await logOut(token), await logOut('', token), await logOut(newCsrfSecret()), await logOut('', newCsrfSecret())]).toEqual([
                200, 200, 403, 403,
              ])
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

    test('M-8: has the secret of its forms in the session, where both keep it there', async () => {
      const { django, engine, url } = pair()
      const server = await django.serve({ DJANGO_CSRF_USE_SESSIONS: '1' })
      const site = portcullis({ ...sharedOptions, database: sourceOf(engine, url), csrf: { useSessions: true } })
      open.push(
        () => server.stop(),
        () => site.close(),
      )
      const both = [sideOfDjango(server), sideOfSite(site)] as const
      for (const [one, other] of [both, both.toReversed()] as [Side, Side][]) {
        // Django before 4.1 keeps it masked and reads it no other way: it takes no form of a session in which the secret is from here.
        if (one.name === 'portcullis' && !djangoIsAtLeast('4.1')) continue
        const jar: Jar = new Map()
        const form = tokenIn(await (await one.visitor(jar).get('/accounts/login/')).text())
        const login = { username: await pair().newcomer(), password: PASSWORD, csrfmiddlewaretoken: form }
        expect((await other.visitor(jar).post('/accounts/login/', login)).status).toBeLessThan(400)
        expect(jar.has('csrftoken')).toBe(false)
        for (const side of both) expect((await side.visitor(jar).post('/accounts/logout/', { csrfmiddlewaretoken: form })).status).toBe(403)
        const token = tokenIn(await (await other.visitor(jar).get('/accounts/password_change/')).text())
        const last = djangoIsAtLeast('4.1') ? one : other
        expect((await last.visitor(jar).post('/accounts/logout/', { csrfmiddlewaretoken: token })).status).toBeLessThan(400)
        for (const side of both) expect(await nameOf(side, jar)).toBeNull()
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
