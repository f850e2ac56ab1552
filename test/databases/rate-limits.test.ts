import { describe, expect, test } from 'vitest'
import { FixedClock, portcullis, type RateLimitOptions } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { CONFIRMATION, MAILBOX, PASSWORD_RESET, REGISTRATION, UPLOADS, VERIFICATION } from '../../src/protection/rate-limits/site-limits.js'
import { accountsOn, PASSWORD, type Accounts } from '../support/account-pages.js'
import { eachSite, quick } from '../support/shop.js'
import { png } from '../support/pictures.js'
import { Visitor } from '../support/visitor.js'

describe('auth.rateLimit', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, clock: new FixedClock('2026-11-23T08:00:00Z') }),
    (open) => {
      test('counts any text, outside HTTP too: so often in so long', async () => {
        const auth = await open()
        const clock = auth.internals.registry.clock as FixedClock
        const limit = auth.rateLimit('import', { limit: 3, window: 60 })
        const taken = async (key: string) => Object.values(await limit.take(key))
        expect(await taken('ada')).toEqual([true, 2, 0])
        clock.advance(20)
        expect(await taken('ada')).toEqual([true, 1, 0])
        expect(await taken('ada')).toEqual([true, 0, 40])
        expect(await taken('ada')).toEqual([false, 0, 40])
        expect(await taken('grace')).toEqual([true, 2, 0])
        clock.advance(39.5)
        expect(await taken('ada')).toEqual([false, 0, 1])
        clock.advance(0.5)
        expect(await taken('ada')).toEqual([true, 2, 0])
      })

      test('C1: of 50 at once exactly as many are let through as may', async () => {
        const auth = await open()
        const limit = auth.rateLimit('at-once', { limit: 10, window: 60 })
        const taken = await Promise.all(Array.from({ length: 50 }, async () => limit.take('x')))
        expect(taken.filter((one) => one.allowed)).toHaveLength(10)
        expect(new Set(taken.filter((one) => one.allowed).map((one) => one.remaining)).size).toBe(10)
      })

      test('C10: counts a request by its address, whatever its path is spelt like', async () => {
        const auth = await open()
        const limit = auth.rateLimit('pages', { limit: 5, window: 60 })
        const visitor = (address: string): Visitor =>
          new Visitor((incoming) =>
            auth.handle(
              incoming,
              async (request) => {
                await limit.enforce(request)
                return new Response('here')
              },
              { address },
            ),
          )
        const paths = ['/login', '//login', '/login/', '/LOGIN', '/%6cogin', '/login;x', '/login?x=1']
        const statuses: number[] = []
        for (const path of paths) statuses.push((await visitor('203.0.113.9').request(`http://localhost${path}`)).status)
        expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
        const refused = await visitor('203.0.113.9').getJson('/login')
        expect([refused.headers.get('retry-after'), await refused.json()]).toMatchObject(['60', { error: { code: 'too_many_requests' } }])
        // C8: IPv6 by /64, and a mapped address is the address.
        expect((await visitor('::ffff:203.0.113.9').get('/login')).status).toBe(429)
        expect((await visitor('203.0.113.10').get('/login')).status).toBe(200)
        for (let host = 0; host < 5; host++) await visitor(`2001:db8::${host}`).get('/login')
        expect((await visitor('2001:db8::ffff').get('/login')).status).toBe(429)
      })

      test('keeps no key in clear, and clears away what is over', async () => {
        const auth = await open()
        const clock = auth.internals.registry.clock as FixedClock
        await auth.rateLimit('secrets', { limit: 1, window: 60 }).take('somebody@example.com')
        const { rows } = await auth.internals.registry.database.run({ sql: 'select * from portcullis_rate_limit', parameters: [] })
        expect(JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('example')
        clock.advance(3600)
        expect(await auth.lockouts.clearExpired()).toBeGreaterThan(0)
        expect(await auth.lockouts.clearExpired()).toBe(0)
      })

      test('a limit has one set of numbers, and a name that fits', async () => {
        const auth = await open()
        auth.rateLimit('twice', { limit: 1, window: 60 })
        auth.rateLimit('twice', { limit: 1, window: 60 })
        expect(() => auth.rateLimit('twice', { limit: 2, window: 60 })).toThrow(/two limits/)
        expect(() => auth.rateLimit('a b', { limit: 1, window: 60 })).toThrow(/no name/)
        expect(() => auth.rateLimit('none', { limit: 0, window: 60 })).toThrow(/limit is 0/)
        await expect(auth.rateLimit('twice', { limit: 1, window: 60 }).take('')).rejects.toThrow(/empty/)
      })
    },
  )
})

