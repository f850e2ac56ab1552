import { describe, expect, test } from 'vitest'
import { AllowAllUsersModelBackend, FixedClock, portcullis, TooManyRequests, type LockedOut, type LockoutOptions } from '../../src/index.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { countWork } from '../../src/passwords/hash-work.js'
import { eachSite, quick } from '../support/shop.js'
import { startChild } from '../support/child-process.js'
import { Visitor } from '../support/visitor.js'

const PASSWORD = 'seven mugs of cold tea'

/** A site that counts, whose visitors come from any address. */
function countingSite(database: DatabaseSource, lockouts: LockoutOptions = {}) {
  const clock = new FixedClock('2026-11-23T08:00:00.000Z')
  const auth = portcullis({ ...quick, lockouts, database, clock })
  const pages = auth.pages()
  const visitor = (address = '203.0.113.9', origin?: string): Visitor => new Visitor((request) => pages.fetch(request, { address }), origin)
  return {
    auth,
    clock,
    visitor,
    /** One try by somebody new at this address, by the login page's JSON: 200, 422 or 429. */
    async tryFrom(address: string, username: string, password: string): Promise<number> {
      return (await logIn(visitor(address), username, password)).status
    },
    migrate: async () => auth.migrate(),
    close: async () => auth.close(),
  }
}

async function logIn(visitor: Visitor, username: string, password: string): Promise<Response> {
  await visitor.getJson('/accounts/login/')
  return visitor.postJson('/accounts/login/', { username, password })
}

type Site = ReturnType<typeof countingSite>

async function withPeople(site: Site): Promise<Site> {
  for (const username of ['victim', 'mallory']) {
    if ((await site.auth.users.find({ username })) === null) await site.auth.users.createUser({ username, password: PASSWORD })
  }
  await site.auth.lockouts.unlock({ username: 'victim' })
  await site.auth.lockouts.unlock({ username: 'mallory' })
  await site.auth.lockouts.unlock({ username: 'nobody' })
  for (const address of ['203.0.113.9', '198.51.100.1', '198.51.100.2']) await site.auth.lockouts.unlock({ address })
  return site
}

