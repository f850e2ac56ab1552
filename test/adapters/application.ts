/**
 * The application that every adapter carries in its tests: the same routes and handlers, said in no framework's words. A harness says them
 * in its framework's own.
 * @module
 */

import type { RequestSession } from '../../src/sessions/request-session.js'
import { PermissionDenied } from '../../src/index.js'
import type { Mountable } from '../../src/authentication/handle.js'
import type { PermissionGuardOptions } from '../../src/authentication/guards.js'
import type { Shop } from '../support/shop.js'

type Visitor = Shop['$types']['Visitor']
type Permission = Shop['$types']['Permission']

/** What a handler is given. */
export interface Call {
  /** Whatever the framework hands its handlers: `auth.login()` takes it. */
  readonly request: object
  readonly user: Visitor
  readonly session: RequestSession
  readonly query: URLSearchParams
  csrfToken(): string
  /** The fields of the body, read as handlers of this framework read it. */
  body(): Promise<unknown>
  /** The bytes of a body that nobody parses. */
  bytes(): AsyncIterable<Uint8Array>
}

/** What a handler answers. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text, a value that is sent as JSON, or a stream. */
  readonly body?: string | object | AsyncIterable<string>
}

/** What stands before a handler. */
export type Guard =
  | { readonly kind: 'login' }
  | { readonly kind: 'permission'; readonly permissions: Permission | readonly Permission[]; readonly options?: PermissionGuardOptions }
  | { readonly kind: 'test'; readonly test: (user: Visitor) => boolean | Promise<boolean> }
  | { readonly kind: 'open' }

/** A route. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly guard?: Guard
  readonly handler: (shop: Shop, call: Call) => Reply | Promise<Reply>
}

/** Requests that wait until a test lets them go on. */
export const gates = new Map<string, { readonly arrived: () => void; readonly opened: Promise<void> }>()

/** Whether a value is a stream of a reply's. */
export function isStream(body: Reply['body']): body is AsyncIterable<string> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

/** How often the handler behind each guard ran. */
export const visits = { count: 0 }

const guarded = ({ user }: { readonly user: Visitor }): Reply => {
  visits.count += 1
  return { body: `Hello ${user.getUsername()}` }
}

