/**
 * Makes the database and listens.
 * @module
 */

import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { Application, site } from './app.js'
import { auth } from './auth.js'

await auth.migrate()
const app = await NestFactory.create(Application, { logger: ['error', 'warn'] })
// Sessions, protection against forged requests, headers, the user; and the account pages.
site(app, { '/accounts': auth.pages() })
await app.listen(Number(process.env['PORT'] ?? 8000), '127.0.0.1')
console.log(await app.getUrl())
