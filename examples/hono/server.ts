/**
 * Makes the database and listens. On Node this is what `serve()` of `@hono/node-server` does in one line; Bun, Deno and others take
 * `app.fetch` as it is.
 * @module
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { app } from './app.js'
import { auth } from './auth.js'

await auth.migrate()
const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
server.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = 'GET', url, headers } = incoming
  const request = new Request(`http://${headers.host}${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' }),
  })
  // With the socket at hand, the site knows the visitor's address.
  const response = await app.fetch(request, { incoming, outgoing })
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
  outgoing.writeHead(response.status)
  await pipeline(response.body ?? Readable.from([]), outgoing)
}
