/**
 * Sessions on servers: what a request does to them is the adapter's order of steps, whichever the database.
 */

import { describe } from 'vitest'
import { engines } from '../support/databases.js'
import { loginCases } from './cases/login.js'
import { honoFetch } from './harness/hono.js'
import { nodeSubject } from './harness/node.js'
import { stageFor } from './stage.js'

for (const { name, engine } of engines) {
  // SQLite has the whole list.
  if (engine === 'sqlite') continue
  for (const subject of [nodeSubject, honoFetch]) describe(`${subject.name} on ${name}`, () => loginCases(stageFor(subject, name)))
}
