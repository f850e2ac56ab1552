import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { portcullis } from '../../src/index.js'
import { engines } from '../support/databases.js'
import { quick } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

test.each(engines.filter((one) => one.engine === 'mysql').map((one) => [one.name, one] as const))(
  '%s: columns of Latin letters alone hold no other names, and nobody meets an error for asking',
  async (_name, engine) => {
    const database = await engine.create()
    const auth = portcullis({ ...quick, database: database.source() })
    await auth.migrate()
    await auth.internals.registry.database.execute(sql`alter table auth_user convert to character set latin1`)
    const pages = auth.pages()
    const visitor = new Visitor((request) => pages.fetch(request))
    await visitor.getJson('/accounts/register/')
    // Each of its letters has a twin in another alphabet, which is looked for.
    const password = 'seven mugs of cold tea'
    const filled = { username: 'axel', email: 'axel@example.com', password1: password, password2: password }
    expect((await visitor.postJson('/accounts/register/', filled)).status).toBeLessThan(300)
    expect(await auth.authenticate(null, { username: 'ахел', password })).toBeNull()
    expect(await auth.authenticate(null, { username: 'axel', password })).not.toBeNull()
    await auth.close()
    await database.drop()
  },
)