describe('the site’s own limits', () => {
  eachSite(
    (database: DatabaseSource) => accountsOn(database, { rateLimits: {} satisfies RateLimitOptions, emails: { verification: true } }),
    (open) => {
      const at = (site: Accounts, address: string): Visitor => {
        const pages = site.auth.pages()
        return new Visitor((request) => pages.fetch(request, { address }))
      }

      test('C4: links are mailed to one box so often, whatever address asks and however the box is spelt, and nobody is told', async () => {
        const site = await open()
        await site.auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
        const answers = new Set<string>()
        for (let round = 0; round < MAILBOX.limit + 3; round++) {
          for (const email of [round % 2 === 0 ? 'ada@example.com' : 'ada@EXAMPLE.com', 'nobody@example.com']) {
            const visitor = at(site, `10.0.${round}.1`)
            await visitor.getJson('/accounts/password_reset/')
            let statements = 0
            const stop = site.auth.internals.registry.database.onStatement(() => void (statements += 1))
            const response = await visitor.postJson('/accounts/password_reset/', { email })
            stop()
            answers.add(`${round < MAILBOX.limit} ${response.status} ${statements} ${await response.text()}`)
          }
        }
        await site.auth.idle()
        expect([...answers]).toEqual(['true 200 3 {"accepted":true}', 'false 200 2 {"accepted":true}'])
        expect(site.mailbox.messages).toHaveLength(MAILBOX.limit)
      })

      test('C4: one address asks for links, and makes accounts, so often', async () => {
        const site = await open()
        const reset = async (address: string, round: number): Promise<Response> => {
          const visitor = at(site, address)
          await visitor.getJson('/accounts/password_reset/')
          return visitor.postJson('/accounts/password_reset/', { email: `somebody${round}@example.com` })
        }
        for (let round = 0; round < PASSWORD_RESET.limit; round++) expect((await reset('10.9.0.1', round)).status).toBe(200)
        const refused = await reset('10.9.0.1', 99)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
        expect((await reset('10.9.0.2', 99)).status).toBe(200)
        const register = async (address: string): Promise<number> => {
          const visitor = at(site, address)
          await visitor.getJson('/accounts/register/')
          return (await visitor.postJson('/accounts/register/', { username: '' })).status
        }
        for (let round = 0; round < REGISTRATION.limit; round++) expect(await register('10.9.0.3')).toBe(422)
        expect(await register('10.9.0.3')).toBe(429)
        expect(await register('10.9.0.4')).toBe(422)
      })

      test('C4: one account asks for mails about its address so often, to whatever address', async () => {
        const site = await open()
        const user = await site.auth.users.createUser({ username: 'lise', password: PASSWORD, email: 'lise@example.com' })
        const visitor = await site.loggedIn('lise')
        await visitor.get('/accounts/email/')
        const change = async (email: string): Promise<Response> => visitor.postJson('/accounts/email/', { email, password: PASSWORD })
        expect(await (await visitor.postJson('/accounts/email/resend/', {})).json()).toEqual({ sent: true })
        for (let round = 1; round < VERIFICATION.limit; round++) expect((await change(`lise${round}@example.org`)).status).toBe(200)
        const refused = await change('lise99@example.org')
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600'])
        expect(await (await visitor.postJson('/accounts/email/resend/', {})).json()).toEqual({ sent: false })
        expect([await site.auth.emails.sendVerification(user), await site.auth.emails.isVerified(user)]).toEqual([false, false])
        await site.auth.idle()
        expect(site.mailbox.to('lise99@example.org')).toEqual([])
        expect(site.mailbox.to('lise@example.com')).toHaveLength(1)
      })

      test('C4: nobody floods a box by changing to it, and the answer does not show it', async () => {
        const site = await open()
        const answers = new Set<string>()
        for (let round = 0; round < MAILBOX.limit + 2; round++) {
          const user = await site.auth.users.createUser({ username: `flood${round}`, password: PASSWORD, email: `flood${round}@example.com` })
          const visitor = await site.loggedIn(user.username)
          await visitor.get('/accounts/email/')
          const answer = await visitor.postJson('/accounts/email/', { email: 'flooded@example.com', password: PASSWORD })
          answers.add(`${answer.status} ${await answer.text()}`)
        }
        await site.auth.idle()
        expect([[...answers], site.mailbox.to('flooded@example.com').length]).toEqual([['200 {"accepted":true}'], MAILBOX.limit])
      })

      test('C4: one address opens and uses mailed links so often', async () => {
        const site = await open()
        const visitor = at(site, '10.9.0.7')
        const links = ['email/verify', 'email/change', 'email/revert', 'register', 'invitation']
        for (let round = 0; round < CONFIRMATION.limit; round++)
          expect((await visitor.get(`/accounts/${links[round % links.length] ?? ''}/MQ/x/`)).status).toBe(200)
        for (const link of links) expect([link, (await visitor.get(`/accounts/${link}/MQ/x/`)).status]).toEqual([link, 429])
        await visitor.get('/accounts/login/')
        for (const page of ['email/verify', 'email/revert', 'invitation']) expect((await visitor.post(`/accounts/${page}/`)).status).toBe(429)
        expect((await at(site, '10.9.0.8').get('/accounts/email/verify/MQ/x/')).status).toBe(200)
      })

      test('5.2.4: one user sends pictures so often, and keeps writing without one', async () => {
        const site = await open()
        await site.auth.users.createUser({ username: 'grace', password: PASSWORD })
        const visitor = await site.loggedIn('grace')
        const picture = png(64, 64)
        const send = async (withPicture: boolean): Promise<number> => {
          const form = new FormData()
          form.set('csrfmiddlewaretoken', visitor.csrfSecret ?? '')
          form.set('bio', 'tea')
          if (withPicture) form.set('picture', new File([new Uint8Array(picture)], 'me.png', { type: 'image/png' }))
          return (
            await visitor.request('/accounts/profile/', { method: 'POST', body: form, headers: { accept: 'text/html', origin: 'http://localhost' } })
          ).status
        }
        await visitor.get('/accounts/profile/')
        for (let round = 0; round < UPLOADS.limit; round++) expect(await send(true)).toBe(303)
        expect(await send(true)).toBe(429)
        expect(await send(false)).toBe(303)
      }, 60_000)
    },
  )
})
