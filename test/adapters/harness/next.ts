/**
 * The application as Next's route handlers, called as the functions they are.
 * @module
 */

import { forNext, type NextHandler } from '../../../src/next.js'
import type { Shop } from '../../support/shop.js'
import { routes } from '../application.js'
import { toFunction } from '../client.js'
import type { Subject } from '../subject.js'
import { callOf, responseOf } from './parts.js'

export const nextSubject: Subject = {
  name: 'Next, route handlers',
  cannot: {
    wire: 'there is no socket',
    socket: 'Next hides it',
    parser: 'Next has none',
    below: 'routes are files',
    beside: 'routes are files',
    except: 'every handler is made by itself, and says so itself',
  },
  async start({ shop, mounts, options }) {
    const adapter = forNext(shop, { loginRequired: options?.loginRequired !== undefined && options.loginRequired !== false })
    const guards = { open: shop.loginNotRequired, login: shop.loginRequired }
    const table = new Map<string, NextHandler<unknown>>()
    for (const { method, path, guard, handler } of routes) {
      const answer = async (request: Shop['$types']['VisitorRequest']): Promise<Response> => {
        const bytes = (): AsyncIterable<Uint8Array> => (request.raw as Request).body ?? ReadableStream.from([])
        const body = async (): Promise<unknown> => {
          const raw = request.raw as Request
          return /json/.test(raw.headers.get('content-type') ?? '') ? raw.json() : Object.fromEntries(await raw.formData())
        }
        const call = callOf({ shop, request, fields: request, target: request.target, bytes, body })
        return responseOf(await handler(shop, call))
      }
      const wrap = (): typeof answer => {
        switch (guard?.kind) {
          case 'login':
          case 'open':
            return guards[guard.kind](answer as never) as typeof answer
          case 'permission':
            return shop.permissionRequired(guard.permissions, guard.options)(answer as never) as typeof answer
          case 'test':
            return shop.userPassesTest(guard.test)(answer as never) as typeof answer
          case undefined:
            return answer
        }
      }
      table.set(`${method} ${path}`, adapter.handle(wrap()))
    }
    const pages = adapter.pages(mounts)
    const send = toFunction(async (request) => {
      const path = new URL(request.url).pathname
      const isHead = request.method === 'HEAD'
      const isPage = Object.keys(mounts).some((base) => path.startsWith(`${base}/`))
      const found = isPage ? pages[request.method as 'GET'] : table.get(`${isHead ? 'GET' : request.method} ${path}`)
      // Next looks the file up, and answers HEAD with the handler of GET.
      const response =
        found === undefined ? new Response('nothing here', { status: 404 }) : await found(request, { params: Promise.resolve({}) }).catch(failed)
      return isHead ? new Response(null, response) : response
    })
    return { send, stop: async () => undefined }
  },
}

/** What Next makes of an error. */
function failed(): Response {
  return new Response(null, { status: 500 })
}