describe('lockouts', () => {
  eachSite(countingSite, (open, engine) => {
    const statementsOf = async (site: Site, work: () => Promise<unknown>): Promise<number> => {
      let statements = 0
      const stop = site.auth.internals.registry.database.onStatement(() => void (statements += 1))
      await work()
      stop()
      return statements
    }

    test('15.4.2, C1: of 200 tries at once at most 5 are hashed', async () => {
      const { auth } = await withPeople(await open())
      const { result, work } = await countWork(async () =>
        Promise.allSettled(Array.from({ length: 200 }, async () => auth.authenticate(null, { username: 'victim', password: 'wrong' }))),
      )
      expect(result.filter((one) => one.status === 'fulfilled')).toHaveLength(5)
      // Two iterations are what a hash costs on these sites.
      expect([...work.values()].reduce((sum, one) => sum + one, 0)).toBe(10)
      for (const one of result) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(TooManyRequests)
    }, 60_000)

    test('C1: nor more than 5 across two processes', async () => {
      const database = await engine.create()
      const site = countingSite(database.source())
      await site.migrate()
      const script = `
        import { portcullis } from './src/index.js'
        import { sqlite } from './src/sqlite.js'
        import { postgres } from './src/postgres.js'
        import { mysql } from './src/mysql.js'
        const [engine, url, driver] = process.argv.slice(-3)
        const source = engine === 'sqlite' ? sqlite(url, { driver }) : engine === 'postgres' ? postgres(url) : mysql(url)
        const auth = portcullis({ ...${JSON.stringify({ ...quick, lockouts: {} })}, database: source })
        const tries = await Promise.allSettled(Array.from({ length: 40 }, async () => auth.authenticate(null, { username: 'victim', password: 'wrong' })))
        console.log(tries.filter((one) => one.status === 'fulfilled').length)
        await auth.close()`
      const args = [engine.engine, database.url, engine.name]
      const ended = await Promise.all([startChild(script, args).ended, startChild(script, args).ended])
      await site.close()
      await database.drop()
      expect(ended.map((one) => one.stderr)).toEqual(['', ''])
      expect(ended.reduce((sum, one) => sum + Number(one.stdout), 0)).toBe(5)
    }, 120_000)

    test('C2: after the wait there are five more tries, and then a longer wait', async () => {
      const { tryFrom, clock } = await withPeople(await open())
      const waits: number[] = []
      for (const minutes of [5, 15, 60, 240, 720, 1440, 1440]) {
        for (let round = 0; round < 5; round++) {
          expect(await tryFrom('198.51.100.1', 'victim', 'wrong')).toBe(422)
          clock.advance(61)
        }
        expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(429)
        clock.advance(minutes * 60 - 61 - 1)
        expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(429)
        clock.advance(1)
        waits.push(minutes)
      }
      expect(waits).toHaveLength(7)
      expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
    }, 60_000)

    test('C2: a day without a try begins anew', async () => {
      const { tryFrom, clock } = await withPeople(await open())
      for (let round = 0; round < 5; round++) await tryFrom('198.51.100.1', 'victim', 'wrong')
      clock.advance(300 + 86_400)
      for (let round = 0; round < 5; round++) expect(await tryFrom('198.51.100.1', 'victim', 'wrong')).toBe(422)
      clock.advance(300)
      expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
    })

    test('C3: logging in to an account of one’s own clears nothing that was counted for another', async () => {
      const { tryFrom } = await withPeople(await open())
      const statuses: number[] = []
      for (let round = 0; round < 7; round++) {
        statuses.push(await tryFrom('198.51.100.1', 'victim', 'wrong'))
        expect(await tryFrom('198.51.100.1', 'mallory', PASSWORD)).toBe(200)
      }
      expect(statuses).toEqual([422, 422, 422, 422, 422, 429, 429])
    })

    test('C3: nor does it clear what was counted for the address', async () => {
      const { tryFrom } = await withPeople(await open())
      for (let round = 0; round < 20; round++) {
        expect(await tryFrom('198.51.100.1', `stranger${round}`, 'wrong')).toBe(422)
        if (round < 19) expect(await tryFrom('198.51.100.1', 'mallory', PASSWORD)).toBe(200)
      }
      expect(await tryFrom('198.51.100.1', 'mallory', PASSWORD)).toBe(429)
    })

    test('C3: a login clears what its own client has tried, and not what others have', async () => {
      const { tryFrom } = await withPeople(await open())
      for (let round = 0; round < 5; round++) await tryFrom('198.51.100.2', 'victim', 'wrong')
      for (let round = 0; round < 4; round++) expect(await tryFrom('198.51.100.1', 'victim', 'wrong')).toBe(422)
      expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
      for (let round = 0; round < 4; round++) expect(await tryFrom('198.51.100.1', 'victim', 'wrong')).toBe(422)
      expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
      expect(await tryFrom('198.51.100.2', 'victim', PASSWORD)).toBe(429)
    })

    test('B8: every spelling of a name has the same count', async () => {
      const { auth } = await withPeople(await open())
      const names = ['VICTIM', 'Victim ', 'ｖｉｃｔｉｍ', 'víctim', 'vic\u200Btim']
      for (const username of names) expect(await auth.authenticate(null, { username, password: 'wrong' })).toBeNull()
      await expect(auth.authenticate(null, { username: 'victim', password: PASSWORD })).rejects.toThrow(TooManyRequests)
    })

    test('B8: a spelling that would be counted by itself reaches nobody, whatever the collation holds for the same', async () => {
      const { auth } = await withPeople(await open())
      await auth.users.createUser({ username: 'gros', password: PASSWORD })
      expect(await auth.authenticate(null, { username: 'groß', password: PASSWORD })).toBeNull()
      expect((await auth.authenticate(null, { username: 'gros', password: PASSWORD }))?.username).toBe('gros')
    })

    test('C9: an empty name is no try, and a shared address is slowed down, not shut out', async () => {
      const { auth, tryFrom, clock } = await withPeople(await open())
      for (let round = 0; round < 50; round++) expect(await tryFrom('198.51.100.1', '', 'wrong')).toBe(422)
      expect(await auth.lockouts.list()).toEqual([])
      for (let round = 0; round < 20; round++) expect(await tryFrom('198.51.100.1', `stranger${round}`, 'wrong')).toBe(422)
      expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(429)
      expect(await tryFrom('198.51.100.2', 'victim', PASSWORD)).toBe(200)
      clock.advance(30)
      for (let round = 0; round < 40; round++) expect(await tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
    })

    test('C9: an office that logs in at one moment is let in whole, and so is one account in many windows', async () => {
      const { tryFrom, auth } = await withPeople(await open())
      const names = Array.from({ length: 40 }, (_, index) => `clerk${index}`)
      const encoded = (await auth.users.get({ username: 'mallory' })).password
      await auth.users.bulkCreate(names.map((username) => ({ username, encodedPassword: encoded })))
      expect(await Promise.all(names.map(async (name) => tryFrom('198.51.100.2', name, PASSWORD)))).toEqual(names.map(() => 200))
      expect(await Promise.all(names.map(async () => tryFrom('198.51.100.1', 'mallory', PASSWORD)))).toEqual(names.map(() => 200))
      expect(await auth.lockouts.list()).toEqual([])
    }, 60_000)

    test('a try inside a transaction waits for nobody who may wait for that transaction', async () => {
      const { auth } = await withPeople(await open())
      const wrong = async () => auth.authenticate(null, { username: 'victim', password: 'wrong' }).catch((error: unknown) => error)
      const begun = auth.atomic(async () => {
        await auth.users.count()
        return wrong()
      })
      const outcomes = await Promise.all([wrong(), wrong(), begun, wrong()])
      expect(outcomes).toEqual([null, null, null, null])
    }, 9000)

    test('C5, C8: an address counts as what it is: no header is believed, IPv6 by /64, a mapped address as itself', async () => {
      const site = await withPeople(await open())
      const spoofed = async (address: string, header: string): Promise<number> => {
        const visitor = site.visitor(address)
        await visitor.getJson('/accounts/login/')
        const body = JSON.stringify({ username: 'victim', password: 'wrong' })
        const headers = {
          accept: 'application/json',
          'content-type': 'application/json',
          origin: 'http://localhost',
          'x-csrftoken': visitor.csrfSecret ?? '',
          'x-forwarded-for': header,
        }
        return (await visitor.request('/accounts/login/', { method: 'POST', body, headers })).status
      }
      for (let round = 0; round < 5; round++) expect(await spoofed('198.51.100.1', `10.0.0.${round}`)).toBe(422)
      expect(await spoofed('198.51.100.1', '10.0.0.9')).toBe(429)
      expect(await site.tryFrom('::ffff:198.51.100.1', 'victim', PASSWORD)).toBe(429)
      expect(await site.tryFrom('::ffff:198.51.100.2', 'victim', PASSWORD)).toBe(200)
      for (let round = 0; round < 5; round++) expect(await site.tryFrom(`2001:db8::${round}`, 'mallory', 'wrong')).toBe(422)
      expect(await site.tryFrom('2001:db8::ffff', 'mallory', PASSWORD)).toBe(429)
      expect(await site.tryFrom('2001:db8:0:1::1', 'mallory', PASSWORD)).toBe(200)
    })

    test('A1, A2, A3, 6.3.8: a try takes as many statements and hashes and is answered alike, whoever it is for; so is one that is locked', async () => {
      const site = await withPeople(await open())
      await site.auth.users.createUser({ username: 'inactive', password: PASSWORD, isActive: false })
      const answers = new Map<string, Set<string>>()
      for (const username of ['victim', 'nobody', 'inactive']) {
        for (let round = 0; round < 7; round++) {
          const visitor = site.visitor('2001:db8::7')
          await visitor.getJson('/accounts/login/')
          let answer = ''
          const { result, work } = await countWork(async () =>
            statementsOf(site, async () => {
              const response = await visitor.postJson('/accounts/login/', { username, password: round === 6 ? PASSWORD : 'wrong' })
              answer = `${response.status} ${response.headers.get('retry-after')} ${await response.text()}`
            }),
          )
          const units = [...work.values()].reduce((sum, one) => sum + one, 0)
          const key = round < 5 ? 'tried' : 'locked'
          answers.set(key, (answers.get(key) ?? new Set()).add(`${result} ${units} ${answer}`))
        }
        await site.auth.lockouts.unlock({ address: '2001:db8::7' })
      }
      for (const username of ['victim', 'nobody', 'inactive']) await site.auth.lockouts.unlock({ username })
      expect([...answers.values()].map((one) => one.size)).toEqual([1, 1])
      const [locked = ''] = answers.get('locked') ?? []
      expect(locked).toMatch(/ 0 429 300 \{"error":\{"code":"locked"/)
    })

    test('6.3.4, C4: the same count holds at every door: page, JSON, change of password, admin, authenticate', async () => {
      const site = await withPeople(await open())
      const { auth } = site
      const root = await auth.users.createSuperuser({ username: 'root', password: PASSWORD })
      const doors: Record<string, () => Promise<number>> = {
        page: async () => {
          const visitor = site.visitor('198.51.100.1')
          await visitor.get('/accounts/login/')
          return (await visitor.post('/accounts/login/', { username: 'root', password: PASSWORD })).status
        },
        JSON: async () => site.tryFrom('198.51.100.1', 'root', PASSWORD),
        admin: async () => {
          const admin = auth.admin()
          const visitor = new Visitor((request) => admin.fetch(request, { address: '198.51.100.1' }))
          await visitor.get('/admin/login/')
          return (await visitor.post('/admin/login/', { username: 'root', password: PASSWORD })).status
        },
        authenticate: async () => {
          const visitor = new Visitor((incoming) =>
            auth.handle(
              incoming,
              async (request) => {
                await auth.authenticate(request, { username: 'root', password: PASSWORD })
                return new Response('in')
              },
              { address: '198.51.100.1' },
            ),
          )
          return (await visitor.get('/')).status
        },
      }
      const changing = site.visitor('198.51.100.1')
      expect((await logIn(changing, 'root', PASSWORD)).status).toBe(200)
      // A thief of the session alone: not the owner's browser.
      changing.cookies.delete('portcullis_device')
      doors['password change'] = async () => {
        await changing.getJson('/accounts/password_change/')
        const sent = { old_password: PASSWORD, new_password1: 'a-new-one-entirely', new_password2: 'a-new-one-entirely' }
        return (await changing.postJson('/accounts/password_change/', sent)).status
      }
      for (let round = 0; round < 5; round++) expect(await site.tryFrom('198.51.100.1', 'root', 'wrong')).toBe(422)
      for (const [name, door] of Object.entries(doors)) expect([name, await door()]).toEqual([name, 429])
      expect(await root.checkPassword(PASSWORD)).toBe(true)
      await auth.lockouts.unlock({ username: 'root' })
      expect(await doors['page']?.()).toBe(303)
    })

    test('C4: wrong tries at the change of a password are counted too', async () => {
      const site = await withPeople(await open())
      const visitor = site.visitor('198.51.100.1')
      await logIn(visitor, 'victim', PASSWORD)
      const change = async (old_password: string): Promise<number> => {
        const sent = { old_password, new_password1: 'a-new-one-entirely', new_password2: 'a-new-one-entirely' }
        return (await visitor.postJson('/accounts/password_change/', sent)).status
      }
      for (let round = 0; round < 10; round++) expect(await change('wrong')).toBe(422)
      expect(await change(PASSWORD)).toBe(429)
    })

    test('a page that is locked says when to come back, and no more', async () => {
      const site = await withPeople(await open())
      for (let round = 0; round < 5; round++) await site.tryFrom('198.51.100.1', 'victim', 'wrong')
      const visitor = site.visitor('198.51.100.1')
      await visitor.get('/accounts/login/')
      const response = await visitor.post('/accounts/login/', { username: 'victim', password: PASSWORD })
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '300'])
      const html = await response.text()
      expect(html).toContain('Too many tries')
      expect(html).not.toContain('victim')
    })

    test('the owner’s browser has a count of its own, bound to the account', async () => {
      const site = await withPeople(await open())
      const owner = site.visitor('203.0.113.9')
      expect((await logIn(owner, 'victim', PASSWORD)).status).toBe(200)
      const cookie = owner.cookies.get('portcullis_device') ?? ''
      for (let round = 0; round < 5; round++) await site.tryFrom('203.0.113.9', 'victim', 'wrong')
      expect(await site.tryFrom('203.0.113.9', 'victim', PASSWORD)).toBe(429)
      expect((await logIn(owner, 'victim', PASSWORD)).status).toBe(200)
      // Of another account, or altered, it is worth nothing.
      for (let round = 0; round < 5; round++) await site.tryFrom('203.0.113.9', 'mallory', 'wrong')
      expect((await logIn(owner, 'mallory', PASSWORD)).status).toBe(429)
      const forger = site.visitor('203.0.113.9')
      forger.cookies.set(
        'portcullis_device',
        cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      )
      expect((await logIn(forger, 'victim', PASSWORD)).status).toBe(429)
      // A thief of the cookie is locked out too.
      const thief = site.visitor('192.0.2.1')
      thief.cookies.set('portcullis_device', cookie)
      for (let round = 0; round < 10; round++) expect((await logIn(thief, 'victim', 'wrong')).status).toBe(422)
      expect((await logIn(thief, 'victim', PASSWORD)).status).toBe(429)
    })

    test('the device cookie is for this host alone, for scripts not at all, and counts for half a year', async () => {
      const site = await withPeople(await open())
      const { auth } = site
      const texts: string[] = []
      const pages = auth.pages()
      const visitor = new Visitor(async (request) => {
        const response = await pages.fetch(request, { address: '203.0.113.9' })
        texts.push(...response.headers.getSetCookie().filter((one) => one.includes('portcullis_device')))
        return response
      }, 'https://localhost')
      await logIn(visitor, 'victim', PASSWORD)
      expect(texts.join()).toMatch(/^__Host-portcullis_device=[\w.-]+; expires=[^;]+; HttpOnly; Max-Age=15552000; Path=\/; SameSite=Lax; Secure$/)
      for (let round = 0; round < 5; round++) await site.tryFrom('203.0.113.9', 'victim', 'wrong')
      visitor.cookies.delete('__Host-sessionid')
      expect((await logIn(visitor, 'victim', PASSWORD)).status).toBe(200)
      site.clock.advance(15_552_001)
      for (let round = 0; round < 5; round++) await site.tryFrom('203.0.113.9', 'victim', 'wrong')
      expect((await logIn(visitor, 'victim', PASSWORD)).status).toBe(429)
    })

    test('NIST 3.2.2: the hundredth guess from everywhere is the last for a day, and a known device is let in all the same', async () => {
      const site = await withPeople(await open())
      const owner = site.visitor('203.0.113.9')
      await logIn(owner, 'victim', PASSWORD)
      const statuses = new Map<number, number>()
      for (let round = 0; round < 110; round++) {
        const status = await site.tryFrom(`10.1.${round}.1`, 'victim', 'wrong')
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // C3: the owner's logins, at new devices too, take no place of the hundred and give none back to strangers.
        if (round < 100 && round % 25 === 0) expect(await site.tryFrom(`10.3.${round}.1`, 'victim', PASSWORD)).toBe(200)
      }
      expect(Object.fromEntries(statuses)).toEqual({ 422: 100, 429: 10 })
      expect(await site.tryFrom('10.2.0.1', 'victim', PASSWORD)).toBe(429)
      expect((await logIn(owner, 'victim', PASSWORD)).status).toBe(200)
      site.clock.advance(86_400)
      expect(await site.tryFrom('10.2.0.1', 'victim', PASSWORD)).toBe(200)
    }, 60_000)

    test('NIST 3.2.2: a link from the mailbox has the browser known, so that the owner gets in at a new device too', async () => {
      const site = await withPeople(await open())
      const { auth } = site
      const user = await auth.users.createUser({ username: 'lost', password: PASSWORD })
      const link = `/accounts/reset/${auth.resetTokens.uidOf(user)}/${auth.resetTokens.makeToken(user)}/`
      for (let round = 0; round < 120; round++) await site.tryFrom(`10.4.${round}.1`, 'lost', 'wrong')
      const visitor = site.visitor('10.5.0.1')
      expect((await logIn(visitor, 'lost', PASSWORD)).status).toBe(429)
      const opened = (await (await visitor.getJson(link)).json()) as { url: string }
      expect((await visitor.postJson(opened.url, { new_password1: 'nine cups of cocoa', new_password2: 'nine cups of cocoa' })).status).toBe(200)
      expect((await logIn(site.visitor('10.5.0.1'), 'lost', 'nine cups of cocoa')).status).toBe(429)
      expect((await logIn(visitor, 'lost', 'nine cups of cocoa')).status).toBe(200)
    })

    test('a wait is told once, listed, and ended by name or address', async () => {
      const site = await withPeople(await open())
      const { auth, clock } = site
      const told: LockedOut[] = []
      const stop = auth.signals.userLockedOut.connect((event) => void told.push(event))
      for (let round = 0; round < 8; round++) await site.tryFrom('198.51.100.1', 'Victim', 'wrong')
      stop()
      const until = new Date(clock.now().getTime() + 300_000)
      expect(told).toMatchObject([{ username: 'Victim', address: '198.51.100.1', kind: 'account-address', until }])
      const [wait, ...others] = await auth.lockouts.list({ username: 'victim' })
      expect([wait, others]).toMatchObject([{ kind: 'account-address', address: '198.51.100.1/32', tries: 5, until }, []])
      expect(JSON.stringify(wait)).not.toMatch(/victim/i)
      expect(wait === undefined ? null : [auth.lockouts.isAbout(wait, 'VICTIM'), auth.lockouts.isAbout(wait, 'mallory')]).toEqual([true, false])
      expect(await auth.lockouts.unlock({ username: 'nobody' })).toBe(0)
      expect(await auth.lockouts.unlock({ username: 'victim' })).toBeGreaterThan(0)
      expect(await site.tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
      for (let round = 0; round < 5; round++) await site.tryFrom('198.51.100.1', 'victim', 'wrong')
      expect(await auth.lockouts.unlock({ address: '198.51.100.1' })).toBeGreaterThan(0)
      expect(await site.tryFrom('198.51.100.1', 'victim', PASSWORD)).toBe(200)
    })

    test('what is over is cleared away, and what waits is not', async () => {
      const { auth, tryFrom, clock } = await withPeople(await open())
      clock.advance(400 * 86_400)
      await auth.lockouts.clearExpired()
      for (let round = 0; round < 5; round++) await tryFrom('198.51.100.1', 'victim', 'wrong')
      expect(await auth.lockouts.clearExpired()).toBe(0)
      clock.advance(301 + 86_400)
      expect(await auth.lockouts.clearExpired()).toBe(3)
    })

    test('a request with a session takes no statement more than before', async () => {
      const site = await withPeople(await open())
      const visitor = site.visitor()
      await logIn(visitor, 'victim', PASSWORD)
      expect(await statementsOf(site, async () => visitor.getJson('/accounts/login/'))).toBe(1)
    })
  })

  eachSite(
    (database) => portcullis({ ...quick, lockouts: {}, database, authenticationBackends: [(context) => new AllowAllUsersModelBackend(context)] }),
    (open) => {
      test('A4: an account that is switched off is locked like any other, and only its right password tells so', async () => {
        const site = await open()
        await site.users.createUser({ username: 'off', password: PASSWORD, isActive: false })
        for (let round = 0; round < 5; round++) expect(await site.authenticate(null, { username: 'off', password: 'wrong' })).toBeNull()
        await expect(site.authenticate(null, { username: 'off', password: PASSWORD })).rejects.toThrow(TooManyRequests)
      })
    },
  )
})
