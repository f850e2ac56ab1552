import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { forHono } from '../../src/hono.js'
import { PermissionDenied } from '../../src/index.js'
import { toFunction, Visitor } from './client.js'
import { conform } from './conformance.js'
import { honoFetch, honoMounted, honoOnNode } from './harness/hono.js'
import { stageFor } from './stage.js'

conform(honoOnNode)
conform(honoFetch)
conform(honoMounted)

describe('forHono', () => {
  const stage = stageFor(honoFetch)
  const visitorOf = (app: Hono): Visitor => new Visitor(toFunction(async (request) => app.fetch(request)))

  test('a variable that the application sets itself is the one it reads', async () => {
    const app = new Hono().use(forHono(stage.shop).site()) as unknown as Hono<{ Variables: { user: string; mine: number } }>
    app.get('/', (c) => {
      c.set('mine', 1)
      c.set('user', 'somebody else')
      return c.json({ ...c.var, session: null, all: [c.get('user'), c.var.user, c.get('mine'), c.var.mine] })
    })
    const answer = await visitorOf(app as unknown as Hono).get('/')
    expect(answer.json()).toMatchObject({ user: 'somebody else', mine: 1, all: ['somebody else', 'somebody else', 1, 1] })
  })

  test('K1: reading another variable does not make an answer depend on the visitor', async () => {
    const app = new Hono<{ Variables: { mine: number } }>()
    app.use(forHono(stage.shop).site()).get('/', (c) => {
      c.set('mine', 1)
      return c.text(`${c.var.mine}`)
    })
    expect((await visitorOf(app as unknown as Hono).get('/')).headers.get('vary')).toBe(null)
  })

  test('an answer that cannot be changed is sent with cookies and headers', async () => {
    const app = new Hono().use(forHono(stage.shop).site())
    app.get('/fetched', async (c) => {
      c.var.session.set('count', 1)
      const fetched = Response.redirect('http://localhost/elsewhere', 303)
      return fetched
    })
    const answer = await visitorOf(app as unknown as Hono).get('/fetched')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'http://localhost/elsewhere'])
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect(answer.headers.getSetCookie()).toHaveLength(1)
  })

  test('headers of middleware before and behind the site stay', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      c.header('x-before', '1')
      c.header('set-cookie', 'before=1', { append: true })
      await next()
      c.header('x-after', '1')
    })
    app.use(forHono(stage.shop).site()).get('/', (c) => {
      c.get('session').set('count', 1)
      c.header('x-mine', '1')
      return c.text('hello')
    })
    const { headers } = await visitorOf(app).get('/')
    expect(['x-before', 'x-after', 'x-mine'].map((name) => headers.get(name))).toEqual(['1', '1', '1'])
    expect(
      headers
        .getSetCookie()
        .map((one) => one.split('=')[0])
        .toSorted(),
    ).toEqual(['before', 'sessionid'])
  })

  test('an error handler of the application’s own answers what it knows', async () => {
    const app = new Hono()
    app.use(forHono(stage.shop).site())
    app.onError((error, c) => (error instanceof PermissionDenied ? c.text('by the application', 418) : c.text('error', 500)))
    app.get('/denied', () => {
      throw new PermissionDenied()
    })
    expect((await visitorOf(app).get('/denied')).text).toBe('by the application')
  })

  test('an open route for many paths opens none that has a route of its own', async () => {
    const { site, loginNotRequired } = forHono(stage.shop)
    const app = new Hono()
    app.use(site({}, { loginRequired: true }))
    app.use('/files/*', async (_c, next) => next())
    app.get('/files/secret', (c) => c.text('secret'))
    app.get('/files/:name', loginNotRequired(), (c) => c.text(`file ${c.req.param('name')}`))
    app.all('/all', loginNotRequired(), (c) => c.text('all'))
    const inner = new Hono().get('/open', loginNotRequired(), (c) => c.text('inner')).onError((_error, c) => c.text('error', 500))
    app.route('/inner', inner)
    app.all('*', (c) => c.text('the last resort'))
    const visitor = visitorOf(app)
    expect((await visitor.get('/files/one')).text).toBe('file one')
    expect((await visitor.get('/files/secret')).status).toBe(302)
    expect((await visitor.get('/all')).text).toBe('all')
    expect((await visitor.get('/inner/open')).text).toBe('inner')
    expect((await visitor.get('/nowhere')).status).toBe(302)
  })

  test.each([
    ['a handler for every method', (app: Hono) => app.all('/api/*', (c) => c.text('secret'))],
    ['a handler for the methods of a list', (app: Hono) => app.on(['GET', 'PURGE'], '/api/*', (c) => c.text('secret'))],
    ['an application that is mounted', (app: Hono) => app.mount('/api', () => new Response('secret'))],
    ['a middleware that answers', (app: Hono) => app.use('/api/*', async (c, _next) => c.text('secret'))],
  ])('an open route for the rest does not open %s', async (_what, add) => {
    const { site, loginNotRequired } = forHono(stage.shop)
    const app = new Hono()
    app.use(site({}, { loginRequired: true }))
    add(app)
    app.get('*', loginNotRequired(), (c) => c.text('the page for whatever else'))
    const visitor = visitorOf(app)
    expect((await visitor.get('/about')).text).toBe('the page for whatever else')
    expect((await visitor.get('/api/secret')).status).toBe(302)
  })

  test('applications below a path with a parameter have their pages there', async () => {
    const inner = new Hono().use(forHono(stage.shop).site({ '/pages': { respond: async (_request, base) => new Response(base) } }))
    const app = new Hono().route('/:tenant/shop', inner)
    expect((await visitorOf(app as unknown as Hono).get('/acme/shop/pages/')).text).toBe('/acme/shop/pages')
  })
})
