import { describe, expect, test } from 'vitest'
import { FixedClock, portcullis } from '../../src/index.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'
import { djangoIsAtLeast, eachDjango } from '../support/django.js'
import { rigOn, type SessionRig } from '../support/sessions.js'
import { quick, type Shop } from '../support/shop.js'

const secretKey = 'a-secret-that-both-sides-know-0123456789abcdefghijklmnopqrstuvwxyz'
const environment = { DJANGO_SECRET_KEY: secretKey }

/** A value of each kind that JSON has, and what Python has besides. */
const VALUES = { cart: [{ sku: 'mug', n: 2 }], 'é ☃': 'ünï \u0000 😀', none: null, yes: true, ratio: 0.1, tiny: 1e-7, _csrftoken: 'x'.repeat(32) }

describe('sessions that a Django and we keep in one table', () => {
  eachDjango((engine, site) => {
    test('are known to both, end for both, and expire for both', async () => {
      const { django, url } = await site({ environment })
      await django.run(['migrate', '-v0'])
      const database = engine.engine === 'sqlite' ? sqlite(url) : engine.engine === 'postgres' ? postgres(url) : mysql(url)
      // A Django asks its own clock.
      const clock = new FixedClock(new Date())
      const shop = portcullis({ ...quick, secretKey, database, clock })
      await shop.migrate()
      const rig: SessionRig = rigOn(shop as unknown as Shop, 'database', { keepKeys: 'plain' })
      try {
        const read = async (key: string): Promise<Record<string, unknown> | null> =>
          django.python(
            `from django.contrib.sessions.backends.db import SessionStore
session = SessionStore(given)
values = {name: value for name, value in session.items() if name != "strange"}
answer(values if session.session_key else None)`,
            key,
          )

        const ours = await rig.visitor(VALUES)
        expect(await read(ours)).toEqual(VALUES)
        const made = await django.python<{ key: string; expires: string }>(
          `from django.contrib.sessions.backends.db import SessionStore
session = SessionStore()
session.update(given)
session["padding"] = "x" * 500
session["strange"] = float("nan")
session.save()
answer({"key": session.session_key, "expires": str(session.get_expiry_date())})`,
          VALUES,
        )
        expect((await rig.store.load(made.key))?.values).toEqual({ ...VALUES, padding: 'x'.repeat(500), strange: Number.NaN })

        // Each writes what the other made, and both read it.
        const session = await rig.visit(made.key)
        session.delete('padding')
        session.set('from', 'us')
        // Before 4.1 Django kept no moments, and cannot read one.
        session.setExpiry(djangoIsAtLeast('4.1') ? new Date(clock.now().getTime() + 3_600_000) : 3600)
        await session.save()
        expect(await read(made.key)).toMatchObject({ ...VALUES, from: 'us' })
        const facts = await django.python(
          `from django.contrib.sessions.backends.db import SessionStore
import math
session = SessionStore(given)
age, nan = session.get_expiry_age(), math.isnan(session["strange"])
session["from"] = "django"
session.set_expiry(60)
session.save()
answer([3500 < age <= 3600, session.get_expire_at_browser_close(), nan])`,
          made.key,
        )
        expect(facts).toEqual([true, false, true])
        const back = await rig.visit(made.key)
        expect([back.get('from'), back.getExpiryAge()]).toEqual(['django', 60])
        clock.advance(120)
        expect(await rig.store.load(made.key)).toBeNull()
        clock.advance(-120)

        // A logout there, while a request here is slow; and the other way round.
        const slow = await rig.visit(ours)
        await django.python('from django.contrib.sessions.backends.db import SessionStore\nSessionStore(given).flush()', ours)
        slow.set('late', true)
        expect(await slow.save()).toBe('gone')
        expect(await read(ours)).toBeNull()
        await (await rig.visit(made.key)).flush()
        expect(await read(made.key)).toBeNull()

        // Django's clearsessions takes what we say has expired, and leaves the rest.
        const [stale, fresh] = [await rig.visit(), await rig.visitor({ a: 1 })]
        stale.set('a', 1)
        stale.setExpiry(-60)
        await stale.save()
        await django.run(['clearsessions'])
        const left = await django.python<string[]>(
          'from django.contrib.sessions.models import Session\nanswer(list(Session.objects.values_list("session_key", flat=True)))',
        )
        expect(left).toEqual([fresh])

        // Django deletes a user of whom the list of devices has a record.
        const ada = await shop.users.createUser({ username: 'ada' })
        await rig.records.record({ cookie: fresh, userKey: ada.pk, address: null, userAgent: '' })
        await django.python('from django.contrib.auth.models import User\nanswer(User.objects.get(pk=given).delete()[0])', ada.pk)
        expect(await rig.store.load(fresh)).toMatchObject({ owner: null, values: { a: 1 } })

        // Sessions in cookies.
        const cookies = rigOn(shop as unknown as Shop, 'signedCookie')
        const signed = await django.python<{ values: Record<string, unknown>; made: string }>(
          `from django.contrib.sessions.backends.signed_cookies import SessionStore
session = SessionStore(given)
values = dict(session.items())
other = SessionStore()
other["cart"] = ["cup"]
other.save()
answer({"values": values, "made": other.session_key})`,
          await cookies.visitor({ cart: ['mug'] }),
        )
        expect(signed.values).toMatchObject({ cart: ['mug'] })
        expect((await cookies.store.load(signed.made))?.values).toEqual({ cart: ['cup'] })
      } finally {
        await shop.close()
      }
    })
  })
})
