/**
 * Makes the database and listens.
 * @module
 */

import type { AddressInfo } from 'node:net'
import { app } from './app.js'
import { auth } from './auth.js'

await auth.migrate()
const server = app.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
