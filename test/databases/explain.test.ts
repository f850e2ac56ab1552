import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abstractBaseUser, charField, ModelBackend, PermissionDenied, portcullis, type Backend } from '../../src/index.js'
import { eachSite, Product, quick } from '../support/shop.js'

const NAMES = ['shop.add_product', 'shop.change_product', 'shop.publish_product', 'auth.view_group', 'shop.no_such_thing'] as const
type Name = 'shop.add_product'

/** A backend that grants, forbids or is silent, by the permission's name. */
const whimsical: Backend = {
  path: 'tests.Whimsical',
  hasPerm: async (who, permission) => {
    if (permission === 'shop.change_product' && who.getUsername().endsWith('7')) throw new PermissionDenied({ permission })
    return permission === 'auth.view_group' && who.getUsername().endsWith('3')
  },
}
/** The same behind the tables: it is asked only where they say no. Its reasons are thrown like its answers. */
const strict: Backend = {
  path: 'tests.Strict',
  hasPerm: async (who, permission) => {
    if (permission === 'shop.add_product' && who.getUsername().endsWith('5')) throw new PermissionDenied({ reason: 'Not on a Friday.' })
    return permission === 'shop.publish_product' && who.getUsername().endsWith('2')
  },
  explain: async () => {
    throw new PermissionDenied()
  },
}
/** Signs in and has no opinion on permissions. */
const silent: Backend = { path: 'tests.Silent' }

