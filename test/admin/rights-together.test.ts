import { describe, expect, test } from 'vitest'
import { createClient, createFactories, type ClientOptions, type TestClient } from '../../src/testing.js'
import { accountsOn } from '../support/account-pages.js'
import { engines } from '../support/databases.js'
import type { Customer } from '../support/shop.js'

const HELD = ['shop.view_customer', 'shop.change_customer', 'auth.change_group', 'auth.view_group', 'shop.view_product']
const ROUNDS = 20

describe('staff who change each other, their groups and what these grant, all at once', () => {
  test.each(engines.filter((one) => one.engine !== 'sqlite').map((one) => [one.name, one] as const))(
    'I6: wait for each other and meet no error, on %s',
    async (_name, engine) => {
      const database = await engine.create()
      const { auth: shop, errors } = accountsOn(database.source())
      await shop.migrate()
      const admin = shop.admin()
      const factories = createFactories(shop)
      const groups = await Promise.all(Array.from({ length: 4 }, async () => factories.group(['shop.view_product'])))
      const people: Customer[] = []
      const clients: TestClient[] = []
      for (let index = 0; index < 8; index += 1) {
        const one = (index < 3 ? await factories.superuser() : await factories.user({ isStaff: true })) as unknown as Customer
        await one.userPermissions.add(...(HELD as never[]))
        await one.groups.add(groups[index % 4] as never, groups[(index + 1) % 4] as never)
        const client = createClient(shop, (request) => admin.fetch(request))
        await client.loginAs(one as never)
        await client.get('/admin/')
        people.push(one)
        clients.push(client as never)
      }
      const { id: permission } = await shop.permissions.get('shop.view_product' as never)
      const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T

      /** What the one of this number does in this round: each time something else, to somebody else. */
      const work = (number: number, round: number): [path: string, options: ClientOptions] => {
        const turn = number * 3 + round
        const [target, group, other] = [at(people, number + 1 + round), at(groups, turn), at(groups, turn + 1 + (round % 3))]
        const chosen = new FormData()
        chosen.append('action', 'activate')
        for (const one of [3, 1, 2, 0]) chosen.append('_selected_action', String(at(people, number + one + round).pk))
        const ways: [string, ClientOptions][] = [
          [`/admin/shop/customer/${target.pk}/change/`, { json: { first_name: `name ${round}`, groups: [group.id, other.id] } }],
          [`/admin/shop/customer/${target.pk}/change/`, { json: { groups: [other.id] } }],
          ['/admin/shop/customer/', { formData: chosen }],
          [`/admin/auth/group/${group.pk}/change/`, { json: { name: `group ${number} ${round}` } }],
          ['/admin/auth/group/matrix/', { form: { [round % 2 === 0 ? 'add' : 'remove']: `${group.id}:${permission}`, _confirmed: '1' } }],
          [`/admin/shop/customer/${target.pk}/sessions/`, { form: { session: 'none' } }],
        ]
        return at(ways, turn)
      }

      const statuses = new Map<number, number>()
      for (let round = 0; round < ROUNDS; round += 1) {
        const found = await Promise.all(clients.map(async (client, number) => (await client.post(...work(number, round))).status))
        for (const status of found) statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
      expect([errors, [...statuses.keys()].filter((one) => one >= 500)]).toEqual([[], []])
      expect((statuses.get(200) ?? 0) + (statuses.get(303) ?? 0)).toBeGreaterThan(ROUNDS)
      await shop.close()
      await database.drop()
    },
  )
})
