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
const server = createServer((incoming, outgoing) => {
  // Somebody who hangs up in the middle is an error too, and one that nobody catches would end the process, for everybody.
  answer(incoming, outgoing).catch(() => outgoing.destroy())
})
server.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = requestOf(incoming)
  if (request === null) return void outgoing.writeHead(400).end()
  // With the socket at hand, the site knows the visitor's address.
  const response = await app.fetch(request, { incoming, outgoing })
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
  outgoing.writeHead(response.status)
  await pipeline(response.body ?? Readable.from([]), outgoing)
}

/** Null for what can be sent and is no `Request`: a `Host` that is no name, `TRACE`, the address of another site where a path belongs. */
function requestOf(incoming: IncomingMessage): Request | null {
  const { method = 'GET', url, headers } = incoming
  try {
    return new Request(`http://${headers.host}${url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' }),
    })
  } catch {
    return null
  }
}
