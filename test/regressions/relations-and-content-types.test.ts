import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured, model } from '../../src/index.js'
import { eachShop, Product } from '../support/shop.js'

class Ghost extends model('shop.Ghost') {}

describe('relations and content types', () => {
  eachShop((open) => {
    test('a group’s key does not pass for a permission’s: what is granted is a permission', async () => {
      const shop = await open()
      const ada = await shop.users.createUser({ username: 'ada' })
      const group = await shop.groups.create({ name: 'first' })
      for (const item of [group, ada, Product] as never[]) {
        await expect(ada.userPermissions.add(item)).rejects.toThrow(ImproperlyConfigured)
        await expect(group.permissions.set([item])).rejects.toThrow(ImproperlyConfigured)
      }
      await expect(ada.userPermissions.add(undefined as never)).rejects.toThrow(ImproperlyConfigured)
      expect(await ada.userPermissions.count()).toBe(0)
    })

    test('a content type made in a transaction that is undone is made again', async () => {
      const { atomic, contentTypes } = await open()
      const undone = atomic(async () => {
        await contentTypes.getForModel(Ghost)
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      const made = await contentTypes.getForModel(Ghost)
      expect(await contentTypes.find({ pk: made.pk })).not.toBeNull()
      await contentTypes.delete({ pk: made.pk })
      const again = await contentTypes.getForModel(Ghost)
      expect(await contentTypes.find({ pk: again.pk })).not.toBeNull()
    })

    test('sets at the same time leave one of the sets, not a mixture', async () => {
      const shop = await open()
      const eve = await shop.users.createUser({ username: 'eve' })
      const groups = await shop.groups.bulkCreate(Array.from({ length: 8 }, (_, index) => ({ name: `g${index}` })))
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(
          Array.from({ length: 8 }, (_, index) => eve.groups.set(groups.filter((_group, at) => at === index || at === (index + 1) % 8))),
        )
        expect(await eve.groups.count()).toBe(2)
      }
    })
  })
})
