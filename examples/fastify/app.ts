/**
 * A page for everybody, one for users, and something that needs a permission, in Fastify.
 * @module
 */

import fastify from 'fastify'
import { forFastify, type RequestFields } from 'portcullis/fastify'
import { auth, Product } from './auth.js'

declare module 'fastify' {
  /** `request.user`, `request.session` and `request.csrfToken()`, typed for the whole application. */
  interface FastifyRequest extends RequestFields<typeof auth> {}
}

const { site, loginRequired, permissionRequired, userOf } = forFastify(auth)

export const app = fastify()

// Sessions, protection against forged requests, headers, `request.user`; and the account pages.
await app.register(site({ '/accounts': auth.pages() }))

app.get('/', async ({ user }) => `Hello ${user.username || 'stranger'}`)

app.get('/members', { preHandler: loginRequired() }, async (request) => `Welcome back, ${userOf(request).getFullName() || userOf(request).username}`)

app.post<{ Body: { name: string } }>('/products', { preHandler: permissionRequired('shop.add_product') }, async ({ body }, reply) => {
  const product = await auth.objects(Product).create({ name: body.name })
  return reply.code(201).send({ id: product.id, name: product.name })
})
