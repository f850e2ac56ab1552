/**
 * What the compiler says of adapters, beside the real types of the frameworks. Nothing here runs.
 */

import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { createServer } from 'node:http'
import type { INestApplication } from '@nestjs/common'
import type { NextRequest } from 'next/server.js'
import { expectTypeOf } from 'vitest'
import { forExpress, type RequestFields } from 'portcullis/express'
import { forFastify } from 'portcullis/fastify'
import { forHono } from 'portcullis/hono'
import { forKoa } from 'portcullis/koa'
import { forNest } from 'portcullis/nest'
import { forNext } from 'portcullis/next'
import { forNode } from 'portcullis/node'
import type { Shop } from '../support/shop.js'

declare const shop: Shop
type User = Shop['$types']['User']
type Visitor = Shop['$types']['Visitor']

// Express: middleware goes wherever Express takes it; users are typed by declaration, or asked for.
{
  const { site, loginRequired, permissionRequired, userPassesTest, errors, userOf } = forExpress(shop)
  const app = express()
  app.use(site({}, { loginRequired: { except: ['/'] } }))
  app.use('/below', site())
  app.get('/', loginRequired(), (request, response) => {
    expectTypeOf(userOf(request)).toEqualTypeOf<User>()
    response.send(userOf(request).phone)
  })
  app.post('/', permissionRequired(['shop.add_product', 'shop.delete_product'], { match: 'any' }), (_request, response) => void response.end())
  app.get(
    '/staff',
    [loginRequired({ loginUrl: '/in/' }), userPassesTest((user) => user.isStaff)],
    (_request: unknown, response: express.Response) => void response.end(),
  )
  // @ts-expect-error a misspelt permission
  permissionRequired('shop.ad_product')
  app.use(errors())
  const declared = {} as RequestFields<Shop>
  expectTypeOf(declared.user).toEqualTypeOf<Visitor>()
}

// Node: the listener behind a guard is given a user.
{
  const { site, loginRequired, permissionRequired } = forNode(shop)
  const hello = loginRequired((request, response) => {
    expectTypeOf(request.user).toEqualTypeOf<User>()
    response.end(request.user.phone)
  })
  createServer(site({}, hello))
  site({}, (request) => expectTypeOf(request.user).toEqualTypeOf<Visitor>())
  // @ts-expect-error a misspelt permission
  permissionRequired('shop.ad_product', hello)
}

// Fastify: a plugin and hooks.
{
  const { site, loginRequired, permissionRequired, userOf } = forFastify(shop)
  const app = fastify()
  app.register(site({}, { loginRequired: true }))
  void app.register(site(), { prefix: '/x' })
  app.get('/', { preHandler: loginRequired() }, async (request) => userOf(request).phone)
  app.get('/open', { config: { loginRequired: false }, onRequest: [permissionRequired('shop.add_product')] }, async () => 'open')
  app.addHook('preHandler', loginRequired())
  // @ts-expect-error a misspelt permission
  permissionRequired('shop.ad_product')
}

// Koa: middleware; what `ctx.state` has is said once.
{
  const { site, loginRequired, userOf } = forKoa(shop)
  const app = new Koa<RequestFields<Shop>>()
  app.use(site())
  app.use(loginRequired())
  app.use((context) => {
    expectTypeOf(context.state.user).toEqualTypeOf<Visitor>()
    context.body = userOf(context).phone
  })
  new Koa().use(site()).use((context) => void (context.body = userOf(context).phone))
}

// Hono: variables follow the middleware.
{
  const { site, loginRequired, permissionRequired, userPassesTest, loginNotRequired } = forHono(shop)
  const app = new Hono().use(site())
  app.get('/visitor', (c) => {
    expectTypeOf(c.var.user).toEqualTypeOf<Visitor>()
    return c.text(c.var.csrfToken())
  })
  app.get('/user', loginRequired(), (c) => c.text(c.var.user.phone))
  app.get(
    '/alone',
    permissionRequired('shop.add_product'),
    userPassesTest((user) => user.isStaff),
    (c) => c.text(String(c.var.session.get('count'))),
  )
  new Hono().get('/', loginRequired(), (c) => {
    expectTypeOf(c.var.user).toEqualTypeOf<User>()
    return c.text(c.var.user.phone)
  })
  app.get('/open', loginNotRequired(), (c) => c.text('open'))
  // @ts-expect-error a misspelt permission
  permissionRequired('shop.ad_product')
}

// Next: handlers as `route.ts` exports them.
{
  const { handle, pages, requireUser, requirePermission, login } = forNext(shop)
  const GET = handle(
    shop.loginRequired(async (request, context: { params: Promise<{ id: string }> }) => new Response(request.user.phone + (await context.params).id)),
  )
  expectTypeOf(GET).toBeCallableWith({} as NextRequest, { params: Promise.resolve({ id: '1' }) })
  handle(async (request) => new Response(request.user.username))
  expectTypeOf(pages({}).POST).toBeCallableWith({} as NextRequest, {})
  expectTypeOf(requireUser).returns.resolves.toEqualTypeOf<User>()
  expectTypeOf(requirePermission).returns.resolves.toEqualTypeOf<User>()
  // @ts-expect-error a misspelt permission
  void requirePermission('shop.ad_product')
  // @ts-expect-error nobody logs in a stranger
  void login(shop.anonymousUser)
}

// Nest: an application of any platform, decorators for classes and methods.
{
  const { site, LoginRequired, PermissionRequired, CurrentUser } = forNest(shop)
  site({} as INestApplication, {})
  expectTypeOf(LoginRequired()).toExtend<MethodDecorator & ClassDecorator>()
  expectTypeOf(CurrentUser()).toEqualTypeOf<ParameterDecorator>()
  // @ts-expect-error a misspelt permission
  PermissionRequired('shop.ad_product')
}
