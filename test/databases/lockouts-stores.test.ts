import { describe, expect, test } from 'vitest'
import { FixedClock, memoryCounters, portcullis, TooManyRequests, type CounterStore, type LockoutOptions } from '../../src/index.js'
import { countWork } from '../../src/passwords/hash-work.js'
import {
  countTry,
  uncount,
  type CounterName,
  type CounterRule,
  type Counters,
  type CounterState,
} from '../../src/protection/lockouts/counter-rule.js'
import { DatabaseCounters } from '../../src/protection/lockouts/database-counters.js'
import { ACCOUNT, ACCOUNT_AND_ADDRESS, ADDRESS, KNOWN_DEVICE } from '../../src/protection/lockouts/rules.js'
import { redisCounters } from '../../src/redis.js'
import { sqlite } from '../../src/sqlite.js'
import { connectRedis, hasRedis, redisUrl } from '../support/redis.js'
import { startChild } from '../support/child-process.js'
import { eachShop, quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const START = Date.parse('2026-11-23T08:00:00.000Z')
const named = (counter: string): CounterName => ({
  counter: counter.padEnd(64, '0'),
  kind: 'account',
  account: 'a'.repeat(64),
  address: '203.0.113.9/32',
})

/** The same tries in every place, told against the rule itself. */
function behaves(open: () => Counters | Promise<Counters>): void {
  const rules: readonly (readonly [string, CounterRule])[] = [
    ['waits that grow', { limit: 3, waits: [60, 300, 3600], memory: 7200 }],
    ['a wait after every try', { limit: 1, waits: [1, 2, 4], memory: 60 }],
    ['a window', { limit: 4, waits: [], memory: 600 }],
    ['a window of one', { limit: 1, waits: [], memory: 60 }],
    ['the default for an account and an address', ACCOUNT_AND_ADDRESS],
  ]
  test.each(rules)('%s: every try is counted as the rule says', async (name, rule) => {
    const counters = await open()
    const counter = named(`rule ${name}`.replaceAll(' ', '-'))
    let state: CounterState | null = null
    let now = START
    // The same steps each time, short and long ones.
    for (let step = 0; step < 120; step++) {
      now += [0, 0, 500, 1000, 20_000, 61_000, 0, 300_000, 0, 2_000_000, 0, 7_300_000][(step * 7) % 12] ?? 0
      const { taken, state: next } = countTry(state, rule, now)
      expect([step, await counters.take(counter, rule, now)]).toEqual([step, taken])
      state = next ?? state
      if (taken.admitted && step % 5 === 0 && state !== null) {
        await counters.giveBack(counter, taken)
        state = uncount(state, taken)
      }
    }
  })

  test('C1: of 100 at once as many are let through as there are places', async () => {
    const counters = await open()
    for (const rule of [ACCOUNT_AND_ADDRESS, { limit: 7, waits: [], memory: 60 }]) {
      const counter = named(`at-once-${rule.limit}`)
      const taken = await Promise.all(Array.from({ length: 100 }, async () => counters.take(counter, rule, START)))
      const admitted = taken.filter((one) => one.admitted).map((one) => one.number)
      expect(admitted.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rule.limit }, (_, index) => index + 1))
    }
  })

  test('G1: a wait that stands as it did is ended once, by one of many', async () => {
    const counters = await open()
    const rule = { limit: 2, waits: [60, 300], memory: 3600 }
    const counter = named('ended')
    await counters.take(counter, rule, START)
    const { freeAt } = await counters.take(counter, rule, START)
    expect(freeAt).toBe(START + 60_000)
    expect(await counters.forgetWaiting(counter, freeAt + 1)).toBe(false)
    expect(await counters.forgetWaiting(named('never'), freeAt)).toBe(false)
    expect(await counters.take(counter, rule, START)).toMatchObject({ admitted: false })
    const ended = await Promise.all(Array.from({ length: 10 }, async () => counters.forgetWaiting(counter, freeAt)))
    expect(ended.filter(Boolean)).toHaveLength(1)
    expect((await counters.waiting(START, { limit: 100 })).map((one) => one.counter)).not.toContain(counter.counter)
    expect(await counters.take(counter, rule, START)).toMatchObject({ admitted: true, number: 1 })
    await counters.forget(counter)
  })

  test('who waits is found by account and dropped by account or address', async () => {
    const counters = await open()
    await counters.forgetAll({ account: 'a'.repeat(64) })
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      for (let round = 0; round <= index; round++)
        await counters.take({ ...named(name), address: `10.0.0.${index}/32` }, { limit: 2, waits: [60 * (index + 1)], memory: 60 }, START)
    }
    const found = await counters.waiting(START, { account: 'a'.repeat(64), limit: 10 })
    expect(found.map((one) => [one.counter.replace(/0+$/, ''), one.tries, one.freeAt - START])).toEqual([
      ['three', 2, 180_000],
      ['two', 2, 120_000],
    ])
    expect((await counters.waiting(START, { limit: 1 })).map((one) => one.address)).toEqual(['10.0.0.2/32'])
    expect(await counters.forgetAll({ address: '10.0.0.2/32' })).toBe(1)
    expect(await counters.waiting(START, { limit: 10 })).toHaveLength(1)
    expect(await counters.forgetAll({ account: 'a'.repeat(64) })).toBe(2)
    expect(await counters.waiting(START, { limit: 10 })).toEqual([])
  })
}

