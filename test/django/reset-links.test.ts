/**
 * Links to set a new password, of a real Django and of portcullis: each opens at either, and is spent at both.
 * @module
 */

import { describe, expect, test } from 'vitest'
import { portcullis } from '../../src/index.js'
import { eachPair } from '../support/pair.js'
import { sharedOptions, sideOfSite, sourceOf } from '../support/shared-site.js'
import { DIRECTIONS, loggedIn, logIn, nameOf, otherThan, PASSWORD, resetBy, sideOfDjango, type Jar, type Link, type Side } from '../support/sides.js'

const NEW_PASSWORD = 'the difference of two'

describe('links to set a new password', () => {
  eachPair((pair) => {
    const sides = (): Side[] => [pair().side('Django'), pair().side('portcullis')]
    /** What each side makes of a link: the name of whose it is, or null. */
    const known = async (link: Link): Promise<(string | null)[]> => Promise.all(sides().map((side) => side.nameOfLink(link)))
    /** Whether a side's page lets somebody set a password by this link. */
    const opens = async (side: Side, { uid, token }: Link): Promise<boolean> => {
      const visitor = side.visitor()
      const first = await visitor.get(`/accounts/reset/${uid}/${token}/`)
      const page = first.headers.has('location') ? await visitor.get(first.headers.get('location') ?? '') : first
      return (await page.text()).includes('new_password1')
    }

    test.each(DIRECTIONS)('one mailed by %s opens at %s, sets the password for both, and is spent at both', async (by) => {
      const [one, other] = [pair().side(by), pair().side(otherThan(by))]
      const ada = await pair().newcomer()
      const visitor = one.visitor()
      await visitor.get('/accounts/password_reset/')
      await visitor.post('/accounts/password_reset/', { email: `${ada}@example.com` })
      const [address = '', ...more] = await one.mailedLinks(`${ada}@example.com`)
      expect(more).toEqual([])
      const [, uid = '', token = ''] = /\/reset\/([^/]+)\/([^/]+)\/$/.exec(address) ?? []
      expect(await known({ uid, token })).toEqual([ada, ada])
      await resetBy(other, new Map(), address, NEW_PASSWORD)
      expect(await known({ uid, token })).toEqual([null, null])
      for (const side of sides()) {
        expect(await opens(side, { uid, token })).toBe(false)
        await expect(logIn(side, new Map(), ada, PASSWORD)).rejects.toThrow('was not let in')
        await logIn(side, new Map(), ada, NEW_PASSWORD)
      }
    })

    test.each(DIRECTIONS)('W-7: a link opened at %s may be used at %s, for the session holds it', async (by) => {
      const [one, other] = [pair().side(by), pair().side(otherThan(by))]
      const ada = await pair().newcomer()
      const { uid, token } = await one.makeLink(ada)
      const jar: Jar = new Map()
      const hop = (await one.visitor(jar).get(`/accounts/reset/${uid}/${token}/`)).headers.get('location') ?? ''
      expect(hop).toBe(`/accounts/reset/${uid}/set-password/`)
      const visitor = other.visitor(jar)
      expect(await (await visitor.get(hop)).text()).toContain('new_password1')
      const response = await visitor.post(hop, { new_password1: NEW_PASSWORD, new_password2: NEW_PASSWORD })
      expect(response.headers.get('location')).toBe('/accounts/reset/done/')
      await logIn(one, new Map(), ada, NEW_PASSWORD)
      expect(await (await one.visitor(jar).get(hop)).text()).not.toContain('new_password1')
    })

    describe('K-6: a link dies at both', () => {
      const events: [what: string, at: (side: Side, name: string) => Promise<unknown>][] = [
        ['a login', (side, name) => loggedIn(side, name)],
        ['a new address', (side, name) => side.update(name, { email: `${name}@elsewhere.example` })],
        ['a new password', (side, name) => side.setPassword(name, NEW_PASSWORD)],
        ['the deletion of the account', (side, name) => side.delete(name)],
      ]
      for (const [what, happens] of events) {
        test.each(DIRECTIONS)(`with ${what} at %s; whoever made it`, async (by) => {
          const ada = await pair().newcomer()
          // Somebody who has logged in before: the link then holds the time of that, as the other side wrote it (K-4).
          await loggedIn(pair().side(otherThan(by)), ada)
          // Of which it holds whole seconds: two logins in one second are the same to it, on both sides.
          if (what === 'a login') await nextSecond()
          const links = await Promise.all(sides().map((side) => side.makeLink(ada)))
          expect(await Promise.all(links.map(known))).toEqual([
            [ada, ada],
            [ada, ada],
          ])
          await happens(pair().side(by), ada)
          expect(await Promise.all(links.map(known))).toEqual([
            [null, null],
            [null, null],
          ])
        })
      }
    })

    test('K-4: links of people who never logged in, have no address, or are switched off count at both (W-8)', async () => {
      for (const [by] of DIRECTIONS) {
        const ada = await pair().newcomer()
        await pair().side(by).update(ada, { email: '', isActive: false })
        for (const side of sides()) {
          const link = await side.makeLink(ada)
          expect(await known(link)).toEqual([ada, ada])
          for (const one of sides()) expect(await opens(one, link)).toBe(true)
        }
      }
    })

    test('K-5: a link of Django counts here for its three days, and not a minute longer', async () => {
      const ada = await pair().newcomer()
      const { uid } = await pair().side('Django').makeLink(ada)
      const aged = async (seconds: number): Promise<Link> => ({
        uid,
        token: await pair().server.shell(
          `import django
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator as tokens
user = get_user_model().objects.get(username=given[0])
made = tokens._num_seconds(tokens._now()) - given[1]
answer(tokens._make_token_with_timestamp(user, made, *([tokens.secret] if django.VERSION >= (4, 1) else [])))`,
          [ada, seconds],
        ),
      })
      expect(await known(await aged(259_200 - 60))).toEqual([ada, ada])
      expect(await known(await aged(259_200 + 60))).toEqual([null, null])
    })

    test('H-4, K-2: links tell the time by the clock on the wall of Django’s TIME_ZONE', async () => {
      const { django, engine, url } = pair()
      const ada = await pair().newcomer()
      const server = await django.serve({ DJANGO_TIME_ZONE: 'Pacific/Kiritimati' })
      const options = { ...sharedOptions, database: sourceOf(engine, url), timeZone: 'Pacific/Kiritimati', passwordReset: { timeout: 120 } }
      const site = portcullis(options)
      const [there, here, elsewhere] = [sideOfDjango(server), sideOfSite(site), pair().side('portcullis')]
      // The time of a login is kept in UTC by either, and a session lasts as long.
      for (const side of [there, here]) expect(await nameOf(side, await loggedIn(there, ada))).toBe(ada)
      const links = [await there.makeLink(ada), await here.makeLink(ada)]
      for (const link of links) expect([await there.nameOfLink(link), await here.nameOfLink(link)]).toEqual([ada, ada])
      // Fourteen hours ahead of UTC: there, a link from here is as old.
      expect(await here.nameOfLink(await elsewhere.makeLink(ada))).toBeNull()
      await server.stop()
      await site.close()
    })

    test('G2: of fifty confirmations of a link that Django made, a single one wins, and Django knows which', async () => {
      const { site, server } = pair()
      const ada = await pair().newcomer()
      const { uid, token } = await pair().side('Django').makeLink(ada)
      const attempts = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const user = await site.resetTokens.find(uid)
          if (user === null || !site.resetTokens.checkToken(user, token)) return null
          const password = `${NEW_PASSWORD} ${index}`
          const form = await site.forms.setPassword().bindData({ new_password1: password, new_password2: password }, { user })
          return form.isValid && (await form.save()) !== null ? password : null
        }),
      )
      const [winner, ...others] = attempts.filter((one) => one !== null)
      expect(others).toEqual([])
      expect(
        await server.shell('from django.contrib.auth.models import User\nanswer(User.objects.get(username=given[0]).check_password(given[1]))', [
          ada,
          winner,
        ]),
      ).toBe(true)
      expect(await known({ uid, token })).toEqual([null, null])
    })

    test('G1: a link of one person does not open for another, nor changed by a letter', async () => {
      const [ada, grace] = [await pair().newcomer(), await pair().newcomer()]
      for (const side of sides()) {
        const [his, hers] = [await side.makeLink(ada), await side.makeLink(grace)]
        expect(await known({ uid: his.uid, token: hers.token })).toEqual([null, null])
        expect(await known({ ...his, token: his.token.toUpperCase() })).toEqual([null, null])
        expect(await known({ ...his, token: `0${his.token}` })).toEqual([null, null])
      }
    })

    test('a link opens at the pages only where it is whole, and lets nobody in by itself', async () => {
      const ada = await pair().newcomer()
      for (const side of sides()) {
        const link = await side.makeLink(ada)
        for (const other of sides()) {
          const jar: Jar = new Map()
          await other.visitor(jar).get(`/accounts/reset/${link.uid}/${link.token}/`)
          for (const one of sides()) expect(await nameOf(one, jar)).toBeNull()
          expect(await opens(other, { ...link, token: link.token.slice(0, -1) })).toBe(false)
          expect(await opens(other, { ...link, token: 'set-password' })).toBe(false)
        }
      }
    })
  })
})

async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1010 - (Date.now() % 1000)))
}
