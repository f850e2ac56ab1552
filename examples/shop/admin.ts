/**
 * The admin of the shop: users, groups and permissions are there already, products are added. Whoever is staff may enter, and sees what
 * their permissions let them see.
 * @module
 */

import { auth } from './auth.js'
import { Product } from './models.js'

export const admin = auth.admin({ siteHeader: 'The Engine Shop' })

admin.register(Product, {
  listDisplay: ['name', 'price'],
  listEditable: ['price'],
  searchFields: ['name'],
  ordering: ['name'],
  actions: [
    {
      name: 'reduce',
      label: 'Reduce by a tenth',
      confirm: 'Their prices fall by a tenth, for everybody and at once.',
      run: async (products) => {
        for (const product of products) await product.update({ price: (Number(product.price) * 0.9).toFixed(2) })
      },
    },
  ],
})