/** Every route, by its path. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/plain', handler: () => ({ body: 'plain' }) },
  { method: 'GET', path: '/who', handler: (_shop, { user }) => ({ body: { username: user.getUsername(), isAuthenticated: user.isAuthenticated } }) },
  { method: 'GET', path: '/token', handler: (_shop, { csrfToken }) => ({ body: csrfToken() }) },
  {
    method: 'GET',
    path: '/address',
    handler: (shop, { request }) => {
      const { address, isSecure, host, url, path } = shop.requestOf(request)
      return { body: { address, isSecure, host, url, path } }
    },
  },
  {
    method: 'POST',
    path: '/login',
    handler: async (shop, { request, query, csrfToken }) => {
      const user = await shop.authenticate(request, { username: query.get('username') ?? '', password: 'notes' })
      if (user === null) return { status: 422, body: 'no' }
      await shop.login(request, user)
      return { body: { welcome: user.username, ...(query.has('token') ? { token: csrfToken() } : {}) } }
    },
  },
  {
    method: 'POST',
    path: '/logout',
    handler: async (shop, { request }) => {
      await shop.logout(request)
      return { body: 'bye' }
    },
  },

  // Guards.
  { method: 'GET', path: '/private', guard: { kind: 'login' }, handler: (_shop, call) => guarded(call) },
  { method: 'POST', path: '/private', guard: { kind: 'login' }, handler: (_shop, call) => guarded(call) },
  { method: 'GET', path: '/add', guard: { kind: 'permission', permissions: 'shop.add_product' }, handler: (_shop, call) => guarded(call) },
  {
    method: 'GET',
    path: '/add-or-403',
    guard: { kind: 'permission', permissions: 'shop.add_product', options: { raiseException: true } },
    handler: (_shop, call) => guarded(call),
  },
  {
    method: 'GET',
    path: '/all',
    guard: { kind: 'permission', permissions: ['shop.add_product', 'shop.delete_product'] },
    handler: (_shop, call) => guarded(call),
  },
  {
    method: 'GET',
    path: '/any',
    guard: { kind: 'permission', permissions: ['shop.add_product', 'shop.delete_product'], options: { match: 'any' } },
    handler: (_shop, call) => guarded(call),
  },
  { method: 'GET', path: '/staff', guard: { kind: 'test', test: async (user) => user.isStaff }, handler: (_shop, call) => guarded(call) },
  { method: 'GET', path: '/open', guard: { kind: 'open' }, handler: () => ({ body: 'open' }) },

  // Bodies.
  { method: 'POST', path: '/echo', handler: async (_shop, { body }) => ({ body: { fields: await body() } }) },
  {
    method: 'POST',
    path: '/files',
    handler: async (shop, { request }) => {
      const { fields, files } = await shop.requestOf(request).readBody()
      const [file] = files.get('picture') ?? []
      return { body: { title: fields.get('title')?.[0], name: file?.name, size: file?.size } }
    },
  },
  {
    method: 'POST',
    path: '/bytes',
    handler: async (_shop, { bytes }) => {
      let size = 0
      for await (const chunk of bytes()) size += chunk.length
      return { body: { size } }
    },
  },

  // Sessions and answers.
  {
    method: 'GET',
    path: '/count',
    handler: (_shop, { session }) => {
      const count = Number(session.get('count') ?? 0) + 1
      session.set('count', count)
      return { body: { count } }
    },
  },
  { method: 'GET', path: '/look', handler: (_shop, { session }) => ({ body: { count: session.get('count') ?? null } }) },
  {
    method: 'GET',
    path: '/slow',
    handler: async (_shop, { session, query }) => {
      const gate = gates.get(query.get('gate') ?? '')
      gate?.arrived()
      await gate?.opened
      session.set('count', 'from the slow request')
      return { body: 'the handler thinks that this was kept', headers: { 'x-of-the-handler': 'yes', 'content-disposition': 'inline' } }
    },
  },
  {
    method: 'GET',
    path: '/stream',
    handler: (_shop, { session, query }) => {
      if (query.has('count')) session.set('count', 'streamed')
      const gate = gates.get(query.get('gate') ?? '')
      return { body: chunks(gate?.opened), headers: { 'content-type': 'text/plain; charset=utf-8' } }
    },
  },
  {
    method: 'GET',
    path: '/denied',
    handler: (_shop, { session }) => {
      session.set('count', 'denied')
      throw new PermissionDenied({ reason: 'a secret reason' })
    },
  },
  {
    method: 'GET',
    path: '/broken',
    handler: (_shop, { session }) => {
      session.set('count', 'broken')
      throw new Error('a secret fault')
    },
  },
  {
    method: 'GET',
    path: '/answers-500',
    handler: (_shop, { session }) => {
      session.set('count', 'broken')
      return { status: 500, body: 'broken' }
    },
  },
  {
    method: 'GET',
    path: '/cookie',
    handler: (_shop, { session }) => {
      session.set('count', 'cookie')
      return { body: 'cookie', headers: { 'set-cookie': 'theme=dark; Path=/', vary: 'Accept-Language' } }
    },
  },
  {
    method: 'GET',
    path: '/own-headers',
    handler: (_shop, { user }) => ({
      body: user.getUsername(),
      headers: { 'cache-control': 'private, max-age=5', 'x-frame-options': 'SAMEORIGIN', vary: 'cookie' },
    }),
  },
  { method: 'GET', path: '/no-content', handler: (_shop, { session }) => (session.set('count', 204), { status: 204 }) },
  { method: 'GET', path: '/not-modified', handler: (_shop, { session }) => (session.set('count', 304), { status: 304, headers: { etag: '"one"' } }) },
  { method: 'GET', path: '/moved', handler: (_shop, { session }) => (session.set('count', 302), { status: 302, headers: { location: '/plain' } }) },
]

async function* chunks(opened: Promise<void> | undefined): AsyncGenerator<string> {
  yield 'first '
  await opened
  yield 'second '
  // More than any buffer on the way holds.
  for (let index = 0; index < 40; index += 1) yield 'x'.repeat(10_000)
  yield ' last'
}

/** Pages as the site has them: below a path, in the web's own terms. */
export const tinyPages: Mountable = {
  bodyLimits: { totalBytes: 2000 },
  async respond(request, base) {
    const path = request.path.slice(base.length)
    if (path === '/hello/') return new Response(`pages at ${base} for ${request.user.getUsername() || 'nobody'}`)
    if (path === '/count/') {
      request.session.set('count', 'pages')
      return new Response('kept')
    }
    if (path === '/form/' && request.method === 'POST') {
      const { fields } = await request.readBody()
      return Response.json({ name: fields.get('name')?.[0] })
    }
    if (path === '/picture/') return new Response(new Uint8Array([0, 255, 13, 10]), { headers: { 'content-type': 'image/png' } })
    if (path === '/broken/') throw new Error('a secret fault')
    return new Response('no such page', { status: 404 })
  },
}
