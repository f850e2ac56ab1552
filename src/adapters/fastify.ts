/**
 * Fastify 5: a plugin that opens every request, `request.user` and `request.session`, guards as hooks, the account pages below a path.
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { GuardCheck, GuardMark } from '../authentication/guards.js'
import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Portcullis, SiteTypes, UserIn } from '../site.js'
import { FastifyBody, parseForms } from './fastify-body.js'
import { noteRoute } from './fastify-routes.js'
import { filledBase, marked, outerPath, SettledMounts, type Mounts, type SiteMiddlewareOptions } from './mounts.js'
import { NodeHead } from './node-request.js'
import { watchResponse } from './node-response.js'
import { loggedInUser, siteGuards, type SiteGuards } from './site-guards.js'

/** A request of Fastify, as far as it is read here. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly routeOptions: { readonly config: object }
  body: unknown
}

/** A reply of Fastify, as far as it is used here. */
export interface FastifyReplyLike {
  readonly raw: ServerResponse
  readonly statusCode: number
  code(status: number): unknown
  header(name: string, value: string): unknown
  send(payload?: unknown): unknown
  removeHeader(name: string): unknown
}

/** An instance of Fastify, as far as it is used here. */
export interface FastifyLike {
  readonly server: object
  readonly prefix: string
  addHook(name: string, hook: (...args: never[]) => unknown): unknown
  decorateRequest(name: string, value: unknown): unknown
  hasRequestDecorator(name: string): boolean
  hasContentTypeParser(type: string): boolean
  addContentTypeParser(type: string, parser: (...args: never[]) => unknown): unknown
  removeContentTypeParser(type: string): void
  removeAllContentTypeParsers(): void
  register(plugin: never): unknown
  all(path: string, options: object, handler: (...args: never[]) => unknown): unknown
}

/** A plugin of Fastify. */
export type FastifyPlugin = (instance: FastifyLike, options: unknown, done: (error?: Error) => void) => void

/** A hook of Fastify: `{ preHandler: loginRequired() }`, or `onRequest`. */
export type FastifyHook = (request: FastifyRequestLike, reply: FastifyReplyLike, done: (error?: Error) => void) => void

/** A site for Fastify. */
export interface FastifySite<S extends SiteTypes> extends SiteGuards<S, FastifyHook> {
  /**
   * Makes the plugin: session, user, forged requests, headers for every route of the instance that registers it; pages below their
   * paths. A route says of itself whether it needs a login: `config: { loginRequired: false }`, or true.
   */
  site(mounts?: Mounts, options?: SiteMiddlewareOptions): FastifyPlugin
  /** The user of a request, typed; behind `loginRequired` nobody else comes. Throws where nobody is logged in. */
  userOf(request: FastifyRequestLike): UserIn<S>
}

type Done = (error?: unknown, value?: unknown) => void

/** Marks the routes of pages, which check what stands against a request themselves. */
const PAGES = Symbol('portcullis pages')

/**
 * Makes a site's plugin and hooks for Fastify.
 *
 * @example
 * import fastify from 'fastify'
 *
 * const { site, loginRequired, userOf } = forFastify(auth)
 * const app = fastify()
 * await app.register(site({ '/accounts': auth.pages() }))
 * app.get('/', { preHandler: loginRequired() }, async (request) => `Hello ${userOf(request).username}`)
 */
