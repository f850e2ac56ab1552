/**
 * How sessions end that a real Django and portcullis share: by leaving at either, and by themselves.
 * @module
 */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/index.js'
import { eachPair, type Pair } from '../support/pair.js'
import { gate } from '../support/shared-site.js'
import { DIRECTIONS, keep, loggedIn, nameOf, otherThan, whoami, type Jar, type Side } from '../support/sides.js'

describe('a session ends for both', () => {
  eachPair((pair) => {
    const key = (jar: Jar): string => jar.get('sessionid') ?? ''
    const both = (by: 'Django' | 'portcullis'): { one: Side; other: Side } => ({
      one: pair().side(by),
      other: pair().side(otherThan(by)),
    })

    /** When the row of a session expires, in seconds from now; null where there is none. */
    const secondsLeft = async (jar: Jar): Promise<number | null> =>
      pair().server.shell(
        'from django.contrib.sessions.models import Session\nfrom django.utils import timezone\nrow = Session.objects.filter(pk=given).first()\nanswer(row and (row.expire_date - timezone.now()).total_seconds())',
        key(jar),
      )
    test('SE-4: an expired session is nobody’s on either side, whoever made it', async () => {
      for (const [by] of DIRECTIONS) {
        const { one, other } = both(by)
        const jar = await loggedIn(one, await pair().newcomer())
        await nameOf(other, jar)
        await expire(pair(), [key(jar)])
        for (const side of [one, other]) {
          const sent = new Map(jar)
          expect(await nameOf(side, sent)).toBeNull()
          expect(key(sent)).toBe('')
        }
      }
    })

    test.each(DIRECTIONS)('SE-10: clearsessions of %s takes what has expired and leaves what lives on %s', async (by) => {
      const { one, other } = both(by)
      const { site } = pair()
      const ada = await pair().newcomer()
      const living = [await loggedIn(one, ada), await loggedIn(other, ada)]
      const expired = [await loggedIn(one, ada), await loggedIn(other, ada)]
      for (const jar of [...living, ...expired]) expect(await nameOf(pair().side('portcullis'), jar)).toBe(ada)
      await expire(pair(), expired.map(key))
      await one.clearSessions()
      for (const jar of living) expect([await nameOf(one, jar), await nameOf(other, jar)]).toEqual([ada, ada])
      expect(await Promise.all(expired.map(secondsLeft))).toEqual([null, null])
      // Django knows nothing of the records; they are worth nothing without their sessions, and go with the next clearing here.
      expect(await site.sessions.listFor(await site.users.get({ username: ada }))).toHaveLength(2)
      await site.sessions.clearExpired()
      expect(await recordsOf(pair(), expired.map(key))).toBe(0)
      expect(await recordsOf(pair(), living.map(key))).toBe(2)
    })

    describe('leaving', () => {
      test.each(DIRECTIONS)('a logout at %s ends the session at %s, for whoever holds its cookie', async (by) => {
        const { one, other } = both(by)
        const ada = await pair().newcomer()
        for (const first of [one, other]) {
          const jar = await loggedIn(first, ada)
          expect([await nameOf(one, jar), await nameOf(other, jar)]).toEqual([ada, ada])
          const thief = new Map(jar)
          const visitor = one.visitor(jar)
          // By POST: Django before 5.0 logs out by GET as well, later ones and this side do not (6.1).
          await visitor.get('/accounts/login/')
          expect((await visitor.post('/accounts/logout/')).status).toBeLessThan(400)
          expect(key(jar)).toBe('')
          for (const side of [one, other]) expect(await nameOf(side, new Map(thief))).toBeNull()
          expect(await secondsLeft(thief)).toBeNull()
        }
      })

      test.each(DIRECTIONS)('a session flushed at %s is empty at %s', async (by) => {
        const { one, other } = both(by)
        const jar = await loggedIn(one, await pair().newcomer())
        await keep(other, jar, { cart: ['mug'] })
        const copy = new Map(jar)
        await one.visitor(jar).get('/flush/')
        expect(key(jar)).toBe('')
        expect(await whoami(other, copy)).toEqual({ name: null, values: {} })
        expect(key(copy)).toBe('')
      })

      test('D5, H-14: a request under way here saves nothing after a logout at Django', async () => {
        const { one: Django, other: here } = both('Django')
        const jar = await loggedIn(Django, await pair().newcomer())
        const arrived = gate.close()
        const slow = here.visitor(new Map(jar)).get('/keep/?values={"late":1}&wait=1')
        await arrived
        await Django.visitor(new Map(jar)).get('/flush/')
        gate.open()
        expect((await slow).status).toBe(400)
        expect(await secondsLeft(jar)).toBeNull()
      })

      test('D5, SE-5: a request under way at Django saves nothing after a logout here', async () => {
        const { one: here, other: Django } = both('portcullis')
        const { server } = pair()
        const jar = await loggedIn(here, await pair().newcomer())
        await server.shell('import views\nviews.gate.clear()\nviews.arrived.clear()')
        const slow = Django.visitor(new Map(jar)).get('/keep/?values={"late":1}&wait=1')
        await server.shell('import views\nviews.arrived.wait(20)')
        await here.visitor(new Map(jar)).get('/flush/')
        await server.shell('import views\nviews.gate.set()')
        expect((await slow).status).toBe(400)
        expect(await secondsLeft(jar)).toBeNull()
      })
    })
  })
})

async function expire({ site }: Pair, keys: readonly string[]): Promise<void> {
  const past = new Date(Date.now() - 60_000)
  await site.objects(Session).update({ sessionKey: { in: keys } }, { expireDate: past })
}

async function recordsOf({ site }: Pair, keys: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number | bigint }>`select count(*) as n from portcullis_session where session_key in (${sql.join(keys)})`.execute(
    site.db,
  )
  return Number(rows[0]?.n)
}
