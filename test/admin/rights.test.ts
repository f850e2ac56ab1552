import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { GRANT_ANY } from '../../src/admin/rights/grant-any.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import { Category, eachSite, Product, Profile, type Customer } from '../support/shop.js'

const PASSWORD = 'seven mugs of cold tea'
const users = '/admin/shop/customer/'

/** The fields of the form of a change page as a browser sends them, each once. */
function fieldsOf(page: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [tag] of page.slice(page.indexOf('<main')).matchAll(/<input [^>]*>/g)) {
    const attribute = (name: string): string =>
      new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&quot;', '"').replaceAll('&amp;', '&') ?? ''
    const type = attribute('type')
    if (attribute('name') === '' || type === 'submit' || type === 'file' || ((type === 'checkbox' || type === 'radio') && !tag.includes(' checked')))
      continue
    fields[attribute('name')] = attribute('value')
  }
  return fields
}

eachSite(accountsOn, (open, engine) => {
  let shop: Accounts['auth']
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
    shop = (await open()).auth
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

  describe('granting', () => {
    const change = async (client: TestClient<Customer>, path: string, json: object): Promise<number> => (await client.post(path, { json })).status
    const keysOf = async (...names: string[]): Promise<number[]> =>
      Promise.all(names.map(async (name) => (await shop.permissions.get(name as never)).id))
    const rightsOf = async (user: Customer): Promise<string[]> => [...(await (await fresh(user)).getAllPermissions())].toSorted()

    test('I6: takes what one has: directly, by a group, and never the flag of a superuser', async () => {
      const staff = await staffWith('shop.change_customer', 'shop.view_product')
      const client = await clientOf(staff)
      const [view, publish] = await keysOf('shop.view_product', 'shop.publish_product')
      const weak = await createFactories(shop).group(['shop.view_product'])
      const strong = await createFactories(shop).group(['shop.view_product', 'shop.publish_product'])
      for (const target of [await userWith([]), staff]) {
        const path = `${users}${target.pk}/change/`
        const own = target === staff ? await keysOf('shop.change_customer', 'shop.view_product') : []
        expect(await change(client, path, { user_permissions: [...own, publish] })).toBe(422)
        expect(await change(client, path, { groups: [strong.id] })).toBe(422)
        expect([200, 400, 422]).toContain(await change(client, path, { is_superuser: true }))
        const after = await fresh(target)
        expect([after.isSuperuser, await rightsOf(target)]).toEqual([false, target === staff ? ['shop.change_customer', 'shop.view_product'] : []])
        expect(await change(client, path, { groups: [weak.id], user_permissions: [...new Set([...own, view])] })).toBe(200)
        expect(await rightsOf(target)).toContain('shop.view_product')
      }
    })

    test('I6: whoever may grant everything makes a superuser, and the page before it says what that means', async () => {
      const client = await clientOf(await staffWith('shop.change_customer', GRANT_ANY))
      const target = await userWith([])
      const path = `${users}${target.pk}/change/`
      const page = await (await client.get(path)).text()
      const form = { ...fieldsOf(page), is_superuser: 'on' }
      const asked = await client.post(path, { form })
      expect([asked.status, (await fresh(target)).isSuperuser]).toEqual([200, false])
      const preview = await asked.text()
      expect(preview).toContain('becomes a superuser')
      expect((await client.post(path, { form: { ...form, _confirmed: '1' } })).status).toBe(303)
      expect((await fresh(target)).isSuperuser).toBe(true)
    })

    test('I6: name, address, flags and profile of somebody stronger are out of reach', async () => {
      const staff = await staffWith('shop.change_customer', 'shop.change_profile', 'shop.add_profile', 'shop.view_product')
      const client = await clientOf(staff)
      const target = await superuser()
      const path = `${users}${target.pk}/change/`
      for (const json of [
        { email: 'me@example.com' },
        { username: 'mine' },
        { is_active: false },
        { is_staff: false },
        { groups: [] },
        { first_name: 'X' },
        { 'profile-0-bio': 'x' },
      ])
        expect(await change(client, path, json)).toBe(403)
      expect(
        (
          await client.post(path, {
            form: {
              ...fieldsOf(await (await client.get(path)).text()),
              'profile-0-bio': 'mine',
              'profile-TOTAL_FORMS': '1',
              'profile-INITIAL_FORMS': '1',
            },
          })
        ).status,
      ).toBe(403)
      const after = await fresh(target)
      expect([after.email, after.username, after.isActive, after.isStaff]).toEqual([target.email, target.username, true, true])
      expect((await shop.profiles.get(target as never)).bio).toBe('')
    })

    test('I6: a profile that is registered by itself is guarded as its owner is', async () => {
      const site = shop.admin()
      site.register(Profile, {})
      const client = await clientOf(
        await staffWith('shop.change_profile', 'shop.delete_profile', 'shop.change_customer', 'shop.delete_customer'),
        site,
      )
      const [strong, weak] = [await superuser(), await userWith([])]
      const [theirs, reachable] = [await shop.profiles.get(strong as never), await shop.profiles.get(weak as never)]
      expect(await change(client, `/admin/shop/profile/${theirs.pk}/change/`, { bio: 'mine' })).toBe(403)
      expect((await client.post(`/admin/shop/profile/${theirs.pk}/delete/`, { form: { post: 'yes' } })).status).toBe(403)
      expect(await change(client, `/admin/shop/profile/${reachable.pk}/change/`, { bio: 'theirs' })).toBe(200)
      // Nor is one’s own handed to somebody stronger.
      expect(await change(client, `/admin/shop/profile/${reachable.pk}/change/`, { user: strong.pk })).toBe(422)
      expect(await shop.profiles.count({ pk: theirs.pk } as never)).toBe(1)
    })

    test('I6: a group that grants what one lacks is out of reach, its name too; nothing one lacks is added to another', async () => {
      const client = await clientOf(
        await staffWith('auth.change_group', 'auth.add_group', 'auth.delete_group', 'auth.view_group', 'shop.view_product'),
      )
      const [view, publish] = await keysOf('shop.view_product', 'shop.publish_product')
      const strong = await createFactories(shop).group(['shop.publish_product'])
      const weak = await createFactories(shop).group(['shop.view_product'])
      const path = (group: { readonly pk: unknown }, page = 'change') => `/admin/auth/group/${group.pk}/${page}/`
      expect(await change(client, path(strong), { name: 'Renamed' })).toBe(403)
      expect(await change(client, path(strong), { permissions: [] })).toBe(403)
      expect((await client.post(path(strong, 'delete'), { form: { post: 'yes' } })).status).toBe(403)
      expect(await change(client, path(weak), { permissions: [view, publish] })).toBe(422)
      expect(await change(client, '/admin/auth/group/add/', { name: 'New one', permissions: [publish] })).toBe(422)
      expect(await change(client, '/admin/auth/group/add/', { name: 'New two', permissions: [view] })).toBe(201)
      expect(await change(client, path(weak), { name: 'Renamed weak', permissions: [] })).toBe(200)
      expect((await client.post(path(weak, 'delete'), { form: { post: 'yes' } })).status).toBe(303)
      expect((await shop.groups.get({ id: strong.id })).name).toBe(strong.name)
      expect(await shop.groups.count({ name: { in: ['New one', 'New two', 'Renamed weak'] } })).toBe(1)
    })

    test('the page before a group is saved names its members, and what each gains and loses besides what they have otherwise', async () => {
      const client = await clientOf(await superuser())
      const group = await createFactories(shop).group(['shop.view_product'], 'Previewed')
      const [gains, has] = [await userWith([], { username: 'gainer' }), await userWith(['shop.publish_product'], { username: 'hasalready' })]
      for (const one of [gains, has]) await one.groups.add(group as never)
      const path = `/admin/auth/group/${group.pk}/change/`
      const [publish] = await keysOf('shop.publish_product')
      const formData = new FormData()
      for (const [name, value] of Object.entries(fieldsOf(await (await client.get(path)).text()))) formData.append(name, value)
      formData.append('permissions', String(publish))
      const text = (await (await client.post(path, { formData })).text()).replaceAll('<wbr/>', '')
      expect(text).toContain('2 people are in this group.')
      expect(text).toMatch(/gainer<\/a>.*shop\.publish_product/s)
      expect(text).toMatch(/Nothing changes for.*hasalready/s)
      expect(await group.permissions.count()).toBe(1)
      // Who may not see people is told how many, and not who.
      const blind = await clientOf(await staffWith('auth.change_group', 'shop.view_product', 'shop.publish_product'))
      const told = await (await blind.post(path, { formData })).text()
      expect(told).toContain('2 people are in this group.')
      expect(told).not.toContain('gainer')
    })

    test('I6: of a permission only the words are changed by who may not grant everything; a second of the same name is refused', async () => {
      const client = await clientOf(
        await staffWith('auth.change_permission', 'auth.add_permission', 'auth.delete_permission', 'auth.view_permission'),
      )
      const type = await shop.contentTypes.getForModel(Product)
      const other = await shop.contentTypes.getForModel(Category)
      const held = await shop.permissions.create({ codename: 'held', name: 'Held', contentType: type })
      const path = `/admin/auth/permission/${held.id}/change/`
      expect(await change(client, path, { name: 'Held, in other words' })).toBe(200)
      for (const json of [{ codename: 'change_customer' }, { content_type: other.id }])
        expect([200, 400, 422]).toContain(await change(client, path, json))
      const after = await shop.permissions.get({ id: held.id })
      expect([after.name, after.codename, after.contentType]).toEqual(['Held, in other words', 'held', type.id])
      expect((await client.post(`/admin/auth/permission/${held.id}/delete/`, { form: { post: 'yes' } })).status).not.toBe(303)
      expect(await shop.permissions.exists({ id: held.id })).toBe(true)
      expect(await change(client, '/admin/auth/permission/add/', { name: 'Harmless', codename: 'change_customer', content_type: type.id })).toBe(422)
      expect(await change(client, '/admin/auth/permission/add/', { name: 'Can export', codename: 'can_export', content_type: type.id })).toBe(201)
    })

    test('I6: who becomes stronger while the form is being read, or oneself weaker, is out of reach inside the transaction', async () => {
      let meanwhile: (() => Promise<unknown>) | null = null
      const own = shop
        .admin()
        .unregister(shop.users.model as never)
        .register(shop.users.model as never, {
          // Asked after the page has asked who is within reach, and before the rows are locked.
          fieldPermission: async (): Promise<'edit'> => {
            const act = meanwhile
            meanwhile = null
            await act?.()
            return 'edit'
          },
        })
      const staff = await staffWith('shop.change_customer', 'shop.view_product')
      const client = await clientOf(staff, own)
      const changed = async (target: Customer, act: (() => Promise<unknown>) | null, json: object): Promise<[number, string, boolean]> => {
        meanwhile = act
        const status = await change(client, `${users}${target.pk}/change/`, json)
        meanwhile = null
        const after = await fresh(target)
        return [status, after.firstName, after.isSuperuser]
      }
      const plain = async (): Promise<Customer> => userWith(['shop.view_product'], { firstName: 'Before' })
      const [one, two, three, four] = [await plain(), await plain(), await plain(), await plain()]
      expect(await changed(one, null, { first_name: 'After' })).toEqual([200, 'After', false])
      const refused = (status: number): boolean => status === 403 || status === 422
      for (const [target, act] of [
        [two, async () => two.userPermissions.add('shop.delete_product')],
        [three, async () => staff.userPermissions.remove('shop.view_product')],
      ] as const) {
        const [status, firstName] = await changed(target, act, { first_name: 'After' })
        expect([refused(status), firstName]).toEqual([true, 'Before'])
      }
      await staff.userPermissions.add('shop.view_product')
      // The hook says that every field may be edited; the flag of a superuser is not the hook's to give.
      const [status, , isSuperuser] = await changed(four, null, { is_superuser: true })
      expect([status, isSuperuser]).toEqual([400, false])
    })

    test('I6: who is taken off the staff in the middle of it saves nothing', async () => {
      const staff = await staffWith('shop.change_customer', 'shop.view_product')
      const client = await clientOf(staff)
      const target = await userWith([])
      await staff.userPermissions.remove('shop.change_customer')
      expect(await change(client, `${users}${target.pk}/change/`, { first_name: 'X' })).toBe(403)
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
        for (const json of [{ is_superuser: false }, { is_active: false }, { is_staff: false }])
          expect((await client.post(`${users}${last.pk}/change/`, { json })).status).toBe(422)
      }
      const after = await fresh(last)
      expect([after.isActive, after.isSuperuser, after.isStaff, after.hasUsablePassword()]).toEqual([true, true, true, true])
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
          async (client: TestClient<Customer>, { pk }: Customer) =>
            (await client.post(`${users}${pk}/change/`, { json: { is_superuser: false } })).status,
          async (client: TestClient<Customer>, { pk }: Customer) => (await client.post(`${users}${pk}/delete/`, { form: { post: 'yes' } })).status,
        ]
        const statuses = await Promise.all(
          clients.map(async (client, index) => ways[(round + index) % ways.length]?.(client, targets[index] as Customer)),
        )
        expect(statuses.filter((one) => (one ?? 500) >= 500)).toEqual([])
        const left = (await shop.users.filter({ isSuperuser: true, isActive: true } as never)) as unknown as Customer[]
        expect(left.filter((one) => one.hasUsablePassword()).length).toBeGreaterThanOrEqual(1)
        await shop.users.update({ isSuperuser: true } as never, { isSuperuser: false } as never)
      }
    })
  })
})
