import { beforeAll, describe, expect, test } from 'vitest'
import type { Group } from '../../src/accounts/group.js'
import type { AdminSite } from '../../src/site-admin.js'
import { eachAccounts, type Accounts } from '../support/account-pages.js'
import { formIn, lastNote, pageOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { png } from '../support/pictures.js'
import { Profile, type Customer, type Shop } from '../support/shop.js'

eachAccounts((open) => {
  let accounts: Accounts
  let shop: Shop
  let admin: AdminSite
  let group: Group
  let root: Customer
  let count = 0
  const person = async (): Promise<Customer> => (await accounts.auth.users.createUser({ username: `person-${(count += 1)}` })) as unknown as Customer
  const change = (one: { readonly id: number }): string => `/admin/shop/customer/${one.id}/change/`
  const rooted = async () => {
    const client = await visitorsOf(shop, () => admin)()
    await client.loginAs(root)
    return client
  }

  beforeAll(async () => {
    accounts = await open()
    shop = accounts.auth as unknown as Shop
    admin = accounts.auth.admin()
    root = (await accounts.auth.users.createSuperuser({ username: 'root', password: 'seven mugs of cold tea' })) as unknown as Customer
    group = (await shop.groups.create({ name: 'Editors', permissions: ['shop.change_product'] as never })) as Group
  })

  describe('a change that means more than its fields say', () => {
    test('is shown first, carries the whole form along, and is saved when confirmed', async () => {
      const client = await rooted()
      const one = await person()
      const form = formIn(await pageOf(await client.get(change(one))))
      form.set('groups', String(group.id)).set('first_name', 'Ada "the first"').set('profile-0-bio', 'one\ntwo')
      const html = await pageOf(await form.send(client, '_continue'))
      expect(textIn(html)).toContain(`Change “${one.username}”?`)
      expect((await one.groups.all()).length).toBe(0)
      const confirming = formIn(html)
      expect([confirming.get('first_name'), confirming.get('groups'), confirming.get('_continue')]).toEqual([
        'Ada "the first"',
        String(group.id),
        '1',
      ])
      const response = await confirming.send(client, '_confirmed')
      expect([response.status, response.headers.get('location')]).toEqual([303, change(one)])
      const now = (await shop.users.get({ pk: one.id })) as unknown as Customer
      expect([now.firstName, (await now.groups.all()).map((each) => each.name)]).toEqual(['Ada "the first"', ['Editors']])
      expect(((await shop.objects(Profile).get({ user: one.id } as never)) as Profile).bio).toBe('one\ntwo')
      expect((await lastNote(shop, one.id)).changeMessage).toContain('"First name", "Groups"')
    })

    test('can be gone back from, with everything as it was typed', async () => {
      const client = await rooted()
      const one = await person()
      const form = formIn(await pageOf(await client.get(change(one))))
        .set('groups', String(group.id))
        .set('last_name', 'Half')
      const html = await pageOf(await formIn(await pageOf(await form.send(client))).send(client, '_edit'))
      const again = formIn(html)
      expect([again.get('last_name'), again.all('groups')]).toEqual(['Half', [String(group.id)]])
      expect(html).not.toContain('aria-invalid')
      expect((await one.groups.all()).length).toBe(0)
    })

    test('asks for a chosen picture once more', async () => {
      const client = await rooted()
      const one = await person()
      const picture = new File([png(10, 10)], 'face.png', { type: 'image/png' })
      const form = formIn(await pageOf(await client.get(change(one))))
        .set('groups', String(group.id))
        .set('profile-0-picture', picture)
      const html = await pageOf(await form.send(client))
      expect(html).toContain('enctype="multipart/form-data"')
      expect(html).toMatch(/<input class="pc-file" type="file" name="profile-0-picture"/)
      await formIn(html).set('profile-0-picture', picture).send(client, '_confirmed')
      expect(((await shop.objects(Profile).get({ user: one.id } as never)) as Profile).picture).toMatch(/^faces\//)
    })

    test('is not asked about where nothing of it changes', async () => {
      const client = await rooted()
      const one = await person()
      const form = formIn(await pageOf(await client.get(change(one)))).set('first_name', 'Grace')
      expect((await form.send(client)).status).toBe(303)
    })
  })

  test('AD-14: a password that was put into the form by hand changes nothing', async () => {
    const client = await rooted()
    const one = await person()
    const before = one.password
    const html = await pageOf(await client.get(change(one)))
    expect(html).not.toContain(before)
    await formIn(html).set('password', 'pbkdf2_sha256$1$a$b').set('first_name', 'Eve').send(client)
    const now = (await shop.users.get({ pk: one.id })) as unknown as Customer
    expect([now.password, now.firstName]).toEqual([before, 'Eve'])
  })

  test('AD-15: names and addresses are stored in their one form', async () => {
    const client = await rooted()
    const one = await person()
    await formIn(await pageOf(await client.get(change(one))))
      .set('username', 'ﬁne')
      .set('email', 'Ada@EXAMPLE.com')
      .send(client)
    const now = (await shop.users.get({ pk: one.id })) as unknown as Customer
    expect([now.username, now.email]).toEqual(['fine', 'Ada@example.com'])
  })

  test('moments keep their microseconds where nobody touched them', async () => {
    const client = await rooted()
    const one = await person()
    await formIn(await pageOf(await client.get(change(one))))
      .set('first_name', 'Ada')
      .send(client)
    expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["First name"]}}]')
  })
})
