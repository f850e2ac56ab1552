/**
 * Makes the database and listens.
 * @module
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listener } from './app.js'
import { auth } from './auth.js'

await auth.migrate()
const server = createServer(listener)
server.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
