/**
 * The application in Nest on Express. Its decorators are called as functions: what a controller's syntax comes to.
 * @module
 */

import 'reflect-metadata'
import { Controller, Get, Module, Post, Req, Res, StreamableFile, type INestApplication } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Request, Response } from 'express'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { forNest } from '../../../src/nest.js'
import { routes, type Reply } from '../application.js'
import type { Setup, Subject } from '../subject.js'
import { callOf, guardsOf, nodeBodyOf, running } from './parts.js'

export const nestSubject: Subject = {
  name: 'Nest on Express',
  cannot: {
    below: 'a Nest application is mounted by its global prefix',
    beside: 'a Nest application has one site',
    nowhere: 'the site asks where Nest knows the route',
  },
  async start(setup) {
    const app = await made(setup)
    const server = await running(app.getHttpServer() as Server)
    return { send: server.send, stop: async () => (await server.stop(), app.close()) }
  },
}

async function made({ shop, mounts, options, parser }: Setup): Promise<INestApplication> {
  const adapter = forNest(shop)
  class Pages {}
  for (const { method, path, guard, handler } of routes) {
    const name = `${method} ${path}`
    const answer = async function (request: Request, response: Response): Promise<unknown> {
      const call = callOf({ shop, request, fields: request, target: request.originalUrl, bytes: () => request, body: () => request.body as unknown })
      return send(response, await handler(shop, call))
    }
    Object.defineProperty(Pages.prototype, name, { value: answer, configurable: true, writable: true })
    const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, name) as PropertyDescriptor
    const guards = guardsOf(
      {
        loginRequired: adapter.LoginRequired,
        permissionRequired: adapter.PermissionRequired as never,
        userPassesTest: adapter.UserPassesTest as never,
      },
      guard,
      adapter.LoginNotRequired,
    )
    for (const decorate of [(method === 'GET' ? Get : Post)(path), ...guards]) decorate(Pages.prototype, name, descriptor)
    Req()(Pages.prototype, name, 0)
    Res({ passthrough: true })(Pages.prototype, name, 1)
    Reflect.defineMetadata('design:paramtypes', [Object, Object], Pages.prototype, name)
  }
  Controller()(Pages)
  class Application {}
  Module({ controllers: [Pages] })(Application)
  const app = await NestFactory.create(Application, { logger: false, abortOnError: false, bodyParser: parser !== undefined })
  adapter.site(app, mounts, options)
  await app.init()
  return app
}

function send(response: Response, reply: Reply): unknown {
  response.status(reply.status ?? 200).set(reply.headers ?? {})
  const body = nodeBodyOf(reply)
  if (typeof body !== 'string')
    return body instanceof Readable ? new StreamableFile(body, { type: response.get('content-type') ?? 'text/plain' }) : undefined
  if (typeof reply.body !== 'string') response.type('json')
  else if (response.get('content-type') === undefined) response.type('text')
  return body
}
