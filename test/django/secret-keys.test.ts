/**
 * A change of the secret key on a database that a real Django and portcullis share.
 * @module
 */

import { afterAll, describe, expect, test } from 'vitest'
import { ModelBackend, portcullis, type BackendContext } from '../../src/index.js'
import { djangoIsAtLeast } from '../support/django.js'
import { eachPair } from '../support/pair.js'
import { SECRET_KEY, sharedOptions, sideOfSite, sourceOf, type SharedSite } from '../support/shared-site.js'
import { keep, loggedIn, nameOf, sideOfDjango, whoami } from '../support/sides.js'

const NEW_KEY = 'another-secret-that-came-after-it-0123456789abcdefghijklmnopqrstuvwxyz'

describe('after a change of the secret key', () => {
  eachPair((pair) => {
    const open: (() => Promise<unknown>)[] = []
    afterAll(async () => {
      for (const close of open) await close()
    })

    const rotated = (fallbacks: readonly string[], backend = (context: BackendContext) => new ModelBackend(context)): SharedSite => {
      const { engine, url } = pair()
      const site = portcullis({
        ...sharedOptions,
        database: sourceOf(engine, url),
        secretKey: NEW_KEY,
        secretKeyFallbacks: fallbacks,
        authenticationBackends: [backend],
        onError: () => {},
      })
      open.push(() => site.close())
      return site
    }

    test('13.3.4, L-7: a session that Django signed with the old key goes on here, signed anew under another key', async () => {
      const Django = pair().side('Django')
      const ada = await pair().newcomer()
      const jar = await loggedIn(Django, ada)
      await keep(Django, jar, { cart: ['mug'] })
      const before = new Map(jar)
      const site = rotated([SECRET_KEY])
      const here = sideOfSite(site)
      expect(await whoami(here, jar)).toEqual({ name: ada, values: { cart: ['mug'] } })
      expect(jar.get('sessionid')).not.toBe(before.get('sessionid'))
      expect(await whoami(here, jar)).toEqual({ name: ada, values: { cart: ['mug'] } })
      expect(await site.sessions.listFor(await site.users.get({ username: ada }))).toHaveLength(1)
      for (const side of [here, Django]) expect(await nameOf(side, new Map(before))).toBeNull()
      // Who has only the old key cannot read it: to that side it is an empty session (SE-3).
      expect(await whoami(Django, new Map(jar))).toEqual({ name: null, values: {} })
    })

    test('L-7: of requests that come at the same time none is refused, and one brings the new cookie', async () => {
      const ada = await pair().newcomer()
      const jar = await loggedIn(pair().side('Django'), ada)
      // All have read the session before the first of them signs it anew.
      const start = barrier(6)
      class Together extends ModelBackend {
        override async getUser(key: unknown) {
          await start()
          return super.getUser(key)
        }
      }
      const here = sideOfSite(rotated([SECRET_KEY], (context) => new Together(context)))
      const jars = Array.from({ length: 6 }, () => new Map(jar))
      expect(await Promise.all(jars.map((one) => nameOf(here, one)))).toEqual(Array(6).fill(ada))
      const renewed = jars.filter((one) => one.get('sessionid') !== jar.get('sessionid'))
      expect(renewed).toHaveLength(1)
      expect(await nameOf(pair().side('Django'), new Map(jar))).toBeNull()
      expect(await nameOf(sideOfSite(rotated([])), renewed[0] ?? new Map())).toBe(ada)
    })

    test('13.3.4, K-5: a link that Django made with the old key opens here', async () => {
      const ada = await pair().newcomer()
      const link = await pair().side('Django').makeLink(ada)
      expect(await sideOfSite(rotated([SECRET_KEY])).nameOfLink(link)).toBe(ada)
      expect(await sideOfSite(rotated([])).nameOfLink(link)).toBeNull()
    })

    test('what was signed with a key that is not among the fallbacks is nothing, and is not an error', async () => {
      const jar = await loggedIn(pair().side('Django'), await pair().newcomer())
      expect(await whoami(sideOfSite(rotated([])), jar)).toEqual({ name: null, values: {} })
    })

    // Django has fallbacks since 4.1.
    const rotations = djangoIsAtLeast('4.1') ? ['goes on at Django too, and comes back'] : []
    for (const claim of rotations) {
      test(`L-7: a session that was signed here with the old key ${claim}`, async () => {
        const { engine, url, django } = pair()
        const ada = await pair().newcomer()
        const jar = await loggedIn(pair().side('portcullis'), ada)
        const server = await django.serve({ DJANGO_SECRET_KEY: NEW_KEY, DJANGO_SECRET_KEY_FALLBACKS: SECRET_KEY })
        open.push(() => server.stop())
        const link = await pair().side('portcullis').makeLink(ada)
        const Django = sideOfDjango(server)
        expect(await Django.nameOfLink(link)).toBe(ada)
        expect(await nameOf(Django, jar)).toBe(ada)
        const site = portcullis({ ...sharedOptions, database: sourceOf(engine, url), secretKey: NEW_KEY })
        open.push(() => site.close())
        expect(await nameOf(sideOfSite(site), jar)).toBe(ada)
      })
    }
  })
})

/** Holds up whoever comes until as many have come, once. */
function barrier(many: number): () => Promise<void> {
  let missing = many
  const all = Promise.withResolvers<void>()
  return () => {
    if (--missing === 0) all.resolve()
    return all.promise
  }
}
