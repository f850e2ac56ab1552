/**
 * Makes the database and listens.
 * @module
 */

import { app } from './app.js'
import { auth } from './auth.js'

await auth.migrate()
console.log(await app.listen({ port: Number(process.env['PORT'] ?? 8000) }))
