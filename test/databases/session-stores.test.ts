import { sql } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { ImproperlyConfigured } from '../../src/index.js'
import { redisCache } from '../../src/redis.js'
import { dumps, loads } from '../../src/crypto/signing.js'
import { hashedKey } from '../../src/sessions/session-keys.js'
import { SessionTooLarge } from '../../src/sessions/signed-cookie-store.js'
import { connectRedis, hasRedis } from '../support/redis.js'
import { rigOn } from '../support/sessions.js'
import { eachShop } from '../support/shop.js'
import { StatementCounter } from '../support/statements.js'

const COOKIE_SALT = 'django.contrib.sessions.backends.signed_cookies'
const A_YEAR = 31_536_000

describe('the database store', () => {
  eachShop((open, engine) => {
    test('keeps a hash of each key, or the key where a Django reads it', async () => {
      const shop = await open()
      const keysAtRest = async (): Promise<string[]> =>
        (await shop.internals.registry.database.execute<{ session_key: string }>(sql`select session_key from django_session`)).map(
          (one) => one.session_key,
        )
      const [hashed, plain] = [await rigOn(shop, 'database').visitor(), await rigOn(shop, 'database', { keepKeys: 'plain' }).visitor()]
      expect((await keysAtRest()).toSorted()).toEqual([hashedKey(hashed), plain].toSorted())
      expect(await rigOn(shop, 'database', { keepKeys: 'plain' }).store.load(hashedKey(hashed))).not.toBeNull()
      expect(await rigOn(shop, 'database').store.load(hashedKey(hashed))).toBeNull()
    })

    test('a key in other letters is another key, though MariaDB finds it the same', async () => {
      const { store, visitor } = rigOn(await open(), 'database', { keepKeys: 'plain' })
      const cookie = await visitor()
      // House style bans folding by the engine; these letters are ASCII.
      const capitals = cookie.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 32))
      expect(await store.load(capitals)).toBeNull()
      expect(await store.load(cookie)).not.toBeNull()
    })

    test('D9: a user’s columns can be called what they like: those of the session are not among them', async () => {
      const shop = await open()
      const { store, visitor, records } = rigOn(shop, 'database')
      const ada = await shop.users.createUser({ username: 'ada-columns' })
      const cookie = await visitor()
      await records.record({ cookie, userKey: ada.pk, address: null, userAgent: '' })
      const owner = (await store.load(cookie))?.owner ?? {}
      expect(
        Object.keys(owner)
          .filter((one) => !one.includes('.'))
          .toSorted(),
      ).toEqual(shop.users.meta.columns.map((one) => one.column).toSorted())
      await ada.delete()
    })

    test('who comes back while expired sessions are cleared keeps the time of their login', async () => {
      const shop = await open()
      const { store, clock, database, records, visitor } = rigOn(shop, 'database', { cookieAge: 600 })
      const ada = await shop.users.createUser({ username: 'ada-returns' })
      const [returning, gone] = [await visitor(), await visitor()]
      for (const cookie of [returning, gone]) await records.record({ cookie, userKey: ada.pk, address: null, userAgent: '' })
      const known = (await store.load(returning))?.record?.publicId
      clock.advance(3600)
      const run = database.run.bind(database)
      const spy = vi.spyOn(database, 'run').mockImplementation(async (statement) => {
        if ('sql' in statement && /delete from .?django_session/.test(String(statement.sql))) {
          spy.mockRestore()
          await store.update(returning, {}, new Date(clock.now().getTime() + 600_000))
        }
        return run(statement)
      })
      expect(await store.clearExpired()).toBe(1)
      expect((await store.load(returning))?.record?.publicId).toBe(known)
      expect(known).toBeDefined()
      expect(await records.listFor(ada.pk)).toHaveLength(1)
      await ada.delete()
    })

    test('14.2.7: clears what has expired in small parts between which others have their turn, and the records of it', async () => {
      const shop = await open()
      const { store, clock, database, records, visitor } = rigOn(shop, 'database', { cookieAge: 600 })
      const ada = await shop.users.createUser({ username: 'ada-clears' })
      const before = (await database.execute<{ n: number }>(sql`select count(*) as n from django_session`))[0]?.n ?? 0
      const expired = new Date(clock.now().getTime() - 1000)
      const rows = Array.from({ length: 1000 }, (_, n) => sql`(${`expired-${n}`}, 'e30', ${expired})`)
      await database.execute(sql`insert into django_session (session_key, session_data, expire_date) values ${sql.join(rows)}`)
      const cookie = await visitor()
      await records.record({ cookie: 'expired-key-of-somebody', userKey: ada.pk, address: null, userAgent: '' })
      await records.record({ cookie, userKey: ada.pk, address: null, userAgent: '' })
      let turns = 0
      const ticking = setInterval(() => (turns += 1), 1)
      const counter = new StatementCounter(database)
      expect(await store.clearExpired(300)).toBe(300)
      const deletions = counter.stop().filter((one) => /delete from .?django_session/.test(one))
      expect(deletions).toHaveLength(3)
      expect(await store.clearExpired()).toBe(700)
      clearInterval(ticking)
      expect(turns).toBeGreaterThanOrEqual(5)
      expect(await store.clearExpired()).toBe(0)
      expect(await store.load(cookie)).not.toBeNull()
      expect((await database.execute<{ n: number }>(sql`select count(*) as n from django_session`))[0]?.n).toBe(Number(before) + 1)
      expect(await records.clearOrphans()).toBe(1)
      expect(await records.listFor(ada.pk)).toHaveLength(1)
      await ada.delete()
    })

    test('a user that Django deleted leaves a session of nobody, and the database allows it', async () => {
      const shop = await open()
      const { store, visitor, records, database } = rigOn(shop, 'database')
      const ada = await shop.users.createUser({ username: 'ada-deleted' })
      const cookie = await visitor({ _auth_user_id: String(ada.pk) })
      await records.record({ cookie, userKey: ada.pk, address: null, userAgent: '' })
      await shop.profiles.delete({ user: ada.pk })
      await database.execute(sql`delete from shop_customer where id = ${ada.pk}`)
      expect(await store.load(cookie)).toMatchObject({ owner: null, record: { publicId: expect.any(String) } })
      expect(engine.engine).toBe(database.engine)
    })
  })
})

