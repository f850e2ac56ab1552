import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ServiceUnavailable } from '../../src/index.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { accountsOn, PASSWORD, type Accounts } from '../support/account-pages.js'
import { hasPrograms, ownMariadb, ownPostgres, type OwnServer } from '../support/own-servers.js'
import type { Visitor } from '../support/visitor.js'

/** A server of its own, with the shop on it. */
interface Stage {
  readonly server: OwnServer
  readonly site: Accounts
}

const KINDS = [
  { name: 'PostgreSQL', make: ownPostgres, source: postgres } as const,
  { name: 'MariaDB', make: ownMariadb, source: mysql } as const,
].filter((one) => hasPrograms(one.name))

/** What stands in an answer of 503, however it is asked for. */
async function expectUnavailable(response: Response, isJson = false): Promise<void> {
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(response.headers.get('cache-control')).toContain('no-store')
  const text = await response.text()
  if (isJson) expect(JSON.parse(text)).toMatchObject({ error: { code: 'unavailable' } })
  else expect(text).toMatch(/<title>/)
  // What the driver says is for the log.
  expect(text).not.toMatch(/ECONN|terminat|127\.0\.0\.1|database/i)
}

/** Asks until the site answers as it should, as people do. */
async function until(isRight: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await isRight())) {
    if (performance.now() > deadline) throw new Error('The site does not find its database again.')
    await sleep(50)
  }
}

describe.each(KINDS)('the database is away: $name', ({ make, source }) => {
  let stage: Stage
  beforeAll(async () => {
    const server = await make()
    const site = accountsOn(source(server.url))
    await site.migrate()
    await site.auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
    stage = { server, site }
  })
  afterAll(async () => {
    await stage?.site.close()
    await stage?.server.remove()
  })

  const loggedOut = async (visitor: Visitor): Promise<boolean> => (await visitor.getJson('/accounts/profile/')).status === 401

  test('16.5.2, 16.5.3: every page and its JSON answer 503 with Retry-After, the log hears why, and the site goes on by itself', async () => {
    const { site, server } = stage
    const ada = await site.loggedIn('ada')
    const stranger = site.visitor()
    await stranger.get('/accounts/login/')
    for (const how of ['stop', 'kill'] as const) {
      await server.end(how)
      site.errors.length = 0
      await expectUnavailable(await ada.get('/accounts/profile/'))
      await expectUnavailable(await ada.getJson('/accounts/sessions/'), true)
      await expectUnavailable(await stranger.post('/accounts/login/', { username: 'ada', password: PASSWORD }))
      await expectUnavailable(await stranger.postJson('/accounts/login/', { username: 'ada', password: PASSWORD }), true)
      await expectUnavailable(await stranger.post('/accounts/password_reset/', { email: 'ada@example.com' }))
      await expectUnavailable(await stranger.post('/accounts/register/', { username: 'eve', password1: PASSWORD, password2: PASSWORD }))
      // What needs no database is there all the same.
      expect((await stranger.get('/accounts/login/')).status).toBe(200)
      expect(site.errors.length).toBeGreaterThan(0)
      for (const error of site.errors) expect(error).toBeInstanceOf(ServiceUnavailable)
      await server.start()
      await until(async () => (await ada.get('/accounts/profile/')).status === 200)
    }
  })

  test('a logout that could not be done is not pretended: the cookie stays, and the next try ends the session', async () => {
    const { site, server } = stage
    const ada = await site.loggedIn('ada')
    const thief = ada.copy()
    // The session is read, and then the server goes.
    const stop = site.auth.internals.registry.database.onStatement((text) => {
      if (!/^delete from/i.test(text)) return
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
    })
    await expectUnavailable(await ada.post('/accounts/logout/'))
    stop()
    expect(ada.sessionCookie).not.toBeNull()
    expect(await loggedOut(thief)).toBe(false)
    expect((await ada.post('/accounts/logout/')).status).toBe(200)
    expect(ada.sessionCookie).toBeNull()
    expect(await loggedOut(thief)).toBe(true)
    await server.end('kill')
    await server.start()
    await until(async () => loggedOut(thief))
  })

  test('what was answered stands: under load, with the server stopped and killed in between, nothing is lost and nothing crashes', async () => {
    const { site, server } = stage
    const answers = new Map<number, number>()
    const made: string[] = []
    const left: Visitor[] = []
    let isOver = false
    const rejections: unknown[] = []
    const note = (error: unknown): void => void rejections.push(error)
    process.on('unhandledRejection', note)
    const worker = async (name: number): Promise<void> => {
      for (let round = 0; !isOver; round += 1) {
        const username = `load${name}x${round}`
        const visitor = site.visitor()
        await visitor.get('/accounts/register/')
        const fields = { username, email: `${username}@example.com`, password1: PASSWORD, password2: PASSWORD }
        const registered = await visitor.post('/accounts/register/', fields)
        count(registered)
        if (registered.status !== 303) continue
        made.push(username)
        const copy = visitor.copy()
        const out = await visitor.post('/accounts/logout/')
        count(out)
        if (out.status === 200) left.push(copy)
        await sleep(1)
      }
    }
    const count = (response: Response): void => {
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1)
      if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    const work = Promise.all(Array.from({ length: 8 }, (_, index) => worker(index)))
    for (const how of ['stop', 'kill', 'kill'] as const) {
      await sleep(350)
      await server.end(how)
      await sleep(100)
      await server.start()
    }
    await until(async () => (await site.visitor().postJson('/accounts/login/', {})).status !== 503)
    await sleep(200)
    isOver = true
    await work
    process.removeListener('unhandledRejection', note)
    expect(rejections).toEqual([])
    console.info(`answers by status: ${JSON.stringify(Object.fromEntries(answers))}; ${made.length} registered, ${left.length} logged out`)
    expect([...answers.keys()].filter((status) => ![200, 303, 503].includes(status))).toEqual([])
    expect(answers.get(503)).toBeGreaterThan(0)
    expect(made.length).toBeGreaterThan(5)
    expect(left.length).toBeGreaterThan(5)
    const found = new Set((await site.auth.users.all()).map((one) => one.username))
    expect(made.filter((one) => !found.has(one))).toEqual([])
    for (const copy of left) expect(await loggedOut(copy)).toBe(true)
    // Whoever is there is there whole: the profile was made in the same transaction.
    expect(await site.auth.profiles.count()).toBe(found.size)
  })

  test('with no connection left to give, visitors are asked to come again', async () => {
    const { site, server } = stage
    const ada = await site.loggedIn('ada')
    const others = Array.from({ length: 4 }, () => accountsOn(source(server.url)))
    // Held until the server has none left, for us as for others.
    const held = Promise.allSettled(others.flatMap(({ auth }) => Array.from({ length: 10 }, async () => auth.db.executeQuery(slow(site)))))
    await sleep(500)
    const fresh = accountsOn(source(server.url))
    const visitor = fresh.visitor()
    await visitor.get('/accounts/login/')
    await expectUnavailable(await visitor.post('/accounts/login/', { username: 'ada', password: PASSWORD }))
    await held
    await Promise.all([...others, fresh].map((one) => one.close()))
    await until(async () => (await ada.get('/accounts/profile/')).status === 200)
  })
})

function slow(site: Accounts): never {
  const { kysely, engine } = site.auth.internals.registry.database
  return (engine === 'postgres' ? sql`select pg_sleep(1)` : sql`select sleep(1)`).compile(kysely) as never
}
