import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured } from '../../src/index.js'
import { Category, type Customer, eachShop, Product, Tag } from '../support/shop.js'

/** What slips through without types: a body's JSON, a variable that was never set, a key where conditions belong. */
const askNothing = [7, 7n, true, '', null, [], new Map([['id', 1]]), { id: {} }, { id: { in: undefined } }, { name: { contains: undefined } }]

describe('a condition that says nothing', () => {
  eachShop((open) => {
    test('is refused instead of fitting every row', async () => {
      const tags = (await open()).objects(Tag)
      const kept = await tags.create({ name: 'kept' })
      for (const asked of askNothing) {
        await expect(tags.delete(asked as never), String(asked)).rejects.toThrow(ImproperlyConfigured)
        await expect(tags.update(asked as never, { name: 'all' }), String(asked)).rejects.toThrow(ImproperlyConfigured)
        await expect(tags.find(asked as never), String(asked)).rejects.toThrow(ImproperlyConfigured)
      }
      await expect(tags.delete(kept as never)).rejects.toThrow(ImproperlyConfigured)
      expect(await tags.exists({ name: 'kept' })).toBe(true)
      await tags.delete({})
      expect(await tags.count()).toBe(0)
    })

    test('names every object has are no comparisons, and isNull takes a boolean', async () => {
      const { users } = await open()
      for (const operator of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
        const asked = JSON.parse(`{"username":{"${operator}":"x"}}`) as never
        await expect(users.count(asked), operator).rejects.toThrow(/There is no comparison/)
      }
      await expect(users.count({ lastLogin: { isNull: 'false' as never } })).rejects.toThrow(ImproperlyConfigured)
    })

    test('a null in a list asks for rows without a value; notIn, like ne, takes them along otherwise', async () => {
      const categories = (await open()).objects(Category)
      const root = await categories.create({ name: 'root' })
      const leaf = await categories.create({ name: 'leaf', parent: root })
      const names = async (parent: object) => (await categories.filter({ parent } as never, { orderBy: 'name' })).map((one) => one.name)
      expect(await names({ in: [root, null] })).toEqual(['leaf', 'root'])
      expect(await names({ in: [null] })).toEqual(['root'])
      expect(await names({ notIn: [root.pk + 100] })).toEqual(['leaf', 'root'])
      expect(await names({ notIn: [root] })).toEqual(['root'])
      expect(await names({ notIn: [null] })).toEqual(['leaf'])
      expect(await names({ notIn: [root, null] })).toEqual([])
      await leaf.delete()
      await root.delete()
    })

    test('an object of another model does not pass for a key', async () => {
      const shop = await open()
      const ada = await shop.users.createUser({ username: 'ada' })
      const category = await shop.objects(Category).create({ name: 'tea' })
      const products = shop.objects(Product)
      await expect(products.create({ name: 'x', category: ada })).rejects.toThrow('takes objects of shop.Category')
      await expect(products.count({ owner: category })).rejects.toThrow('takes objects of shop.Customer')
      await expect(products.create({ name: 'x', stock: ada as never })).rejects.toThrow('takes a value, not an object')
      expect(await products.count({ category, owner: ada as Customer })).toBe(0)
      await ada.delete()
    })
  })
})
