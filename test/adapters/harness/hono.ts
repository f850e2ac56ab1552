/**
 * The application in Hono: on node:http through a server of a few lines, as `@hono/node-server` is one of many, and as a bare function.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Hono, type Context } from 'hono'
import { forHono } from '../../../src/hono.js'
import { routes, type Call } from '../application.js'
import { toFunction } from '../client.js'
import type { Setup, Subject } from '../subject.js'
import { guardsOf, responseOf, running } from './parts.js'

export const honoOnNode: Subject = {
  name: 'Hono on node:http',
  async start(setup) {
    const app = made(setup)
    return running(createServer((incoming, outgoing) => void answer(app, incoming, outgoing)))
  },
}

export const honoFetch: Subject = {
  name: 'Hono, fetch()',
  cannot: { wire: 'there is no socket', socket: 'there is no socket' },
  async start(setup) {
    const app = made(setup)
    return { send: toFunction(async (request) => app.fetch(request)), stop: async () => undefined }
  },
}

/** Inside another application by `mount()`, which cuts the path off. */
export const honoMounted: Subject = {
  name: 'Hono in mount()',
  async start(setup) {
    const [path = '/mounted', ...inner] = setup.below ?? []
    const app = made({ ...setup, below: inner })
    const outer = new Hono().mount(path, app.fetch)
    return running(createServer((incoming, outgoing) => void answer(setup.below === undefined ? app : outer, incoming, outgoing)))
  },
}

function made(setup: Setup): Hono {
  const app = new Hono()
  const { beside } = setup
  if (beside !== undefined) app.route(beside.path, filled({ shop: beside.shop, mounts: {} }))
  const whole = [...(setup.below ?? [])].reverse().reduce((inner, path) => quiet(new Hono().route(path, inner)), filled(setup))
  return quiet(app.route('/', whole))
}

/** Hono prints every error of a handler. */
function quiet(app: Hono): Hono {
  return app.onError((error, c) => ('getResponse' in error ? (error.getResponse as () => Response)() : c.text('Internal Server Error', 500)))
}

function filled({ shop, mounts, options, parser }: Setup): Hono {
  const adapter = forHono(shop)
  const app = new Hono()
  // Whoever reads the body first, Hono keeps it.
  const parse = (): void =>
    void app.use(async (c, next) => {
      if (c.req.method === 'POST') await (/json/.test(c.req.header('content-type') ?? '') ? c.req.json() : c.req.parseBody())
      await next()
    })
  if (parser === 'before') parse()
  app.use(adapter.site(mounts, options))
  if (parser === 'after') parse()
  for (const { method, path, guard, handler } of routes) {
    const guards = guardsOf(adapter as never, guard, adapter.loginNotRequired as () => never)
    app.on(method, path, ...(guards as []), async (c: Context) => responseOf(await handler(shop, callOf(c))))
  }
  return app
}

function callOf(c: Context): Call {
  const variables = (): Call => c.var as Call
  return {
    request: c,
    get user() {
      return variables().user
    },
    get session() {
      return variables().session
    },
    query: new URL(c.req.url).searchParams,
    csrfToken: () => c.get('csrfToken')() as string,
    body: async () => (/json/.test(c.req.header('content-type') ?? '') ? c.req.json<unknown>() : c.req.parseBody()),
    bytes: () => c.req.raw.body ?? ReadableStream.from([]),
  }
}

async function answer(app: Hono, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming
  const address = url.startsWith('/') ? `http://${headers.host}${url}` : url
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const said = Object.entries(headers).map(([name, value]): [string, string] => [name, [value].flat().join(', ')])
  const init = { method, headers: said, ...(hasBody ? { body: Readable.toWeb(incoming), duplex: 'half' } : {}) }
  const request = requestFrom(address, init as RequestInit)
  const response = request === null ? new Response('bad request', { status: 400 }) : await app.fetch(request, { incoming, outgoing })
  const cookies = response.headers.getSetCookie()
  outgoing.writeHead(
    response.status,
    [...response.headers]
      .filter(([name]) => name !== 'set-cookie')
      .concat(cookies.map((text) => ['set-cookie', text]))
      .flat(),
  )
  if (response.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(response.body as never), outgoing)
}

/** What no URL can say is a bad request, as `@hono/node-server` has it. */
function requestFrom(address: string, init: RequestInit): Request | null {
  try {
    return new Request(address, init)
  } catch {
    return null
  }
}
