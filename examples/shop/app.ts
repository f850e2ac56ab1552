/**
 * The shop in Express: the site first, then routes with their guards.
 * @module
 */

import { fileURLToPath } from 'node:url'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { forExpress, type RequestFields } from 'portcullis/express'
import { admin } from './admin.js'
import { auth } from './auth.js'
import { addProduct, home, members, sentence, something } from './pages.js'
import { keepProduct } from './products.js'

declare global {
  namespace Express {
    /** `req.user`, `req.session` and `req.csrfToken()`, typed for the whole application. */
    interface Request extends RequestFields<typeof auth> {}
  }
}

const { site, loginRequired, permissionRequired, userOf, errors } = forExpress(auth)

export const app: Express = express()
app.disable('x-powered-by')

app.use('/static', express.static(fileURLToPath(new URL('static', import.meta.url))))

// Sessions, protection against forged requests, headers, `req.user`; and the account pages and the admin.
app.use(site({ '/accounts': auth.pages(), '/admin': admin }))
app.use(express.urlencoded({ extended: false }))

app.get('/', async (req, res) => res.send(await home(req)))

app.get('/members/', loginRequired(), async (req, res) => res.send(await members(req, userOf(req))))

// Who lacks the permission is sent to the login page: perhaps they have another account that has it.
app.get('/products/add/', permissionRequired('shop.add_product'), async (req, res) => res.send(await addProduct(req)))

app.post('/products/add/', permissionRequired('shop.add_product'), async (req, res) => {
  const refused = await keepProduct(req.body)
  if (refused === null) res.redirect(303, '/')
  else res.status(422).send(await addProduct(req, refused))
})

// Here who lacks it is told so.
app.get('/something/', permissionRequired('shop.can_do_something', { raiseException: true }), async (req, res) => res.send(await something(req)))

app.use(async (req, res) => res.status(404).send(await sentence('There is nothing here', 'The address may have a slip in it.', req)))

const broken: ErrorRequestHandler = async (error: unknown, req, res, next) => {
  console.error(error)
  if (res.headersSent) next(error)
  else res.status(500).send(await sentence('Something broke', 'It is not your fault. Trying again a little later may help.', req))
}
app.use(errors(), broken)
