import { beforeAll, describe, expect, test } from 'vitest'
import type { AdminSite } from '../../src/site-admin.js'
import { formIn, lastNote, pageOf, textIn, visitorsOf } from '../support/admin-forms.js'
import { Category, eachShop, OrderLine, Product, Tag, type Shop } from '../support/shop.js'

eachShop((open) => {
  let shop: Shop
  let admin: AdminSite
  let staff: ReturnType<typeof visitorsOf>
  const rights = [
    'shop.change_product',
    'shop.view_product',
    'shop.change_orderline',
    'shop.view_orderline',
    'shop.delete_orderline',
    'shop.add_orderline',
  ]
  const product = async (values: object = {}) => shop.objects(Product).create({ name: 'Cog', price: '3', ...values })
  const change = (one: { readonly id: number }): string => `/admin/shop/product/${one.id}/change/`

  beforeAll(async () => {
    shop = await open()
    admin = shop.admin()
    admin.register(Product, { inlines: [{ model: OrderLine }] })
    admin.register(Category)
    admin.register(Tag)
    staff = visitorsOf(shop, () => admin)
  })

  describe('two who have the same form open', () => {
    test('merge what each of them changed, where it is not the same', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const one = await product({ live: true })
      const hers = formIn(await pageOf(await ada.get(change(one)))).set('price', '4')
      const his = formIn(await pageOf(await grace.get(change(one))))
        .set('stock', '7')
        .set('live')
      expect((await hers.send(ada)).status).toBe(303)
      expect((await his.send(grace)).status).toBe(303)
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.price, now.stock, now.live]).toEqual(['4.00', 7, false])
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["Stock", "Live"]}}]')
    })

    test('are both told where they changed the same to another, and nothing is overwritten', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const category = await shop.objects(Category).create({ name: 'Springs' })
      const one = await product({ notes: 'old' })
      const his = formIn(await pageOf(await grace.get(change(one))))
      const hers = formIn(await pageOf(await ada.get(change(one))))
      await hers.set('price', '4').set('name', 'Hers').set('notes', 'hers too').send(ada)
      const html = await pageOf(await his.set('price', '5').set('name', 'His').set('category', String(category.id)).send(grace), 409)
      const text = textIn(html)
      expect(text).toContain('Somebody else changed this while you had it open')
      expect(text).toMatch(/Now in the database: 4\.00\s+Yours: 5/)
      expect(text).toMatch(/Now in the database: Hers\s+Yours: His/)
      expect(html).toMatch(/<input type="radio" name="_take-price" id="id_take-price-theirs" value="theirs"/)
      const between = await shop.objects(Product).get({ pk: one.id })
      expect([between.price, between.name, between.category]).toEqual(['4.00', 'Hers', null])

      const again = formIn(html)
      // What somebody else changed elsewhere is in the form already; what was typed is kept.
      expect([again.get('notes'), again.get('price'), again.get('category')]).toEqual(['hers too', '5', String(category.id)])
      const undecided = await pageOf(await again.send(grace), 422)
      expect(textIn(undecided)).toContain('Choose which of the two counts')
      const last = formIn(undecided).set('_take-price', 'mine').set('_take-name', 'theirs')
      expect((await last.send(grace)).status).toBe(303)
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([now.price, now.name, now.notes, now.category]).toEqual(['5.00', 'Hers', 'hers too', category.id])
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[{"changed": {"fields": ["Price", "Category"]}}]')
    })

    test('who decides is told again of a third change', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const one = await product()
      const his = formIn(await pageOf(await grace.get(change(one))))
      await formIn(await pageOf(await ada.get(change(one))))
        .set('price', '4')
        .send(ada)
      const html = await pageOf(await his.set('price', '5').send(grace), 409)
      await shop.objects(Product).update({ pk: one.id }, { price: '6' })
      const again = await pageOf(await formIn(html).set('_take-price', 'mine').send(grace), 409)
      expect(textIn(again)).toMatch(/Now in the database: 6\.00\s+Yours: 5/)
      expect((await shop.objects(Product).get({ pk: one.id })).price).toBe('6.00')
    })

    test('at the very same moment: one is first, and the others are told', async () => {
      const one = await product()
      const people = await Promise.all(Array.from({ length: 5 }, async () => staff(...rights)))
      const forms = await Promise.all(people.map(async (client) => formIn(await pageOf(await client.get(change(one))))))
      const answers = await Promise.all(
        forms.map(async (form, index) => form.set('price', String(10 + index)).send(people[index] ?? (people[0] as never))),
      )
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([303, 409, 409, 409, 409])
      const winner = answers.findIndex((answer) => answer.status === 303)
      expect((await shop.objects(Product).get({ pk: one.id })).price).toBe(`${10 + winner}.00`)
      const others = await Promise.all(
        ['stock', 'rating', 'views', 'slug'].map(async (name, index) => {
          const client = people[index] as (typeof people)[number]
          return [name, formIn(await pageOf(await client.get(change(one)))), client] as const
        }),
      )
      const merged = await Promise.all(others.map(async ([name, form, client]) => (await form.set(name, '7').send(client)).status))
      const now = await shop.objects(Product).get({ pk: one.id })
      expect([merged, now.stock, now.rating, now.views, now.slug]).toEqual([[303, 303, 303, 303], 7, 7, 7n, '7'])
    })

    test('who wrote the same is not asked', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const one = await product()
      const his = formIn(await pageOf(await grace.get(change(one)))).set('price', '4.0')
      await formIn(await pageOf(await ada.get(change(one))))
        .set('price', '4')
        .send(ada)
      expect((await his.send(grace)).status).toBe(303)
      expect((await lastNote(shop, one.id)).changeMessage).toBe('[]')
    })

    test('add and remove what is related side by side', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const tags = await shop.objects(Tag).bulkCreate(['keep', 'hers', 'his', 'both'].map((name) => ({ name: `c ${name}` })))
      const [keep, hersToo, hisToo, both] = tags.map((tag) => String(tag.id)) as [string, string, string, string]
      const one = await product()
      await one.tags.add(tags[0] as Tag, tags[3] as Tag)
      const his = formIn(await pageOf(await grace.get(change(one)))).set('tags', keep, hisToo)
      const hers = formIn(await pageOf(await ada.get(change(one)))).set('tags', keep, both, hersToo)
      await hers.send(ada)
      await his.send(grace)
      expect((await one.tags.all()).map((tag) => tag.name)).toEqual(['c hers', 'c his', 'c keep'])
      // The keys of the form were those of the page, not those of another time.
      expect(both).not.toBe(hisToo)
    })

    test('who take the same away are not both noted', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const tag = await shop.objects(Tag).create({ name: 'e gone' })
      const one = await product()
      await one.tags.add(tag)
      const his = formIn(await pageOf(await grace.get(change(one)))).set('tags')
      await formIn(await pageOf(await ada.get(change(one))))
        .set('tags')
        .send(ada)
      await his.send(grace)
      expect([await one.tags.count(), (await lastNote(shop, one.id)).changeMessage]).toEqual([0, '[]'])
    })

    test('keep their places in a relation where a column stands against another', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const tags = await shop.objects(Tag).bulkCreate(['d hers', 'd his'].map((name) => ({ name })))
      const one = await product()
      const his = formIn(await pageOf(await grace.get(change(one))))
        .set('tags', String(tags[1]?.id))
        .set('price', '5')
      await formIn(await pageOf(await ada.get(change(one))))
        .set('tags', String(tags[0]?.id))
        .set('price', '4')
        .send(ada)
      const html = await pageOf(await his.send(grace), 409)
      expect(formIn(html).all('tags').toSorted()).toEqual(tags.map((tag) => String(tag.id)).toSorted())
      await formIn(html).set('_take-price', 'theirs').send(grace)
      expect((await one.tags.all()).map((tag) => tag.name)).toEqual(['d hers', 'd his'])
    })
  })

  describe('rows of another model', () => {
    test('are merged and stand against each other row by row', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const one = await product()
      const [first, second] = await shop.objects(OrderLine).bulkCreate([
        { product: one, count: 1 },
        { product: one, count: 2 },
      ])
      const his = formIn(await pageOf(await grace.get(change(one))))
      const hers = formIn(await pageOf(await ada.get(change(one))))
      await hers.set('orderline_set-0-count', '10').set('orderline_set-1-count', '20').send(ada)
      const html = await pageOf(await his.set('orderline_set-1-count', '30').send(grace), 409)
      expect(textIn(html)).toMatch(/Now in the database: 20\s+Yours: 30/)
      expect(formIn(html).get('orderline_set-0-count')).toBe('10')
      await formIn(html).set('_take-orderline_set-1-count', 'mine').send(grace)
      const rows = await shop.objects(OrderLine).filter({ product: one.id }, { orderBy: 'id' })
      expect(rows.map((row) => [row.id, row.count])).toEqual([
        [first?.id, 10],
        [second?.id, 30],
      ])
    })

    test('a row that is gone is left out, with a word where it was changed', async () => {
      const [ada, grace] = [await staff(...rights), await staff(...rights)]
      const one = await product()
      const [line] = await shop.objects(OrderLine).bulkCreate([{ product: one, count: 1 }])
      const untouched = formIn(await pageOf(await grace.get(change(one)))).set('stock', '5')
      const touched = formIn(await pageOf(await ada.get(change(one)))).set('orderline_set-0-count', '9')
      await line?.delete()
      expect((await untouched.send(grace)).status).toBe(303)
      expect(textIn(await pageOf(await touched.send(ada), 422))).toContain('One of the rows you changed is no longer here.')
    })
  })
})
