/**
 * A proxy in front of an application: it listens itself, says from where and under what name a request came, and hands it on over a socket.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Send } from '../client.js'
import type { Running, Subject } from '../subject.js'
import { running } from './parts.js'

/** What is between two neighbours alone (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'content-length'])

/** Where visitors are, who would be proxies themselves at the address of this one. */
export const VISITORS = '127.0.0.9'

/** The same application behind a proxy. Its site must have the proxy declared. */
export function behindProxy(subject: Subject): Subject {
  return {
    name: subject.name,
    cannot: { ...subject.cannot, wire: 'a proxy reads the request and writes another', socket: 'the other end of the socket is the proxy' },
    async start(setup) {
      const inner = await subject.start(setup)
      const outer = await running(
        createServer((request, response) => {
          pass(inner.send, request, response).catch(() => response.destroy())
        }),
        VISITORS,
      )
      return { send: outer.send, stop: async () => Promise.all([outer.stop(), inner.stop()]).then(() => undefined) } satisfies Running
    },
  }
}

async function pass(send: Send, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const kept = pairs(request.rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !/^(?:host|x-forwarded-.*)$/i.test(name))
  const said = pairs(request.rawHeaders).filter(([name]) => /^x-forwarded-for$/i.test(name))
  const answer = await send({
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: [
      ...kept,
      ['host', 'inside.localhost:8000'],
      ['x-forwarded-host', request.headers.host ?? ''],
      ['x-forwarded-proto', 'http'],
      ['x-forwarded-for', [...said.map(([, value]) => value), request.socket.remoteAddress ?? ''].join(', ')],
    ],
    ...(hasBody(request) ? { body: request } : {}),
  })
  const headers = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name) && name !== 'set-cookie')
  response.writeHead(answer.status, [...headers.flat(), ...answer.headers.getSetCookie().flatMap((text) => ['set-cookie', text])])
  // Each part goes on as it comes.
  response.flushHeaders()
  await pipeline(Readable.from(answer.chunks), response)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

function pairs(raw: readonly string[]): (readonly [name: string, value: string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []))
}