describe('explain', () => {
  eachSite(
    (database) =>
      portcullis({
        ...quick,
        database,
        models: [Product],
        authenticationBackends: [() => silent, () => whimsical, (site) => new ModelBackend(site), () => strict],
      }),
    (open, engine) => {
      test('agrees with hasPerm on random grants, and names the grants that decide or the one that is missing', async () => {
        const site = await open()
        const rights = fc.subarray(NAMES.slice(0, 4) as Name[])
        const graph = fc.record({
          flags: fc.constantFrom('plain', 'plain', 'plain', 'inactive', 'superuser', 'inactive superuser'),
          direct: rights,
          groups: fc.array(rights, { maxLength: 3 }),
          asked: fc.constantFrom(...NAMES),
          object: fc.constantFrom(undefined, undefined, undefined, {}),
          digit: fc.constantFrom(0, 2, 3, 5, 7),
        })
        let serial = 0
        const seen = { granted: 0, byGrants: 0, missing: 0, vetoed: 0 }
        await fc.assert(
          fc.asyncProperty(graph, async ({ flags, direct, groups, asked, object, digit }) => {
            const username = `user${serial++}${digit}`
            const user = await site.users.createUser({ username, isActive: !flags.includes('inactive'), isSuperuser: flags.includes('superuser') })
            await user.userPermissions.set(direct)
            const made = await Promise.all(
              groups.map((permissions, index) => site.groups.create({ name: `${username} group ${index}`, permissions })),
            )
            await user.groups.set(made)
            const load = async (): Promise<typeof user> => site.users.get({ username })
            const permission = asked as Name
            const may = async (): Promise<boolean> => (await load()).hasPerm(permission, object)

            const why = await site.explain(await load(), permission, object)
            expect(why.granted).toBe(await may())
            expect(why.exists).toBe(asked !== 'shop.no_such_thing')
            expect(why.direct).toBe(direct.includes(permission))
            expect(why.groups.map(({ name, grants }) => [name, grants])).toEqual(
              groups.map((one, index) => [`${username} group ${index}`, one.includes(permission)]),
            )
            expect(why.conclusion).toContain(why.granted ? ' may ' : ' may not ')
            expect(why.conclusion).not.toContain('Load the user again')
            expect(why.render().split('\n')[0]).toBe(why.conclusion)
            const decided = why.backends.find((one) => one.answer === 'granted' || one.answer === 'veto')
            seen.granted += Number(why.granted)
            seen.missing += Number(why.missing !== null)
            seen.vetoed += Number(decided?.answer === 'veto')

            if (why.missing !== null) {
              expect(why.granted).toBe(false)
              await user.userPermissions.add(why.missing as Name)
              expect(await may()).toBe(true)
            } else if (!why.granted) {
              // No grant would help, as it says.
              if (asked !== 'shop.no_such_thing') await user.userPermissions.add(permission)
              expect(await may()).toBe(false)
            } else if (decided?.readsGrants === true) {
              seen.byGrants += 1
              await user.userPermissions.remove(permission)
              for (const group of why.groups.filter((one) => one.grants)) await user.groups.remove(group.id)
              const without = await site.explain(await load(), permission, object)
              expect(without.granted).toBe(await may())
              expect(without.backends.find((one) => one.readsGrants)?.answer).toBe('not granted')
              // Whoever says yes now is another backend, and is named.
              if (without.granted) expect(without.conclusion).toContain('tests.Strict')
            }
            await user.delete()
            for (const group of made) await group.delete()
          }),
          { numRuns: engine.name === 'node:sqlite' ? 300 : 30 },
        )
        if (engine.name === 'node:sqlite') for (const [what, times] of Object.entries(seen)) expect([what, times > 5]).toEqual([what, true])
      }, 120_000)

      test('costs four statements at most, and three once the user has been asked about', async () => {
        const site = await open()
        const ada = await site.users.createUser({ username: 'ada' })
        const count = async (): Promise<number> => {
          let statements = 0
          const stop = site.internals.registry.database.onStatement(() => {
            statements += 1
          })
          await site.explain(ada, 'shop.change_product')
          stop()
          return statements
        }
        expect([await count(), await count()]).toEqual([4, 3])
        await ada.delete()
      })

      test('names that no permission could have are explained like any other', async () => {
        const site = await open()
        const ada = await site.users.createUser({ username: 'ada' })
        for (const name of ['', '.', 'shop', '\0.\0', '\uD800.x', '.'.repeat(5000), "' or 1=1 --", 'x'.repeat(100_000)]) {
          const why = await site.explain(ada, name as Name)
          expect([why.granted, why.exists, why.missing]).toEqual([false, false, null])
        }
        await ada.delete()
      })

      test('tells what is so in sentences', async () => {
        const site = await open()
        const group = await site.groups.create({ name: 'editors', permissions: ['shop.change_product'] })
        const ada = await site.users.createUser({ username: 'ada' })
        await ada.groups.add(group)
        const conclusion = async (who: unknown, name: string, object?: object): Promise<string> =>
          (await site.explain(who as typeof ada, name as 'shop.add_product', object)).conclusion
        expect(await conclusion(ada, 'shop.change_product')).toBe('ada may shop.change_product, by the group “editors”.')
        expect(await conclusion(ada, 'shop.add_product')).toBe(
          'ada may not shop.add_product: it is granted neither to the user nor to any of the user’s groups.',
        )
        expect(await conclusion(ada, 'shop.pubish')).toBe('ada may not shop.pubish: there is no permission of this name.')
        expect(await conclusion(ada, 'shop.change_product', {})).toBe('ada may not shop.change_product on this object: no backend grants it there.')
        expect(await conclusion(site.anonymousUser, 'shop.change_product')).toBe('AnonymousUser may not shop.change_product: nobody is logged in.')
        await ada.userPermissions.add('shop.add_product')
        expect(await conclusion(ada, 'shop.add_product')).toBe(
          'ada may not shop.add_product yet: it was granted after this user was loaded. Load the user again.',
        )
        const stale = await site.users.get({ username: 'ada' })
        expect(await stale.hasPerm('shop.add_product')).toBe(true)
        await stale.userPermissions.clear()
        expect(await conclusion(stale, 'shop.add_product')).toBe(
          'ada may shop.add_product still: it was taken away after this user was loaded. Load the user again.',
        )
        expect(await conclusion(await site.users.createUser({ username: 'u2' }), 'shop.publish_product')).toBe(
          'u2 may shop.publish_product: tests.Strict says so.',
        )
        const five = await site.explain(await site.users.createUser({ username: 'u5' }), 'shop.add_product')
        expect([five.conclusion, five.missing]).toEqual(['u5 may not shop.add_product: tests.Strict forbids it.', 'shop.add_product'])
        expect(five.backends.at(-1)).toEqual({ path: 'tests.Strict', answer: 'veto', readsGrants: false, reasons: ['Not on a Friday.'] })
        expect(await conclusion(await site.users.createSuperuser({ username: 'root' }), 'no.such')).toBe(
          'root may no.such: an active superuser may everything.',
        )
        const seven = await site.users.createUser({ username: 'u7' })
        await seven.groups.add(group)
        expect(await conclusion(seven, 'shop.change_product')).toBe('u7 may not shop.change_product: tests.Whimsical forbids it.')
        await ada.update({ isActive: false })
        expect(await conclusion(ada, 'shop.change_product')).toBe('ada may not shop.change_product: the account is not active.')
        expect((await site.explain(ada, 'shop.change_product')).render()).toMatchInlineSnapshot(`
        "ada may not shop.change_product: the account is not active.
        ├─ status: inactive
        ├─ permission exists
        ├─ ✗ granted directly
        ├─ groups
        │  └─ ✓ editors
        └─ backends
           ├─ tests.Silent: no opinion
           ├─ tests.Whimsical: not granted
           ├─ django.contrib.auth.backends.ModelBackend: not granted (The account is not active: the tables grant it nothing.)
           └─ tests.Strict: not granted"
      `)
        await site.users.delete({})
        await group.delete()
      })
    },
  )

  eachSite(
    (database) => portcullis({ ...quick, database, authenticationBackends: [() => silent] }),
    (open) => {
      test('promises nothing of a grant that no backend reads', async () => {
        const site = await open()
        const why = await site.explain(await site.users.createUser({ username: 'ada' }), 'auth.add_user')
        expect([why.granted, why.missing]).toEqual([false, null])
        expect(why.conclusion).toBe('ada may not auth.add_user: no backend grants it, and none of this site goes by the grants in the tables.')
      })
    },
  )

  class Reader extends abstractBaseUser('club.Reader', { fields: { name: charField({ maxLength: 20, unique: true }) }, usernameField: 'name' }) {}
  eachSite(
    (database) => portcullis({ ...quick, database, user: Reader }),
    (open) => {
      test('users of a model without permissions hold none', async () => {
        const site = await open()
        const why = await site.explain(await site.users.createUser({ name: 'ada' }), 'club.view_reader')
        expect([why.granted, why.exists, why.missing, why.conclusion]).toEqual([
          false,
          true,
          null,
          'ada may not club.view_reader: users of this model hold no permissions.',
        ])
      })
    },
  )
})
