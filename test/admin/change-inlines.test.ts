import { beforeAll, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import { problem, ValidationError } from '../../src/base/errors.js'
import type { AdminSite } from '../../src/site-admin.js'
import { eachAccounts, type Accounts } from '../support/account-pages.js'
import { formIn, lastNote, pageOf, statementsOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { png } from '../support/pictures.js'
import { Category, OrderLine, Product, Profile, type Shop } from '../support/shop.js'

eachAccounts((open) => {
  let accounts: Accounts
  let shop: Shop
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  let whenSaving: (() => Promise<void>) | null = null
  let whenProfiled: (() => Promise<void>) | null = null
  const lines = ['view', 'add', 'change', 'delete'].map((action) => `shop.${action}_orderline`)
  const rights = ['shop.change_product', 'shop.view_product', 'shop.add_product', ...lines]
  const product = async (...counts: number[]): Promise<Product> => {
    const one = await shop.objects(Product).create({ name: 'Cog', price: '3' })
    await shop.objects(OrderLine).bulkCreate(counts.map((count) => ({ product: one, count })))
    return one
  }
  const change = (one: { readonly id: number }): string => `/admin/shop/product/${one.id}/change/`
  const countsOf = async (one: Product): Promise<number[]> =>
    (await shop.objects(OrderLine).filter({ product: one.id }, { orderBy: 'id' })).map((row) => row.count)
  const openForm = async (client: Awaited<ReturnType<typeof staff>>, one: Product) => formIn(await pageOf(await client.get(change(one))))

  const holds = async ({ user }: { readonly user: unknown }, permission: string): Promise<boolean> =>
    (user as { hasPerm(name: string): Promise<boolean> }).hasPerm(permission)

  beforeAll(async () => {
    accounts = await open()
    shop = accounts.auth as unknown as Shop
    admin = accounts.auth.admin()
    admin.register(Product, { fields: ['name', 'price'], inlines: [{ model: OrderLine, extra: 2, max: 10 }], afterSave: async () => whenSaving?.() })
    admin.register(OrderLine, {
      nameOf: (row) => `line ${row.id}`,
      hasDeletePermission: async (request, row) => row?.count !== 13 && (await holds(request, 'shop.delete_orderline')),
    })
    admin.register(Profile, { beforeSave: async () => whenProfiled?.() })
    admin.register(Category, { inlines: [{ model: Product, fields: ['name', 'price', 'owner'], extra: 1 }] })
    staff = visitorsOf(shop, () => admin)
  })

  describe('rows', () => {
    test('are added, changed and deleted with their object, and noted with their names', async () => {
      const client = await staff(...rights)
      const one = await product(1, 2, 3)
      const form = await openForm(client, one)
      expect([form.get('orderline_set-TOTAL_FORMS'), form.get('orderline_set-INITIAL_FORMS')]).toEqual(['5', '3'])
      const [first, second] = await shop.objects(OrderLine).filter({ product: one.id }, { orderBy: 'id' })
      form.set('name', 'Wheel').set('orderline_set-0-count', '10').set('orderline_set-1-DELETE', 'on').set('orderline_set-3-count', '4')
      expect((await form.send(client)).status).toBe(303)
      expect(await countsOf(one)).toEqual([10, 3, 4])
      const added = (await shop.objects(OrderLine).filter({ product: one.id }, { orderBy: '-id', limit: 1 }))[0]
      expect((await lastNote(shop, one.id)).changeMessage).toBe(
        `[{"changed": {"fields": ["Name"]}}, {"added": {"name": "order line", "object": "line ${added?.id}"}}, ` +
          `{"changed": {"name": "order line", "object": "line ${first?.id}", "fields": ["Count"]}}, {"deleted": {"name": "order line", "object": "line ${second?.id}"}}]`,
      )
    })

    test('come with a new object too', async () => {
      const client = await staff(...rights)
      const form = formIn(await pageOf(await client.get('/admin/shop/product/add/')))
      expect(form.get('orderline_set-TOTAL_FORMS')).toBe('2')
      await form.set('name', 'New one').set('price', '1').set('orderline_set-1-count', '8').send(client)
      const made = await shop.objects(Product).get({ name: 'New one' })
      expect(await countsOf(made)).toEqual([8])
      expect((await lastNote(shop, made.id)).changeMessage).toMatch(/^\[\{"added": \{\}\}, \{"added": \{"name": "order line"/)
    })

    test('that nobody filled in are none; wrong ones are said at their field', async () => {
      const client = await staff(...rights)
      const one = await product(1)
      const form = await openForm(client, one)
      const html = await pageOf(await form.set('orderline_set-0-count', 'x').set('orderline_set-1-count', '').send(client), 422)
      expect(html).toContain('href="#id_orderline_set-0-count"')
      expect(textIn(html)).toMatch(/Count of line \d+: That is not a whole number\./)
      expect(textIn(html)).toContain('Count of new order line 2: Please fill in this field.')
      expect(await countsOf(one)).toEqual([1])
      await (await openForm(client, one)).send(client)
      expect(await countsOf(one)).toEqual([1])
    })

    test('more room is made without losing what was typed, as far as the page bears', async () => {
      const client = await staff(...rights)
      const one = await product(1, 2, 3, 4, 5, 6)
      const form = (await openForm(client, one)).set('name', 'half typed').set('orderline_set-6-count', '7')
      const more = formIn(await pageOf(await form.send(client, '_more', 'orderline_set')))
      expect([more.get('orderline_set-TOTAL_FORMS'), more.get('name'), more.get('orderline_set-6-count')]).toEqual(['10', 'half typed', '7'])
      expect(await countsOf(one)).toHaveLength(6)
      await more.set('orderline_set-9-count', '9').send(client)
      expect(await countsOf(one)).toEqual([1, 2, 3, 4, 5, 6, 7, 9])
    })

    test('with gaps where a script took some away are read as they are', async () => {
      const client = await staff(...rights)
      const one = await product(1)
      const form = await openForm(client, one)
      form.set('orderline_set-TOTAL_FORMS', '40').set('orderline_set-37-id', '').set('orderline_set-37-count', '37')
      expect((await form.send(client)).status).toBe(303)
      expect(await countsOf(one)).toEqual([1, 37])
    })
  })

  describe('I5', () => {
    test('rows of another object, and the same row twice, are refused', async () => {
      const client = await staff(...rights)
      const [one, other] = [await product(1), await product(2)]
      const [foreign] = await shop.objects(OrderLine).filter({ product: other.id })
      const form = (await openForm(client, one)).set('orderline_set-0-id', String(foreign?.id)).set('orderline_set-0-count', '99')
      expect((await form.send(client)).status).toBe(400)
      expect((await form.set('orderline_set-0-DELETE', 'on').send(client)).status).toBe(400)
      const twice = await openForm(client, one)
      expect((await twice.set('orderline_set-1-id', twice.get('orderline_set-0-id') ?? '').send(client)).status).toBe(400)
      for (const key of ['x', "1' or '1'='1", '-1', '1e9'])
        expect([key, (await (await openForm(client, one)).set('orderline_set-0-id', key).send(client)).status]).toEqual([key, 400])
      const moved = (await openForm(client, one)).set('orderline_set-0-product', String(other.id)).set('orderline_set-0-count', '5')
      expect((await moved.send(client)).status).toBe(303)
      expect([await countsOf(one), await countsOf(other)]).toEqual([[5], [2]])
    })

    test('more rows than a page bears are refused, whatever their number says', async () => {
      const client = await staff(...rights)
      const one = await product(1)
      for (const total of ['1000000', '999999999999', '-1', 'x', '1.5', '']) {
        const form = await openForm(client, one)
        expect([total, (await form.set('orderline_set-TOTAL_FORMS', total).send(client)).status]).toEqual([total, 400])
      }
      const form = (await openForm(client, one)).set('orderline_set-TOTAL_FORMS', '60')
      for (let index = 1; index < 60; index += 1) form.set(`orderline_set-${index}-count`, '7')
      expect((await form.send(client)).status).toBe(400)
      expect(await countsOf(one)).toEqual([1])
    })

    test('each row asks for its own right', async () => {
      const one = await product(1, 2)
      const base = ['shop.change_product', 'shop.view_product']
      const changer = await staff(...base, 'shop.view_orderline', 'shop.change_orderline')
      const form = await openForm(changer, one)
      expect([form.get('orderline_set-TOTAL_FORMS'), form.names.some((name) => name.endsWith('DELETE'))]).toEqual(['2', false])
      form.set('orderline_set-TOTAL_FORMS', '3').set('orderline_set-2-count', '9')
      expect((await form.send(changer)).status).toBe(403)
      expect((await (await openForm(changer, one)).set('orderline_set-0-DELETE', 'on').send(changer)).status).toBe(403)

      const viewer = await staff(...base, 'shop.view_orderline')
      const looked = await openForm(viewer, one)
      expect(looked.names).not.toContain('orderline_set-0-count')
      expect((await looked.set('orderline_set-0-count', '99').send(viewer)).status).toBe(303)

      const adder = await staff(...base, 'shop.add_orderline')
      const adding = await openForm(adder, one)
      // Who may not see the rows that are there is shown none of them.
      expect(adding.get('orderline_set-INITIAL_FORMS')).toBe('0')
      expect((await adding.set('orderline_set-1-count', '3').send(adder)).status).toBe(303)

      const stranger = await staff(...base)
      const blind = await openForm(stranger, one)
      expect(blind.names.some((name) => name.startsWith('orderline'))).toBe(false)
      const ids = await shop.objects(OrderLine).filter({ product: one.id }, { orderBy: 'id' })
      blind
        .set('orderline_set-TOTAL_FORMS', '1')
        .set('orderline_set-0-id', String(ids[0]?.id))
        .set('orderline_set-0-count', '99')
        .set('orderline_set-0-DELETE', 'on')
      expect((await blind.send(stranger)).status).toBe(303)
      expect(await countsOf(one)).toEqual([1, 2, 3])
    })

    test('a right may depend on the row', async () => {
      const client = await staff(...rights)
      const one = await product(13, 1)
      const form = await openForm(client, one)
      const html = await pageOf(await client.get(change(one)))
      expect(html).not.toContain('name="orderline_set-0-DELETE"')
      expect(html).toContain('name="orderline_set-1-DELETE"')
      expect((await form.set('orderline_set-0-DELETE', 'on').send(client)).status).toBe(403)
      expect(await countsOf(one)).toEqual([13, 1])
    })

    test('a row that something else needs is not deleted, nor anything with it', async () => {
      const category = await shop.objects(Category).create({ name: 'Needed' })
      const one = await product(1)
      await one.update({ category: category.id })
      const client = await staff('shop.change_category', 'shop.view_category', 'shop.change_product', 'shop.view_product', 'shop.delete_product')
      const form = formIn(await pageOf(await client.get(`/admin/shop/category/${category.id}/change/`)))
      const html = await pageOf(await form.set('name', 'Changed').set('product_set-0-DELETE', 'on').send(client), 422)
      expect(textIn(html)).toContain('Still needed, and keeping this from being deleted: Order line (1).')
      expect((await shop.objects(Category).get({ pk: category.id })).name).toBe('Needed')
    })

    test('the number of questions does not grow with the rows', async () => {
      const client = await staff('shop.change_category', 'shop.view_category', 'shop.change_product', 'shop.view_product', 'shop.add_product')
      const category = await shop.objects(Category).create({ name: 'Full' })
      const path = `/admin/shop/category/${category.id}/change/`
      const make = async (count: number): Promise<void> =>
        void (await shop
          .objects(Product)
          .bulkCreate(Array.from({ length: count }, (_, index) => ({ name: `p${index}`, category, owner: client.user }))))
      const ask = async (): Promise<[number, number]> => {
        // News of the last form is shown, and forgotten, outside of the count.
        let html = await pageOf(await client.get(path))
        const shown = await statementsOf(shop, async () => (html = await pageOf(await client.get(path))))
        const sent = await statementsOf(shop, async () => formIn(html).send(client))
        return [shown.length, sent.length]
      }
      await make(2)
      const few = await ask()
      await make(60)
      expect(await ask()).toEqual(few)
    })
  })

  describe('a one-to-one relation', () => {
    test('is a group of fields; its picture is decoded, kept, and taken back where nothing comes of it', async () => {
      const root = await accounts.auth.users.createSuperuser({
        username: `root-${Math.round(performance.now())}`,
        password: 'seven mugs of cold tea',
      })
      const client = await staff()
      await client.loginAs(root as never)
      const person = await accounts.auth.users.createUser({ username: `person-${Math.round(performance.now())}` })
      const path = `/admin/shop/customer/${person.id}/change/`
      const form = formIn(await pageOf(await client.get(path)))
      expect(form.names).toContain('profile-0-bio')
      const kept = accounts.storage.kept.size
      const picture = new File([png(40, 40)], 'face.png', { type: 'image/png' })
      expect((await form.set('profile-0-bio', 'Likes cogs').set('profile-0-picture', picture).send(client)).status).toBe(303)
      const profile = (await shop.objects(Profile).get({ user: person.id } as never)) as Profile
      expect(profile.bio).toBe('Likes cogs')
      expect(profile.picture).toMatch(/^faces\/.*\.webp$/)
      expect(accounts.storage.kept.size).toBe(kept + 1)
      expect((await lastNote(shop, person.id)).changeMessage).toMatch(
        /^\[\{"changed": \{"name": "profile", "object": ".*", "fields": \["Bio", "Picture"\]\}\}\]$/,
      )

      const again = formIn(await pageOf(await client.get(path)))
      const broken = again.set('profile-0-picture', new File(['no picture'], 'x.png', { type: 'image/png' }))
      expect(textIn(await pageOf(await broken.send(client), 422))).toContain('That file is not a picture')
      // A name that is taken: the new picture goes again.
      const taken = formIn(await pageOf(await client.get(path))).set('profile-0-picture', picture)
      await pageOf(await taken.set('username', root.username).send(client), 422)
      whenProfiled = async () => {
        expect(accounts.storage.kept.size).toBe(kept + 2)
        throw new ValidationError(problem('invalid', {}, 'bio'))
      }
      await pageOf(await taken.set('username', person.username).send(client), 422)
      whenProfiled = null
      expect([accounts.storage.kept.size, ((await shop.objects(Profile).get({ user: person.id } as never)) as Profile).picture]).toEqual([
        kept + 1,
        profile.picture,
      ])
      // Another picture takes its place, and then none.
      await formIn(await pageOf(await client.get(path)))
        .set('profile-0-picture', picture)
        .send(client)
      expect(accounts.storage.kept.size).toBe(kept + 1)
      await formIn(await pageOf(await client.get(path)))
        .set('profile-0-picture-clear', 'on')
        .send(client)
      expect([accounts.storage.kept.size, ((await shop.objects(Profile).get({ user: person.id } as never)) as Profile).picture]).toEqual([kept, null])
    })
  })

  test('everything happens in one transaction: what fails at the end leaves nothing behind', async () => {
    const client = await staff(...rights)
    const one = await product(1)
    const before = await shop.objects(LogEntry).count()
    whenSaving = async () => {
      throw new Error('the hook broke')
    }
    const form = (await openForm(client, one)).set('price', '9').set('orderline_set-0-count', '2').set('orderline_set-1-count', '3')
    const response = await form.send(client)
    whenSaving = null
    expect([response.status, accounts.errors.map(String)]).toEqual([500, ['Error: the hook broke']])
    expect([await countsOf(one), await shop.objects(LogEntry).count(), (await shop.objects(Product).get({ pk: one.id })).price]).toEqual([
      [1],
      before,
      '3.00',
    ])
  })
})
