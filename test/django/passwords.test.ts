/**
 * What ends sessions at once on both sides: another password, an account switched off or deleted, whichever side it was done at (D13).
 * @module
 */

import { describe, expect, test } from 'vitest'
import { runHere, scripted } from '../support/command-line.js'
import { eachPair } from '../support/pair.js'
import { sharedSite, sourceOf } from '../support/shared-site.js'
import { DIRECTIONS, loggedIn, logIn, nameOf, otherThan, PASSWORD, resetBy, type Jar } from '../support/sides.js'

const NEW_PASSWORD = 'the difference of two'

describe('D13: the next request of every old session is nobody’s', () => {
  eachPair((pair) => {
    /** Somebody logged in by either side, and seen by both. */
    const everywhere = async (username: string): Promise<{ jars: Jar[]; names: () => Promise<(string | null)[]> }> => {
      const sides = [pair().side('Django'), pair().side('portcullis')]
      const jars = await Promise.all(sides.map((side) => loggedIn(side, username)))
      const names = async (): Promise<(string | null)[]> => {
        const found: (string | null)[] = []
        // Each asks with cookies of its own: the first answer takes them back.
        for (const jar of jars) for (const side of sides) found.push(await nameOf(side, new Map(jar)))
        return found
      }
      expect(await names()).toEqual(Array(4).fill(username))
      return { jars, names }
    }
    const nobody = [null, null, null, null]

    test.each(DIRECTIONS)('L-8, L-9: after the form of %s; only the session that sent it goes on, at %s too', async (by) => {
      const [one, other] = [pair().side(by), pair().side(otherThan(by))]
      const ada = await pair().newcomer()
      // It may have begun at either side.
      for (const [first, old, next] of [
        [one, PASSWORD, NEW_PASSWORD],
        [other, NEW_PASSWORD, PASSWORD],
      ] as const) {
        const jar: Jar = new Map()
        await logIn(first, jar, ada, old)
        const others = [new Map(), new Map()] as const
        await logIn(one, others[0], ada, old)
        await logIn(other, others[1], ada, old)
        const thief = new Map(jar)
        const visitor = one.visitor(jar)
        await visitor.get('/accounts/password_change/')
        const response = await visitor.post('/accounts/password_change/', { old_password: old, new_password1: next, new_password2: next })
        expect(response.headers.get('location')).toBe('/accounts/password_change/done/')
        for (const side of [one, other]) {
          expect(await nameOf(side, jar)).toBe(ada)
          for (const gone of [...others, thief]) expect(await nameOf(side, new Map(gone))).toBeNull()
        }
        // The one that goes on is in the list of devices under its new key; the others went when they came.
        expect(await pair().site.sessions.listFor(await pair().site.users.get({ username: ada }))).toHaveLength(1)
        await visitor.post('/accounts/logout/')
      }
    })

    test.each(DIRECTIONS)('after set_password in a shell of %s', async (by) => {
      const ada = await pair().newcomer()
      const { jars, names } = await everywhere(ada)
      await pair().side(by).setPassword(ada, NEW_PASSWORD)
      expect(await names()).toEqual(nobody)
      // The cookie is taken back as well, by whoever is asked first.
      for (const [index, jar] of jars.entries()) {
        await nameOf(pair().side(index === 0 ? 'portcullis' : 'Django'), jar)
        expect(jar.has('sessionid')).toBe(false)
      }
      for (const side of ['Django', 'portcullis'] as const) await logIn(pair().side(side), new Map(), ada, NEW_PASSWORD)
    })

    test('even where the new password is the old one', async () => {
      for (const [by] of DIRECTIONS) {
        const ada = await pair().newcomer()
        const { names } = await everywhere(ada)
        await pair().side(by).setPassword(ada, PASSWORD)
        expect(await names()).toEqual(nobody)
      }
    })

    test('after changepassword on the command line of either', async () => {
      const { django, engine, url } = pair()
      const ada = await pair().newcomer()
      const before = await everywhere(ada)
      await django.typing(
        ['changepassword', ada],
        [
          ['Password:', `${NEW_PASSWORD}\n`],
          ['Password (again):', `${NEW_PASSWORD}\n`],
        ],
      )
      expect(await before.names()).toEqual(nobody)
      await pair().side('portcullis').setPassword(ada, PASSWORD)
      const again = await everywhere(ada)
      const { exitCode } = await runHere(['changepassword', ada, '--site', 'shared'], {
        terminal: scripted(NEW_PASSWORD, NEW_PASSWORD),
        sites: { shared: () => sharedSite(sourceOf(engine, url)) },
      })
      expect(exitCode).toBe(0)
      expect(await again.names()).toEqual(nobody)
    })

    test('after the admin of Django, which a superuser enters who logged in here', async () => {
      const { site } = pair()
      const [ada, root] = [await pair().newcomer(), await pair().newcomer({ isStaff: true, isSuperuser: true })]
      const { names } = await everywhere(ada)
      const [here, Django] = [pair().side('portcullis'), pair().side('Django')]
      const jar = await loggedIn(here, root)
      const { id } = await site.users.get({ username: ada })
      const admin = Django.visitor(jar)
      const form = `/admin/auth/user/${id}/password/`
      expect((await admin.get(form)).status).toBe(200)
      expect((await admin.post(form, { password1: NEW_PASSWORD, password2: NEW_PASSWORD, usable_password: 'true' })).status).toBe(302)
      expect(await names()).toEqual(nobody)
      expect(await nameOf(here, jar)).toBe(root)
      await logIn(here, new Map(), ada, NEW_PASSWORD)
    })

    test.each(DIRECTIONS)('L-6: after the account was switched off by %s; the session is kept, and good again afterwards', async (by) => {
      const [one, other] = [pair().side(by), pair().side(otherThan(by))]
      const ada = await pair().newcomer()
      const { names } = await everywhere(ada)
      await one.update(ada, { isActive: false })
      expect(await names()).toEqual(nobody)
      for (const side of [one, other]) await expect(logIn(side, new Map(), ada)).rejects.toThrow('was not let in')
      await other.update(ada, { isActive: true })
      expect(await names()).toEqual(Array(4).fill(ada))
    })

    test.each(DIRECTIONS)('after the account was deleted by %s', async (by) => {
      const ada = await pair().newcomer()
      const { names } = await everywhere(ada)
      await pair().side(by).delete(ada)
      expect(await names()).toEqual(nobody)
      await pair().newcomer()
      expect(await names()).toEqual(nobody)
    })

    test.each(DIRECTIONS)('after a reset by a link of %s; the browser that used it is not logged in by it (W-9)', async (by) => {
      const ada = await pair().newcomer()
      const { jars, names } = await everywhere(ada)
      const { uid, token } = await pair().side(by).makeLink(ada)
      await resetBy(pair().side(otherThan(by)), jars[0] as Jar, `/accounts/reset/${uid}/${token}/`, NEW_PASSWORD)
      expect(await names()).toEqual(nobody)
    })
  })
})
