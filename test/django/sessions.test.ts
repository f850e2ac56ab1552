/**
 * Sessions that a real Django and portcullis share, on one live database.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { djangoIsAtLeast } from '../support/django.js'
import { eachPair, type Pair } from '../support/pair.js'
import { DIRECTIONS, keep, loggedIn, logIn, nameOf, otherThan, whoami, type Jar, type Side } from '../support/sides.js'

/** What JSON can hold, but numbers that JavaScript or Python would write another way (SE-12). */
const VALUES = {
  cart: [{ item: 'Tässe ☃ 𝄞', count: 2, weight: 0.5, gift: null }],
  'näme with spaces': { deep: [[], {}, [true, false, ['x', { y: -1e-7 }]]], empty: '', zero: 0 },
  constructor: { ['__proto__']: { polluted: true }, toString: 'a name like any other' },
  control: 'tab\t newline\n nul\0 quote" backslash\\ </script> \u2028',
}

describe('one login for both', () => {
  eachPair(
    (pair) => {
      const key = (jar: Jar): string => jar.get('sessionid') ?? ''
      /** When the row of a session expires, in seconds from now; null where there is none. */
      const secondsLeft = async (jar: Jar): Promise<number | null> =>
        pair().server.shell(
          'from django.contrib.sessions.models import Session\nfrom django.utils import timezone\nrow = Session.objects.filter(pk=given).first()\nanswer(row and (row.expire_date - timezone.now()).total_seconds())',
          key(jar),
        )
      const both = (by: 'Django' | 'portcullis'): { one: Side; other: Side } => ({
        one: pair().side(by),
        other: pair().side(otherThan(by)),
      })

      test.each(DIRECTIONS)('a session made by %s is known to %s, with all it holds', async (by) => {
        const { one, other } = both(by)
        const ada = await pair().newcomer()
        const jar = await loggedIn(one, ada)
        await keep(one, jar, VALUES)
        expect(await whoami(other, jar)).toEqual({ name: ada, values: VALUES })
        await keep(other, jar, { seen: 'by the other' })
        expect(await whoami(one, jar)).toEqual({ name: ada, values: { ...VALUES, seen: 'by the other' } })
      })

      test('H-1: a login by either leaves the hash as it is, so that nobody is logged out by it', async () => {
        const { site, server } = pair()
        const ada = await pair().newcomer()
        const made = (await site.users.get({ username: ada })).password
        const jars = [await loggedIn(pair().side('Django'), ada), await loggedIn(pair().side('portcullis'), ada)]
        expect((await site.users.get({ username: ada })).password).toBe(made)
        await server.shell(
          'from django.contrib.auth.models import User\nuser = User.objects.get(username=given)\nuser.set_password("notes on the engine")\nuser.save()',
          ada,
        )
        const theirs = (await site.users.get({ username: ada })).password
        await loggedIn(pair().side('portcullis'), ada)
        expect((await site.users.get({ username: ada })).password).toBe(theirs)
        expect(jars).toHaveLength(2)
      })

      test('SE-13: what Django compressed is read, and what is written here uncompressed Django reads', async () => {
        const { one: Django, other: here } = both('Django')
        const jar = await loggedIn(Django, await pair().newcomer())
        const long = 'ein Satz, der sich wiederholt; '.repeat(200)
        await keep(Django, jar, { long })
        const stored = async (): Promise<string> =>
          pair().server.shell('from django.contrib.sessions.models import Session\nanswer(Session.objects.get(pk=given).session_data)', key(jar))
        expect(await stored()).toMatch(/^\./)
        expect((await whoami(here, jar)).values).toEqual({ long })
        await keep(here, jar, { longer: long + long })
        expect(await stored()).not.toMatch(/^\./)
        expect((await whoami(Django, jar)).values).toEqual({ long, longer: long + long })
      })

      test('a session that Django made costs a second statement once; then it is in the list of devices, once, and one statement', async () => {
        const { site } = pair()
        const { one: Django, other: here } = both('Django')
        const ada = await pair().newcomer()
        const user = await site.users.get({ username: ada })
        const jar = await loggedIn(Django, ada)
        expect(await site.sessions.listFor(user)).toEqual([])
        expect(await statementsOf(pair(), () => nameOf(here, jar))).toEqual([
          ['select', 'django_session'],
          ['select', 'auth_user'],
          ['insert', 'portcullis_session'],
        ])
        expect(await statementsOf(pair(), () => nameOf(here, jar))).toEqual([['select', 'django_session']])
        const crowd = await loggedIn(Django, ada)
        expect(await Promise.all(Array.from({ length: 8 }, () => nameOf(here, crowd)))).toEqual(Array(8).fill(ada))
        const devices = await site.sessions.listFor(user)
        expect(devices).toHaveLength(2)
        expect(await nameOf(Django, jar)).toBe(ada)
        for (const device of devices) expect(await site.sessions.end(user, device.id)).toBe(true)
        expect([await nameOf(Django, jar), await nameOf(Django, crowd)]).toEqual([null, null])
      })

      test.each(DIRECTIONS)('D1: a cart kept by %s without a login is there after one by %s, under another key', async (by) => {
        const { one, other } = both(by)
        const jar: Jar = new Map()
        await keep(one, jar, { cart: ['mug'] })
        const planted = new Map(jar)
        const ada = await pair().newcomer()
        await logIn(other, jar, ada)
        expect(key(jar)).not.toBe(key(planted))
        expect(await whoami(one, jar)).toEqual({ name: ada, values: { cart: ['mug'] } })
        for (const side of [one, other]) expect(await whoami(side, planted)).toEqual({ name: null, values: {} })
      })

      test.each(DIRECTIONS)('D14: of a login by %s nothing is left after somebody else’s by %s', async (by) => {
        const { one, other } = both(by)
        const [ada, grace] = [await pair().newcomer(), await pair().newcomer()]
        const jar = await loggedIn(one, ada)
        await keep(one, jar, { secret: 'of Ada' })
        const before = new Map(jar)
        await logIn(other, jar, grace)
        expect(await whoami(one, jar)).toEqual({ name: grace, values: {} })
        for (const side of [one, other]) expect(await nameOf(side, before)).toBeNull()
      })

      describe('SE-7: how long a session lasts is kept by the other', () => {
        test.each(DIRECTIONS)('seconds that %s set, by %s', async (by) => {
          const { one, other } = both(by)
          const jar = await loggedIn(one, await pair().newcomer())
          await keep(one, jar, {}, 3600)
          const response = await keep(other, jar, { more: 1 })
          expect(sessionCookieOf(response)).toContain('Max-Age=3600')
          expect(await secondsLeft(jar)).toSatisfy(isAbout(3600))
        })

        test.each(DIRECTIONS)('until the browser is closed, set by %s, by %s', async (by) => {
          const { one, other } = both(by)
          const jar = await loggedIn(one, await pair().newcomer())
          await keep(one, jar, {}, 0)
          const response = await keep(other, jar, { more: 1 })
          expect(sessionCookieOf(response)).not.toMatch(/Max-Age|expires/i)
          expect(await secondsLeft(jar)).toSatisfy(isAbout(1_209_600))
        })

        test('a moment that Django set', async () => {
          const { one: Django, other: here } = both('Django')
          const ada = await pair().newcomer()
          const jar = await loggedIn(Django, ada)
          // As 4.1 and later write it; 3.2 cannot set a moment in JSON at all.
          await pair().server.shell(
            `from datetime import timedelta
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
moment = timezone.now() + timedelta(hours=2)
Session.objects.save(given, {**SessionStore(given).load(), "_session_expiry": moment.isoformat()}, moment)`,
            key(jar),
          )
          expect(await nameOf(here, jar)).toBe(ada)
          const response = await keep(here, jar, { more: 1 })
          expect(sessionCookieOf(response)).toMatch(/Max-Age=(?:7200|71\d\d)/)
          expect(await secondsLeft(jar)).toSatisfy(isAbout(7200))
        })

        test('a moment that was set here', async () => {
          const { one: here, other: Django } = both('portcullis')
          const ada = await pair().newcomer()
          const jar = await loggedIn(here, ada)
          await keep(here, jar, {}, new Date(Date.now() + 7_200_000).toISOString())
          expect(await secondsLeft(jar)).toSatisfy(isAbout(7200))
          expect(await nameOf(Django, jar)).toBe(ada)
          // 3.2 reads such a session, and fails where it is to save it: it cannot read a moment from JSON. 4.1 and later can.
          if (!djangoIsAtLeast('4.1')) return
          const response = await keep(Django, jar, { more: 1 })
          expect(sessionCookieOf(response)).toMatch(/Max-Age=(?:7200|71\d\d)/)
          expect(await secondsLeft(jar)).toSatisfy(isAbout(7200))
        })
      })

      test('H-2, H-3: a session by a backend that a side does not have is nobody’s there, and is kept', async () => {
        const ada = await pair().newcomer()
        const { one: Django, other: here } = both('Django')
        const jar = await loggedIn(Django, ada)
        const setBackend = async (path: string): Promise<void> =>
          pair().server.shell(
            'from django.contrib.sessions.backends.db import SessionStore\nstore = SessionStore(given[0])\nstore["_auth_user_backend"] = given[1]\nstore.save()',
            [key(jar), path],
          )
        await setBackend('shop.backends.TokenBackend')
        expect([await nameOf(here, jar), await nameOf(Django, jar)]).toEqual([null, null])
        await setBackend('django.contrib.auth.backends.ModelBackend')
        expect([await nameOf(here, jar), await nameOf(Django, jar)]).toEqual([ada, ada])
      })

      test('H-15: somebody without any password is known to both, until they get one', async () => {
        const { server } = pair()
        const { one: Django, other: here } = both('Django')
        // As a backend for remote users makes them: the column is empty.
        const made = `from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
user = User.objects.create(username=given)
store = SessionStore()
store.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend", HASH_SESSION_KEY: user.get_session_auth_hash()})
store.save()
answer(store.session_key)`
        const jar: Jar = new Map([['sessionid', await server.shell<string>(made, 'remote')]])
        for (const side of [here, Django, here]) expect(await nameOf(side, jar)).toBe('remote')
        await here.setPassword('remote', 'notes on the engine')
        for (const side of [here, Django]) expect(await nameOf(side, new Map(jar))).toBeNull()
      })
    },
    { tablesBy: 'Django' },
  )
})

function sessionCookieOf(response: Response): string {
  return response.headers.getSetCookie().find((one) => one.startsWith('sessionid=')) ?? ''
}

/** Within the patience of a busy machine. */
function isAbout(seconds: number): (found: number | null) => boolean {
  return (found) => found !== null && found <= seconds + 1 && found > seconds - 60
}

/** What each statement does, and to which table. */
async function statementsOf({ site }: Pair, work: () => Promise<unknown>): Promise<string[][]> {
  const statements: string[][] = []
  const stop = site.internals.registry.database.onStatement((text) => {
    const [, verb = '', table = ''] = /^(\w+) .*?(?:from|into|update) ["`]?(\w+)/s.exec(text) ?? []
    statements.push([verb, table])
  })
  await work()
  stop()
  return statements
}
