import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { getRandomString } from '../../src/crypto/random.js'
import { eachStore, type SessionRig } from '../support/sessions.js'
import { StatementCounter } from '../support/statements.js'

/** Rows of Django's table, those of ours, and what the cache holds where there is one. */
async function rows({ database }: SessionRig): Promise<readonly number[]> {
  const [counted] = await database.execute<{ sessions: number; records: number }>(
    sql`select (select count(*) from django_session) as sessions, (select count(*) from portcullis_session) as records`,
  )
  return [counted?.sessions ?? -1, counted?.records ?? -1]
}

describe('what an attacker tries with sessions', () => {
  eachStore((open, name) => {
    test('7.2.4, NIST 5.1, D1: a planted key, invented or of a real session, is worth nothing after the login', async () => {
      const rig = await open()
      const real = await rig.visitor({ planted: true })
      for (const planted of [real, 'a'.repeat(32), getRandomString(32)]) {
        const session = await rig.visit(planted)
        await session.cycleKey({ ifGone: 'start' })
        session.set('_auth_user_id', '1')
        expect(await session.save()).toBe('saved')
        expect(session.cookie).not.toBe(planted)
        expect((await rig.visit(planted)).isEmpty).toBe(true)
        expect((await rig.visit(session.cookie)).get('_auth_user_id')).toBe('1')
        await session.flush()
      }
    })

    test('D2: an empty cookie is nobody’s session, after a logout too', async () => {
      const rig = await open()
      const session = await rig.visit(await rig.visitor({ _auth_user_id: '1' }))
      await session.flush()
      for (const cookie of ['', ' ', 'null', 'undefined', '""']) {
        const next = await rig.visit(cookie)
        expect([next.cookie, next.isEmpty]).toEqual([null, true])
      }
    })

    test('D3: 1,000 requests with invented keys, and logouts with them, leave no row behind', async () => {
      const rig = await open()
      const before = await rows(rig)
      for (let n = 0; n < 1000; n++) {
        const session = await rig.visit(getRandomString(n % 2 === 0 ? 32 : 8 + (n % 33)))
        if (n % 3 === 0) await session.flush()
        if (n % 3 === 1) await session.cycleKey()
        expect(session.isEmpty).toBe(true)
      }
      expect(await rows(rig)).toEqual(before)
    })

    test('D5: while one request ends a session, 20 others that hold it bring nothing back', async () => {
      const rig = await open()
      const cookie = await rig.visitor({ _auth_user_id: '1' })
      const slow = await Promise.all(Array.from({ length: 20 }, () => rig.visit(cookie)))
      const leaving = await rig.visit(cookie)
      for (const [n, one] of slow.entries()) one.set('page', n)
      const saves = slow.slice(0, 10).map((one) => one.save())
      await Promise.all([leaving.flush(), ...saves])
      expect(await Promise.all(slow.slice(10).map((one) => one.save()))).toEqual(Array.from({ length: 10 }, () => 'gone'))
      expect(await rig.store.load(cookie)).toBeNull()
      for (const one of slow) expect(one.cookie === null ? null : await rig.store.load(one.cookie)).toBeNull()
    })

    test('D7: a cookie with a letter changed, cut, unsigned or signed for another use is nobody’s', async () => {
      const rig = await open()
      const cookie = await rig.visitor({ _auth_user_id: '1' })
      const elsewhere = rig.shop.internals.keys
      const { dumps } = await import('../../src/crypto/signing.js')
      const forged = [
        ...Array.from(
          { length: Math.min(cookie.length, 60) },
          (_, at) => cookie.slice(0, at) + (cookie[at] === 'x' ? 'y' : 'x') + cookie.slice(at + 1),
        ),
        cookie.slice(0, -1),
        cookie.slice(1),
        cookie.split(':').slice(0, -1).join(':'),
        `${cookie}:`,
        JSON.stringify({ _auth_user_id: '1' }),
        Buffer.from(JSON.stringify({ _auth_user_id: '1' })).toString('base64url'),
        dumps({ _auth_user_id: '1' }, { key: elsewhere.current.reveal() }),
        dumps({ _auth_user_id: '1' }, { key: elsewhere.current.reveal(), salt: 'django.contrib.sessions.SessionStore' }),
        dumps({ _auth_user_id: '1' }, { key: 'another key', salt: 'django.contrib.sessions.backends.signed_cookies' }),
      ].filter((one) => one !== cookie)
      for (const one of forged) expect(await rig.store.load(one), one).toBeNull()
      expect(await rig.store.load(cookie)).not.toBeNull()
    })

    test('D7: a text at rest that somebody wrote is an empty session and one warning', async () => {
      if (name !== 'database' && name !== 'cachedDatabase') return
      const rig = await open()
      const cookie = await rig.visitor({ a: 1 })
      const key = rig.store.keyOf(cookie)
      const planted = Buffer.from('{"_auth_user_id":"1"}').toString('base64url')
      const expires = new Date(rig.clock.now().getTime() + 1000)
      for (const text of [planted, `${planted}:1w03gW:${'A'.repeat(43)}`, '']) {
        rig.warnings.length = 0
        await rig.database.execute(sql`update django_session set session_data = ${text}, expire_date = ${expires} where session_key = ${key}`)
        expect((await rig.store.load(cookie))?.values).toEqual({})
        expect(rig.warnings).toEqual(['session_data_corrupted'])
      }
    })

    test('a cookie costs one statement, found or not; a change one more, and reading writes nothing', async () => {
      const rig = await open()
      const cookie = await rig.visitor()
      await rig.visit(cookie)
      const reading = new StatementCounter(rig.database)
      const session = await rig.visit(cookie)
      session.get('cart')
      expect(reading.stop()).toHaveLength(1)
      const writing = new StatementCounter(rig.database)
      session.set('a', 1)
      await session.save()
      const written = writing.stop()
      // A cache holds the values by itself; a signed cookie is asked for whether it was ended.
      expect(written).toHaveLength({ database: 1, cachedDatabase: 1, signedCookie: 1, cache: 0, memory: 0 }[name])
      expect(written.filter((one) => /insert/i.test(one))).toEqual([])
    })
  })
})
