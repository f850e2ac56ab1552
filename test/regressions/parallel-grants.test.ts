import { describe, expect, test } from 'vitest'
import { eachShop } from '../support/shop.js'

describe('grants made at the same time', () => {
  eachShop((open) => {
    test('neither lose each other nor stop each other', async () => {
      const shop = await open()
      const groups = await shop.groups.bulkCreate(Array.from({ length: 30 }, (_, index) => ({ name: `group ${index}` })))
      const ada = await shop.users.createUser({ username: 'ada' })
      for (let round = 0; round < 3; round += 1) {
        await Promise.all(groups.map((group) => ada.groups.add(group)))
        expect(await ada.groups.count()).toBe(30)
        await Promise.all(groups.map((group) => ada.groups.remove(group)))
        expect(await ada.groups.count()).toBe(0)
      }
    })

    test('a content type that is deleted as an object is forgotten too', async () => {
      const shop = await open()
      const made = await shop.contentTypes.create({ appLabel: 'shop', model: 'passing' })
      await shop.contentTypes.getByNaturalKey('shop', 'passing')
      await made.delete()
      await expect(shop.contentTypes.getByNaturalKey('shop', 'passing')).rejects.toThrow(/no content type/)
    })

    test('the profile of a user who is gone is an error that says so', async () => {
      const shop = await open()
      const eve = await shop.users.createUser({ username: 'eve' })
      await eve.delete()
      await expect(shop.profiles.get(eve)).rejects.toThrow(/no longer in the database/)
    })
  })
})