describe.skipIf(!hasRedis)('the cached database store (skipped where no Redis answers, which a line says)', () => {
  eachShop((open) => {
    const cache = redisCache(connectRedis())
    const later = (rig: ReturnType<typeof rigOn>, seconds: number): Date => new Date(rig.clock.now().getTime() + seconds * 1000)

    test('reads values from the cache, and sees at once what a Django deleted or wrote', async () => {
      const rig = rigOn(await open(), 'cachedDatabase', { cache })
      const other = rigOn(rig.shop, 'database')
      const cookie = await rig.visitor({ n: 1 })
      const counter = new StatementCounter(rig.database)
      expect((await rig.store.load(cookie))?.values).toEqual({ n: 1 })
      const statements = counter.stop()
      expect(statements).toHaveLength(1)
      expect(statements[0]).not.toContain('session_data')
      rig.clock.advance(1)
      await other.store.update(cookie, { n: 2 }, later(rig, A_YEAR))
      expect((await rig.store.load(cookie))?.values).toEqual({ n: 2 })
      expect((await rig.store.load(cookie))?.values).toEqual({ n: 2 })
      await other.store.update(cookie, { n: 3, _session_expiry: '2030-01-01T00:00:00+00:00' }, new Date('2030-01-01'))
      expect((await rig.store.load(cookie))?.values).toMatchObject({ n: 3 })
      await other.store.update(cookie, { n: 4, _session_expiry: '2030-01-01T00:00:00+00:00' }, new Date('2030-01-01'))
      expect((await rig.store.load(cookie))?.values).toMatchObject({ n: 4 })
      await other.store.delete(cookie)
      expect(await rig.store.load(cookie)).toBeNull()
      expect(await rig.store.update(cookie, { n: 5 }, later(rig, 600))).toBeNull()
      expect(await rig.store.load(cookie)).toBeNull()
    })

    test('finds a session that the cache forgot', async () => {
      const client = connectRedis()
      const rig = rigOn(await open(), 'cachedDatabase', { cache: redisCache(client) })
      const cookie = await rig.visitor({ n: 1 })
      expect(await client.del(`django.contrib.sessions.cached_db${rig.store.keyOf(cookie)}`)).toBe(1)
      expect((await rig.store.load(cookie))?.values).toEqual({ n: 1 })
      expect(await client.exists(`django.contrib.sessions.cached_db${rig.store.keyOf(cookie)}`)).toBe(1)
    })
  })
})

