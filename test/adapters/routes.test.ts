import 'reflect-metadata'
import { Controller, Get, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import express, { type Router } from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { forExpress } from '../../src/express.js'
import { forFastify } from '../../src/fastify.js'
import { forHono } from '../../src/hono.js'
import { forNest } from '../../src/nest.js'
import { describeRoutes, type RouteDescription } from '../../src/routes.js'
import { sqlite } from '../../src/sqlite.js'
import { shopOn } from '../support/shop.js'
import { tinyPages } from './application.js'

const shop = shopOn(sqlite(':memory:'))
const mounts = { '/accounts': tinyPages }

/** One line a route: `GET /x loginRequired + permissionRequired(shop.add_product)`. */
function lines(routes: readonly RouteDescription[]): string[] {
  return routes.map(({ method, path, guards, isPages }) => {
    const said = guards.map(({ guard, detail }) => (detail === '' ? guard : `${guard}(${detail})`))
    return [method, path, isPages ? 'pages' : said.join(' + ')].join(' ').trimEnd()
  })
}

describe('describeRoutes', () => {
  test.each([
    ['5', express],
    ['4', express4 as unknown as typeof express],
  ])('lists what Express %s has, with the guards of paths above', (_version, framework) => {
    const { site, loginRequired, permissionRequired, userPassesTest } = forExpress(shop)
    const app = framework()
    app.use(site(mounts))
    app.get('/', (_request, response) => void response.end())
    app
      .route('/products/:id')
      .get(loginRequired(), (_request, response) => void response.end())
      .post(permissionRequired(['shop.add_product', 'shop.change_product']), (_request, response) => void response.end())
    const inner: Router = framework.Router()
    inner.use(loginRequired())
    inner.get('/', (_request, response) => void response.end())
    inner.delete(
      '/all',
      userPassesTest(function isStaff(user) {
        return user.isStaff
      }),
      (_request, response) => void response.end(),
    )
    app.use('/office', inner)
    app.use('/api', permissionRequired('shop.view_product'))
    app.all('/api/list', (_request, response) => void response.end())
    expect(lines(describeRoutes(app))).toEqual([
      'ALL /accounts/* pages',
      'GET /',
      'GET /products/:id loginRequired',
      'POST /products/:id permissionRequired(shop.add_product and shop.change_product)',
      'GET /office loginRequired',
      'DELETE /office/all loginRequired + userPassesTest(isStaff)',
      'ALL /api/list permissionRequired(shop.view_product)',
    ])
  })

  test('says of a site that asks everybody to log in what it closes', () => {
    const app = express()
    app.get('/before', (_request, response) => void response.end())
    app.use(forExpress(shop).site(mounts, { loginRequired: { except: ['/open'] } }))
    app.get(['/open', '/closed'], (_request, response) => void response.end())
    expect(lines(describeRoutes(app))).toEqual(['GET /before', 'ALL /accounts/* pages', 'GET /open', 'GET /closed loginRequired(the whole site)'])
  })

  test('8.1.1: lists what Fastify has', async () => {
    const { site, loginRequired, permissionRequired } = forFastify(shop)
    const app = fastify()
    await app.register(site(mounts, { loginRequired: true }))
    app.get('/', async () => '')
    app.get('/open', { config: { loginRequired: false } }, async () => '')
    await app.register(
      async (scope) => {
        scope.post('/add', { preHandler: [loginRequired(), permissionRequired('shop.add_product')] }, async () => '')
      },
      { prefix: '/products' },
    )
    app.all('/all', { config: { loginRequired: true } }, async () => '')
    await app.ready()
    expect(lines(describeRoutes(app))).toEqual([
      'ALL /accounts/* pages',
      'GET / loginRequired(the whole site)',
      'GET /open loginNotRequired',
      'POST /products/add loginRequired(the whole site) + loginRequired + permissionRequired(shop.add_product)',
      'ALL /all loginRequired',
    ])
    await app.close()
  })

  test('8.1.1: lists what Hono has', () => {
    const { site, loginRequired, permissionRequired, loginNotRequired } = forHono(shop)
    const app = new Hono()
    app.use(site(mounts, { loginRequired: { except: ['/'] } }))
    app.get('/', (c) => c.text(''))
    app.get('/open', loginNotRequired(), (c) => c.text(''))
    const inner = new Hono().onError((_error, c) => c.text('', 500))
    inner.use('/*', loginRequired())
    inner.post('/add', permissionRequired('shop.add_product'), (c) => c.text(''))
    inner.all('/all/*', (c) => c.text(''))
    app.route('/products', inner)
    expect(lines(describeRoutes(app))).toEqual([
      'ALL /accounts/* pages',
      'GET /',
      'GET /open loginNotRequired',
      'POST /products/add loginRequired(the whole site) + loginRequired + permissionRequired(shop.add_product)',
      'ALL /products/all/* loginRequired(the whole site) + loginRequired',
    ])
  })

  test('lists what Nest has', async () => {
    const { site, LoginRequired, PermissionRequired, LoginNotRequired } = forNest(shop)
    class Products {
      list(): string {
        return ''
      }
      add(): string {
        return ''
      }
      help(): string {
        return ''
      }
    }
    const decorate = (name: 'list' | 'add' | 'help', ...decorators: MethodDecorator[]): void => {
      for (const one of decorators) one(Products.prototype, name, Object.getOwnPropertyDescriptor(Products.prototype, name) ?? {})
    }
    decorate('list', Get())
    decorate('add', Post('add'), PermissionRequired('shop.add_product'))
    decorate('help', Get(['help', 'hilfe']), LoginNotRequired())
    LoginRequired()(Products)
    Controller('products')(Products)
    class Application {}
    Module({ controllers: [Products] })(Application)
    const app = await NestFactory.create(Application, { logger: false, abortOnError: false })
    site(app, mounts)
    expect(lines(describeRoutes(app))).toEqual([
      'GET /products loginRequired',
      'POST /products/add loginRequired + permissionRequired(shop.add_product)',
      'GET /products/help loginNotRequired',
      'GET /products/hilfe loginNotRequired',
    ])
    await app.close()
  })

  test('says what it cannot list', () => {
    for (const other of [null, undefined, 1, 'app', {}, () => undefined, { routes: [] }])
      expect(() => describeRoutes(other)).toThrow(/Express, Fastify, Hono or Nest/)
  })
})