describe('counting', () => {
  eachShop((open) => behaves(async () => new DatabaseCounters((await open()).internals.registry.database, 'portcullis_attempt')))

  describe('in memory', () => {
    const counters = memoryCounters().open('attempts')
    behaves(() => counters)
  })

  describe.skipIf(!hasRedis)('in Redis', () => {
    const client = connectRedis()
    const counters = redisCounters(client).open('attempts')
    behaves(() => counters)

    const site = (store: CounterStore, lockouts: LockoutOptions = {}) =>
      portcullis({ ...quick, lockouts: { store, ...lockouts }, database: sqlite(':memory:'), clock: new FixedClock(START) })

    test('C1: of 200 tries at once at most 5 are hashed', async () => {
      const auth = site(redisCounters(client))
      await auth.migrate()
      const { work } = await countWork(async () =>
        Promise.allSettled(Array.from({ length: 200 }, async () => auth.authenticate(null, { username: 'victim', password: 'wrong' }))),
      )
      expect([...work.values()].reduce((sum, one) => sum + one, 0)).toBe(10)
      expect(await auth.lockouts.list({ username: 'victim' })).toHaveLength(1)
      await auth.close()
    })

    test('C1: nor more than 5 across two processes', async () => {
      const script = `
        import { Redis } from 'ioredis'
        import { portcullis } from './src/index.js'
        import { redisCounters } from './src/redis.js'
        import { sqlite } from './src/sqlite.js'
        const [url, keyPrefix] = process.argv.slice(-2)
        const client = new Redis(url, { keyPrefix })
        const auth = portcullis({ ...${JSON.stringify(quick)}, lockouts: { store: redisCounters(client) }, database: sqlite(':memory:') })
        await auth.migrate()
        const tries = await Promise.allSettled(Array.from({ length: 40 }, async () => auth.authenticate(null, { username: 'several', password: 'wrong' })))
        console.log(tries.filter((one) => one.status === 'fulfilled').length)
        await auth.close()
        client.disconnect()`
      const args = [redisUrl, client.options.keyPrefix ?? '']
      const ended = await Promise.all([startChild(script, args).ended, startChild(script, args).ended])
      expect(ended.map((one) => one.stderr)).toEqual(['', ''])
      expect(ended.reduce((sum, one) => sum + Number(one.stdout), 0)).toBe(5)
    }, 120_000)
  })

  test('16.5.2: while the store is down, tries are counted in this process, more strictly, and never let through', async () => {
    const errors: unknown[] = []
    const broken: CounterStore = {
      open: () => {
        const down = async (): Promise<never> => {
          throw new Error('The store is down.')
        }
        return { take: down, giveBack: down, forget: down, forgetWaiting: down, forgetAll: down, waiting: down, clearExpired: down }
      },
    }
    const auth = portcullis({
      ...quick,
      lockouts: { store: broken },
      rateLimits: { store: broken },
      database: sqlite(':memory:'),
      onError: (error) => void errors.push(error),
    })
    await auth.migrate()
    await auth.users.createUser({ username: 'ada', password: 'notes' })
    const ada = { username: 'ada', password: 'notes' }
    for (let round = 0; round < 20; round++) expect((await auth.authenticate(null, ada))?.username).toBe('ada')
    for (let round = 0; round < 2; round++) expect(await auth.authenticate(null, { ...ada, password: 'wrong' })).toBeNull()
    await expect(auth.authenticate(null, ada)).rejects.toThrow(TooManyRequests)
    const searches = auth.rateLimit('search', { limit: 4, window: 60 })
    expect([await searches.take('x'), await searches.take('x'), await searches.take('x')].map((one) => one.allowed)).toEqual([true, true, false])
    expect(errors.length).toBeGreaterThan(20)
    await auth.close()
  })

  test('6.3.1, NIST 3.2.2: Default settings admit at most 100 guesses a day on one account from 1,000 addresses while the owner’s known browser logs in 100 of 100 times', async () => {
    const clock = new FixedClock(START)
    const auth = portcullis({ ...quick, lockouts: {}, database: sqlite(':memory:'), clock })
    await auth.migrate()
    await auth.users.createUser({ username: 'victim', password: 'the right one' })
    const pages = auth.pages()
    const visitor = (address: string): Visitor => new Visitor((request) => pages.fetch(request, { address }))
    const logIn = async (who: Visitor, password: string): Promise<number> => {
      await who.getJson('/accounts/login/')
      return (await who.postJson('/accounts/login/', { username: 'victim', password })).status
    }
    const owner = visitor('203.0.113.9')
    expect(await logIn(owner, 'the right one')).toBe(200)
    const admitted: number[] = []
    let owners = 0
    // Three days of it, a guess about every minute from the next of a thousand addresses.
    for (let guess = 0; guess < 3000; guess++) {
      const status = await logIn(visitor(`10.${guess % 4}.${Math.floor((guess % 1000) / 4)}.1`), 'wrong')
      if (status === 422) admitted.push(clock.now().getTime())
      else expect(status).toBe(429)
      if (guess % 30 === 0) {
        owner.cookies.delete('sessionid')
        if ((await logIn(owner, 'the right one')) === 200) owners += 1
      }
      clock.advance(86)
    }
    expect(owners).toBe(100)
    const inADay = admitted.map((from) => admitted.filter((one) => one >= from && one < from + 86_400_000).length)
    expect(Math.max(...inADay)).toBe(100)
    await auth.close()
  }, 120_000)

  test('6.1.1: the page on protection tells the numbers that the code has', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL('../../docs/protection.md', import.meta.url), 'utf8')
    const rows = {
      'one account from one address': ACCOUNT_AND_ADDRESS,
      'one account from everywhere': ACCOUNT,
      'one address': ADDRESS,
      'one account from a known device': KNOWN_DEVICE,
    }
    for (const [name, { limit, waits, memory }] of Object.entries(rows)) {
      const shown = waits
        .map((seconds) => (seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`))
        .join(', ')
      expect(text).toContain(`| ${name} | ${limit} | ${shown} | ${memory / 3600} h |`)
    }
  })
})
