/**
 * One test of an application, which node:test and Jest run alike: what `portcullis/testing` gives needs neither of them.
 * @module
 */

import { portcullis } from 'portcullis'
import { sqlite } from 'portcullis/sqlite'
import { createClient, createFactories, createMailbox, expectMatrix, testClock } from 'portcullis/testing'

/** Throws where the site does not do what its own tests would want. */
export async function tryTheSite(): Promise<void> {
  const mailbox = createMailbox()
  const clock = testClock()
  const auth = portcullis({
    secretKey: 'a secret for tests only, of fifty characters or more',
    database: sqlite(':memory:'),
    clock,
    mail: { transport: mailbox },
    baseUrl: 'http://shop.test',
  })
  await auth.migrate()
  const pages = auth.pages()
  const ada = await createFactories(auth).user({ email: 'ada@shop.test' })
  const client = createClient(auth, pages.fetch)
  await client.loginAs(ada)
  await expectMatrix(auth, {
    target: pages.fetch,
    people: { nobody: null, ada },
    rows: [{ route: 'GET /accounts/profile/', expected: { nobody: 'login', ada: 'allowed' } }],
  })
  clock.advance(15 * 24 * 3600)
  const gone = await client.get('/accounts/profile/')
  if (gone.status !== 302) throw new Error(`A session of two weeks lives on: ${gone.status}`)
  await auth.close()
}
