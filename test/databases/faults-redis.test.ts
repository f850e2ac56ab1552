import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisCache, redisCounters } from '../../src/redis.js'
import { sqlite } from '../../src/sqlite.js'
import { accountsOn, PASSWORD, type Accounts } from '../support/account-pages.js'
import { hasPrograms, ownRedis, type OwnServer } from '../support/own-servers.js'
import type { Visitor } from '../support/visitor.js'

/** What a visitor waits at most for a Redis that does not answer, in milliseconds; the rest is for a busy machine. */
const PATIENCE = 2000 + 2000

const isHere = hasPrograms('Redis')

describe.skipIf(!isHere)('Redis is away', () => {
  let server: OwnServer
  /** One that waits for its server, as clients do, and one that says at once that there is none. */
  let patient: Redis
  let quick: Redis
  const sites: Accounts[] = []
  const rejections: unknown[] = []
  const note = (error: unknown): void => void rejections.push(error)
  beforeAll(async () => {
    server = await ownRedis()
    patient = new Redis(server.url, { retryStrategy: () => 50 })
    quick = new Redis(server.url, { retryStrategy: () => 50, enableOfflineQueue: false })
    // Without a listener the client writes to the console by itself.
    for (const one of [patient, quick]) one.on('error', () => undefined)
    if (quick.status !== 'ready') await once(quick, 'ready')
    process.on('unhandledRejection', note)
  })
  afterAll(async () => {
    process.removeListener('unhandledRejection', note)
    for (const site of sites) await site.close()
    for (const one of [patient, quick]) one?.disconnect()
    await server?.remove()
  })

  async function siteWith(extras: Parameters<typeof accountsOn>[1]): Promise<Accounts> {
    const site = accountsOn(sqlite(':memory:'), extras)
    sites.push(site)
    await site.migrate()
    await site.auth.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
    return site
  }

  /** Asks until the site answers as it should, as people do. */
  async function until(isRight: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 20_000
    while (!(await isRight())) {
      if (performance.now() > deadline) throw new Error('The site does not find its Redis again.')
      await sleep(20)
    }
  }

  /** Lets Redis end and come back under load: how often each status was answered, and how long the slowest answer took. */
  async function throughOutages(
    site: Accounts,
    live: (round: number) => Promise<Response[]>,
  ): Promise<{ statuses: Map<number, number>; slowest: number }> {
    const statuses = new Map<number, number>()
    let [slowest, isOver, rounds] = [0, false, 0]
    const worker = async (): Promise<void> => {
      while (!isOver) {
        const begun = performance.now()
        const responses = await live((rounds += 1))
        slowest = Math.max(slowest, (performance.now() - begun) / responses.length)
        for (const response of responses) {
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
          if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
        }
        await sleep(2)
      }
    }
    const work = Promise.all(Array.from({ length: 6 }, worker))
    for (const how of ['stop', 'kill'] as const) {
      await sleep(150)
      await server.end(how)
      await sleep(150)
      await server.start()
    }
    const ada = await comesBack(site)
    isOver = true
    await work
    expect((await ada.get('/accounts/profile/')).status).toBe(200)
    expect(rejections).toEqual([])
    return { statuses, slowest }
  }

  /** Somebody who gets in once all is well again. */
  async function comesBack(site: Accounts): Promise<Visitor> {
    const visitor = site.visitor()
    await until(async () => {
      await visitor.get('/accounts/login/')
      return (await visitor.post('/accounts/login/', { username: 'ada', password: PASSWORD })).status === 303
    })
    return visitor
  }

  /** A login from beginning to end: only what was answered before counts for what comes after. */
  const logsIn = (site: Accounts, kept: Visitor[]) => async (): Promise<Response[]> => {
    const visitor = site.visitor()
    await visitor.get('/accounts/login/')
    const login = await visitor.post('/accounts/login/', { username: 'ada', password: PASSWORD })
    if (login.status !== 303) return [login]
    kept.push(visitor.copy())
    return [login, await visitor.get('/accounts/profile/')]
  }

  test('16.5.2: sessions in the cache alone: 503 with Retry-After within two seconds, and on as before once it is back', async () => {
    const site = await siteWith({ sessions: { store: 'cache', cache: redisCache(patient) } })
    const ada = await comesBack(site)
    await server.end('kill')
    for (const ask of [() => ada.get('/accounts/profile/'), () => ada.getJson('/accounts/profile/'), () => ada.post('/accounts/logout/')]) {
      const begun = performance.now()
      const response = await ask()
      expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([503, true])
      expect(performance.now() - begun).toBeLessThan(PATIENCE)
      expect(await response.text()).not.toMatch(/redis|ECONN|127\.0\.0\.1/i)
    }
    // The logout was not pretended either.
    expect(ada.sessionCookie).not.toBeNull()
    await server.start()
    await until(async () => (await ada.get('/accounts/profile/')).status === 200)
  })

  test('16.5.2: sessions in the cache alone, under load: what was answered stands, and the rest is told to come again', async () => {
    const site = await siteWith({ sessions: { store: 'cache', cache: redisCache(quick) } })
    const kept: Visitor[] = []
    const { statuses, slowest } = await throughOutages(site, logsIn(site, kept))
    expect([...statuses.keys()].filter((status) => ![200, 303, 503].includes(status))).toEqual([])
    expect(statuses.get(503)).toBeGreaterThan(0)
    expect(slowest).toBeLessThan(PATIENCE)
    // Redis was told to keep what it was told: so are the sessions that people were told they have.
    expect(kept.length).toBeGreaterThan(10)
    for (const one of kept) expect((await one.get('/accounts/profile/')).status).toBe(200)
  })

  test('16.5.2: sessions in the database with copies in the cache: nobody is sent away, and a logout meanwhile is one', async () => {
    const site = await siteWith({ sessions: { store: 'cachedDatabase', cache: redisCache(quick) } })
    const leaving = await comesBack(site)
    const thief = leaving.copy()
    await server.end('kill')
    expect((await leaving.get('/accounts/profile/')).status).toBe(200)
    expect((await leaving.post('/accounts/logout/')).status).toBe(200)
    expect((await thief.getJson('/accounts/profile/')).status).toBe(401)
    expect(site.errors.length).toBeGreaterThan(0)
    await server.start()
    // The copy that the cache kept opens nothing.
    expect((await thief.getJson('/accounts/profile/')).status).toBe(401)
    const kept: Visitor[] = []
    const { statuses } = await throughOutages(site, logsIn(site, kept))
    expect([...statuses.keys()].toSorted()).toEqual([200, 303])
    for (const one of kept) expect((await one.get('/accounts/profile/')).status).toBe(200)
  })

  test('16.5.2: counters in Redis: while it is away half is allowed, and never more than the rule in any place', async () => {
    const counters = redisCounters(quick)
    const site = await siteWith({ lockouts: { store: counters }, rateLimits: { store: counters } })
    const guess = async (username: string): Promise<number> => {
      const visitor = site.visitor()
      await visitor.getJson('/accounts/login/')
      return (await visitor.postJson('/accounts/login/', { username, password: 'wrong' })).status
    }
    /** How many of 40 guesses at one account, ten at once, were let through. */
    const admitted = async (username: string): Promise<number> => {
      let passed = 0
      for (let round = 0; round < 4; round += 1) {
        const statuses = await Promise.all(Array.from({ length: 10 }, () => guess(username)))
        expect(statuses.filter((status) => status !== 422 && status !== 429)).toEqual([])
        passed += statuses.filter((status) => status === 422).length
      }
      return passed
    }
    expect(await admitted('first')).toBe(5)
    await server.end('kill')
    // The half of five, and of an address's twenty there are enough left for it.
    expect(await admitted('second')).toBe(2)
    // Whoever waits in Redis is let in nowhere else: the process allows no more than its own half.
    expect(await admitted('first')).toBeLessThanOrEqual(2)
    await server.start()
    const ada = await comesBack(site)
    expect((await ada.get('/accounts/profile/')).status).toBe(200)
    // What Redis counted before, it still counts.
    expect(await guess('first')).toBe(429)
    let guesses = 0
    const { statuses } = await throughOutages(site, async () => {
      const visitor = ada.copy()
      const one = site.visitor()
      await one.getJson('/accounts/login/')
      const tried = await one.postJson('/accounts/login/', { username: 'third', password: 'wrong' })
      if (tried.status === 422) guesses += 1
      return [await visitor.get('/accounts/profile/'), tried]
    })
    expect([...statuses.keys()].toSorted()).toEqual([200, 422, 429])
    // Five by Redis, and two by the process in both times without it together.
    expect(guesses).toBeLessThanOrEqual(5 + 2)
  })
})