export function forFastify<S extends SiteTypes>(auth: Portcullis<S>): FastifySite<S> {
  const { requests, bind } = auth.internals
  const requestOf = (request: object): SiteRequest => auth.requestOf(request) as unknown as SiteRequest

  const guard = (check: GuardCheck, mark: GuardMark): FastifyHook =>
    marked((request: FastifyRequestLike, reply: FastifyReplyLike, done: (error?: Error) => void): void => {
      const visitor = requestOf(request)
      Promise.resolve(check(visitor))
        .then(async (refusal) => (refusal === null ? done() : sendReply(reply, await requests.refuse(visitor, refusal))))
        .catch(done)
    }, mark)

  const plugin = (instance: FastifyLike, mounts: SettledMounts): void => {
    const bodies = new WeakMap<object, FastifyBody>()
    const refusals = new WeakMap<object, Refusal>()
    addFields(instance, requestOf)

    // Hooks with `done`: an asynchronous one goes on to the handler, whatever it has sent, while the answer is still on its way.
    instance.addHook('onRequest', (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => {
      open(request, reply, mounts, bodies).then((answer) => (answer === null ? done() : sendReply(reply, answer)), done)
    })
    instance.addHook('preParsing', (request: object, _reply: unknown, payload: AsyncIterable<Uint8Array>, done: Done) => {
      done(null, bodies.get(request)?.replay(payload))
    })
    // Only now, when the body is read: the stream leaves whatever was known before it.
    instance.addHook('preHandler', (request: object, _reply: unknown, done: Done) => requests.acting(requestOf(request), done))
    // A refusal that a handler throws is noted before error handlers see it, and said in our words where they have none of their own.
    instance.addHook('onError', (request: object, _reply: unknown, error: unknown, done: Done) => {
      const refusal = requests.refusalFor(error)
      if (refusal !== null) refusals.set(request, refusal)
      done()
    })
    instance.addHook('onSend', (request: object, reply: FastifyReplyLike, payload: unknown, done: Done) => {
      const refusal = refusals.get(request)
      if (refusal === undefined || !(reply.statusCode === 500 || isFastifyError(payload))) return done(null, payload)
      reply.removeHeader('content-length')
      requests.refuse(requestOf(request), refusal).then((answer) => done(null, contentOf(reply, answer) ?? ''), done)
    })
    instance.addHook('onRoute', (route: object) =>
      noteRoute(instance.server, route, mounts, PAGES in ((route as { readonly config?: object }).config ?? {})),
    )

    parseForms(instance, async (request) => requestOf(request).readBody())
    const pages: FastifyPlugin = (scope, _options, done) => {
      leaveBodies(scope)
      const answer = async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> =>
        sendReply(reply, await respond(request, scope.prefix, mounts))
      for (const [base] of mounts.list) for (const path of [base, `${base}/*`]) scope.all(path, { config: { [PAGES]: true } }, answer)
      done()
    }
    instance.register(pages as never)
  }

  /** Opens a request. Gives the answer where the handler is not to be called. */
  const open = async (request: FastifyRequestLike, reply: FastifyReplyLike, mounts: SettledMounts, bodies: WeakMap<object, FastifyBody>) => {
    const body = new FastifyBody(request)
    bodies.set(request, body)
    const opened = await requests.open(new NodeHead(request.raw), body, request)
    if (opened instanceof Response) return opened
    for (const raw of [request, request.raw]) bind(raw, opened)
    // At the raw response, so that streams, and replies that a handler took over, are saved and sent alike.
    watchResponse(requests, opened, reply.raw)
    const { config } = request.routeOptions
    if (PAGES in config) return null
    const refusal = await requests.refusalBefore(opened, gateFor(opened, config, mounts))
    return refusal === null ? null : requests.refuse(opened, refusal)
  }

  /** The router reads paths more kindly than pages do (F9), so it is asked again whose a path is. */
  const respond = async (request: FastifyRequestLike, prefix: string, mounts: SettledMounts): Promise<Response> => {
    const visitor = requestOf(request)
    const [routed = '/'] = (request.raw.url ?? '/').split('?')
    // `rewriteUrl` may have cut a path off before the router saw it.
    const mount = mounts.find(visitor.path, outerPath(visitor.path, routed) + filledBase(routed, prefix))
    if (mount === null) return requests.refuse(visitor, { status: 404, code: 'not_found' })
    const [base, pages] = mount
    return requests.answer(visitor, (one) => pages.respond(one, base), pages.bodyLimits)
  }

  const gateFor = (opened: SiteRequest, config: { readonly loginRequired?: unknown }, mounts: SettledMounts): GuardCheck | null => {
    if (config.loginRequired === false) return null
    return config.loginRequired === true ? requests.guards.loginRequired() : mounts.gateFor(opened)
  }

  return {
    site(mounts, options) {
      const settled = new SettledMounts(requests, mounts, options)
      const made: FastifyPlugin = (instance, _options, done) => {
        // A plugin that takes `done` and throws would not be heard of by who waits for the application.
        try {
          plugin(instance, settled)
        } catch (error) {
          return done(error as Error)
        }
        done()
      }
      return Object.assign(made, {
        // Hooks are for the instance that registers us, not for a child of it.
        [Symbol.for('skip-override')]: true,
        [Symbol.for('fastify.display-name')]: 'portcullis',
        [Symbol.for('plugin-meta')]: { name: 'portcullis', fastify: '5.x' },
      })
    },
    userOf: (request) => loggedInUser(auth, request),
    ...siteGuards<S, FastifyHook>(requests, guard),
  }
}

/** Sends a web response as a reply. Fastify takes web responses as they are, but not for HEAD. */
export function sendReply(reply: FastifyReplyLike, response: Response): unknown {
  return reply.send(contentOf(reply, response))
}

/** `request.user` and its neighbours, looked up when somebody asks. */
function addFields(instance: FastifyLike, requestOf: (request: object) => SiteRequest): void {
  for (const name of ['user', 'session', 'csrfToken']) {
    if (!instance.hasRequestDecorator(name)) continue
    throw new ImproperlyConfigured(
      `Another plugin has put “request.${name}” here, and handlers would not know whose it is. Register only one of the two.`,
    )
  }
  instance.decorateRequest('user', { getter: fieldOf(requestOf, ({ user }) => user) })
  instance.decorateRequest('session', { getter: fieldOf(requestOf, ({ session }) => session) })
  instance.decorateRequest(
    'csrfToken',
    fieldOf(requestOf, (opened) => opened.csrfToken()),
  )
}

function fieldOf<T>(requestOf: (request: object) => SiteRequest, read: (opened: SiteRequest) => T): (this: object) => T {
  return function (this: object): T {
    return read(requestOf(this))
  }
}

/** Pages read their forms themselves. */
function leaveBodies(scope: FastifyLike): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request: unknown, _payload: unknown, done: Done) => done(null))
}

/** Puts the head of a web response into a reply, and gives its content. */
function contentOf(reply: FastifyReplyLike, response: Response): Readable | undefined {
  reply.code(response.status)
  for (const [name, value] of response.headers) reply.header(name, value)
  return response.body === null ? undefined : Readable.fromWeb(response.body as never)
}

/** What Fastify's own error handler makes. */
function isFastifyError(payload: unknown): boolean {
  return typeof payload === 'string' && payload.startsWith('{"statusCode":')
}
