import { beforeAll, describe, expect, test } from 'vitest'
import { problem, ValidationError } from '../../src/base/errors.js'
import type { AdminSite } from '../../src/site-admin.js'
import { formIn, lastNote, pageOf, statementsOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { Category, eachShop, Product, Tag, type Shop } from '../support/shop.js'

eachShop((open, { engine }) => {
  let shop: Shop
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  const saved: string[] = []
  let beforeTag: (() => Promise<void>) | null = null
  const list = '/admin/shop/product/'
  const all = ['shop.add_product', 'shop.change_product', 'shop.view_product', 'shop.delete_product']
  const product = async (values: object = {}) => shop.objects(Product).create({ name: 'Cog', price: '3', ...values })
  const change = (one: { readonly id: number }): string => `${list}${one.id}/change/`

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin({ siteHeader: 'The shop' })
    admin.register(Product, {
      beforeSave: (_row, values) => {
        if (values['name'] === 'forbidden') throw new ValidationError(problem('invalid', {}, 'name'))
      },
      afterSave: (row) => void saved.push(row.name),
    })
    admin.register(Category)
    admin.register(Tag, { searchFields: ['name'], beforeSave: async () => beforeTag?.() })
    staff = visitorsOf(shop, () => admin)
  })

  describe('what is worked out', () => {
    test('is shown as text where it was put, for those that are there, and is never read from what is sent', async () => {
      const own = shop.admin()
      own.register(Product, {
        fields: ['name', ['price', { label: 'With <VAT>', value: async (row) => `<b>${(Number(row.price) * 1.2).toFixed(2)}</b>` }]],
        readonlyFields: ['name'],
      })
      const client = await visitorsOf(shop, () => own)(...all)
      const one = await product({ price: '10' })
      const html = await pageOf(await client.get(change(one)))
      expect(html).toContain('&lt;b&gt;12.00&lt;/b&gt;')
      expect(html).toContain('With &lt;VAT&gt;')
      const form = formIn(html).set('price', '20')
      expect((await form.send(client)).status).toBe(303)
      expect(await pageOf(await client.get(change(one)))).toContain('&lt;b&gt;24.00&lt;/b&gt;')
      expect(await pageOf(await client.get(`${list}add/`))).not.toContain('&lt;b&gt;')
    })
  })

  describe('adding', () => {
    test('makes an object of what was filled in, notes it, and goes to the list', async () => {
      const client = await staff(...all)
      const tag = await shop.objects(Tag).create({ name: 'red' })
      const category = await shop.objects(Category).create({ name: 'Wheels' })
      const form = formIn(await pageOf(await client.get(`${list}add/`)))
      form.set('name', '  Gear wheel ').set('price', '12.5').set('day', '2026-11-23').set('seen', '2026-11-23T10:00:01')
      form.set('tags', String(tag.id)).set('category', String(category.id)).set('extra', '{"a": [1]}').set('rating', '4')
      const response = await form.send(client)
      expect([response.status, response.headers.get('location')]).toEqual([303, list])
      const made = await shop.objects(Product).get({ name: 'Gear wheel' })
      expect({ ...made.toJSON(), seen: made.seen?.toISOString() }).toMatchObject({
        price: '12.50',
        day: '2026-11-23',
        seen: '2026-11-23T10:00:01.000Z',
        category: category.id,
        extra: { a: [1] },
        rating: 4,
        live: true,
      })
      expect((await made.tags.all()).map((one) => one.name)).toEqual(['red'])
      expect((await lastNote(shop, made.id)).changeMessage).toBe('[{"added": {}}]')
      expect(saved.at(-1)).toBe('Gear wheel')
      expect(textIn(await pageOf(await client.get(list)))).toContain('The product “Gear wheel” was added.')
    })

    test('goes on as the button says', async () => {
      const client = await staff(...all)
      const send = async (button: string): Promise<string | null> => {
        const form = formIn(await pageOf(await client.get(`${list}add/`)))
        return (await form.set('name', `By ${button}`).set('price', '1').send(client, button)).headers.get('location')
      }
      expect(await send('_addanother')).toBe(`${list}add/`)
      const location = await send('_continue')
      expect(location).toBe(change(await shop.objects(Product).get({ name: 'By _continue' })))
      expect(textIn(await pageOf(await client.get(location ?? '')))).toContain('was added. You may go on here.')
      const blind = await staff('shop.add_product')
      const form = formIn(await pageOf(await blind.get(`${list}add/`)))
      expect((await form.set('name', 'Unseen').set('price', '1').send(blind, '_continue')).headers.get('location')).toBe('/admin/')
    })

    test('leads back to the list as it was narrowed', async () => {
      const client = await staff(...all)
      const path = `${change(await product())}?_changelist_filters=${encodeURIComponent('live=1&p=2')}`
      const form = formIn(await pageOf(await client.get(path)))
      expect((await form.send(client)).headers.get('location')).toBe(`${list}?live=1&p=2`)
      expect((await formIn(await pageOf(await client.get(path))).send(client, '_continue')).headers.get('location')).toBe(
        path.replaceAll('%26', '%26'),
      )
    })

    test('starts from what the address says, as far as it makes sense', async () => {
      const client = await staff(...all)
      const form = formIn(await pageOf(await client.get(`${list}add/?name=Given&price=dear&stock=7&created=2020-01-01&password=x&id=9`)))
      expect([form.get('name'), form.get('price'), form.get('stock'), form.get('id')]).toEqual(['Given', '0', '7', undefined])
    })

    test('says what is wrong at the top and at the field, and keeps what was typed', async () => {
      const client = await staff(...all)
      const form = formIn(await pageOf(await client.get(`${list}add/`)))
        .set('price', 'dear')
        .set('notes', 'kept <b>text</b>')
      const html = await pageOf(await form.send(client), 422)
      expect(textIn(html)).toContain('Name: Please fill in this field.')
      expect(html).toContain('href="#id_name"')
      expect(html).toMatch(/<input[^>]*name="price"[^>]*aria-invalid="true"/)
      expect(formIn(html).get('notes')).toBe('kept <b>text</b>')
      expect(await shop.objects(Product).exists({ notes: { contains: 'kept' } })).toBe(false)
    })

    test('a value that is taken is an error of its field', async () => {
      const client = await staff('shop.add_tag', 'shop.view_tag')
      await shop.objects(Tag).create({ name: 'taken' })
      const form = formIn(await pageOf(await client.get('/admin/shop/tag/add/')))
      expect(textIn(await pageOf(await form.set('name', 'taken').send(client), 422))).toContain('Name: This value is already taken.')
    })

    test('a value that somebody else takes while it is saved is an error too', async () => {
      const client = await staff('shop.add_tag', 'shop.view_tag')
      const form = formIn(await pageOf(await client.get('/admin/shop/tag/add/'))).set('name', 'raced')
      // Somebody with a connection of their own, who waits for the moment between check and write. SQLite lets nobody in there.
      let now = (): void => {}
      const moment = new Promise<void>((resolve) => (now = resolve))
      const other = moment.then(async () => shop.objects(Tag).create({ name: 'raced' }))
      beforeTag = async () => {
        now()
        if (engine === 'sqlite') await shop.objects(Tag).create({ name: 'raced' })
        else await other
      }
      const html = await pageOf(await form.send(client), 422)
      beforeTag = null
      if (engine === 'sqlite') expect(html).toContain('taken')
      else expect(textIn(html)).toContain('Name: This value is already taken.')
      await other
    })

    test('what hooks refuse is an error of the field that they name, and nothing is saved', async () => {
      const client = await staff(...all)
      const form = formIn(await pageOf(await client.get(`${list}add/`)))
      expect(textIn(await pageOf(await form.set('name', 'forbidden').set('price', '1').send(client), 422))).toContain(
        'Name: That is not a valid value.',
      )
      expect(await shop.objects(Product).exists({ name: 'forbidden' })).toBe(false)
    })
  })

  describe('changing', () => {
    test('writes only what changed, in one statement, and notes it by the labels of the form', async () => {
      const client = await staff(...all)
      const one = await product()
      const form = formIn(await pageOf(await client.get(change(one))))
      let response = new Response()
      const statements = await statementsOf(shop, async () => (response = await form.set('price', '4').send(client, '_continue')))
      expect(response.headers.get('location')).toBe(change(one))
      const updates = statements.filter((text) => /^update .?shop_product/i.test(text))
      expect(updates).toHaveLength(1)
      expect(updates[0]).not.toMatch(/stock|name.? =/)
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["Price"]}}]')
    })

    test('that changes nothing writes nothing, and is noted as such', async () => {
      const client = await staff(...all)
      const one = await product({ notes: 'two\nlines', seen: new Date('2026-01-02T03:04:05.678Z'), extra: { b: 1, a: 2 } })
      const form = formIn(await pageOf(await client.get(change(one))))
      // Browsers send line ends of their own.
      expect((await form.set('notes', 'two\r\nlines').send(client)).status).toBe(303)
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[]')
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.changed.toISOString(), now.seen?.toISOString()]).toEqual([one.changed.toISOString(), '2026-01-02T03:04:05.678Z'])
    })

    test('notes relations by their labels too, and writes them by what is added and removed', async () => {
      const client = await staff(...all)
      const one = await product()
      const [a, b, c] = await shop.objects(Tag).bulkCreate(['a', 'b', 'c'].map((name) => ({ name: `rel ${name}` })))
      await one.tags.add(a as Tag, b as Tag)
      const form = formIn(await pageOf(await client.get(change(one))))
      expect(form.all('tags').toSorted()).toEqual([a, b].map((tag) => String(tag?.id)).toSorted())
      const statements = await statementsOf(shop, async () => form.set('tags', String(b?.id), String(c?.id)).send(client))
      expect((await one.tags.all()).map((tag) => tag.name)).toEqual(['rel b', 'rel c'])
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["Tags"]}}]')
      const written = statements.filter((text) => /^(?:insert|delete)\b.*shop_product_tags/i.test(text))
      expect(written).toHaveLength(2)
    })

    test('an object that is gone is said on the first page, whatever was asked for', async () => {
      const client = await staff(...all)
      for (const key of ['999999', 'nobody', '1_2C2', '%F0%9F%98%80', '9'.repeat(400)]) {
        const response = await client.get(`${list}${key}/change/`)
        expect([key, response.status, response.headers.get('location')]).toEqual([key, 302, '/admin/'])
      }
      const text = textIn(await pageOf(await client.get('/admin/')))
      expect(text).toContain('That product is not there.')
      expect(text).not.toContain('nobody')
      const one = await product()
      const form = formIn(await pageOf(await client.get(change(one))))
      await one.delete()
      expect((await form.set('name', 'late').send(client)).headers.get('location')).toBe('/admin/')
    })

    test('takes a bounded number of statements, however much there is', async () => {
      const client = await staff(...all)
      const one = await product()
      const count = async (): Promise<number> => (await statementsOf(shop, async () => pageOf(await client.get(change(one))))).length
      const before = await count()
      await shop.objects(Tag).bulkCreate(Array.from({ length: 300 }, (_, index) => ({ name: `many ${index}` })))
      await shop.objects(Category).bulkCreate(Array.from({ length: 300 }, (_, index) => ({ name: `many ${index}` })))
      const statements = await statementsOf(shop, async () => pageOf(await client.get(change(one))))
      expect(before).toBeLessThanOrEqual(14)
      expect(statements.length).toBeLessThanOrEqual(before)
      for (const text of statements.filter((each) => /shop_(?:tag|category|customer)\b/.test(each))) expect(text).toMatch(/limit|where/i)
      await shop.objects(Tag).delete({ name: { startsWith: 'many' } })
      await shop.objects(Category).delete({ name: { startsWith: 'many' } })
    })
  })

  describe('for programs', () => {
    test('JSON is answered with JSON, and keeps what it does not name', async () => {
      const client = await staff(...all)
      const tag = await shop.objects(Tag).create({ name: 'json' })
      const made = await client.post(`${list}add/`, { json: { name: 'By a program', price: '5', tags: [tag.id] } })
      expect(made.status).toBe(201)
      const { key } = (await made.json()) as { key: string }
      const changed = await client.post(`${list}${key}/change/`, { json: { stock: 9 } })
      expect(changed.status).toBe(200)
      const now = await shop.objects(Product).get({ pk: Number(key) })
      expect([now.name, now.stock, await now.tags.count()]).toEqual(['By a program', 9, 1])
      const wrong = await client.post(`${list}${key}/change/`, { json: { price: 'dear', rating: -1 } })
      expect([wrong.status, await wrong.json()]).toMatchObject([422, { errors: { price: [{ code: 'invalid' }], rating: [{ code: 'min_value' }] } }])
      expect((await client.get(`${list}999999/change/`, { headers: { accept: 'application/json' } })).status).toBe(404)
    })
  })
})
