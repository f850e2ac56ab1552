import { beforeAll, describe, expect, test } from 'vitest'
import { ContentType } from '../../src/accounts/content-type.js'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { Group } from '../../src/accounts/group.js'
import { GRANT_ANY } from '../../src/admin/rights/grant-any.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import { accountsOn, type Accounts } from '../support/account-pages.js'
import { Customer, eachSite } from '../support/shop.js'

const PASSWORD = 'seven mugs of cold tea'

/** Names without the places where they may break. */
const plain = (html: string): string => html.replaceAll('<wbr/>', '')

eachSite(accountsOn, (open) => {
  let shop: Accounts['auth']
  let mailbox: Accounts['mailbox']
  let admin: AdminSite
  const users = '/admin/shop/customer/'
  const groups = '/admin/auth/group/'

  const clientOf = async (user: Customer): Promise<TestClient<Customer>> => {
    const client = createClient(shop, (request) => admin.fetch(request))
    await client.loginAs(user as never)
    return client as never
  }
  const staffWith = async (...permissions: string[]): Promise<{ staff: Customer; client: TestClient<Customer> }> => {
    const staff = await createFactories(shop).user({ isStaff: true })
    if (permissions.length > 0) await staff.userPermissions.add(...(permissions as never[]))
    return { staff: staff as never, client: await clientOf(staff as never) }
  }
  const superuser = async () => {
    const staff = await createFactories(shop).superuser()
    return { staff, client: await clientOf(staff as never) }
  }
  const fresh = async (user: { readonly pk: unknown }): Promise<Customer> => (await shop.users.get({ pk: user.pk } as never)) as never
  const lastLog = async (): Promise<LogEntry | undefined> => (await shop.objects(LogEntry).all({ orderBy: ['-id'], limit: 1 } as never))[0] as never
  const allText = async (client: TestClient<Customer>, path: string, status = 200): Promise<string> => {
    const response = await client.get(path)
    const text = plain(await response.text())
    expect([path, response.status, response.status === status ? '' : text.slice(0, 500)]).toEqual([path, status, ''])
    return text
  }

  beforeAll(async () => {
    const site = await open()
    shop = site.auth
    mailbox = site.mailbox
    admin = shop.admin({ siteHeader: 'The shop' })
  })

  describe('adding a user', () => {
    test('AD-13: takes a name and a password, and leads to the change page', async () => {
      const { client } = await superuser()
      const page = await allText(client, `${users}add/`)
      expect(page).toContain('name="usable_password"')
      const response = await client.post(`${users}add/`, {
        form: { username: 'ｎｅｗ', usable_password: 'true', password1: PASSWORD, password2: PASSWORD, _save: '1' },
      })
      const made = (await shop.users.get({ username: 'new' })) as unknown as Customer
      expect([response.status, response.headers.get('location')]).toEqual([303, `${users}${made.pk}/change/`])
      expect(await made.checkPassword(PASSWORD)).toBe(true)
      expect([made.isStaff, made.isSuperuser]).toEqual([false, false])
      expect((await lastLog())?.changeMessage).toBe('[{"added": {}}]')
      // The profile comes with the account.
      expect(await shop.profiles.count({ user: made.pk } as never)).toBe(1)
    })

    test('AD-13: “add another” leads back, and an account may have no password', async () => {
      const { client } = await superuser()
      const response = await client.post(`${users}add/`, {
        form: { username: 'nopass', usable_password: 'false', password1: '', password2: '', _addanother: '1' },
      })
      expect(response.headers.get('location')).toBe(`${users}add/`)
      expect(((await shop.users.get({ username: 'nopass' })) as unknown as Customer).hasUsablePassword()).toBe(false)
    })

    test('I11: what else is sent along is written nowhere', async () => {
      const { client } = await superuser()
      await client.post(`${users}add/`, {
        form: {
          username: 'plain',
          usable_password: 'false',
          is_superuser: 'on',
          is_staff: 'on',
          id: '999',
          password: 'pbkdf2_sha256$1$a$b',
          date_joined: '2001-01-01',
        },
      })
      const made = (await shop.users.get({ username: 'plain' })) as unknown as Customer
      expect([made.isStaff, made.isSuperuser, made.id === 999, made.hasUsablePassword()]).toEqual([false, false, false, false])
    })

    test('a name that is taken and passwords that differ are errors of their fields', async () => {
      const { client } = await superuser()
      await createFactories(shop).user({ username: 'taken' })
      const response = await client.post(`${users}add/`, { json: { username: 'TAKEN', password1: 'a', password2: 'b' } })
      expect(response.status).toBe(422)
      expect(Object.keys(((await response.json()) as { errors: object }).errors).toSorted()).toEqual(['password2', 'username'])
    })

    test('AD-8: takes the permissions to add and to change', async () => {
      const { client: adds } = await staffWith('shop.add_customer')
      expect((await adds.get(`${users}add/`)).status).toBe(403)
      expect((await adds.post(`${users}add/`, { form: { username: 'x1', usable_password: 'false' } })).status).toBe(403)
      const { client: both } = await staffWith('shop.add_customer', 'shop.change_customer')
      expect((await both.post(`${users}add/`, { form: { username: 'x2', usable_password: 'false' } })).status).toBe(303)
      expect(await shop.users.count({ username: { in: ['x1', 'x2'] } })).toBe(1)
    })
  })

  describe('the password page', () => {
    test('AD-16: asks for the right before the object', async () => {
      const { client } = await staffWith('shop.view_customer')
      for (const key of ['999999', '1', 'nonsense']) expect((await client.get(`${users}${key}/password/`)).status).toBe(403)
      const { client: may } = await staffWith('shop.change_customer')
      expect((await may.get(`${users}999999/password/`)).status).toBe(404)
    })

    test('AD-17, AD-19: sets a password, ends the sessions, tells by mail, and is noted', async () => {
      const { client } = await staffWith('shop.change_customer')
      const target = (await createFactories(shop).user({ password: 'an older one of theirs' })) as unknown as Customer
      const theirs = await clientOf(target)
      expect((await shop.sessions.listFor(target as never)).length).toBe(1)
      const page = await allText(client, `${users}${target.pk}/password/`)
      expect(page).toContain(`Change password: ${target.username}`)
      expect(page).not.toContain(target.password)
      const before = [...client.cookies].find(([name]) => name.includes('session'))
      const response = await client.post(`${users}${target.pk}/password/`, {
        form: { usable_password: 'true', password1: PASSWORD, password2: PASSWORD, 'set-password': '1' },
      })
      expect([response.status, response.headers.get('location')]).toEqual([303, `${users}${target.pk}/change/`])
      expect(await (await fresh(target)).checkPassword(PASSWORD)).toBe(true)
      expect((await lastLog())?.changeMessage).toBe('[{"changed": {"fields": ["password"]}}]')
      expect((await shop.sessions.listFor(target as never)).length).toBe(0)
      expect((await theirs.get('/admin/')).status).not.toBe(200)
      // Who set it goes on under a new key, as with Django; the old one is good for nothing.
      const [name = '', key = ''] = before ?? []
      expect((await client.get('/admin/')).status).toBe(200)
      expect([key === '', client.cookies.get(name) === key]).toEqual([false, false])
      client.cookies.set(name, key)
      expect((await client.get('/admin/')).status).not.toBe(200)
      await shop.idle()
      expect(mailbox.messages.filter((one) => JSON.stringify(one).includes(target.email)).map((one) => one.subject)).toEqual([
        'Your password for Harbour Shop was changed',
      ])
    })

    test('AD-18: a form that says two things at once is shown again', async () => {
      const { client } = await staffWith('shop.change_customer')
      const target = (await createFactories(shop).user({ password: PASSWORD })) as unknown as Customer
      const response = await client.post(`${users}${target.pk}/password/`, { form: { usable_password: 'false', 'set-password': '1' } })
      expect([response.status, response.headers.get('location')]).toEqual([303, `${users}${target.pk}/password/`])
      expect((await fresh(target)).hasUsablePassword()).toBe(true)
    })

    test('AD-19, F-8: takes a password away, which is noted as a change of nothing', async () => {
      const { client } = await staffWith('shop.change_customer')
      const target = (await createFactories(shop).user({ password: PASSWORD })) as unknown as Customer
      const response = await client.post(`${users}${target.pk}/password/`, { form: { usable_password: 'false', 'unset-password': '1' } })
      expect(response.status).toBe(303)
      expect((await fresh(target)).hasUsablePassword()).toBe(false)
      expect((await lastLog())?.changeMessage).toBe('[]')
      expect(await allText(client, `${users}${target.pk}/password/`)).toContain(`Set password: ${target.username}`)
    })

    test('keeps the session of who changes their own', async () => {
      const { staff, client } = await staffWith('shop.change_customer')
      const response = await client.post(`${users}${staff.pk}/password/`, { form: { password1: PASSWORD, password2: PASSWORD, 'set-password': '1' } })
      expect(response.status).toBe(303)
      expect((await client.get('/admin/')).status).toBe(200)
    })

    test('6.4.6: a link is mailed on one press, to an active account with an address', async () => {
      const { client } = await staffWith('shop.change_customer')
      const target = await createFactories(shop).user()
      expect((await client.post(`${users}${target.pk}/reset-link/`)).status).toBe(303)
      expect((await lastLog())?.changeMessage).toBe('Mailed a link to choose a new password.')
      const off = await createFactories(shop).user({ isActive: false })
      const refused = await client.post(`${users}${off.pk}/reset-link/`, { json: {} })
      expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([422, 'no_address'])
      expect((await client.get(`${users}${target.pk}/reset-link/`)).status).toBe(405)
    })
  })

  describe('sessions', () => {
    test('7.4.5: are listed by device and end, one or all', async () => {
      const { client } = await staffWith('shop.change_customer')
      const target = (await createFactories(shop).user()) as unknown as Customer
      for (let count = 0; count < 3; count += 1) await clientOf(target)
      const page = await allText(client, `${users}${target.pk}/sessions/`)
      const ids = [...page.matchAll(/name="session" value="([^"]+)"/g)].map((one) => one[1] ?? '')
      expect(ids).toHaveLength(3)
      expect((await client.post(`${users}${target.pk}/sessions/`, { form: { session: ids[0] ?? '' } })).status).toBe(303)
      expect(await shop.sessions.listFor(target as never)).toHaveLength(2)
      expect((await client.post(`${users}${target.pk}/sessions/`, { form: { all: 'on' } })).status).toBe(303)
      expect(await shop.sessions.listFor(target as never)).toHaveLength(0)
      expect((await lastLog())?.changeMessage).toBe('Ended all sessions.')
    })

    test('D8: somebody else’s is as unknown as one that there is not', async () => {
      const { client } = await staffWith('shop.change_customer')
      const [one, other] = (await createFactories(shop).users(2)) as unknown as [Customer, Customer]
      await clientOf(other)
      const [session] = await shop.sessions.listFor(other as never)
      expect((await client.post(`${users}${one.pk}/sessions/`, { form: { session: session?.id ?? '' } })).status).toBe(404)
      expect(await shop.sessions.listFor(other as never)).toHaveLength(1)
    })

    test('D9: no key of a session is in any page', async () => {
      const { client } = await superuser()
      const target = (await createFactories(shop).user()) as unknown as Customer
      const theirs = await clientOf(target)
      const page = await allText(client, `${users}${target.pk}/sessions/`)
      for (const [name, cookie] of theirs.cookies) if (name.includes('session')) expect(page).not.toContain(cookie)
    })
  })

  describe('effective permissions', () => {
    test('names every permission with where it comes from', async () => {
      const { client } = await staffWith('shop.view_customer', 'auth.view_group')
      const target = (await createFactories(shop).user()) as unknown as Customer
      const [editors, sellers] = [
        await createFactories(shop).group(['shop.change_product', 'shop.publish_product'], 'Editors E'),
        await createFactories(shop).group(['shop.change_product'], 'Sellers S'),
      ]
      await target.groups.add(editors as never, sellers as never)
      await target.userPermissions.add('shop.view_product', 'shop.change_product')
      const page = await allText(client, `${users}${target.pk}/permissions/`)
      const rowOf = (name: string): string => /<tr>.*?<\/tr>/gs[Symbol.match](page)?.find((one) => one.includes(`Why ${name}?`)) ?? ''
      expect(rowOf('shop.change_product')).toMatch(/directly.*Editors E.*Sellers S/s)
      expect(rowOf('shop.publish_product')).not.toContain('directly')
      expect(rowOf('shop.view_product')).not.toContain('Editors')
      expect(await allText(client, `${users}${target.pk}/permissions/?q=publish`)).not.toContain('shop.view_product')
      expect(await allText(client, `${users}${target.pk}/permissions/?why=shop.publish_product`)).toContain('by the group “Editors E”')
    })

    test('a superuser has everything, and a switched off account nothing yet', async () => {
      const { client } = await staffWith('shop.view_customer')
      const target = await createFactories(shop).superuser()
      expect(await allText(client, `${users}${target.pk}/permissions/`)).toContain('may everything')
      const off = (await createFactories(shop).user({ isActive: false })) as unknown as Customer
      await off.userPermissions.add('shop.view_product')
      expect(await allText(client, `${users}${off.pk}/permissions/`)).toMatch(/switched off.*shop\.view_product/s)
    })

    test('is paged, and takes a bounded number of statements whatever there is', async () => {
      const { client } = await staffWith('shop.view_customer')
      const target = (await createFactories(shop).user()) as unknown as Customer
      const type = await shop.contentTypes.getForModel(ContentType)
      const codenames = Array.from({ length: 250 }, (_, index) => `many_${String(index).padStart(4, '0')}`)
      await shop.permissions.bulkCreate(codenames.map((codename) => ({ codename, name: `Many ${codename}`, contentType: type })))
      await target.userPermissions.add(...(codenames.map((one) => `contenttypes.${one}`) as never[]))
      const statements: string[] = []
      const stop = shop.internals.registry.database.onStatement((text) => void statements.push(text))
      const first = await allText(client, `${users}${target.pk}/permissions/`)
      stop()
      expect(statements.length).toBeLessThanOrEqual(8)
      expect(first).toContain('many_0099')
      expect(first).not.toContain('many_0100')
      expect(await allText(client, `${users}${target.pk}/permissions/?p=3`)).toContain('many_0249')
    })

    test('I1: asks nothing that is no parameter', async () => {
      const { client } = await superuser()
      const target = await createFactories(shop).user()
      for (const query of ['password__startswith=pbkdf2', 'p=0', 'p=x', 'q=a&q=b'])
        expect((await client.get(`${users}${target.pk}/permissions/?${query}`)).status).toBe(400)
    })
  })

  describe('members', () => {
    test('are shown to who may see people', async () => {
      const group = await createFactories(shop).group(['shop.view_product'])
      const people = (await createFactories(shop).users(3)) as unknown as Customer[]
      for (const one of people) await one.groups.add(group as never)
      const { client } = await staffWith('auth.view_group', 'shop.view_customer')
      const page = await allText(client, `${groups}${group.pk}/members/`)
      for (const one of people) expect(page).toContain(one.username)
      expect(await allText(client, `${groups}${group.pk}/members/?q=${people[0]?.username}`)).not.toContain(`>${people[1]?.username}<`)
      const { client: sees } = await staffWith('auth.view_group')
      expect((await sees.get(`${groups}${group.pk}/members/`)).status).toBe(403)
    })
  })

  describe('the matrix', () => {
    const boxes = (page: string): Map<string, { isOn: boolean; isOpen: boolean }> =>
      new Map(
        [...page.matchAll(/<input type="checkbox" name="grant"[^>]*>/g)].map(([tag]) => [
          /value="([^"]+)"/.exec(tag)?.[1] ?? '',
          { isOn: tag.includes(' checked'), isOpen: !tag.includes(' disabled') },
        ]),
      )
    const formOf = (page: string): [string, string][] =>
      [...page.matchAll(/<input type="hidden" name="(was|add|remove)" value="([^"]*)"/g)].map((one) => [one[1] ?? '', one[2] ?? ''])
    const send = async (client: TestClient<Customer>, path: string, fields: readonly (readonly [string, string])[]): Promise<Response> => {
      const formData = new FormData()
      for (const [name, value] of fields) formData.append(name, value)
      return client.post(path, { formData })
    }

    test('shows groups and permissions, and saves only what was changed, after a page that says what it means', async () => {
      const { client } = await superuser()
      const one = await createFactories(shop).group(['shop.view_product'], 'Matrix one')
      const two = await createFactories(shop).group([], 'Matrix two')
      const [view, publish] = [await shop.permissions.get('shop.view_product'), await shop.permissions.get('shop.publish_product')]
      const member = (await createFactories(shop).user({ username: 'matrixmember' })) as unknown as Customer
      await member.groups.add(two as never)
      const path = `${groups}matrix/?of=shop.product&g=${one.id}&g=${two.id}`
      const page = await allText(client, path)
      expect(boxes(page).get(`${one.id}:${view.id}`)).toEqual({ isOn: true, isOpen: true })
      expect(boxes(page).get(`${two.id}:${view.id}`)).toEqual({ isOn: false, isOpen: true })
      // Meanwhile somebody else grants something: that stays.
      await one.permissions.add('shop.add_product')
      const asked = await send(client, path, [...formOf(page), ['grant', `${two.id}:${publish.id}`]])
      const preview = plain(await asked.text())
      expect(asked.status).toBe(200)
      expect(preview).toContain('matrixmember')
      expect(preview).toContain('shop.publish_product')
      expect(await two.permissions.count()).toBe(0)
      const saved = await send(client, path, [...formOf(preview), ['_confirmed', '1']])
      expect(saved.status).toBe(303)
      expect((await two.permissions.all()).map((row) => row.codename)).toEqual(['publish_product'])
      expect((await one.permissions.all()).map((row) => row.codename)).toEqual(['add_product'])
      expect((await lastLog())?.changeMessage).toBe('[{"changed": {"fields": ["Permissions"]}}]')
    })

    test('I6: boxes beyond one’s own rights are closed, and sent all the same they are refused', async () => {
      const { client } = await staffWith('auth.view_group', 'auth.change_group', 'shop.view_product')
      const weak = await createFactories(shop).group([], 'Weak M')
      const strong = await createFactories(shop).group(['shop.delete_product'], 'Strong M')
      const [view, remove] = [await shop.permissions.get('shop.view_product'), await shop.permissions.get('shop.delete_product')]
      const path = `${groups}matrix/?of=shop.product&g=${weak.id}&g=${strong.id}`
      const found = boxes(await allText(client, path))
      expect(found.get(`${weak.id}:${view.id}`)?.isOpen).toBe(true)
      expect(found.get(`${weak.id}:${remove.id}`)?.isOpen).toBe(false)
      expect(found.get(`${strong.id}:${view.id}`)?.isOpen).toBe(false)
      for (const confirmed of [false, true]) {
        const fields = (cell: string, kind: string): [string, string][] =>
          confirmed
            ? [
                [kind, cell],
                ['_confirmed', '1'],
              ]
            : kind === 'add'
              ? [['grant', cell]]
              : [['was', cell]]
        expect((await send(client, path, fields(`${weak.id}:${remove.id}`, 'add'))).status).toBe(422)
        expect((await send(client, path, fields(`${strong.id}:${view.id}`, 'add'))).status).toBe(403)
        expect((await send(client, path, fields(`${strong.id}:${remove.id}`, 'remove'))).status).toBe(403)
      }
      expect([await weak.permissions.count(), await strong.permissions.count()]).toEqual([0, 1])
    })

    test('I8: cells and parameters that are none are refused', async () => {
      const { client } = await superuser()
      for (const cell of ['x', '1', '1:2:3', '1:-2', '99999999999:1', "1:1' or 1=1"])
        expect((await send(client, `${groups}matrix/`, [['grant', cell]])).status).toBe(400)
      for (const query of ['g=x', 'of=a&of=b', 'z=1', 'g=99999999999']) expect((await client.get(`${groups}matrix/?${query}`)).status).toBe(400)
    })

    test('takes a bounded number of statements', async () => {
      const { client } = await staffWith('auth.view_group', 'auth.change_group', 'shop.view_product')
      for (let count = 0; count < 12; count += 1) await createFactories(shop).group(['shop.view_product'], `Bounded ${count}`)
      const statements: string[] = []
      const stop = shop.internals.registry.database.onStatement((text) => void statements.push(text))
      await allText(client, `${groups}matrix/?q=Bounded`)
      stop()
      expect(statements.length).toBeLessThanOrEqual(25)
    })
  })

  describe('stale content types', () => {
    test('are found and removed with their permissions and grants, after a page that lists them', async () => {
      const { client } = await superuser()
      const stale = await shop.contentTypes.create({ appLabel: 'shop', model: 'oldthing' } as never)
      const permission = await shop.permissions.create({ codename: 'view_oldthing', name: 'Can view old things', contentType: stale })
      const user = (await createFactories(shop).user()) as unknown as Customer
      await user.userPermissions.add(permission as never)
      const path = '/admin/contenttypes/contenttype/stale/'
      expect(await allText(client, path)).toContain('oldthing')
      const asked = await client.post(path, { form: { type: String(stale.id), _remove: '1' } })
      expect(plain(await asked.text())).toMatch(/shop\.view_oldthing.*1 × directly/s)
      expect(await shop.contentTypes.exists({ id: stale.id })).toBe(true)
      expect((await client.post(path, { form: { type: String(stale.id), _confirmed: '1' } })).status).toBe(303)
      expect([await shop.contentTypes.exists({ id: stale.id }), await user.userPermissions.count()]).toEqual([false, 0])
    })

    test('I6: only by who may grant everything, and never one that has a model', async () => {
      const path = '/admin/contenttypes/contenttype/stale/'
      const { client } = await staffWith('contenttypes.delete_contenttype', 'contenttypes.view_contenttype', 'auth.delete_permission')
      expect((await client.get(path)).status).toBe(403)
      const living = await shop.contentTypes.getForModel(ContentType)
      const { client: root } = await superuser()
      await root.post(path, { form: { type: String(living.id), _confirmed: '1' } })
      expect(await shop.contentTypes.exists({ id: living.id })).toBe(true)
      const { client: unlimited } = await staffWith('contenttypes.delete_contenttype', 'auth.delete_permission', GRANT_ANY)
      expect((await unlimited.get(path)).status).toBe(200)
    })
  })

  describe('what no page says', () => {
    const pagesOf = (key: unknown): string[] => [
      users,
      `${users}export/`,
      ...['change', 'password', 'permissions', 'sessions', 'history', 'delete'].map((name) => `${users}${String(key)}/${name}/`),
    ]

    test('I2: a hash is in no page, export or answer; and nothing of it for who only looks', async () => {
      const target = (await createFactories(shop).user({ password: PASSWORD, isStaff: true })) as unknown as Customer
      const [, , salt = '', hash = ''] = target.password.split('$')
      const { client } = await superuser()
      await client.post(`${users}${target.pk}/change/`, { json: { first_name: 'Ada' } })
      for (const path of pagesOf(target.pk)) {
        const response = await client.get(path)
        const text = await response.text()
        expect([path, response.status, text.includes(hash), text.includes(salt)]).toEqual([path, 200, false, false])
      }
      const { client: views } = await staffWith('shop.view_customer')
      for (const path of [users, `${users}${target.pk}/change/`, `${users}${target.pk}/history/`, `${users}${target.pk}/permissions/`])
        expect([
          path,
          (await allText(views, path)).includes(hash.slice(0, 6)),
          (await allText(views, path)).includes(salt.slice(0, 2) + '*'),
        ]).toEqual([path, false, false])
      for (const query of ['password=x', 'password__startswith=pbkdf2', 'o=password', 'groups__name=x'])
        expect((await client.get(`${users}?${query}`)).status).toBe(400)
      const json = await client.get(`${users}${target.pk}/change/`, { headers: { accept: 'application/json' } })
      expect((await json.text()).includes(hash)).toBe(false)
    })

    test('I7: names stay text, wherever they are shown', async () => {
      const bad = '"><svg onload=alert(1)>'
      const { client } = await superuser()
      const group = await shop.groups.create({ name: `Group ${bad}` })
      const type = await shop.contentTypes.create({ appLabel: 'shop', model: `gone ${bad}`.slice(0, 90) } as never)
      const permission = await shop.permissions.create({ codename: `code${bad}`, name: `Words ${bad}`, contentType: type })
      await group.permissions.add(permission)
      const user = (await createFactories(shop).user({ username: `user${bad}`, firstName: bad, email: `x${bad}@example.com` })) as unknown as Customer
      await user.groups.add(group as never)
      await user.userPermissions.add(permission as never)
      await createClient(shop, (request) => admin.fetch(request)).loginAs(user as never)
      const paths = [
        ...pagesOf(user.pk).filter((one) => !one.endsWith('export/')),
        `${users}${user.pk}/permissions/?why=${encodeURIComponent(`shop.code${bad}`)}`,
        `${users}${user.pk}/permissions/?q=${encodeURIComponent(bad)}`,
        groups,
        ...['change', 'members', 'history', 'delete'].map((name) => `${groups}${group.pk}/${name}/`),
        `${groups}${group.pk}/members/?q=${encodeURIComponent(bad)}`,
        `${groups}matrix/?g=${group.id}&of=shop`,
        `${groups}matrix/?q=${encodeURIComponent(bad)}&of=${encodeURIComponent(`shop.${bad}`)}`,
        '/admin/auth/permission/?q=Words',
        `/admin/auth/permission/${permission.id}/change/`,
        '/admin/contenttypes/contenttype/stale/',
        '/admin/',
      ]
      for (const path of paths) {
        const response = await client.get(path)
        const text = await response.text()
        expect([path, response.status < 500, text.includes('<svg onload')]).toEqual([path, true, false])
      }
      const preview = await client.post(`${groups}matrix/`, { form: { was: `${group.id}:${permission.id}` } })
      expect([preview.status, (await preview.text()).includes('<svg onload')]).toEqual([200, false])
      const stale = await client.post('/admin/contenttypes/contenttype/stale/', { form: { type: String(type.id) } })
      expect([stale.status, (await stale.text()).includes('<svg onload')]).toEqual([200, false])
    })
  })

  describe('what is registered', () => {
    test('the history is read by superusers, and rewritten by nobody', async () => {
      const { client } = await superuser()
      const target = await createFactories(shop).user()
      await client.post(`${users}${target.pk}/change/`, { json: { first_name: 'Noted' } })
      const entry = await lastLog()
      const path = `/admin/admin/logentry/${entry?.pk}/`
      expect(await allText(client, '/admin/admin/logentry/')).toContain('Changed')
      expect(await allText(client, `${path}change/`)).not.toContain('name="_save"')
      expect((await client.post(`${path}change/`, { json: { object_repr: 'never' } })).status).toBe(403)
      expect((await client.post(`${path}delete/`, { form: { post: 'yes' } })).status).toBe(403)
      expect((await client.get('/admin/admin/logentry/add/')).status).toBe(403)
      // Whoever leaves takes their part of it along (AD-23).
      const { staff, client: leaving } = await superuser()
      await leaving.post(`${users}${target.pk}/change/`, { json: { first_name: 'Again' } })
      expect((await client.post(`${users}${staff.pk}/delete/`, { form: { post: 'yes' } })).status).toBe(303)
      expect(await shop.objects(LogEntry).exists({ user: staff.pk } as never)).toBe(false)
    })

    test('an application registers users in its own way, guarded as ever', async () => {
      const own = shop.admin()
      own
        .unregister(Customer)
        .register(Customer, { listDisplay: ['username', 'isActive'], listEditable: ['isActive'], fields: ['username', 'email'] })
      own.unregister(Group)
      const { staff } = await staffWith('shop.change_customer', 'shop.view_customer')
      const client = createClient(shop, (request) => own.fetch(request))
      await client.loginAs(staff as never)
      const [weak, strong] = [await createFactories(shop).user(), await createFactories(shop).superuser()]
      expect((await client.get(`${users}${weak.pk}/password/`)).status).toBe(200)
      expect((await client.get(`${users}${weak.pk}/permissions/`)).status).toBe(200)
      expect((await client.get(`${groups}matrix/`)).status).toBe(404)
      const formData = new FormData()
      formData.append('_save', '1')
      for (const one of [weak, strong]) {
        formData.append('_row', String(one.pk))
        formData.append(`${String(one.pk)}-is_active-was`, 'true')
      }
      expect((await client.post(users, { formData })).status).toBe(303)
      expect([(await fresh(weak)).isActive, (await fresh(strong)).isActive]).toEqual([false, true])
    })

    test('where escalation is allowed, the page before a change names the rights by which one can come to everything', async () => {
      const loose = shop.admin({ allowEscalation: true })
      const { staff } = await superuser()
      const target = (await createFactories(shop).user()) as unknown as Customer
      const { id } = await shop.permissions.get('shop.change_customer' as never)
      const ask = async (site: AdminSite): Promise<string> => {
        const client = createClient(shop, (request) => site.fetch(request))
        await client.loginAs(staff as never)
        return plain(
          await (
            await client.post(`${users}${target.pk}/change/`, {
              form: { username: target.username, email: target.email, date_joined: '2026-11-23T08:00:00', user_permissions: String(id) },
            })
          ).text(),
        )
      }
      expect(await ask(loose)).toContain('can come to everything by shop.change_customer')
      expect(await ask(admin)).not.toContain('can come to everything')
    })
  })
})
