/**
 * After a change of the secret key each session is signed anew at its next request. Requests that came at the same time were refused with
 * 400 and lost the visitor's cookie, because only the first of them found the session under its old key.
 * @module
 */

import { expect, test } from 'vitest'
import { ModelBackend, portcullis, type BackendContext } from '../../src/index.js'
import { sqlite } from '../../src/sqlite.js'
import { engines } from '../support/databases.js'
import { quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const NEW_KEY = 'the secret key that came after it, long enough to be no reason for a warning: 9876543210'

/** Lets the first two requests find the session before either goes on. */
class Together extends ModelBackend {
  readonly #both = Promise.withResolvers<void>()
  #missing = 2

  override async getUser(key: unknown) {
    if (--this.#missing <= 0) this.#both.resolve()
    await this.#both.promise
    return super.getUser(key)
  }
}

async function sites(options: { readonly sessions?: { readonly saveEveryRequest?: boolean } } = {}) {
  const [engine] = engines
  if (engine === undefined) throw new Error('There is no database.')
  const { url, drop } = await engine.create()
  const make = (secretKey: string, backend: (context: BackendContext) => ModelBackend) =>
    portcullis({ ...quick, ...options, secretKey, secretKeyFallbacks: [quick.secretKey], database: sqlite(url), authenticationBackends: [backend] })
  const before = make(quick.secretKey, (context) => new ModelBackend(context))
  const after = make(NEW_KEY, (context) => new Together(context))
  await before.migrate()
  const ada = await before.users.createUser({ username: 'ada' })
  const visitor = new Visitor((incoming) =>
    before.handle(incoming, async (request) => {
      await before.login(request, ada)
      return new Response(request.csrfToken())
    }),
  )
  await visitor.get('/')
  const visit = (): Visitor =>
    new Visitor(
      (incoming) => after.handle(incoming, (request) => new Response(request.user.getUsername())),
      'http://localhost',
      new Map(visitor.cookies),
    )
  return {
    visit,
    close: async () => {
      await Promise.all([before.close(), after.close()])
      await drop()
    },
  }
}

test.each([false, true])(
  'none of two requests at once is refused after a change of the secret key (saveEveryRequest %s)',
  async (saveEveryRequest) => {
    const { visit, close } = await sites({ sessions: { saveEveryRequest } })
    const visitors = [visit(), visit()]
    const old = visitors[0]?.sessionCookie
    const responses = await Promise.all(visitors.map((one) => one.get('/')))
    expect(await Promise.all(responses.map(async (one) => [one.status, await one.text()]))).toEqual([
      [200, 'ada'],
      [200, 'ada'],
    ])
    // One is given the new key; the other keeps what it has, and nothing takes the browser's cookie back.
    expect(visitors.map((one) => one.sessionCookie === old).toSorted()).toEqual([false, true])
    await close()
  },
)

test('13.3.4: a form that was open when the secret key changed is still taken', async () => {
  const { visit, close } = await sites()
  const [visitor, other] = [visit(), visit()]
  const [response] = await Promise.all([visitor.post('/'), other.get('/')])
  expect([response.status, await response.text()]).toEqual([200, 'ada'])
  expect((await visit().post('/', { csrfmiddlewaretoken: 'a'.repeat(32) })).status).toBe(403)
  await close()
})
