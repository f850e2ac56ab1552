/**
 * portcullis on plain node:http, as an application would write it.
 * @module
 */

import { createServer, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { Client } from 'pg'
import { forNode } from '../../../src/node.js'
import { readTask, report } from '../reporting.js'
import { openSite } from '../site.js'

const { place, seed } = readTask()
const auth = openSite(place, seed)
const { site, permissionRequired } = forNode(auth)
type User = typeof auth.$types.User

const product = permissionRequired('shop.change_product', (request, response) => send(response, 200, { user: shown(request.user) }), {
  raiseException: true,
})

const server = createServer(
  site({}, async (request, response) => {
    if (request.method === 'POST') {
      const { username, password } = (await json(request)) as { username: string; password: string }
      const user = await auth.authenticate(request, { username, password })
      if (user === null) return send(response, 401, { error: 'invalid_login' })
      await auth.login(request, user)
      return send(response, 200, { user: shown(user) })
    }
    if (request.url === '/product') return product(request, response)
    const { user } = request
    return send(response, 200, { user: user.isAuthenticated ? shown(user) : null })
  }),
)

function shown({ id, username, email }: User): object {
  return { id, username, email }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

report(server, [Client.prototype])
