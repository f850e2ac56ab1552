import { beforeAll, describe, expect, test } from 'vitest'
import type { AdminSite } from '../../src/site-admin.js'
import { formIn, pageOf, statementsOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { Category, eachShop, Product, Tag, type Shop } from '../support/shop.js'

const MANY = 450

eachShop((open) => {
  let shop: Shop
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  let tags: Tag[]
  let categories: Category[]
  const rights = ['shop.change_product', 'shop.view_product', 'shop.view_tag', 'shop.view_category', 'shop.add_product']
  const product = async (values: object = {}) => shop.objects(Product).create({ name: 'Cog', price: '3', ...values })
  const change = (one: { readonly id: number }): string => `/admin/shop/product/${one.id}/change/`

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin()
    admin.register(Product, { fields: ['name', 'price', 'category', 'owner', 'tags'], filterHorizontal: ['tags'] })
    admin.register(Category, { searchFields: ['name'], ordering: ['name'] })
    admin.register(Tag, { searchFields: ['name'] })
    staff = visitorsOf(shop, () => admin)
    tags = await shop.objects(Tag).bulkCreate(Array.from({ length: MANY }, (_, index) => ({ name: `word ${String(index).padStart(3, '0')}` })))
    categories = await shop
      .objects(Category)
      .bulkCreate(Array.from({ length: MANY }, (_, index) => ({ name: `shelf ${String(index).padStart(3, '0')}` })))
  })

  describe('a foreign key to many', () => {
    test('shows what is chosen, and is searched on the server with everything else kept', async () => {
      const client = await staff(...rights)
      const one = await product({ category: categories[7] })
      const html = await pageOf(await client.get(change(one)))
      expect(textIn(html)).toContain('shelf 007')
      expect(html).not.toContain('shelf 008')
      const form = formIn(html).set('name', 'half typed').set('category__q', '"shelf 31"')
      const found = await pageOf(await form.send(client, '_search', 'category'))
      expect(textIn(found)).toContain('10 found.')
      expect(found.match(/<input type="radio" name="category"/g)).toHaveLength(12)
      const again = formIn(found)
      expect([again.get('name'), again.get('category')]).toEqual(['half typed', String(categories[7]?.id)])
      expect((await again.set('category', String(categories[313]?.id)).send(client)).status).toBe(303)
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.name, now.category]).toEqual(['half typed', categories[313]?.id])
    })

    test('the return key searches where something stands in the box, and saves where it was answered', async () => {
      const client = await staff(...rights)
      const one = await product()
      const form = formIn(await pageOf(await client.get(change(one)))).set('category__q', '"shelf 44"')
      const found = await pageOf(await form.send(client, '_default'))
      expect(textIn(found)).toContain('10 found.')
      expect((await formIn(found).set('category', String(categories[441]?.id)).send(client, '_default')).status).toBe(303)
      expect((await shop.objects(Product).get({ pk: one.id })).category).toBe(categories[441]?.id)
    })

    test('what points nowhere, or to nobody, is refused', async () => {
      const client = await staff(...rights)
      const one = await product()
      for (const key of ['99999999', 'x', '-1', '1 or 1=1', '0']) {
        const form = formIn(await pageOf(await client.get(change(one)))).set('category', key)
        await pageOf(await form.send(client), 422)
      }
      expect((await shop.objects(Product).get({ pk: one.id })).category).toBeNull()
    })

    test('I3: who may not see its objects types a key, and is shown no names', async () => {
      const client = await staff('shop.change_product', 'shop.view_product')
      const one = await product()
      const html = await pageOf(await client.get(change(one)))
      expect(html).toMatch(/<input class="pc-input" type="text" value="" name="category"/)
      const form = formIn(html).set('category__q', 'shelf')
      expect(await pageOf(await form.send(client, '_search', 'category'))).not.toContain('shelf 0')
      expect((await client.get('/admin/shop/category/autocomplete/?term=shelf')).status).toBe(403)
    })
  })

  describe('many to many', () => {
    test('shows the chosen ones as boxes, and those that a search found besides', async () => {
      const client = await staff(...rights)
      const one = await product()
      await one.tags.add(tags[3] as Tag, tags[4] as Tag)
      const html = await pageOf(await client.get(change(one)))
      expect(formIn(html).all('tags').toSorted()).toEqual([tags[3], tags[4]].map((tag) => String(tag?.id)).toSorted())
      expect(html).not.toContain('word 005')
      // One is taken away, then others are looked for: nothing of that is lost on the way.
      const form = formIn(html).set('tags', String(tags[3]?.id)).set('tags__q', '"word 44"')
      const found = await pageOf(await form.send(client, '_search', 'tags'))
      expect(textIn(found)).toContain('word 445')
      expect(textIn(found)).toContain('word 004')
      const again = formIn(found)
      expect(again.all('tags')).toEqual([String(tags[3]?.id)])
      await again.set('tags', String(tags[3]?.id), String(tags[445]?.id)).send(client)
      expect((await one.tags.all()).map((tag) => tag.name)).toEqual(['word 003', 'word 445'])
    })

    test('of more than a page bears, those not shown stay, and are found by a search', async () => {
      const client = await staff(...rights)
      const one = await product()
      const more = await shop
        .objects(Tag)
        .bulkCreate(Array.from({ length: 600 }, (_, index) => ({ name: `extra ${String(index).padStart(3, '0')}` })))
      await one.tags.add(...more)
      const statements = await statementsOf(shop, async () => pageOf(await client.get(change(one))))
      expect(statements.length).toBeLessThanOrEqual(16)
      const html = await pageOf(await client.get(change(one)))
      expect(formIn(html).all('tags')).toHaveLength(500)
      expect(textIn(html)).toContain('100 more are chosen and stay so.')
      // A change elsewhere leaves them all.
      await formIn(html).set('price', '9').send(client)
      expect(await one.tags.count()).toBe(600)
      // One that is not shown is found, and taken away.
      const found = await pageOf(await formIn(html).set('tags__q', '"extra 577"').send(client, '_search', 'tags'))
      const form = formIn(found)
      const key = String(more[577]?.id)
      expect(form.all('tags')).toContain(key)
      await form.set('tags', ...form.all('tags').filter((one_) => one_ !== key)).send(client)
      expect([await one.tags.count(), await one.tags.has(more[577] as Tag)]).toEqual([599, false])
      await shop.objects(Tag).delete({ name: { startsWith: 'extra' } })
    })

    test('I5: keys of nobody, and ten thousand times the same, cost no more than one', async () => {
      const client = await staff(...rights)
      const one = await product()
      const form = formIn(await pageOf(await client.get(change(one))))
      await pageOf(await form.set('tags', '99999999').send(client), 422)
      await pageOf(await form.set('tags', "1' or '1'='1").send(client), 422)
      const statements = await statementsOf(shop, async () => {
        expect((await form.set('tags', ...Array.from({ length: 10_000 }, () => String(tags[0]?.id))).send(client)).status).toBe(303)
      })
      expect(statements.length).toBeLessThanOrEqual(24)
      expect((await one.tags.all()).map((tag) => tag.id)).toEqual([tags[0]?.id])
    })
  })

  describe('autocomplete', () => {
    const ask = async (client: Awaited<ReturnType<typeof staff>>, query: string): Promise<Response> =>
      client.get(`/admin/shop/tag/autocomplete/${query}`)

    test('finds by the search fields, a page at a time', async () => {
      const client = await staff(...rights)
      const first = (await (await ask(client, '?term=word')).json()) as { results: { id: string; text: string }[]; pagination: { more: boolean } }
      expect([first.results.length, first.results[0], first.pagination.more]).toEqual([20, { id: String(tags[0]?.id), text: 'word 000' }, true])
      const last = (await (await ask(client, '?term="word 44"&page=1')).json()) as typeof first
      expect([last.results.map((one) => one.text), last.pagination.more]).toEqual([
        Array.from({ length: 10 }, (_, index) => `word 44${index}`),
        false,
      ])
      expect(((await (await ask(client, '?term=100%25')).json()) as typeof first).results).toEqual([])
    })

    test('I1, I8: takes a term and a page, bounded, and nothing else', async () => {
      const client = await staff(...rights)
      for (const query of [
        '?page=0',
        '?page=51',
        '?page=x',
        '?page=1e3',
        '?name=word',
        '?term=a&term=b',
        `?term=${'a'.repeat(201)}`,
        '?term=a&password__startswith=p',
      ])
        expect([query, (await ask(client, query)).status]).toEqual([query, 400])
    })

    test('is there only for who may see, where there is something to search by', async () => {
      const client = await staff('shop.view_product', 'shop.change_product')
      expect((await ask(client, '?term=word')).status).toBe(403)
      expect((await client.get('/admin/shop/product/autocomplete/?term=x')).status).toBe(404)
    })
  })
})
