import { expect, test } from 'vitest'
import { ImproperlyConfigured, portcullis } from '../../src/index.js'
import { eachDatabase } from '../support/databases.js'
import { quick } from '../support/shop.js'

eachDatabase((_name, _open, engine) => {
  test('a database that was not brought up to date is told from a fault, with what to do', async () => {
    const database = await engine.create()
    const auth = portcullis({ ...quick, database: database.source() })
    const expected =
      'There is no such table: auth_user. If it is one of the site’s, bring the database up to date first, with `npx portcullis migrate`'
    await expect(auth.users.count()).rejects.toThrow(expected)
    await expect(auth.atomic(async () => auth.users.find({ username: 'ada' }))).rejects.toBeInstanceOf(ImproperlyConfigured)
    await auth.migrate()
    expect(await auth.users.count()).toBe(0)
    await auth.close()
  })
})
