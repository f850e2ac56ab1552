import { beforeAll, describe, expect, test } from 'vitest'
import { LogEntry } from '../../src/accounts/django-apps.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories } from '../../src/testing.js'
import { formIn, textIn } from '../support/admin-forms.js'
import { Category, eachShop, Product, Tag, type Shop } from '../support/shop.js'

eachShop((open) => {
  let shop: Shop
  let admin: AdminSite
  const list = '/admin/shop/product/'
  const all = ['shop.add_product', 'shop.change_product', 'shop.view_product', 'shop.delete_product']

  const clientFor = async (...permissions: string[]) => {
    const staff = await createFactories(shop).user({ isStaff: true })
    await staff.userPermissions.add(...(permissions as never[]))
    const client = createClient(shop, (request) => admin.fetch(request))
    await client.loginAs(staff)
    return client
  }
  const page = async (response: Response, status = 200): Promise<string> => {
    expect(response.status).toBe(status)
    return response.text()
  }
  const lastNote = async (key: unknown): Promise<LogEntry> => {
    const [entry] = await shop.objects(LogEntry).filter({ objectId: String(key) } as never, { orderBy: ['-id'], limit: 1 } as never)
    return entry as LogEntry
  }

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin({ siteHeader: 'The shop' })
    admin.register(Product)
    admin.register(Category)
    admin.register(Tag, { searchFields: ['name'] })
  })

  describe('adding', () => {
    test('makes an object of what was filled in, notes it, and goes to the list', async () => {
      const client = await clientFor(...all)
      const tag = await shop.objects(Tag).create({ name: 'red' })
      const category = await shop.objects(Category).create({ name: 'Wheels' })
      const form = formIn(await page(await client.get(`${list}add/`)))
      form
        .set('name', '  Gear wheel ')
        .set('price', '12.5')
        .set('day', '2026-11-23')
        .set('seen', '2026-11-23T10:00:01')
        .set('tags', String(tag.id))
        .set('category', String(category.id))
        .set('extra', '{"a": [1]}')
        .set('rating', '4')
      const response = await form.send(client)
      expect([response.status, response.headers.get('location')]).toEqual([303, list])
      const product = await shop.objects(Product).get({ name: 'Gear wheel' })
      expect({ ...product.toJSON(), seen: product.seen?.toISOString() }).toMatchObject({
        price: '12.50',
        day: '2026-11-23',
        seen: '2026-11-23T10:00:01.000Z',
        category: category.id,
        extra: { a: [1] },
        rating: 4,
        live: true,
      })
      expect((await product.tags.all()).map((one) => one.name)).toEqual(['red'])
      expect((await lastNote(product.id)).changeMessage).toBe('[{"added": {}}]')
      expect(textIn(await page(await client.get(list)))).toContain('The product “Gear wheel” was added.')
    })

    test('says what is wrong at the top and at the field, and keeps what was typed', async () => {
      const client = await clientFor(...all)
      const form = formIn(await page(await client.get(`${list}add/`)))
        .set('price', 'dear')
        .set('notes', 'kept <b>text</b>')
      const html = await page(await form.send(client), 422)
      expect(textIn(html)).toContain('Name: Please fill in this field.')
      expect(html).toContain('href="#id_name"')
      expect(html).toMatch(/<input[^>]*name="price"[^>]*aria-invalid="true"/)
      expect(formIn(html).get('notes')).toBe('kept <b>text</b>')
      expect(await shop.objects(Product).exists({ notes: { contains: 'kept' } })).toBe(false)
    })
  })

  describe('changing', () => {
    test('writes only what changed, and notes it by the labels of the form', async () => {
      const client = await clientFor(...all)
      const product = await shop.objects(Product).create({ name: 'Cog', price: '3' })
      const form = formIn(await page(await client.get(`${list}${product.id}/change/`)))
      const statements: string[] = []
      const stop = shop.internals.registry.database.onStatement((text) => void statements.push(text))
      const response = await form.set('price', '4').send(client, '_continue')
      stop()
      expect(response.headers.get('location')).toBe(`${list}${product.id}/change/`)
      const updates = statements.filter((one) => /^update .?shop_product/i.test(one))
      expect(updates).toHaveLength(1)
      expect(updates[0]).not.toMatch(/stock|name.? =/)
      expect((await lastNote(product.id)).changeMessage).toBe('[{"changed": {"fields": ["Price"]}}]')
    })

    test('that changes nothing writes nothing, and is noted as such', async () => {
      const client = await clientFor(...all)
      const product = await shop.objects(Product).create({ name: 'Idle', notes: 'two\nlines' })
      const form = formIn(await page(await client.get(`${list}${product.id}/change/`)))
      expect((await form.set('notes', 'two\r\nlines').send(client)).status).toBe(303)
      expect((await lastNote(product.id)).changeMessage).toBe('[]')
      const now = await shop.objects(Product).get({ pk: product.id })
      expect(now.changed.toISOString()).toBe(product.changed.toISOString())
    })
  })
})
