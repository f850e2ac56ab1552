/**
 * The shop in Express: the site first, then routes with their guards.
 * @module
 */

import { fileURLToPath } from 'node:url'
import express, { type Express, type Request } from 'express'
import { forExpress } from 'portcullis/express'
import { auth } from './auth.js'
import type { PageContext } from './page.js'
import { addProduct, keepProduct, members, products, something } from './pages.js'

const { site, loginRequired, permissionRequired, userOf, errors } = forExpress(auth)

/** What a page knows of its request. */
function context(req: Request): PageContext {
  const request = auth.requestOf(req)
  return { user: request.user, csrfToken: () => request.csrfToken() }
}

export const app: Express = express()

app.get('/shop.css', (_req, res) => res.sendFile(fileURLToPath(new URL('shop.css', import.meta.url))))

// Sessions, protection against forged requests, headers, `req.user`; and the account pages.
app.use(site({ '/accounts': auth.pages() }))

app.get('/', async (req, res) => res.send(await products(context(req))))

app.get('/members/', loginRequired(), async (req, res) => res.send(await members({ ...context(req), user: userOf(req) })))

app.get('/products/add/', permissionRequired('shop.add_product'), async (req, res) => res.send(await addProduct(context(req))))

app.post('/products/add/', permissionRequired('shop.add_product'), async (req, res) => {
  const wrong = await keepProduct(req.body as Record<string, unknown>)
  if (wrong === null) res.redirect(303, '/')
  else res.status(422).send(await addProduct(context(req), wrong))
})

app.get('/something/', permissionRequired('shop.can_do_something', { raiseException: true }), async (req, res) =>
  res.send(await something(context(req))),
)

app.use(errors())
