import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { abstractBaseUser, bigAutoField, charField, FixedClock, portcullis, uuidField } from '../../src/index.js'
import type { AnyUserClass } from '../../src/accounts/user.js'
import type { DatabaseSource } from '../../src/database/dialects/dialect.js'
import { eachSite, quick, type Shop } from '../support/shop.js'
import { eachStore, rigOn, type SessionRig } from '../support/sessions.js'

interface Login {
  readonly cookie: string
  readonly publicId: string
}

describe('the records of sessions', () => {
  eachStore((open, name) => {
    let people = 0
    async function person({ shop }: SessionRig) {
      people += 1
      return shop.users.createUser({ username: `${name}-${people}` })
    }
    async function login(rig: SessionRig, userKey: unknown, userAgent = 'Firefox'): Promise<Login> {
      const cookie = await rig.visitor({ _auth_user_id: String(userKey) })
      await rig.records.record({ cookie, userKey: String(userKey), address: '192.0.2.7', userAgent })
      const entry = (await rig.records.listFor(userKey, rig.store.keyOf(cookie))).find((one) => one.isCurrent)
      return { cookie, publicId: entry?.publicId ?? 'none' }
    }
    const isGood = async (rig: SessionRig, ...logins: Login[]): Promise<boolean[]> =>
      Promise.all(logins.map(async ({ cookie }) => (await rig.store.load(cookie)) !== null))

    test('list where somebody is logged in, seen last first, and nobody else’s', async () => {
      const rig = await open()
      const [ada, bob] = [await person(rig), await person(rig)]
      const first = await login(rig, ada.pk, 'Firefox')
      rig.clock.advance(60)
      const second = await login(rig, ada.pk, 'Safari')
      await login(rig, bob.pk)
      const list = await rig.records.listFor(ada.pk, rig.store.keyOf(second.cookie))
      expect(list.map(({ userAgent, isCurrent }) => [userAgent, isCurrent])).toEqual([
        ['Safari', true],
        ['Firefox', false],
      ])
      rig.clock.advance(600)
      const record = (await rig.store.load(first.cookie))?.record
      if (record === null || record === undefined) throw new Error('It was recorded.')
      const now = rig.clock.now()
      // Two requests at once: one of them notes it.
      const both = [rig.records.touch(record, { now, address: '192.0.2.8' }), rig.records.touch(record, { now, address: '192.0.2.8' })]
      expect((await Promise.all(both)).toSorted()).toEqual([false, true])
      const [latest] = await rig.records.listFor(ada.pk)
      expect(latest).toMatchObject({ userAgent: 'Firefox', address: '192.0.2.8', lastSeen: now, publicId: first.publicId })
    })

    test('D9: hold no key, and nothing that opens a session', async () => {
      const rig = await open()
      const ada = await person(rig)
      const { cookie, publicId } = await login(rig, ada.pk)
      const [entry] = await rig.records.listFor(ada.pk, rig.store.keyOf(cookie))
      expect(Object.keys(entry ?? {}).toSorted()).toEqual(['address', 'created', 'isCurrent', 'lastSeen', 'publicId', 'userAgent'])
      expect(JSON.stringify(entry)).not.toContain(cookie)
      expect(JSON.stringify(entry)).not.toContain(rig.store.keyOf(cookie))
      expect(await rig.store.load(publicId)).toBeNull()
      expect(await rig.store.load(publicId.padEnd(32, 'a'))).toBeNull()
      const rows = await rig.database.execute<Record<string, unknown>>(sql`select * from portcullis_session`)
      expect(JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(cookie)
    })

    test('D8: end only sessions of the same user', async () => {
      const rig = await open()
      const [ada, eve] = [await person(rig), await person(rig)]
      const [hers, other] = [await login(rig, ada.pk), await login(rig, ada.pk)]
      expect(await rig.records.end(hers.publicId, eve.pk)).toBe(false)
      expect(await rig.records.end('x'.repeat(22), ada.pk)).toBe(false)
      expect(await rig.records.end('', ada.pk)).toBe(false)
      expect(await isGood(rig, hers, other)).toEqual([true, true])
      expect(await rig.records.end(hers.publicId, ada.pk)).toBe(true)
      expect(await isGood(rig, hers, other)).toEqual([false, true])
      expect(await rig.records.end(hers.publicId, ada.pk)).toBe(false)
      expect(await rig.records.listFor(ada.pk)).toHaveLength(1)
    })

    test('end all of a user’s sessions, or all but one', async () => {
      const rig = await open()
      const [ada, bob] = [await person(rig), await person(rig)]
      const hers = [await login(rig, ada.pk), await login(rig, ada.pk), await login(rig, ada.pk)] as const
      const his = await login(rig, bob.pk)
      expect(await rig.records.endAll(ada.pk, rig.store.keyOf(hers[1].cookie))).toBe(2)
      expect(await isGood(rig, ...hers, his)).toEqual([false, true, false, true])
      expect(await rig.records.endAll(ada.pk, 'a key of nobody')).toBe(1)
      expect(await rig.records.endAll(ada.pk)).toBe(0)
      expect(await isGood(rig, ...hers, his)).toEqual([false, false, false, true])
    })

    test('NIST 5.2: a session has one record, whoever was noted before; a login anew starts its time anew', async () => {
      const rig = await open()
      const ada = await person(rig)
      const { cookie, publicId } = await login(rig, ada.pk)
      const made = rig.clock.now()
      rig.clock.advance(60)
      const note = { cookie, userKey: ada.pk, address: null, userAgent: 'Opera' }
      await Promise.all([rig.records.record(note), rig.records.record(note)])
      expect(await rig.records.listFor(ada.pk)).toMatchObject([
        { publicId, created: made, lastSeen: rig.clock.now(), address: null, userAgent: 'Opera' },
      ])
      await rig.records.record({ ...note, startsAnew: true })
      expect(await rig.records.listFor(ada.pk)).toMatchObject([{ publicId, created: rig.clock.now() }])
    })

    test('take what visitors send, however long and strange', async () => {
      const rig = await open()
      const ada = await person(rig)
      const cookie = await rig.visitor()
      await rig.records.record({ cookie, userKey: ada.pk, address: 'f'.repeat(100), userAgent: `\0${'😀'.repeat(400)}\uD800` })
      expect(await rig.records.listFor(ada.pk)).toMatchObject([{ address: 'f'.repeat(45), userAgent: '😀'.repeat(300) }])
      await rig.records.record({ cookie, userKey: ada.pk, address: '', userAgent: 'half \uD83D' })
      expect(await rig.records.listFor(ada.pk)).toMatchObject([{ userAgent: 'half \uFFFD' }])
    })

    test('leave out what has expired, and are cleared of it', async () => {
      const rig = await open({ cookieAge: 600 })
      const ada = await person(rig)
      const gone = await login(rig, ada.pk)
      rig.clock.advance(601)
      const good = await login(rig, ada.pk)
      expect((await rig.records.listFor(ada.pk)).map((one) => one.publicId)).toEqual([good.publicId])
      expect(await rig.records.end(gone.publicId, ada.pk)).toBe(false)
      const [{ n } = { n: 0 }] = await rig.database.execute<{ n: number }>(
        sql`select count(*) as n from portcullis_session where user_key = ${ada.pk}`,
      )
      expect(n).toBe(1)
      const left = await login(rig, ada.pk)
      rig.clock.advance(300)
      const session = await rig.visit(good.cookie)
      session.set('a', 1)
      await session.save()
      rig.clock.advance(301)
      await rig.records.clearOrphans()
      const records = await rig.database.execute<{ public_id: string }>(sql`select public_id from portcullis_session where user_key = ${ada.pk}`)
      // Only the visitor has a signed cookie: what was not seen for its whole time is taken for gone.
      expect(records.map((one) => one.public_id)).toEqual(name === 'signedCookie' ? [] : [good.publicId])
      expect(records.map((one) => one.public_id)).not.toContain(left.publicId)
    })
  })
})

class Member extends abstractBaseUser('club.Member', {
  fields: { id: uuidField({ primaryKey: true, default: () => crypto.randomUUID() }), email: charField({ maxLength: 80, unique: true }) },
  usernameField: 'email',
}) {}
class Sailor extends abstractBaseUser('club.Sailor', {
  fields: { callSign: charField({ maxLength: 12, primaryKey: true }) },
  usernameField: 'callSign',
}) {}
class Star extends abstractBaseUser('club.Star', {
  fields: { id: bigAutoField(), email: charField({ maxLength: 80, unique: true }) },
  usernameField: 'email',
}) {}

describe('the records of users with other keys', () => {
  for (const [user, values] of [
    [Member, { email: 'ada@example.com' }],
    [Sailor, { callSign: 'Ada 1' }],
    [Star, { email: 'ada@example.com' }],
  ] as const) {
    describe(user.label, () => {
      eachSite(
        (database: DatabaseSource) => portcullis({ ...quick, clock: new FixedClock('2026-11-23T08:00:00Z'), database, user: user as AnyUserClass }),
        (open) => {
          test('find their user, by the key itself or as sessions write it', async () => {
            const site = await open()
            const rig = rigOn(site as unknown as Shop, 'database')
            const ada = await site.users.create(values as never)
            const cookie = await rig.visitor()
            await rig.records.record({ cookie, userKey: String(ada.pk), address: null, userAgent: '' })
            const found = await rig.store.load(cookie)
            expect(site.users.load(found?.owner ?? {}).pk).toBe(ada.pk)
            expect(await rig.records.listFor(ada.pk, rig.store.keyOf(cookie))).toMatchObject([{ isCurrent: true }])
            expect(await rig.records.listFor(String(ada.pk))).toHaveLength(1)
            expect(await rig.records.endAll(ada.pk)).toBe(1)
            await ada.delete()
          })
        },
      )
    })
  }
})
