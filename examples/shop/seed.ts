/**
 * People, a group and some products for the shop. Running it again changes nothing.
 * @module
 */

import { auth, type ShopUser } from './auth.js'
import { Product } from './models.js'

/** Who works here. */
export interface Staff {
  /** May everything, being a superuser. */
  readonly root: ShopUser
  /** An editor: what she may, she may through her group. */
  readonly ada: ShopUser
  /** Was granted one permission herself. */
  readonly grace: ShopUser
  /** Has left: an editor still, but the account is switched off. */
  readonly alan: ShopUser
}

/** Everybody's password: an example has no secrets. */
export const PASSWORD = 'an example has no secrets'

/** Makes what is missing, all or nothing. */
export async function seed(): Promise<Staff> {
  return auth.atomic(async () => {
    const root =
      (await auth.users.find({ username: 'root' })) ??
      (await auth.users.createSuperuser({ username: 'root', password: PASSWORD, email: 'root@example.com' }))
    const ada = await person('ada', 'Ada', 'Lovelace')
    const grace = await person('grace', 'Grace', 'Hopper')
    const alan = await person('alan', 'Alan', 'Turing')

    const editors = (await auth.groups.find({ name: 'Editors' })) ?? (await auth.groups.create({ name: 'Editors' }))
    await editors.permissions.set(['shop.view_product', 'shop.change_product', 'shop.publish_product'])
    await ada.groups.add(editors)
    await alan.groups.add(editors)
    await alan.update({ isActive: false })
    await grace.userPermissions.add('billing.view_invoice')

    const products = auth.objects(Product)
    if ((await products.count()) === 0)
      await products.bulkCreate([
        { name: 'Punched cards, a box', price: '4.50' },
        { name: 'Brass gear wheel', price: '12.00' },
      ])
    return { root, ada, grace, alan }
  })
}

async function person(username: string, firstName: string, lastName: string): Promise<ShopUser> {
  const known = await auth.users.find({ username })
  if (known !== null) return known
  const made = await auth.users.createUser({ username, password: PASSWORD, email: `${username}@example.com`, firstName, lastName })
  await (await auth.profiles.get(made)).update({ bio: `${made.displayName} works here.` })
  return made
}
