/**
 * What the harnesses share.
 * @module
 */

import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { plainFields } from '../../../src/adapters/node-request.js'
import type { Shop } from '../../support/shop.js'
import { isStream, type Call, type Guard, type Reply } from '../application.js'
import { overSocket } from '../client.js'
import type { Running } from '../subject.js'

/** Listens on a free port. */
export async function listen(listener: RequestListener): Promise<Running> {
  return running(createServer(listener))
}

/** The same for a server that a framework made, asked from another address of loopback where one is given. */
export async function running(server: Server, from?: string): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    send: overSocket(typeof address === 'object' && address !== null ? address.port : 0, from),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What a framework has for a handler, wherever it keeps it. */
interface Given {
  readonly shop: Shop
  readonly request: object
  /** Where the adapter put user and session. */
  readonly fields: object
  readonly target: string
  readonly bytes: () => AsyncIterable<Uint8Array>
  /** What the framework's parser made of the body; undefined where there is none. */
  readonly body?: () => unknown
}

/** What a handler is given. */
export function callOf({ shop, request, fields, target, bytes, body }: Given): Call {
  const site = fields as Pick<Call, 'user' | 'session' | 'csrfToken'>
  return {
    request,
    get user() {
      return site.user
    },
    get session() {
      return site.session
    },
    query: new URL(target, 'http://localhost').searchParams,
    csrfToken: () => site.csrfToken(),
    body: async () => (await body?.()) ?? plainFields(await shop.requestOf(request).readBody()),
    bytes,
  }
}

/** A reply's body as Node sends it. */
export function nodeBodyOf({ body }: Reply): string | Readable | undefined {
  if (body === undefined || typeof body === 'string') return body
  return isStream(body) ? Readable.from(body, { objectMode: false }) : JSON.stringify(body)
}

/** A reply as a web response. */
export function responseOf({ status = 200, headers = {}, body }: Reply): Response {
  if (body === undefined || typeof body === 'string')
    return new Response(body ?? null, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
  if (!isStream(body)) return Response.json(body, { status, headers })
  const encoder = new TextEncoder()
  const stream = ReadableStream.from(body).pipeThrough(
    new TransformStream<string, Uint8Array>({ transform: (text, controller) => controller.enqueue(encoder.encode(text)) }),
  )
  return new Response(stream, { status, headers })
}

/** The guards of an adapter, as it makes them. */
interface Guards<G> {
  loginRequired(): G
  permissionRequired(permissions: never, options?: object): G
  userPassesTest(test: never): G
}

/** What stands before a route, as this adapter makes it. */
export function guardsOf<G>(guards: Guards<G>, guard: Guard | undefined, open?: () => G): G[] {
  switch (guard?.kind) {
    case 'login':
      return [guards.loginRequired()]
    case 'permission':
      return [guards.permissionRequired(guard.permissions as never, guard.options)]
    case 'test':
      return [guards.userPassesTest(guard.test as never)]
    case 'open':
      return open === undefined ? [] : [open()]
    case undefined:
      return []
  }
}
