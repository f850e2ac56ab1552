/**
 * portcullis in Express, as an application would write it.
 * @module
 */

import { createServer } from 'node:http'
import express from 'express'
import { Client } from 'pg'
import { forExpress } from '../../../src/express.js'
import { readTask, report } from '../reporting.js'
import { openSite } from '../site.js'

const { place, seed } = readTask()
const auth = openSite(place, seed)
const { site, permissionRequired, userOf } = forExpress(auth)
type User = typeof auth.$types.User

const app = express()
app.disable('x-powered-by')
app.set('etag', false)
app.use(site())
app.get('/', (request, response) => {
  const { user } = auth.requestOf(request)
  response.json({ user: user.isAuthenticated ? shown(user) : null })
})
app.get('/product', permissionRequired('shop.change_product', { raiseException: true }), (request, response) => {
  response.json({ user: shown(userOf(request)) })
})
app.post('/login', express.json(), async (request, response) => {
  const user = await auth.authenticate(request, request.body as { username: string; password: string })
  if (user === null) {
    response.status(401).json({ error: 'invalid_login' })
    return
  }
  await auth.login(request, user)
  response.json({ user: shown(user) })
})

function shown({ id, username, email }: User): object {
  return { id, username, email }
}

report(createServer(app), [Client.prototype])
