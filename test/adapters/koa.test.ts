import { createServer } from 'node:http'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forKoa, type KoaContext } from '../../src/koa.js'
import { Visitor } from './client.js'
import { conform } from './conformance.js'
import { koaSubject } from './harness/koa.js'
import { running } from './harness/parts.js'
import { stageFor } from './stage.js'

conform(koaSubject)

describe('forKoa', () => {
  const stage = stageFor(koaSubject)

  async function visitorOf(handler: (context: KoaContext) => unknown): Promise<Visitor> {
    const app = new Koa()
    app.silent = true
    app.use(forKoa(stage.shop).site())
    app.use(async (context) => void (await handler(context)))
    const server = await running(createServer(app.callback() as (request: unknown, response: unknown) => void))
    onTestFinished(() => server.stop())
    return new Visitor(server.send)
  }

  test('a handler that answers past Koa has cookies and headers too', async () => {
    const visitor = await visitorOf((context) => {
      stage.shop.requestOf(context).session.set('count', 1)
      Object.assign(context, { respond: false })
      context.res.writeHead(200, { 'content-type': 'text/plain' })
      context.res.end('raw')
    })
    const answer = await visitor.get('/')
    expect([answer.text, answer.headers.getSetCookie().length, answer.headers.get('x-frame-options')]).toEqual(['raw', 1, 'DENY'])
  })

  test('an error that says its status is answered by Koa, with our headers', async () => {
    const visitor = await visitorOf((context) => {
      stage.shop.requestOf(context).session.set('count', 1)
      throw Object.assign(new Error('no such product'), { status: 404, expose: true })
    })
    const answer = await visitor.get('/')
    expect([answer.status, answer.text, answer.headers.get('x-frame-options')]).toEqual([404, 'no such product', 'DENY'])
  })

  test('a refusal after JSON was begun is a refusal', async () => {
    const { loginRequired } = forKoa(stage.shop)
    const visitor = await visitorOf(async (context) => {
      context.body = { secret: 1 }
      await loginRequired()(context, async () => undefined)
    })
    const answer = await visitor.get('/')
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([302, '', null])
  })

  test.each(['http://localhost%61bout', 'http://localhost;about', 'http://localhost:about/', 'http://a@b/'])(
    'F9: %s is not the home page, whatever Koa reads in it',
    async (target) => {
      const app = new Koa()
      app.use(forKoa(stage.shop).site({}, { loginRequired: { except: ['/'] } }))
      app.use((context) => void (context.body = context.path))
      const server = await running(createServer(app.callback() as (request: unknown, response: unknown) => void))
      onTestFinished(() => server.stop())
      const visitor = new Visitor(server.send)
      expect((await visitor.get('/')).text).toBe('/')
      for (const home of ['http://localhost', 'http://localhost:80/', 'http://[::1]?x']) expect((await visitor.get(home)).text).toBe('/')
      expect([302, 400]).toContain((await visitor.get(target)).status)
    },
  )

  test('everything that a request is known by names the same visitor', async () => {
    const visitor = await visitorOf((context) => {
      const found = [context, context.request, context.req].map((one) => stage.shop.requestOf(one))
      context.body = String(new Set(found).size)
    })
    expect((await visitor.get('/')).text).toBe('1')
  })
})
