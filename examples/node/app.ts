/**
 * A page for everybody, one for users, and something that needs a permission, in plain Node.
 * @module
 */

import { forNode, type SiteListener } from 'portcullis/node'
import { auth, Product } from './auth.js'

type Listener = SiteListener<typeof auth.$types.Visitor>

const { site, loginRequired, permissionRequired } = forNode(auth)

const routes: Record<string, Listener> = {
  'GET /': ({ user }, response) => response.end(`Hello ${user.username || 'stranger'}`),

  'GET /members': loginRequired(({ user }, response) => response.end(`Welcome back, ${user.getFullName() || user.username}`)),

  'POST /products': permissionRequired('shop.add_product', async (request, response) => {
    const { fields } = await auth.requestOf(request).readBody()
    const { id, name } = await auth.objects(Product).create({ name: String(fields.get('name')?.[0]) })
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id, name }))
  }),
}

// Sessions, protection against forged requests, headers, `request.user`; and the account pages.
export const listener = site({ '/accounts': auth.pages() }, (request, response) => {
  const { method, url = '/' } = request
  const route = routes[`${method} ${url.split('?')[0]}`]
  return route === undefined ? response.writeHead(404).end('There is nothing here.') : route(request, response)
})
