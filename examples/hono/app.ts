/**
 * A page for everybody, one for users, and something that needs a permission, in Hono.
 * @module
 */

import { Hono } from 'hono'
import { forHono } from 'portcullis/hono'
import { auth, Product } from './auth.js'

const { site, loginRequired, permissionRequired } = forHono(auth)

// Sessions, protection against forged requests, headers, `c.var.user`; and the account pages.
export const app = new Hono().use(site({ '/accounts': auth.pages() }))

app.get('/', (c) => c.text(`Hello ${c.var.user.username || 'stranger'}`))

app.get('/members', loginRequired(), (c) => c.text(`Welcome back, ${c.var.user.getFullName() || c.var.user.username}`))

app.post('/products', permissionRequired('shop.add_product'), async (c) => {
  const body = await c.req.parseBody()
  const { id, name } = await auth.objects(Product).create({ name: String(body['name']) })
  return c.json({ id, name }, 201)
})
