import 'reflect-metadata'
import { spawnSync } from 'node:child_process'
import type { Server } from 'node:http'
import { Body, Controller, Get, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forNest, type NestContext, type NestGuard } from '../../src/nest.js'
import { PermissionDenied } from '../../src/index.js'
import type { Shop } from '../support/shop.js'
import { Visitor } from './client.js'
import { conform } from './conformance.js'
import { nestSubject } from './harness/nest.js'
import { running } from './harness/parts.js'
import { logIn, stageFor } from './stage.js'

conform(nestSubject)

/** Decorators are called here as functions, which their syntax comes to. */
function decorate(target: { readonly prototype: object }, name: string, decorators: readonly (MethodDecorator | undefined)[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name) as PropertyDescriptor
  for (const one of decorators) one?.(target.prototype, name, descriptor)
}

describe('forNest', () => {
  const stage = stageFor(nestSubject)

  function pagesOf(shop: Shop) {
    const adapter = forNest(shop)
    class Pages {
      own(user: Shop['$types']['User']): string {
        return `own page of ${user.username}`
      }
      open(): string {
        return 'open'
      }
      staff(): string {
        return 'staff'
      }
      echo(body: unknown): unknown {
        return { body }
      }
      denied(): never {
        throw new PermissionDenied()
      }
    }
    return { adapter, Pages }
  }

  async function started(options: object): Promise<Visitor> {
    const { adapter, Pages } = pagesOf(stage.shop)
    adapter.CurrentUser()(Pages.prototype, 'own', 0)
    Body()(Pages.prototype, 'echo', 0)
    decorate(Pages, 'own', [Get('own')])
    decorate(Pages, 'open', [Get('open'), adapter.LoginNotRequired()])
    decorate(Pages, 'staff', [Get('staff'), adapter.UserPassesTest((user) => user.isStaff)])
    decorate(Pages, 'echo', [Post('echo')])
    decorate(Pages, 'denied', [Get('denied')])
    adapter.LoginRequired()(Pages)
    Controller('pages')(Pages)
    class Application {}
    Module({ controllers: [Pages] })(Application)
    const app = await NestFactory.create(Application, { logger: false, abortOnError: false })
    // Logging in, past Nest: what a test of a page needs and no page has.
    adapter.site(app, { '/door': { respond: async (request) => door(request as never) } }, options)
    await app.init()
    const server = await running(app.getHttpServer() as Server)
    onTestFinished(async () => (await server.stop(), app.close()))
    const visitor = new Visitor(server.send)
    return visitor
  }

  async function door(request: Shop['$types']['VisitorRequest']): Promise<Response> {
    if (request.method === 'POST') await stage.shop.login(request, await stage.shop.users.get({ username: 'ada' }))
    return new Response(request.csrfToken())
  }

  test('a decorator above a controller guards all of it, and a handler is given the user', async () => {
    const visitor = await started({})
    expect((await visitor.get('/pages/own')).headers.get('location')).toBe('/accounts/login/?next=/pages/own')
    expect((await visitor.getJson('/pages/own')).json()).toMatchObject({ error: { code: 'login_required' } })
    expect((await visitor.get('/pages/open')).text).toBe('open')
    await logIn(visitor, 'ada', '/door')
    expect((await visitor.get('/pages/own')).text).toBe('own page of ada')
    expect((await visitor.getJson('/pages/staff')).status).toBe(403)
    expect((await visitor.getJson('/pages/denied')).json()).toMatchObject({ error: { code: 'permission_denied' } })
    expect((await visitor.post('/pages/echo', { a: '1' })).json()).toMatchObject({ body: { a: '1' } })
  })

  test('paths that nobody has are Nest’s to answer, also where everybody is asked to log in', async () => {
    const visitor = await started({ loginRequired: true })
    expect((await visitor.get('/nowhere')).status).toBe(404)
  })

  test('a call that is not over HTTP is an error, not an open door', async () => {
    const { adapter, Pages } = pagesOf(stage.shop)
    decorate(Pages, 'own', [adapter.LoginRequired()])
    const [guard] = Reflect.getMetadata('__guards__', Pages.prototype.own) as [NestGuard]
    const context = (type: string, args: unknown[]): NestContext => ({
      getType: () => type,
      getArgs: () => args,
      getHandler: () => Pages,
      getClass: () => Pages,
    })
    await expect(guard.canActivate(context('ws', [{}, {}]))).rejects.toThrow(/this is a call over ws/)
    await expect(guard.canActivate(context('graphql', [{}, {}, {}]))).rejects.toThrow(/this is a call over graphql/)
    await expect(guard.canActivate(context('http', [{}, {}]))).rejects.toThrow(/was not opened by the site/)
    const raw = {}
    await stage.shop.handle(new Request('http://localhost/'), async (request) => {
      stage.shop.internals.bind(raw, request as never)
      await expect(guard.canActivate(context('graphql', [{}, {}, { req: raw }]))).rejects.toThrow(/login_required/)
      return new Response()
    })
  })

  test('a method that needs no login needs the permission of its controller all the same', async () => {
    const { adapter, Pages } = pagesOf(stage.shop)
    decorate(Pages, 'open', [adapter.LoginNotRequired()])
    adapter.PermissionRequired('shop.add_product')(Pages)
    const [guard] = Reflect.getMetadata('__guards__', Pages) as [NestGuard]
    const raw = {}
    await stage.shop.handle(new Request('http://localhost/'), async (request) => {
      stage.shop.internals.bind(raw, request as never)
      const context = { getType: () => 'http', getArgs: () => [raw], getHandler: () => Pages.prototype.open, getClass: () => Pages }
      await expect(guard.canActivate(context)).rejects.toThrow(/login_required/)
      return new Response()
    })
  })

  test('where Nest is missing it says what to install', () => {
    const missing = `
      import { registerHooks } from 'node:module'
      registerHooks({ resolve: (name, context, next) => next(name === '@nestjs/common' ? 'no-such-package' : name, context) })
      const { forNest } = await import('./src/nest.ts')
      try { forNest({ internals: {} }) } catch (error) { console.log(error.name, error.message) }`
    const options = ['--disable-warning=ExperimentalWarning', '--import', './test/support/typescript.mjs', '--input-type=module', '--eval', missing]
    const { stdout } = spawnSync(process.execPath, options, { encoding: 'utf8' })
    expect(stdout).toMatch(/^ImproperlyConfigured forNest\(\) needs the package @nestjs\/common, .*Run `npm install @nestjs\/common`/)
  })
})
