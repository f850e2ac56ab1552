import { beforeAll, describe, expect, test } from 'vitest'
import { ModelBackend, PermissionDenied } from '../../src/index.js'
import type { Backend } from '../../src/authentication/backend.js'
import type { AdminSite } from '../../src/site-admin.js'
import { sqlite } from '../../src/sqlite.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import type { Customer } from '../support/shop.js'

/** Knows who is on duty: they may publish, whatever the tables say; and nobody who is ill may delete. */
const duty: Backend = {
  path: 'shop.backends.Duty',
  hasPerm: async (who, permission) => {
    if (who.getUsername().startsWith('ill') && permission === 'shop.delete_product') throw new PermissionDenied({ reason: 'They are ill.' })
    return who.isActive && who.getUsername().startsWith('duty') && permission === 'shop.publish_product'
  },
  getAllPermissions: async (who) => new Set(who.isActive && who.getUsername().startsWith('duty') ? ['shop.publish_product'] : []),
}

describe('an admin whose site asks more than the tables', () => {
  let shop: Accounts['auth']
  let admin: AdminSite
  const users = '/admin/shop/customer/'
  const clientOf = async (user: Customer): Promise<TestClient> => {
    const client = createClient(shop, (request) => admin.fetch(request))
    user.backend = 'django.contrib.auth.backends.ModelBackend'
    await client.loginAs(user as never)
    return client as never
  }
  const make = async (username: string, permissions: readonly string[] = []): Promise<Customer> => {
    const user = (await createFactories(shop).user({ username, isStaff: true })) as unknown as Customer
    await user.userPermissions.add(...(permissions as never[]))
    return user
  }
  const rename = async (client: TestClient, user: Customer): Promise<number> =>
    (await client.post(`${users}${user.pk}/change/`, { json: { first_name: 'X' } })).status
  const give = async (client: TestClient, user: Customer, permission: string): Promise<number> => {
    const { id } = await shop.permissions.get(permission as never)
    return (await client.post(`${users}${user.pk}/change/`, { json: { user_permissions: [id] } })).status
  }

  beforeAll(async () => {
    shop = accountsOn(sqlite(':memory:'), { authenticationBackends: [() => duty, (context) => new ModelBackend(context)] }).auth
    await shop.migrate()
    admin = shop.admin()
  })

  test('I6: who may more by another backend is out of reach', async () => {
    const client = await clientOf(await make('clerk', ['shop.change_customer']))
    expect(await rename(client, await make('duty1'))).toBe(403)
    expect(await rename(client, await make('free1'))).toBe(200)
  })

  test('I6: who may by another backend does not lack it', async () => {
    const client = await clientOf(await make('duty2', ['shop.change_customer']))
    expect(await give(client, await make('free2'), 'shop.publish_product')).toBe(200)
    expect(await give(client, await make('free3'), 'shop.delete_product')).toBe(422)
    const group = await createFactories(shop).group(['shop.publish_product'], 'Publishers')
    expect((await client.post(`${users}${(await make('free4')).pk}/change/`, { json: { groups: [group.id] } })).status).toBe(200)
    const clerk = await clientOf(await make('clerk2', ['shop.change_customer', 'auth.change_group', 'auth.view_group']))
    expect((await clerk.post(`${users}${(await make('free5')).pk}/change/`, { json: { groups: [group.id] } })).status).toBe(422)
    expect((await clerk.post(`/admin/auth/group/${group.pk}/change/`, { json: { name: 'Mine' } })).status).toBe(403)
  })

  test('I6: what a backend forbids is not held, whatever is granted', async () => {
    const client = await clientOf(await make('ill', ['shop.change_customer', 'shop.delete_product']))
    expect(await give(client, await make('free6'), 'shop.delete_product')).toBe(422)
  })

  test('the page of effective permissions says what comes from elsewhere', async () => {
    const client = await clientOf(await make('viewer', ['shop.view_customer']))
    const user = await make('duty3', ['shop.view_product'])
    const page = (await (await client.get(`${users}${user.pk}/permissions/?why=shop.publish_product`)).text()).replaceAll('<wbr/>', '')
    expect(page).toMatch(/shop\.publish_product<\/code>.*another backend/s)
    expect(page).toContain('shop.backends.Duty')
  })
})
