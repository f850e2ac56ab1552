import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { GRANT_ANY } from '../../src/admin/rights/grant-any.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { eachShop, type Customer, type Shop } from '../support/shop.js'

const PASSWORD = 'seven mugs of cold tea'
const users = '/admin/shop/customer/'

eachShop((open, engine) => {
  let shop: Shop
  let admin: AdminSite

  const clientOf = async (user: unknown, site: AdminSite = admin): Promise<TestClient<Customer>> => {
    const client = createClient(shop, (request) => site.fetch(request))
    await client.loginAs(user as never)
    return client as never
  }
  const userWith = async (permissions: readonly string[], values: object = {}): Promise<Customer> => {
    const user = (await createFactories(shop).user(values)) as unknown as Customer
    if (permissions.length > 0) await user.userPermissions.add(...(permissions as never[]))
    return user
  }
  const staffWith = async (...permissions: string[]): Promise<Customer> => userWith(permissions, { isStaff: true })
  const superuser = async (): Promise<Customer> => (await createFactories(shop).superuser({ password: PASSWORD })) as unknown as Customer
  const fresh = async (user: Customer): Promise<Customer> => (await shop.users.get({ pk: user.pk } as never)) as never
  const run = async (client: TestClient<Customer>, action: string, ...rows: readonly Customer[]): Promise<number> => {
    const formData = new FormData()
    formData.append('action', action)
    for (const row of rows) formData.append('_selected_action', String(row.pk))
    formData.append('post', 'yes')
    return (await client.post(users, { formData })).status
  }
  const setPassword = async (client: TestClient<Customer>, row: Customer): Promise<number> =>
    (await client.post(`${users}${row.pk}/password/`, { form: { password1: PASSWORD, password2: PASSWORD, 'set-password': '1' } })).status
  const takePassword = async (client: TestClient<Customer>, row: Customer): Promise<number> =>
    (
      await client.post(`${users}${row.pk}/password/`, {
        form: { usable_password: 'false', 'unset-password': '1' },
        headers: { accept: 'text/html' },
      })
    ).status

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin()
    await (await clientOf(await superuser())).get('/admin/')
  })

  describe('somebody stronger', () => {
    const strong = {
      'a superuser': async () => superuser(),
      'a superuser who is switched off': async () => (await createFactories(shop).superuser({ isActive: false })) as unknown as Customer,
      'who holds a permission directly': async () => userWith(['shop.delete_product']),
      'who holds one by a group': async () => {
        const user = await userWith([])
        await user.groups.add((await createFactories(shop).group(['shop.publish_product'])) as never)
        return user
      },
      'who may grant everything': async () => userWith([GRANT_ANY]),
      'who holds one and is switched off': async () => userWith(['shop.delete_product'], { isActive: false }),
    }
    for (const [who, make] of Object.entries(strong)) {
      test(`I6: ${who} keeps password, sessions and account from who may less`, async () => {
        const client = await clientOf(await staffWith('shop.change_customer', 'shop.delete_customer', 'shop.view_customer', 'shop.view_product'))
        const target = await make()
        const before = (await fresh(target)).password
        if (target.isActive) await clientOf(target)
        expect(await setPassword(client, target)).toBe(403)
        expect(await takePassword(client, target)).toBe(403)
        expect((await client.post(`${users}${target.pk}/reset-link/`)).status).toBe(403)
        expect((await client.get(`${users}${target.pk}/sessions/`)).status).toBe(403)
        expect((await client.post(`${users}${target.pk}/sessions/`, { form: { all: 'on' } })).status).toBe(403)
        for (const action of ['activate', 'deactivate', 'delete_selected']) expect(await run(client, action, target)).toBe(403)
        const after = await fresh(target)
        expect([after.password, after.isActive]).toEqual([before, target.isActive])
        expect(await shop.sessions.listFor(target as never)).toHaveLength(target.isActive ? 1 : 0)
        // Looking is another matter.
        expect((await client.get(`${users}${target.pk}/permissions/`)).status).toBe(200)
      })
    }

    test('I6: who may the same, or less, is within reach; so is everybody for who may grant everything', async () => {
      const target = await userWith(['shop.view_product'])
      expect(await setPassword(await clientOf(await staffWith('shop.change_customer', 'shop.view_product')), target)).toBe(303)
      expect(await setPassword(await clientOf(await staffWith('shop.change_customer')), target)).toBe(403)
      expect(await setPassword(await clientOf(await staffWith('shop.change_customer', GRANT_ANY)), await superuser())).toBe(303)
      const own = await staffWith('shop.change_customer', 'shop.publish_product')
      expect(await setPassword(await clientOf(own), own)).toBe(303)
    })

    test('AD-9: an admin may be told to do as Django does', async () => {
      const loose = shop.admin({ allowEscalation: true })
      const client = await clientOf(await staffWith('shop.change_customer'), loose)
      expect((await client.post(`${users}${(await superuser()).pk}/password/`, { form: { password1: PASSWORD, password2: PASSWORD } })).status).toBe(
        303,
      )
    })

    test('a permission that was taken away a moment ago is not held any more', async () => {
      const staff = await staffWith('shop.change_customer', 'shop.view_product')
      const client = await clientOf(staff)
      const target = await userWith(['shop.view_product'])
      expect(await setPassword(client, target)).toBe(303)
      await staff.userPermissions.remove('shop.view_product')
      expect(await setPassword(client, target)).toBe(403)
    })
  })

  describe('the last active superuser', () => {
    beforeEach(async () => {
      await shop.users.update({ isSuperuser: true } as never, { isSuperuser: false } as never)
    })

    test('is not switched off, deleted, or left without a password, not even by themselves', async () => {
      const last = await superuser()
      const other = (await createFactories(shop).superuser({ isActive: false })) as unknown as Customer
      const unlimited = await clientOf(await staffWith('shop.view_customer', 'shop.change_customer', 'shop.delete_customer', GRANT_ANY))
      for (const client of [await clientOf(last), unlimited]) {
        await run(client, 'deactivate', last)
        await run(client, 'delete_selected', last, other)
        expect(await takePassword(client, last)).toBe(422)
      }
      const after = await fresh(last)
      expect([after.isActive, after.isSuperuser, after.hasUsablePassword()]).toEqual([true, true, true])
    })

    test('may go where another stays', async () => {
      const [one, other] = [await superuser(), await superuser()]
      await run(await clientOf(one), 'deactivate', one, other)
      expect([(await fresh(one)).isActive, (await fresh(other)).isActive]).toEqual([true, true])
      await run(await clientOf(one), 'deactivate', other)
      expect([(await fresh(one)).isActive, (await fresh(other)).isActive]).toEqual([true, false])
    })

    test('one who may not enter the admin is not counted on', async () => {
      const last = await superuser()
      await createFactories(shop).superuser({ isStaff: false })
      await run(await clientOf(last), 'deactivate', last)
      expect((await fresh(last)).isActive).toBe(true)
    })

    test('stays when several take each other’s account away at the same moment', async () => {
      for (let round = 0; round < (engine.engine === 'sqlite' ? 3 : 12); round += 1) {
        const all = [await superuser(), await superuser(), await superuser()]
        const clients = await Promise.all(all.map(async (one) => clientOf(one)))
        // Everybody switches off the two others, or leaves them without a password.
        const statuses = await Promise.all(
          clients.map(async (client, index) => {
            const others = all.filter((_, other) => other !== index)
            return round % 2 === 0 ? run(client, 'deactivate', ...others.toReversed()) : run(client, 'delete_selected', ...others)
          }),
        )
        expect(statuses.filter((one) => one >= 500)).toEqual([])
        const left = await shop.users.count({ isSuperuser: true, isActive: true } as never)
        expect(left).toBeGreaterThanOrEqual(1)
        await shop.users.update({ isSuperuser: true } as never, { isSuperuser: false } as never)
      }
    })

    test('stays when two others take one each at the same moment', async () => {
      const permissions = ['shop.view_customer', 'shop.change_customer', 'shop.delete_customer', GRANT_ANY]
      const clients = [await clientOf(await staffWith(...permissions)), await clientOf(await staffWith(...permissions))]
      for (let round = 0; round < (engine.engine === 'sqlite' ? 3 : 20); round += 1) {
        const targets = [await superuser(), await superuser()]
        const ways = [
          async (client: TestClient<Customer>, target: Customer) => run(client, 'deactivate', target),
          async (client: TestClient<Customer>, target: Customer) => run(client, 'delete_selected', target),
          takePassword,
        ]
        const statuses = await Promise.all(clients.map(async (client, index) => ways[(round + index) % 3]?.(client, targets[index] as Customer)))
        expect(statuses.filter((one) => (one ?? 500) >= 500)).toEqual([])
        const left = (await shop.users.filter({ isSuperuser: true, isActive: true } as never)) as unknown as Customer[]
        expect(left.filter((one) => one.hasUsablePassword()).length).toBeGreaterThanOrEqual(1)
        await shop.users.update({ isSuperuser: true } as never, { isSuperuser: false } as never)
      }
    })
  })
})
