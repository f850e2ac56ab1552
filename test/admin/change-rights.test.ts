import { beforeAll, describe, expect, test } from 'vitest'
import type { AdminSite } from '../../src/site-admin.js'
import { formIn, lastNote, pageOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { Category, eachShop, Product, Tag, type Shop } from '../support/shop.js'

eachShop((open) => {
  let shop: Shop
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  const list = '/admin/shop/product/'
  const product = async (values: object = {}) => shop.objects(Product).create({ name: 'Cog', price: '3', ...values })
  const change = (one: { readonly id: number }): string => `${list}${one.id}/change/`
  let whenOpening: (() => Promise<void>) | null = null

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin()
    admin.register(Product, {
      exclude: ['notes'],
      readonlyFields: ['stock'],
      fields: ['name', 'price', 'stock', 'rating', 'created', 'slug', 'tags', 'contact'],
      fieldPermission: async (_request, row, field) => {
        await whenOpening?.()
        return field === 'rating' && row?.name === 'Locked' ? 'view' : field === 'contact' ? 'hidden' : 'edit'
      },
      hasChangePermission: async (request, row) =>
        (row === null || row.name !== 'Not yours') &&
        (await (request.user as unknown as { hasPerm(name: string): Promise<boolean> }).hasPerm('shop.change_product')),
      saveAs: true,
    })
    admin.register(Category)
    admin.register(Tag)
    staff = visitorsOf(shop, () => admin)
  })

  describe('who may what', () => {
    test('8.2.1: each page and each form asks for its own right', async () => {
      const one = await product()
      const expected: Record<string, readonly [add: number, change: number, addPost: number, changePost: number, remove: number]> = {
        'shop.view_product': [403, 200, 403, 403, 403],
        'shop.add_product': [200, 403, 422, 403, 403],
        'shop.change_product': [403, 200, 403, 422, 403],
        'shop.delete_product': [403, 403, 403, 403, 200],
        'shop.publish_product': [403, 403, 403, 403, 403],
      }
      for (const [permission, statuses] of Object.entries(expected)) {
        const client = await staff(permission)
        await client.get('/admin/')
        const answers = [
          await client.get(`${list}add/`),
          await client.get(change(one)),
          await client.post(`${list}add/`, { form: { name: '' } }),
          await client.post(change(one), { form: { name: '' } }),
          await client.get(`${list}${one.id}/delete/`),
        ]
        expect([permission, ...answers.map((answer) => answer.status)]).toEqual([permission, ...statuses])
      }
    })

    test('I3: a right is asked for before the object, so that nobody learns which there are', async () => {
      const client = await staff('shop.view_tag')
      const one = await product()
      for (const key of [String(one.id), '999999'])
        for (const page of ['change', 'delete', 'history'])
          expect([key, page, (await client.get(`${list}${key}/${page}/?_to_field=password&_popup=1`)).status]).toEqual([key, page, 403])
    })

    test('who may only look sees values, no field and no button', async () => {
      const client = await staff('shop.view_product')
      const tag = await shop.objects(Tag).create({ name: 'seen' })
      const one = await product({ name: 'To see', contact: 'secret@example.com', notes: 'excluded' })
      await one.tags.add(tag)
      const html = await pageOf(await client.get(change(one)))
      expect(html).not.toMatch(/<form class="pa-form"|name="_save"|name="name"/)
      const text = textIn(html)
      expect(text).toContain('To see')
      expect(text).toContain('seen')
      expect(text).not.toMatch(/secret@example|excluded/)
    })

    test('8.2.2: an object that is out of reach is out of reach by form too', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product({ name: 'Not yours' })
      expect(await pageOf(await client.get(change(one)))).not.toContain('<form class="pa-form"')
      expect((await client.post(change(one), { form: { name: 'Mine', price: '1' } })).status).toBe(403)
      expect((await shop.objects(Product).get({ pk: one.id })).name).toBe('Not yours')
    })
  })

  describe('fields', () => {
    test('I11: what may not be written is ignored, said, and noted nowhere as changed', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product({ name: 'Locked', stock: 3, rating: 2, notes: 'mine', contact: 'a@example.com' })
      const form = formIn(await pageOf(await client.get(change(one))))
      expect(form.names).not.toContain('rating')
      form.set('price', '8').set('stock', '99').set('rating', '5').set('notes', 'theirs').set('contact', 'b@example.com')
      form
        .set('id', '77')
        .set('created', '2000-01-01T00:00:00')
        .set('pk', '5')
        .set('__proto__', 'x')
        .set('constructor', 'x')
        .set('owner.password', 'x')
      expect((await form.send(client)).status).toBe(303)
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.id, now.price, now.stock, now.rating, now.notes, now.contact]).toEqual([one.id, '8.00', 3, 2, 'mine', 'a@example.com'])
      expect(now.created.toISOString()).toBe(one.created.toISOString())
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["Price"]}}]')
      expect(textIn(await pageOf(await client.get('/admin/')))).toMatch(/Not changed, because you may not: .*Stock.*Rating/)
    })

    test('I11: JSON that names what may not be written is refused as a whole', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product({ name: 'Locked', stock: 3 })
      await client.get('/admin/')
      for (const json of [
        { stock: 99 },
        { rating: 5 },
        { id: 7 },
        { notes: 'x' },
        { owner: 1 },
        { nothing: 1 },
        { tags__q: 'x', is_superuser: true },
      ])
        expect([json, (await client.post(change(one), { json: { price: '9', ...json } })).status]).toEqual([json, 400])
      expect((await shop.objects(Product).get({ pk: one.id })).price).toBe('3.00')
    })

    test('8.2.3: rights that are lost between the page and the transaction are lost', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const taken = async (take: () => Promise<unknown>): Promise<[number, string]> => {
        const one = await product({ name: 'Contested' })
        const form = formIn(await pageOf(await client.get(change(one)))).set('price', '9')
        // What the request knows of its user was asked already when its fields are looked at.
        whenOpening = async () => {
          whenOpening = null
          await take()
        }
        const { status } = await form.send(client)
        whenOpening = null
        return [status, (await shop.objects(Product).get({ pk: one.id })).price]
      }
      expect(await taken(async () => shop.objects(Product).update({ name: 'Contested' }, { name: 'Not yours' }))).toEqual([403, '3.00'])
      expect(await taken(async () => shop.objects(Product).update({ name: 'Contested' }, { slug: 'harmless' }))).toEqual([303, '9.00'])
      expect(await taken(async () => client.user.userPermissions.clear())).toEqual([403, '3.00'])
      await client.user.userPermissions.add('shop.change_product', 'shop.view_product')
      expect(await taken(async () => client.user.update({ isStaff: false }))).toEqual([403, '3.00'])
    })

    test('a field that goes out of reach before the object is locked is not written, and the rest is', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product({ rating: 1 })
      const form = formIn(await pageOf(await client.get(change(one))))
        .set('price', '9')
        .set('rating', '5')
      whenOpening = async () => {
        whenOpening = null
        await shop.objects(Product).update({ pk: one.id }, { name: 'Locked' })
      }
      expect((await form.send(client)).status).toBe(303)
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.name, now.price, now.rating]).toEqual(['Locked', '9.00', 1])
      expect(textIn(await pageOf(await client.get('/admin/')))).toContain('Not changed, because you may not: Rating.')
    })
  })

  describe('saving as new', () => {
    test('I4: takes the right to add', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product({ name: 'Only one' })
      const html = await pageOf(await client.get(change(one)))
      expect(html).not.toContain('_saveasnew')
      expect((await formIn(html).set('name', 'Copy').send(client, '_saveasnew')).status).toBe(403)
      expect((await client.post(change(one), { form: { name: 'Copy', price: '1', _saveasnew: '1' } })).status).toBe(403)
      expect(await shop.objects(Product).exists({ name: 'Copy' })).toBe(false)
      // Where it is not offered, it is refused all the same.
      const tag = await shop.objects(Tag).create({ name: 'uncopied' })
      const tagger = await staff('shop.change_tag', 'shop.view_tag')
      await tagger.get('/admin/')
      expect((await tagger.post(`/admin/shop/tag/${tag.id}/change/`, { form: { name: 'recopied', _saveasnew: '1' } })).status).toBe(403)
      expect((await shop.objects(Tag).get({ pk: tag.id })).name).toBe('uncopied')
    })

    test('makes another one with what the page holds', async () => {
      const client = await staff('shop.change_product', 'shop.view_product', 'shop.add_product')
      const tag = await shop.objects(Tag).create({ name: 'copied' })
      const one = await product({ name: 'Original' })
      await one.tags.add(tag)
      const form = formIn(await pageOf(await client.get(change(one)))).set('price', '7')
      const response = await form.set('name', 'The copy').send(client, '_saveasnew')
      const copy = await shop.objects(Product).get({ name: 'The copy' })
      expect(response.headers.get('location')).toBe(change(copy))
      expect([copy.price, await copy.tags.count(), (await shop.objects(Product).get({ pk: one.id })).price]).toEqual(['7.00', 1, '3.00'])
    })
  })

  describe('what strangers put in', () => {
    test('I7: text stays text, wherever it is shown', async () => {
      const nasty = `"><svg onload=alert(1)>'</textarea><script>`
      const client = await staff('shop.change_product', 'shop.view_product', 'shop.delete_product', 'shop.add_tag', 'shop.view_tag')
      const tag = await shop.objects(Tag).create({ name: '<b>"\'&</b>' })
      const one = await product({ name: nasty, slug: 'x', contact: nasty.slice(0, 20) })
      await one.tags.add(tag)
      const pages = [
        await client.get(change(one)),
        await client.get(`${list}${one.id}/delete/`),
        await client.get(`/admin/shop/tag/${tag.id}/change/`),
      ]
      const wrong = formIn(await (pages[0] as Response).clone().text())
        .set('price', nasty)
        .set('rating', nasty)
      pages.push(await wrong.send(client))
      for (const page of pages) {
        const html = await page.text()
        expect(html).not.toMatch(/<svg onload|<script>|<b>"/)
        expect(html).toContain('&lt;')
      }
      expect(formIn(await (await client.get(change(one))).text()).get('name')).toBe(nasty)
    })

    test('I8: keys, names and values reach the database as values', async () => {
      const client = await staff('shop.change_product', 'shop.view_product', 'shop.delete_product')
      const one = await product()
      const count = await shop.objects(Product).count()
      const nasty = ["1' or '1'='1", '1;drop table shop_product', '1 union select 1', '%00', '..', '1)--']
      for (const key of nasty) {
        const quoted = encodeURIComponent(key)
        expect([404, 302, 400]).toContain((await client.get(`${list}${quoted}/change/`)).status)
        const form = formIn(await pageOf(await client.get(change(one))))
        form.set(`price"; drop table shop_product; --`, '1').set('_opened', key).set('_conflicts', key).set('_opened-tags', key).set('name', key)
        expect([303, 409, 422]).toContain((await form.send(client)).status)
      }
      expect(await shop.objects(Product).count()).toBe(count)
    })

    test('J7, J9: odd names, thousands of fields and broken marks are answered, and nothing breaks', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product()
      const form = formIn(await pageOf(await client.get(change(one))))
      for (const name of ['toString', '__proto__', 'hasOwnProperty', '_opened-__proto__', '_take-__proto__', '']) form.set(name, 'x')
      form.set('_opened', ':: : name:x price: :y').set('_conflicts', 'name toString __proto__')
      expect([303, 409, 422]).toContain((await form.send(client)).status)
      form.set('many', ...Array.from({ length: 20_001 }, () => '1'))
      expect((await form.send(client)).status).toBe(413)
      expect((await client.get(change(one))).status).toBe(200)
    })
  })
})
