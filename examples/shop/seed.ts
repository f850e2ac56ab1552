/**
 * Two groups, two people and some products. Running it again changes nothing.
 * @module
 */

import { readFile } from 'node:fs/promises'
import { newPictureName } from 'portcullis/media'
import { auth, storage, type ShopUser } from './auth.js'
import { Product } from './models.js'

/** The password of the people made here: an example has no secrets. */
export const PASSWORD = 'an example has no secrets'

/** Makes what is missing, all or nothing. */
export async function seed(): Promise<void> {
  const pictures = await missingPictures()
  await auth.atomic(async () => {
    const keepers = (await auth.groups.find({ name: 'Shopkeepers' })) ?? (await auth.groups.create({ name: 'Shopkeepers' }))
    await keepers.permissions.add('shop.view_product', 'shop.add_product', 'shop.change_product')
    const helpers = (await auth.groups.find({ name: 'Helpers' })) ?? (await auth.groups.create({ name: 'Helpers' }))
    await helpers.permissions.add('shop.can_do_something')

    // Staff may enter the admin.
    await (await person('ada', 'Ada', 'Lovelace', 'Keeps the shop, and writes notes on engines.', true)).groups.add(keepers)
    await (await person('grace', 'Grace', 'Hopper', 'Helps out. Found a moth once.')).groups.add(helpers)

    const products = auth.objects(Product)
    for (const { name, price, picture } of pictures) await products.create({ name, price, picture })
  })
}

async function person(username: string, firstName: string, lastName: string, bio: string, isStaff = false): Promise<ShopUser> {
  const known = await auth.users.find({ username })
  if (known !== null) return known
  const made = await auth.users.createUser({ username, password: PASSWORD, email: `${username}@example.com`, firstName, lastName, isStaff })
  await (await auth.profiles.get(made)).update({ bio })
  return made
}

const PRODUCTS = [
  { name: 'Punched cards, a box', price: '4.50', file: 'punched-cards.webp' },
  { name: 'Brass gear wheel', price: '12.00', file: 'gear-wheel.webp' },
  { name: 'Notebook, ruled', price: '7.25', file: 'notebook.webp' },
  { name: 'Reading lamp', price: '31.90', file: 'lamp.webp' },
]

/** Pictures are stored before the transaction begins: a file system takes no part in it. */
async function missingPictures(): Promise<{ name: string; price: string; picture: string }[]> {
  if ((await auth.objects(Product).count()) > 0) return []
  const made = []
  for (const { name, price, file } of PRODUCTS) {
    const bytes = await readFile(new URL(`pictures/${file}`, import.meta.url))
    made.push({ name, price, picture: await storage.save(newPictureName('products'), bytes) })
  }
  return made
}
