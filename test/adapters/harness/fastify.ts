/**
 * The application in Fastify 5.
 * @module
 */

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { forFastify } from '../../../src/fastify.js'
import { routes, type Reply } from '../application.js'
import type { Running, Setup, Subject } from '../subject.js'
import { callOf, guardsOf, nodeBodyOf, running } from './parts.js'

export const fastifySubject: Subject = {
  name: 'Fastify 5',
  async start(setup) {
    const app = await made(setup)
    const server = await running(app.server)
    return stopping(app, server)
  },
}

/** Fastify without a socket: its own `inject()`. */
export const injectSubject: Subject = {
  name: 'Fastify, inject()',
  cannot: { wire: 'there is no socket', streams: 'inject() waits for the end' },
  async start(setup) {
    const app = await made(setup)
    return stopping(app, {
      async send({ method, target, headers, body }) {
        const parts: Uint8Array[] = []
        if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) for await (const part of body) parts.push(part)
        const payload =
          body === undefined ? undefined : typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body as string) : Buffer.concat(parts)
        const answer = await app.inject({
          method: method as 'GET',
          url: target,
          headers: Object.fromEntries(headers),
          ...(payload === undefined ? {} : { payload }),
        })
        const answered = new Headers()
        for (const [name, value] of Object.entries(answer.headers)) for (const one of [value].flat()) answered.append(name, String(one))
        return { status: answer.statusCode, headers: answered, chunks: ReadableStream.from([answer.rawPayload]) }
      },
      stop: async () => undefined,
    })
  },
}

async function made(setup: Setup): Promise<FastifyInstance> {
  const app = fastify()
  const { beside } = setup
  if (beside !== undefined) await app.register(async (scope) => fill(scope, { shop: beside.shop, mounts: {} }), { prefix: beside.path })
  const register = async (scope: FastifyInstance, [path, ...inner]: readonly string[]): Promise<void> => {
    if (path === undefined) return fill(scope, setup)
    await scope.register(async (child) => register(child, inner), { prefix: path })
  }
  // A root that has a site has it for all below.
  if (beside === undefined) await register(app, setup.below ?? [])
  else await app.register(async (scope) => register(scope, setup.below ?? []))
  await app.ready()
  return app
}

function stopping(app: FastifyInstance, server: Running): Running {
  return {
    send: server.send,
    async stop() {
      await server.stop()
      await app.close()
    },
  }
}

async function fill(scope: FastifyInstance, { shop, mounts, options, parser }: Setup): Promise<void> {
  const adapter = forFastify(shop)
  // What `@fastify/formbody` does.
  const parse = (): void => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
  }
  if (parser === 'before') parse()
  await scope.register(adapter.site(mounts, options))
  if (parser === 'after') parse()
  scope.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
  for (const { method, path, guard, handler } of routes) {
    scope.route({
      method,
      url: path,
      preHandler: guardsOf(adapter, guard),
      ...(guard?.kind === 'open' ? { config: { loginRequired: false } } : {}),
      handler: async (request, reply) => {
        const bytes = (): AsyncIterable<Uint8Array> => request.body as AsyncIterable<Uint8Array>
        const call = callOf({ shop, request, fields: request, target: request.url, bytes, body: () => request.body })
        return send(request, reply, await handler(shop, call))
      },
    })
  }
}

function send(_request: FastifyRequest, reply: FastifyReply, made: Reply): FastifyReply {
  const body = nodeBodyOf(made)
  if (typeof body === 'string') reply.type(typeof made.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json')
  return reply
    .code(made.status ?? 200)
    .headers(made.headers ?? {})
    .send(body)
}
