import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { StatementCounter } from '../support/statements.js'
import { eachStore } from '../support/sessions.js'

/** What every store must do, whatever it keeps sessions in. */
describe('a store of sessions', () => {
  eachStore((open, name) => {
    const isCookie = name === 'signedCookie'
    test('finds what it stored, with a fresh object for each request', async () => {
      const { store, visitor } = await open()
      const cookie = await visitor({ cart: { items: ['mug'] }, 'é\u2028': null, n: 1.5, truth: false })
      const [one, two] = [await store.load(cookie), await store.load(cookie)]
      expect(one?.values).toEqual({ cart: { items: ['mug'] }, 'é\u2028': null, n: 1.5, truth: false })
      expect(Object.getPrototypeOf(one?.values)).toBeNull()
      const cart = one?.values['cart'] as { items: string[] }
      cart.items.push('planted')
      expect(two?.values['cart']).toEqual({ items: ['mug'] })
      expect((await store.load(cookie))?.values['cart']).toEqual({ items: ['mug'] })
      expect([one?.record, one?.owner]).toEqual([null, null])
    })

    test('7.2.1: knows no text that it did not give out', async () => {
      const { store } = await open()
      const strangers = [
        '',
        'a',
        'abcdefg',
        'x'.repeat(32),
        'x'.repeat(5000),
        'a b c d e f g h',
        'ünbekannt',
        '\0'.repeat(32),
        "' or 1=1 --",
        '%'.repeat(32),
      ]
      for (const one of strangers) expect(await store.load(one), one).toBeNull()
      for (const one of strangers) expect(await store.update(one, {}, new Date('2030-01-01')), one).toBeNull()
      for (const one of strangers) expect(await store.rename(one, {}, new Date('2030-01-01')), one).toBeNull()
      for (const one of strangers) await store.delete(one)
    })

    test('writes what is there, under the same key', async () => {
      const { store, visitor, settings, clock } = await open()
      const cookie = await visitor()
      const updated = await store.update(cookie, { count: 1 }, new Date(clock.now().getTime() + settings.cookieAge * 1000))
      expect(updated).toEqual(isCookie ? expect.any(String) : cookie)
      expect(store.keyOf(updated ?? '')).toBe(store.keyOf(cookie))
      expect((await store.load(updated ?? ''))?.values).toEqual({ count: 1 })
    })

    test('writing what is there already is no end', async () => {
      const { store, visitor, settings, clock } = await open()
      const cookie = await visitor({ a: 1 })
      const expires = new Date(clock.now().getTime() + settings.cookieAge * 1000)
      expect(await store.update(cookie, { a: 1 }, expires)).not.toBeNull()
      expect(await store.update(cookie, { a: 1 }, expires)).not.toBeNull()
    })

    test('D5: what was deleted is not written any more, under its key or another', async () => {
      const { store, visitor, visit } = await open()
      const cookie = await visitor()
      const [slow, cycling] = [await visit(cookie), await visit(cookie)]
      await store.delete(cookie)
      await store.delete(cookie)
      expect(await store.load(cookie)).toBeNull()
      slow.set('a', 1)
      await cycling.cycleKey()
      expect([await slow.save(), await cycling.save()]).toEqual(['gone', 'gone'])
      expect(await store.load(cookie)).toBeNull()
    })

    test('7.4.1, D6: a cookie that was copied before the logout opens nothing after it', async () => {
      const { store, visitor, visit } = await open()
      const copied = await visitor({ user: 7 })
      const session = await visit(copied)
      session.set('page', 2)
      await session.save()
      const copiedLater = session.cookie ?? ''
      await (await visit(copiedLater)).flush()
      for (const copy of [copied, copiedLater]) {
        expect(await store.load(copy)).toBeNull()
        expect(await store.update(copy, {}, new Date('2030-01-01'))).toBeNull()
        expect(await store.rename(copy, {}, new Date('2030-01-01'))).toBeNull()
      }
    })

    test('D1: a new key takes the old one out of use, and of two requests that change it one does', async () => {
      const { store, visitor, visit } = await open()
      const before = await visitor({ cart: ['mug'] })
      const both = [await visit(before), await visit(before)]
      for (const one of both) await one.cycleKey()
      const outcomes = await Promise.all(both.map((one) => one.save()))
      expect(outcomes.toSorted()).toEqual(['gone', 'saved'])
      const [winner] = both.filter((one) => one.cookie !== null)
      expect(await store.load(before)).toBeNull()
      expect(store.keyOf(winner?.cookie ?? '')).not.toBe(store.keyOf(before))
      expect((await store.load(winner?.cookie ?? ''))?.values).toEqual({ cart: ['mug'] })
    })

    test('forgets a session when its time is over, to the second, and not before (DM-10)', async () => {
      const { store, visit, clock } = await open({ cookieAge: 600 })
      const session = await visit()
      session.set('a', 1)
      await session.save()
      const cookie = session.cookie ?? ''
      const known = { key: store.keyOf(cookie) ?? '', lastSeen: clock.now() }
      clock.advance(599)
      expect(await store.load(cookie)).not.toBeNull()
      expect([...(await store.living([known]))]).toEqual([known.key])
      clock.advance(1.1)
      expect(await store.load(cookie)).toBeNull()
      expect([...(await store.living([known]))]).toEqual([])
    })

    test('keeps a session as long as it asks for itself', async () => {
      const { store, visit, clock } = await open({ cookieAge: 600 })
      const ends = async (expiry: number | Date): Promise<string> => {
        const session = await visit()
        session.set('a', 1)
        session.setExpiry(expiry)
        await session.save()
        return session.cookie ?? ''
      }
      const [short, fixed, browser] = [await ends(60), await ends(new Date(clock.now().getTime() + 120_000)), await ends(0)]
      const open_ = async (): Promise<boolean[]> => Promise.all([short, fixed, browser].map(async (one) => (await store.load(one)) !== null))
      clock.advance(59)
      expect(await open_()).toEqual([true, true, true])
      clock.advance(2)
      expect(await open_()).toEqual([false, true, true])
      clock.advance(60)
      expect(await open_()).toEqual([false, false, true])
      clock.advance(480)
      expect(await open_()).toEqual([false, false, false])
    })

    test('lasts from its last change, not from its first', async () => {
      const { store, visitor, visit, clock } = await open({ cookieAge: 600 })
      const session = await visit(await visitor())
      clock.advance(500)
      session.set('a', 1)
      await session.save()
      clock.advance(500)
      expect(await store.load(session.cookie ?? '')).not.toBeNull()
    })

    test('brings the record and the user of a login along, in one statement; a visitor without costs no more', async () => {
      const rig = await open()
      const { store, records, visitor, shop, database, clock } = rig
      const ada = await shop.users.createUser({ username: `ada-${name}`, phone: '+44' })
      const cookie = await visitor({ _auth_user_id: String(ada.pk) })
      await records.record({ cookie, userKey: ada.pk, address: '192.0.2.7', userAgent: 'Firefox' })
      await store.load(cookie)
      const counter = new StatementCounter(database)
      const found = await store.load(cookie)
      expect(counter.stop()).toHaveLength(1)
      expect(found?.owner).toMatchObject({ username: `ada-${name}`, phone: '+44' })
      expect(shop.users.load(found?.owner ?? {}).pk).toBe(ada.pk)
      expect(found?.record).toEqual({
        id: expect.anything(),
        publicId: expect.stringMatching(/^[a-z0-9]{22}$/),
        created: clock.now(),
        lastSeen: clock.now(),
      })
      expect(found?.values).toEqual({ _auth_user_id: String(ada.pk) })
      const anonymous = await visitor()
      const again = new StatementCounter(database)
      expect(await store.load(anonymous)).toMatchObject({ record: null, owner: null })
      expect(again.stop()).toHaveLength(1)
      // The user is gone, and nobody told the list of devices.
      await ada.delete()
      expect(await store.load(cookie)).toMatchObject({ record: { id: expect.anything() }, owner: null })
    })

    test('costs no statement for what cannot be a session', async () => {
      const { store, database } = await open()
      const counter = new StatementCounter(database)
      for (const one of ['', 'short', 'x'.repeat(5000), 'ä'.repeat(20)]) await store.load(one)
      expect(counter.stop()).toEqual([])
    })

    test('a record follows its session to a new key, with the time of the login, and ends with it', async () => {
      const { records, visitor, visit, shop, clock, store } = await open()
      const ada = await shop.users.createUser({ username: `ada-moves-${name}` })
      const cookie = await visitor()
      await records.record({ cookie, userKey: ada.pk, address: null, userAgent: '' })
      const [before] = await records.listFor(ada.pk)
      clock.advance(100)
      const session = await visit(cookie)
      await session.cycleKey()
      await session.save()
      expect(await records.listFor(ada.pk)).toEqual([before])
      expect(await records.listFor(ada.pk, session.storedKey)).toEqual([{ ...before, isCurrent: true }])
      expect((await store.load(session.cookie ?? ''))?.record?.publicId).toBe(before?.publicId)
      await session.flush()
      expect(await records.listFor(ada.pk)).toEqual([])
      await ada.delete()
    })

    test('joins the transaction of the caller', async () => {
      if (isCookie || name === 'memory' || name === 'cache') return
      const { store, shop } = await open()
      let cookie = ''
      await expect(
        shop.atomic(async () => {
          cookie = await store.create({ a: 1 }, new Date('2030-01-01'))
          expect(await store.load(cookie)).not.toBeNull()
          throw new Error('undone')
        }),
      ).rejects.toThrow('undone')
      expect(await store.load(cookie)).toBeNull()
    })

    test('a key that is taken is not taken over: another is made', async () => {
      if (isCookie) return
      let draws = 0
      const rig = await open({
        random: (size) => {
          draws += 1
          // The same key twice, then another.
          return new Uint8Array(size).fill(draws <= 2 ? 7 : 8)
        },
      })
      const [first, second] = [await rig.visitor({ n: 1 }), await rig.visitor({ n: 2 })]
      expect([first, second]).toEqual(['h'.repeat(32), 'i'.repeat(32)])
      expect((await rig.store.load(first))?.values).toEqual({ n: 1 })
      draws = 1
      const third = await rig.shop.atomic(async () => rig.store.rename(first, { n: 3 }, new Date('2030-01-01')))
      if (third === null) throw new Error('It was there.')
      await rig.store.delete(second)
      await rig.store.delete(third)
    })

    test('a generator that repeats itself is an error with a sentence, not an endless search', async () => {
      if (isCookie) return
      const rig = await open({ random: (size) => new Uint8Array(size).fill(9) })
      const cookie = await rig.visitor({ n: 1 })
      await expect(rig.visitor({ n: 2 })).rejects.toThrow(/10 random keys were taken/)
      await rig.store.delete(cookie)
    })

    test('keeps sessions of 100 kB', async () => {
      if (isCookie) return
      const { store, visitor } = await open()
      const text = 'lang ☃ '.repeat(15_000)
      expect((await store.load(await visitor({ text })))?.values).toEqual({ text })
    })

    test('D9: nothing at rest opens a session', async () => {
      const { visitor, store, database } = await open()
      const cookie = await visitor()
      expect(store.keyOf(cookie)).toMatch(/^[0-9a-f]{40}$/)
      expect(cookie).not.toContain(store.keyOf(cookie))
      expect(await store.load(store.keyOf(cookie) ?? '')).toBeNull()
      const rows = await database.execute<{ session_key: string }>(sql`select session_key from django_session`)
      for (const { session_key } of rows) expect(await store.load(session_key)).toBeNull()
      expect(JSON.stringify(rows)).not.toContain(cookie)
    })
  })
})
