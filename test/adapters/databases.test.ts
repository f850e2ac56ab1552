/**
 * The same requests on every server and every database, directly and behind a proxy: what a visitor sees is the same everywhere.
 */

import { afterAll, describe, expect, test } from 'vitest'
import { engines } from '../support/databases.js'
import { answerCases } from './cases/answers.js'
import { forgeryCases } from './cases/forgery.js'
import { guardCases } from './cases/guards.js'
import { loginCases } from './cases/login.js'
import { express5 } from './harness/express.js'
import { fastifySubject } from './harness/fastify.js'
import { honoOnNode } from './harness/hono.js'
import { nodeSubject } from './harness/node.js'
import { behindProxy, VISITORS } from './harness/proxy.js'
import { peopledDatabase, stageFor } from './stage.js'

const BEHIND = { trustedProxies: ['127.0.0.1'], allowedHosts: ['localhost', '127.0.0.1', '[::1]', '.localhost'] }

for (const { name } of engines) {
  if (name === 'better-sqlite3') continue
  describe(name, () => {
    // Made once: what each server does to its sessions and users is nothing to the others.
    const database = peopledDatabase(name)
    afterAll(() => database.drop())

    for (const subject of [nodeSubject, express5, fastifySubject, honoOnNode]) {
      // Directly on SQLite each has the whole list in a file of its own.
      if (name !== 'node:sqlite')
        describe(`goal 3: ${subject.name}, directly`, () => {
          const stage = stageFor(subject, { database })
          for (const cases of [loginCases, guardCases, forgeryCases, answerCases]) cases(stage)
        })
      describe(`goal 3: ${subject.name}, behind a proxy`, () => {
        const stage = stageFor(behindProxy(subject), { database, options: BEHIND })
        for (const cases of [loginCases, guardCases, forgeryCases, answerCases]) cases(stage)

        test('C5, F10: a visitor is who the proxy saw, whatever they say of themselves', async () => {
          const visitor = stage.visitor({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.test' })
          expect((await visitor.get('/address')).json()).toMatchObject({ address: VISITORS, isSecure: false, host: 'localhost' })
        })

        test('F7: a foreign name is refused behind the proxy too', async () => {
          expect((await stage.visitor().getJson('/who', { host: 'evil.test' })).status).toBe(400)
        })
      })
    }
  })
}
