/**
 * The application in Express, 4 and 5.
 * @module
 */

import express from 'express'
import express4 from 'express4'
import type { Request, Response, NextFunction, Router } from 'express'
import { forExpress } from '../../../src/express.js'
import { routes, type Reply } from '../application.js'
import type { Setup, Subject } from '../subject.js'
import { callOf, guardsOf, listen, nodeBodyOf } from './parts.js'

function subject(name: string, framework: typeof express): Subject {
  return {
    name,
    cannot: { open: 'the site asks before Express knows the route: `except` names it' },
    async start(setup) {
      const app = framework()
      // Its error page shows the stack otherwise, and its log every error that a test throws.
      app.set('env', 'test')
      const [outer, ...inner] = setup.below ?? []
      const router = outer === undefined ? app : framework.Router()
      // Before the routes and the error handling of the first site, which are for everything below them.
      if (setup.beside !== undefined) {
        const other = framework.Router()
        fill(other, { shop: setup.beside.shop, mounts: setup.mounts })
        app.use(setup.beside.path, other)
      }
      fill(router, setup, framework)
      const whole = inner.reduceRight<Router>((below, path) => framework.Router().use(path, below), router as Router)
      if (outer !== undefined) app.use(outer, whole)
      return listen(app)
    },
  }
}

function fill(router: Pick<Router, 'use' | 'get' | 'post'>, { shop, mounts, options, parser }: Setup, framework = express): void {
  const adapter = forExpress(shop)
  const parse = (): void => void router.use(framework.urlencoded({ extended: true }), framework.json())
  if (parser === 'before') parse()
  router.use(adapter.site(mounts, options))
  if (parser === 'after') parse()
  for (const { method, path, guard, handler } of routes) {
    const answer = (request: Request, response: Response, next: NextFunction): void => {
      const call = callOf({ shop, request, fields: request, target: request.originalUrl, bytes: () => request, body: () => request.body as unknown })
      Promise.resolve()
        .then(() => handler(shop, call))
        .then((reply) => send(response, reply))
        .catch(next)
    }
    router[method === 'GET' ? 'get' : 'post'](path, ...guardsOf(adapter, guard), answer)
  }
  router.use(adapter.errors())
}

function send(response: Response, reply: Reply): void {
  response.status(reply.status ?? 200).set(reply.headers ?? {})
  const body = nodeBodyOf(reply)
  if (body === undefined) response.end()
  else if (typeof body === 'string') {
    if (typeof reply.body !== 'string') response.type('json')
    else if (response.get('content-type') === undefined) response.type('text')
    response.send(body)
  } else body.pipe(response)
}

export const express5: Subject = subject('Express 5', express)
export const expressOlder: Subject = subject('Express 4', express4 as unknown as typeof express)
