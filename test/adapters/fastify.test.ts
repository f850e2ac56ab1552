import fastify, { type FastifyInstance } from 'fastify'
import type { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forFastify } from '../../src/fastify.js'
import { PermissionDenied } from '../../src/index.js'
import { tinyPages } from './application.js'
import { Visitor } from './client.js'
import { conform } from './conformance.js'
import { fastifySubject, injectSubject } from './harness/fastify.js'
import { running } from './harness/parts.js'
import { logIn, stageFor } from './stage.js'

conform(fastifySubject)
conform(injectSubject)

describe('forFastify', () => {
  const stage = stageFor(fastifySubject)

  /** An application of a test's own, and a visitor who has a token. */
  async function started(fill: (app: FastifyInstance, site: ReturnType<typeof forFastify>) => Promise<void> | void): Promise<Visitor> {
    const app = fastify()
    const site = forFastify(stage.shop)
    app.get('/token', async (request) => stage.shop.requestOf(request).csrfToken())
    app.post<{ Querystring: { username: string } }>('/login', async (request) => {
      await stage.shop.login(request, await stage.shop.users.get({ username: request.query.username }))
      return 'welcome'
    })
    await fill(app, site as never)
    const server = await running(app.server)
    await app.ready()
    onTestFinished(async () => {
      await server.stop()
      await app.close()
    })
    const visitor = new Visitor(server.send)
    await visitor.get('/token')
    return visitor
  }

  test('a reply that the handler took over has cookies and headers, and the session is saved', async () => {
    const visitor = await started(async (app, { site }) => {
      await app.register(site())
      app.get('/raw', (request, reply) => {
        reply.hijack()
        stage.shop.requestOf(request).session.set('count', 1)
        reply.raw.writeHead(200, 'Fine', { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] })
        reply.raw.write('raw ')
        reply.raw.end('answer')
      })
      app.get('/look', async (request) => ({ count: stage.shop.requestOf(request).session.get('count') }))
    })
    const answer = await visitor.get('/raw')
    expect(answer.text).toBe('raw answer')
    expect(answer.headers.getSetCookie().map((one) => one.split('=')[0])).toEqual(['a', 'b', 'sessionid'])
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect((await visitor.get('/look')).json()).toEqual({ count: 1 })
  })

  test('an asynchronous handler that answers without returning the reply answers once', async () => {
    const visitor = await started(async (app, { site }) => {
      await app.register(site())
      app.get('/sent', async (request, reply) => {
        stage.shop.requestOf(request).session.set('count', 2)
        void reply.send('sent once')
      })
    })
    const answer = await visitor.get('/sent')
    expect([answer.status, answer.text]).toEqual([200, 'sent once'])
    expect(visitor.cookies.has('sessionid')).toBe(true)
  })

  test('a guard stands wherever a route may have hooks, and for a whole scope', async () => {
    let calls = 0
    const visitor = await started(async (app, { site, loginRequired }) => {
      await app.register(site())
      const handler = async (): Promise<string> => `called ${(calls += 1)}`
      app.get('/first', { onRequest: loginRequired() }, handler)
      app.get('/second', { preValidation: [loginRequired()] }, handler)
      await app.register(async (scope) => {
        scope.addHook('preHandler', loginRequired())
        scope.get('/scope', handler)
      })
    })
    for (const path of ['/first', '/second', '/scope']) expect((await visitor.get(path)).status).toBe(302)
    expect(calls).toBe(0)
    await logIn(visitor, 'ada')
    expect((await visitor.get('/scope')).text).toBe('called 1')
  })

  test('a guard holds although another plugin’s hooks take their time to send', async () => {
    let calls = 0
    const visitor = await started(async (app, { site, loginRequired }) => {
      await app.register(site())
      app.addHook('onSend', async (_request, _reply, payload) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return payload
      })
      app.get('/slow', { preHandler: loginRequired() }, async () => (calls += 1))
    })
    expect((await visitor.get('/slow')).status).toBe(302)
    expect((await visitor.getJson('/slow')).status).toBe(401)
    expect(calls).toBe(0)
  })

  test('a route may ask for a login by its configuration', async () => {
    const visitor = await started(async (app, { site }) => {
      await app.register(site())
      app.get('/mine', { config: { loginRequired: true } }, async () => 'mine')
    })
    expect((await visitor.get('/mine')).status).toBe(302)
    await logIn(visitor, 'ada')
    expect((await visitor.get('/mine')).text).toBe('mine')
  })

  test('routes of before the site was registered are opened too, and closed where all are', async () => {
    const visitor = await started(async (app, { site }) => {
      app.get('/early', async () => 'early')
      await app.register(site({}, { loginRequired: { except: ['/token'] } }))
    })
    expect((await visitor.get('/early')).status).toBe(302)
    expect((await visitor.get('/nowhere')).status).toBe(302)
  })

  test('F9: what is no path at all is not the home page, although the router drops its first letter', async () => {
    let calls = 0
    const visitor = await started(async (app, { site }) => {
      await app.register(site({}, { loginRequired: { except: ['/'] } }))
      app.get('/', async () => 'home')
      app.get('/mine', async () => ((calls += 1), 'mine'))
      app.get('/files/*', async () => ((calls += 1), 'a file'))
    })
    expect((await visitor.get('/')).text).toBe('home')
    expect((await visitor.get('http://localhost?x')).text).toBe('home')
    for (const target of ['*mine', '*files/1', '*', '*/mine', '*mine?x', 'ws://localhost/', 'xfiles://localhost/']) {
      const { status } = await visitor.get(target)
      expect({ target, isRefused: [302, 404].includes(status) }).toEqual({ target, isRefused: true })
    }
    expect(calls).toBe(0)
  })

  test('an error handler of the application’s own answers what it knows', async () => {
    const visitor = await started(async (app, { site }) => {
      await app.register(site())
      app.setErrorHandler((error, _request, reply) =>
        error instanceof PermissionDenied ? reply.code(418).send({ said: 'by the application' }) : reply.send(error),
      )
      app.get('/denied', async () => {
        throw new PermissionDenied()
      })
    })
    const answer = await visitor.get('/denied')
    expect([answer.status, answer.json()]).toEqual([418, { said: 'by the application' }])
  })

  test.each(['before', 'after', 'within'] as const)('a parser of forms that is registered %s the site is the one that parses', async (when) => {
    const visitor = await started(async (app, { site }) => {
      const parse = (scope: FastifyInstance): void => {
        scope.addContentTypeParser(['application/x-www-form-urlencoded', 'text/csv'], { parseAs: 'string' }, (_request, body, done) =>
          done(null, `theirs: ${String(body).length}`),
        )
      }
      if (when === 'before') parse(app)
      await app.register(site())
      if (when === 'after') parse(app)
      const routes = async (scope: FastifyInstance): Promise<void> => {
        if (when === 'within') parse(scope)
        scope.post('/echo', async (request) => ({ body: request.body }))
      }
      await app.register(routes)
      if (when === 'within') app.post('/ours', async (request) => ({ body: request.body }))
    })
    const answer = await visitor.post('/echo', { csrfmiddlewaretoken: visitor.token, a: '1' })
    expect(answer.json()).toEqual({ body: `theirs: ${`csrfmiddlewaretoken=${visitor.token}&a=1`.length}` })
    expect((await visitor.post('/echo', { csrfmiddlewaretoken: 'x', a: '1' })).status).toBe(403)
    if (when === 'within') expect((await visitor.post('/ours', { a: '1' })).json()).toMatchObject({ body: { a: '1' } })
  })

  test('a second parser for the same type is an error as ever', async () => {
    const app = fastify()
    await app.register(forFastify(stage.shop).site())
    const add = (): unknown => app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _payload, done) => done(null))
    add()
    expect(add).toThrow(/already present/)
    await app.close()
  })

  test('whoever streams all bodies reads forms too', async () => {
    const visitor = await started(async (app, { site }) => {
      await app.register(site())
      app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
      app.post('/stream', async (request) => {
        const parts: Uint8Array[] = []
        for await (const part of request.body as Readable) parts.push(part as Uint8Array)
        return { text: Buffer.concat(parts).toString() }
      })
    })
    expect((await visitor.post('/stream', { a: '1' })).json()).toEqual({ text: `csrfmiddlewaretoken=${visitor.token}&a=1` })
  })

  test('pages are found below a path that was rewritten, and no path is found that is not theirs', async () => {
    const app = fastify({
      rewriteUrl: ({ url = '/' }) => url.replace(/^\/shop/, '') || '/',
      routerOptions: { ignoreDuplicateSlashes: true, caseSensitive: false },
    })
    await app.register(forFastify(stage.shop).site({ '/pages': tinyPages }), {})
    onTestFinished(() => app.close())
    const get = async (url: string): Promise<string> => (await app.inject({ url, headers: { host: 'localhost' } })).body
    expect(await get('/shop/pages/hello/')).toBe('pages at /shop/pages for nobody')
    expect(await get('/pages/hello/')).toBe('pages at /pages for nobody')
    for (const path of ['//pages/hello/', '/PAGES/hello/', '/%70ages/hello/']) expect(await get(path)).not.toContain('pages at')
  })

  test('F2: pages below a path with parameters lead to no other site, whatever stands in them', async () => {
    const visitor = await started(async (app, { site }) => {
      for (const prefix of ['/:tenant', '/:country/:tenant']) {
        await app.register(async (scope) => scope.register(site({ '/accounts': stage.shop.pages() })), { prefix })
      }
    })
    expect((await visitor.get('/acme/accounts/login')).headers.get('location')).toBe('/acme/accounts/login/')
    for (const path of ['//evil.test/accounts/login', '//evil.test/accounts/profile/', '//accounts/login', '/\\evil.test/accounts/login']) {
      const { status, headers } = await visitor.get(path)
      expect([path, status, headers.get('location')]).toEqual([path, 404, null])
    }
  })

  test('a field that somebody else has taken is an error at the start', async () => {
    const app = fastify()
    app.decorateRequest('user' as never, null as never)
    app.register(forFastify(stage.shop).site())
    await expect(app.ready()).rejects.toThrow(/Another plugin has put “request.user” here/)
  })
})
