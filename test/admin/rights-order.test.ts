import { beforeAll, describe, expect, test } from 'vitest'
import { setTimeout as wait } from 'node:timers/promises'
import { ContentType } from '../../src/accounts/content-type.js'
import { GRANT_ANY } from '../../src/admin/rights/grant-any.js'
import type { AdminSite } from '../../src/site-admin.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import { pageOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { createClient, createFactories } from '../../src/testing.js'
import { Customer, eachSite, Profile, type Shop } from '../support/shop.js'

/** What everybody who changes rights waits for their turn at. */
const TURN = { appLabel: 'portcullis', model: 'admin' }

eachSite(accountsOn, (open, engine) => {
  let site: Accounts
  let shop: Accounts['auth']
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  let count = 0
  /** Called once, in the middle of the transaction that changes a profile. */
  let inTheMiddle: (() => Promise<void>) | null = null
  /** Who is gone as soon as the right to change them has been asked for. */
  let leaving: Customer | null = null
  const rights = ['view_customer', 'change_customer', 'delete_customer', 'view_profile', 'change_profile'].map((name) => `shop.${name}`)
  const person = async (): Promise<Customer> => (await shop.users.createUser({ username: `order-${(count += 1)}` } as never)) as unknown as Customer
  const rename = (one: Customer): string => `/admin/shop/customer/${one.pk}/change/`

  beforeAll(async () => {
    site = await open()
    shop = site.auth
    admin = shop.admin()
    // As an application may have it: content types that can be changed.
    admin.unregister(ContentType).register(ContentType).unregister(Customer)
    admin.register(Profile, {
      fields: ['user', 'bio'],
      fieldPermission: async () => {
        if (shop.internals.registry.database.isInAtomic) {
          const work = inTheMiddle
          inTheMiddle = null
          await work?.()
        }
        return 'edit' as const
      },
    })
    admin.register(
      Customer as never,
      {
        hasChangePermission: async (request: { readonly user: unknown }, row: unknown) => {
          if (row !== null && leaving !== null) await shop.users.delete({ pk: leaving.pk } as never)
          return (request.user as Customer).hasPerm('shop.change_customer' as never)
        },
      } as never,
    )
    staff = visitorsOf(shop as unknown as Shop, () => admin)
    await (await staff()).get('/admin/')
  })

  test('I6: somebody who is not found is not taken for harmless', async () => {
    const root = createClient(shop, (request) => admin.fetch(request))
    await root.loginAs((await createFactories(shop).superuser()) as never)
    const limited = await staff(...rights)
    for (const client of [limited, root]) {
      const one = await person()
      await client.get('/admin/')
      leaving = one
      const answer = await client.post(`/admin/shop/customer/${one.pk}/sessions/`, { form: { all: 'on' } })
      leaving = null
      expect([answer.status, site.errors]).toEqual([403, []])
    }
    // Nor by a page that only asks what it may offer.
    leaving = await person()
    const page = await limited.get(`/admin/shop/customer/${leaving.pk}/sessions/`)
    leaving = null
    expect(page.status).toBe(403)
  })

  describe('who changes rights', () => {
    // Nothing holds single rows of SQLite: who writes has the whole file.
    if (engine.engine !== 'sqlite') {
      test('I6: waits for their turn before they hold anybody', async () => {
        const [one, other] = [await staff(...rights), await staff(...rights)]
        const [before, after] = [await person(), await person()]
        const profile =
          (await shop.objects(Profile).find({ user: before.pk } as never)) ?? (await shop.objects(Profile).create({ user: before.pk } as never))
        await shop.objects(Profile).delete({ user: after.pk } as never)
        for (const client of [one, other]) await client.get('/admin/')
        const hasBegun = Promise.withResolvers<void>()
        inTheMiddle = async () => {
          hasBegun.resolve()
          // Long enough for the other to come as far as they can.
          await wait(300)
        }
        const first = one.post(`/admin/shop/profile/${profile.pk}/change/`, { json: { user: after.pk } })
        await hasBegun.promise
        const second = other.post(rename(after), { json: { first_name: 'Second' } })
        expect([(await first).status, (await second).status, site.errors]).toEqual([200, 200, []])
      })
    }

    test('finds the row that they wait at, also where it was taken away', async () => {
      const client = await staff(...rights, GRANT_ANY)
      const target = await person()
      await client.get('/admin/')
      await shop.contentTypes.delete(TURN)
      expect((await client.post(rename(target), { json: { first_name: 'Alone' } })).status).toBe(200)
      expect(await shop.contentTypes.count(TURN)).toBe(1)
      // The next who opens an admin finds the permission again.
      await visitorsOf(shop as unknown as Shop, () => shop.admin())().then(async (next) => next.get('/admin/'))
      expect(await shop.permissions.exists({ codename: 'grant_any_permission' })).toBe(true)
    })

    test('does not take it away, nor call it something else', async () => {
      const unlimited = await staff(
        'contenttypes.delete_contenttype',
        'contenttypes.change_contenttype',
        'contenttypes.view_contenttype',
        'auth.delete_permission',
        GRANT_ANY,
      )
      await unlimited.get('/admin/')
      const { id } = await shop.contentTypes.get(TURN)
      expect((await shop.contentTypes.stale({ includeStaleApps: true })).map((one) => one.id)).not.toContain(id)
      const deleted = await unlimited.post(`/admin/contenttypes/contenttype/${id}/delete/`, { form: { post: 'yes' } })
      expect(textIn(await pageOf(deleted, 422))).toContain('still needs this')
      expect((await unlimited.post(`/admin/contenttypes/contenttype/${id}/change/`, { json: { model: 'other' } })).status).toBe(400)
      expect(await shop.objects(ContentType).count(TURN)).toBe(1)
    })
  })
})
