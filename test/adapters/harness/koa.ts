/**
 * The application in Koa, with a router and a mount of a few lines.
 * @module
 */

import { createServer } from 'node:http'
import Koa from 'koa'
import { text } from 'node:stream/consumers'
import { forKoa, type KoaContext, type KoaMiddleware } from '../../../src/koa.js'
import { routes, type Reply } from '../application.js'
import type { Setup, Subject } from '../subject.js'
import { callOf, guardsOf, nodeBodyOf, running } from './parts.js'

export const koaSubject: Subject = {
  name: 'Koa',
  cannot: { open: 'the site asks before Koa knows the route: `except` names it' },
  async start(setup) {
    const app = new Koa()
    app.silent = true
    const { beside } = setup
    if (beside !== undefined) app.use(mounted(beside.path, composed(middlewareOf({ shop: beside.shop, mounts: {} }))))
    const whole = [...(setup.below ?? [])].reverse().reduce((inner, path) => mounted(path, inner), composed(middlewareOf(setup)))
    app.use(whole)
    return running(createServer(app.callback() as (request: unknown, response: unknown) => void))
  },
}

function middlewareOf({ shop, mounts, options, parser }: Setup): KoaMiddleware[] {
  const adapter = forKoa(shop)
  const table = new Map(
    routes.map(({ method, path, guard, handler }) => {
      const answer: KoaMiddleware = async (context) => {
        const { state, originalUrl, request, req } = context
        const call = callOf({ shop, request: context, fields: state, target: originalUrl, bytes: () => req, body: () => (request as Parsed).body })
        send(context, await handler(shop, call))
      }
      return [`${method} ${path}`, composed([...guardsOf(adapter, guard), answer])]
    }),
  )
  const router: KoaMiddleware = async (context, next) => {
    const found = table.get(`${context.req.method === 'HEAD' ? 'GET' : context.req.method} ${context.path}`)
    await (found === undefined ? next() : found(context, next))
  }
  const site = adapter.site(mounts, options)
  return parser === 'before' ? [parse, site, router] : parser === 'after' ? [site, parse, router] : [site, router]
}

interface Parsed {
  body?: unknown
}

/** As Koa's parsers do it. */
const parse: KoaMiddleware = async (context, next) => {
  const request: Parsed = context.request
  if (request.body === undefined && context.req.method === 'POST') {
    const type = context.req.headers['content-type'] ?? ''
    if (type.startsWith('application/x-www-form-urlencoded')) request.body = Object.fromEntries(new URLSearchParams(await text(context.req)))
    else if (type.startsWith('application/json')) request.body = JSON.parse(await text(context.req)) as unknown
  }
  await next()
}

function composed(list: readonly KoaMiddleware[]): KoaMiddleware {
  return async (context, next) => {
    const call = (index: number): Promise<unknown> => (index < list.length ? (list[index]?.(context, () => call(index + 1)) ?? next()) : next())
    await call(0)
  }
}

/** As koa-mount does it. */
function mounted(path: string, inner: KoaMiddleware): KoaMiddleware {
  return async (context, next) => {
    const before = context.path
    if (before !== path && !before.startsWith(`${path}/`)) return void (await next())
    const settable = context as { path: string }
    settable.path = before.slice(path.length) || '/'
    await inner(context, async () => {
      settable.path = before
      await next()
      settable.path = before.slice(path.length) || '/'
    })
    settable.path = before
  }
}

function send(context: KoaContext, reply: Reply): void {
  const body = nodeBodyOf(reply)
  context.body = body ?? null
  if (reply.status !== undefined) context.status = reply.status
  if (typeof body === 'string') context.set('content-type', typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json')
  for (const [name, value] of Object.entries(reply.headers ?? {})) context.set(name, value)
}