describe('the signed cookie store', () => {
  eachShop((open) => {
    test('writes what Django reads, and reads what Django writes; then only that very text can be ended', async () => {
      const shop = await open()
      const rig = rigOn(shop, 'signedCookie')
      const key = shop.internals.keys.current.reveal()
      const ours = await rig.visitor({ cart: ['mug'] })
      expect(loads(ours, { key, salt: COOKIE_SALT, clock: rig.clock })).toMatchObject({ cart: ['mug'] })
      const theirs = dumps({ cart: ['cup'] }, { key, salt: COOKIE_SALT, compress: true, clock: rig.clock })
      const session = await rig.visit(theirs)
      expect(session.toObject()).toEqual({ cart: ['cup'] })
      session.set('a', 1)
      await session.save()
      await session.flush()
      expect(await rig.store.load(session.cookie ?? theirs)).toBeNull()
      expect(await rig.store.load(theirs)).toBeNull()
    })

    test('3.3.5: a session that has grown too large for a browser is an error, and not a lost session', async () => {
      const rig = rigOn(await open(), 'signedCookie')
      const session = await rig.visit(await rig.visitor({ n: 1 }))
      const random = Array.from({ length: 900 }, (_, n) => hashedKey(`${n}`).slice(0, 8)).join('')
      session.set('large', random)
      await expect(session.save()).rejects.toThrow(SessionTooLarge)
      await expect(session.save()).rejects.toThrow(/browsers keep 4096/)
      expect((await rig.visit(session.cookie)).get('n')).toBe(1)
      // Compressed, this is short.
      session.set('large', 'x'.repeat(20_000))
      expect(await session.save()).toBe('saved')
      expect((session.cookie ?? '').length).toBeLessThan(4096)
    })

    test('D6: what was written down of an ended session is kept until no cookie with it can be good, and cleared then', async () => {
      const rig = rigOn(await open(), 'signedCookie', { cookieAge: 600 })
      const session = await rig.visit()
      session.set('a', 1)
      session.setExpiry(60)
      await session.save()
      const short = session.cookie ?? ''
      session.setExpiry(null)
      await session.save()
      const long = session.cookie ?? ''
      await rig.store.delete(short)
      rig.clock.advance(599)
      await rig.store.clearExpired()
      expect([await rig.store.load(short), await rig.store.load(long)]).toEqual([null, null])
      rig.clock.advance(10)
      expect(await rig.store.clearExpired()).toBeGreaterThanOrEqual(1)
      expect([await rig.store.load(short), await rig.store.load(long)]).toEqual([null, null])
    })

    test('lasts no longer than cookieAge after it was signed, as in Django', async () => {
      const rig = rigOn(await open(), 'signedCookie', { cookieAge: 600 })
      const session = await rig.visit()
      session.set('a', 1)
      session.setExpiry(A_YEAR)
      await session.save()
      // Signatures count whole seconds.
      rig.clock.advance(599)
      expect(await rig.store.load(session.cookie ?? '')).not.toBeNull()
      rig.clock.advance(2)
      expect(await rig.store.load(session.cookie ?? '')).toBeNull()
    })
  })
})

describe('a store that needs a cache', () => {
  eachShop((open) => {
    test('is refused without one, with the remedy', async () => {
      const shop = await open()
      for (const name of ['cache', 'cachedDatabase'] as const) {
        expect(() => rigOn(shop, name)).toThrow(ImproperlyConfigured)
        expect(() => rigOn(shop, name)).toThrow(/no cache was given\. Pass sessions\.cache/)
      }
    })
  })
})

describe.skipIf(!hasRedis)('redisCache (skipped where no Redis answers, which a line says)', () => {
  test('adds once, replaces what is there, forgets in time, and of many that add or delete one succeeds', async () => {
    const client = connectRedis()
    for (const cache of [redisCache(client), redisCache({ sendCommand: async ([name = '', ...words]) => client.call(name, ...words) })]) {
      expect(await cache.get('a')).toBeNull()
      expect(await cache.replace('a', 'x', 60)).toBe(false)
      expect(await cache.get('a')).toBeNull()
      const adds = await Promise.all(Array.from({ length: 20 }, (_, n) => cache.add('a', `${n}`, 60)))
      expect(adds.filter(Boolean)).toHaveLength(1)
      expect(await cache.replace('a', 'é ☃', 60)).toBe(true)
      expect(await cache.get('a')).toBe('é ☃')
      expect(await client.ttl('a')).toBeGreaterThan(50)
      await cache.set('a', 'soon gone', 1)
      expect(await client.ttl('a')).toBe(1)
      const deletions = await Promise.all(Array.from({ length: 20 }, () => cache.delete('a')))
      expect(deletions.filter(Boolean)).toHaveLength(1)
    }
  })

  test('reads answers in bytes too', async () => {
    const cache = redisCache({ sendCommand: async ([name]) => Buffer.from(name === 'GET' ? 'é ☃' : 'OK') })
    expect([await cache.get('a'), await cache.add('a', 'b', 1)]).toEqual(['é ☃', true])
  })

  test('a Redis that fails is an error, not a visitor without a session', async () => {
    const cache = redisCache({ call: async () => Promise.reject(new Error('connection lost')) })
    await expect(cache.get('a')).rejects.toThrow('connection lost')
    await expect(cache.add('a', 'b', 1)).rejects.toThrow('connection lost')
  })
})
