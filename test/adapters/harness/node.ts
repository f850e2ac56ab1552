/**
 * The application in plain node:http.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { forNode, type SiteListener } from '../../../src/node.js'
import type { Shop } from '../../support/shop.js'
import { routes, type Reply, type Route } from '../application.js'
import type { Setup, Subject } from '../subject.js'
import { callOf, nodeBodyOf, running } from './parts.js'

type Listener = SiteListener<Shop['$types']['Visitor']>

export const nodeSubject: Subject = {
  name: 'node:http',
  cannot: {
    parser: 'plain Node has none',
    below: 'plain Node has no mounting',
    open: 'the site asks before the listener knows the route: `except` names it',
  },
  async start(setup) {
    const first = listenerOf(setup)
    const { beside } = setup
    const second = beside === undefined ? null : listenerOf({ shop: beside.shop, mounts: {} }, beside.path)
    return running(
      createServer((request, response) =>
        (second !== null && request.url?.startsWith(`${beside?.path}/`) === true ? second : first)(request, response),
      ),
    )
  },
}

function listenerOf({ shop, mounts, options }: Setup, base = ''): (request: IncomingMessage, response: ServerResponse) => void {
  const adapter = forNode(shop)
  const table = new Map(routes.map((route) => [`${route.method} ${base}${route.path}`, guarded(shop, route)]))
  const listener: Listener = (request, response) => {
    const path = (request.url ?? '/').split('?')[0]
    const found = table.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`)
    if (found !== undefined) return found(request, response)
    response.statusCode = 404
    return response.end('nothing here')
  }
  return adapter.site(mounts, listener, options)
}

function guarded(shop: Shop, { guard, handler }: Route): Listener {
  const adapter = forNode(shop)
  const listener: Listener = async (request, response) =>
    send(response, await handler(shop, callOf({ shop, request, fields: request, target: request.url ?? '/', bytes: () => request })))
  switch (guard?.kind) {
    case 'login':
      return adapter.loginRequired(listener)
    case 'permission':
      return adapter.permissionRequired(guard.permissions, listener, guard.options)
    case 'test':
      return adapter.userPassesTest(guard.test, listener)
    default:
      return listener
  }
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const body = nodeBodyOf(reply)
  const headers = {
    ...(typeof body === 'string' ? { 'content-type': typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json' } : {}),
    ...reply.headers,
  }
  response.writeHead(reply.status ?? 200, headers)
  if (body === undefined || typeof body === 'string') response.end(body)
  else await pipeline(body, response)
}
