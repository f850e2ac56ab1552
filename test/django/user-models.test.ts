/**
 * One login for both where the project has a user model of its own: with more columns, and with a key that is no number.
 * @module
 */

import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { abstractUser, portcullis, uuidField } from '../../src/index.js'
import type { AnyUserClass } from '../../src/accounts/user.js'
import type { AnyModelClass } from '../../src/database/model.js'
import { eachDjango } from '../support/django.js'
import { SHARED, sharedOptions, sideOfSite, sourceOf, type SharedSite } from '../support/shared-site.js'
import { keep, loggedIn, nameOf, PASSWORD, resetBy, sideOfDjango, whoami } from '../support/sides.js'
import { Badge, Person } from './kinds.js'

/** `project/members/models.py`. */
class Member extends abstractUser('members.Member', { fields: { id: uuidField({ primaryKey: true, default: () => randomUUID() }) } }) {}

const models: readonly [label: string, app: 'people' | 'members', user: AnyUserClass, models: readonly AnyModelClass[]][] = [
  ['people.Person', 'people', Person, [Badge]],
  ['members.Member, whose key is a UUID', 'members', Member, []],
]

describe('a user model of the project’s own', () => {
  eachDjango((engine, makeSite) => {
    const open: (() => Promise<unknown>)[] = []
    afterAll(async () => {
      for (const close of open) await close()
    })

    test.each(models)('%s: sessions, new passwords, reset links and deletions are the same on both', async (_label, app, user, others) => {
      const { django, url } = await makeSite({ apps: [app], environment: SHARED })
      // Every column that Django's own user has, these have too.
      const site = portcullis({ ...sharedOptions, database: sourceOf(engine, url), user, models: others }) as unknown as SharedSite
      await site.migrate()
      const server = await django.serve()
      open.push(
        () => server.stop(),
        () => site.close(),
      )
      const [Django, here] = [sideOfDjango(server), sideOfSite(site)]

      await site.users.createUser({ username: 'ada', password: PASSWORD, email: 'ada@example.com' })
      await server.shell(
        'from django.contrib.auth import get_user_model\nget_user_model().objects.create_user("grace", "grace@example.com", given)',
        PASSWORD,
      )
      for (const name of ['ada', 'grace']) {
        for (const [one, other] of [
          [Django, here],
          [here, Django],
        ] as const) {
          const jar = await loggedIn(one, name)
          await keep(one, jar, { cart: ['mug'] })
          expect(await whoami(other, jar)).toEqual({ name, values: { cart: ['mug'] } })
          expect(await nameOf(one, jar)).toBe(name)
          // Once it has been seen here, the user comes with the session in one statement, whatever the key.
          let statements = 0
          const stop = site.internals.registry.database.onStatement(() => void (statements += 1))
          expect([await nameOf(here, jar), statements]).toEqual([name, 1])
          stop()
          const devices = await site.sessions.listFor(await site.users.get({ username: name }))
          expect(devices).not.toHaveLength(0)
          const { uid, token } = await one.makeLink(name)
          expect([await one.nameOfLink({ uid, token }), await other.nameOfLink({ uid, token })]).toEqual([name, name])
          await resetBy(other, new Map(), `/accounts/reset/${uid}/${token}/`, PASSWORD)
          expect([await nameOf(one, new Map(jar)), await nameOf(other, new Map(jar))]).toEqual([null, null])
          expect(await other.nameOfLink({ uid, token })).toBeNull()
        }
      }
      const jars = [await loggedIn(Django, 'ada'), await loggedIn(here, 'ada')]
      for (const jar of jars) expect([await nameOf(here, jar), await nameOf(Django, jar)]).toEqual(['ada', 'ada'])
      await Django.delete('ada')
      for (const jar of jars) expect([await nameOf(here, new Map(jar)), await nameOf(Django, new Map(jar))]).toEqual([null, null])
    })
  })
})
