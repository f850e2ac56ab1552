/**
 * `npm start`: the shop on 127.0.0.1:8000, or at `PORT`. Makes its database, its first superuser and some products, and stays until Ctrl-C.
 * @module
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import { app } from './shop/app.js'
import { auth, databaseFile } from './shop/auth.js'
import { firstSuperuser } from './shop/first-superuser.js'
import { PASSWORD, seed } from './shop/seed.js'

const port = Number(process.env['PORT'] ?? 8000)
if (!Number.isInteger(port) || port < 0 || port > 65535) stop(`PORT is “${process.env['PORT']}”. Give a number: PORT=8001 npm start`)

// The port comes first, so that nobody answers questions in vain. Whoever visits early waits until the shop is set up.
const ready = Promise.withResolvers<void>()
const server = createServer((request, response) => void ready.promise.then(() => app(request, response)))
server.on('error', (error: NodeJS.ErrnoException) =>
  stop(error.code === 'EADDRINUSE' ? `Something else answers at port ${port} already. Take another: PORT=8001 npm start` : error.message),
)
await once(server.listen(port, '127.0.0.1'), 'listening')

try {
  await auth.migrate()
  console.log(`The database: ${relative(process.cwd(), databaseFile)}`)
  await firstSuperuser()
  await seed()
} catch (error) {
  if ((error as Error).name !== 'AbortError') throw error
  stop('\nStopped. The next npm start goes on from here.', 0)
}
ready.resolve()

console.log(`
The shop is open: http://127.0.0.1:${(server.address() as AddressInfo).port}/

  Sign up, or log in as ada or grace; their password is “${PASSWORD}”.
  Mails, such as links to choose a new password, are printed here.
  Ctrl-C closes the shop.
`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close)

/** Answers what was asked already, and ends. */
function close(): void {
  console.log('\nThe shop is closed.')
  server.close(() => void auth.close())
  server.closeIdleConnections()
  // A browser may keep a connection open on which it never asked for anything.
  setTimeout(() => server.closeAllConnections(), 2000).unref()
}

function stop(sentence: string, exitCode = 1): never {
  console.error(sentence)
  process.exit(exitCode)
}
