import { DatabaseSync } from 'node:sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { portcullis } from '../../src/index.js'
import { openDatabase } from '../../src/database/database.js'
import { sqlite } from '../../src/sqlite.js'
import { engines, type PrivateDatabase, type TestEngine } from '../support/databases.js'
import { Product, quick } from '../support/shop.js'

const siteOn = (database: Parameters<typeof portcullis>[0]['database']) => portcullis({ ...quick, database, models: [Product] })
type Site = ReturnType<typeof siteOn>

/** Another connection to the same database, as another process would have one. */
function somebodyElse(engine: TestEngine, database: PrivateDatabase): { run(statement: string): Promise<void>; leave(): Promise<void> } {
  if (engine.engine !== 'sqlite') {
    const other = openDatabase(database.source())
    return { run: async (statement) => void (await other.execute(sql.raw(statement))), leave: () => other.close() }
  }
  const handle = engine.name === 'node:sqlite' ? new DatabaseSync(database.url) : new BetterSqlite3(database.url)
  return { run: async (statement) => void handle.exec(statement), leave: async () => void handle.close() }
}

describe.each(engines.map((one) => [one.name, one] as const))('%s', (_name, engine) => {
  let database: PrivateDatabase
  let site: Site
  let other: ReturnType<typeof somebodyElse>
  let permission: number
  let group: Awaited<ReturnType<Site['groups']['create']>>
  let user: number

  beforeAll(async () => {
    database = await engine.create()
    site = siteOn(database.source())
    await site.migrate()
    other = somebodyElse(engine, database)
    permission = (await site.permissions.get('shop.publish_product')).id
    group = await site.groups.create({ name: 'editors', permissions: ['shop.change_product'] })
    const ada = await site.users.createUser({ username: 'ada' })
    await ada.groups.add(group)
    user = ada.id
  })
  afterAll(async () => {
    await other.leave()
    await site.close()
    await database.drop()
  })

  /** What a request would be told: the user is loaded for it. */
  const mayPublish = async (): Promise<boolean> => (await site.users.get({ id: user })).hasPerm('shop.publish_product')

  /** Asked often enough that whatever can be remembered is. */
  const askThrice = async (): Promise<boolean[]> => [await mayPublish(), await mayPublish(), await mayPublish()]

  test('every first question is one statement, whether the answer was remembered or not', async () => {
    const people = [await site.users.get({ id: user }), await site.users.get({ id: user })]
    const statements: string[] = []
    const stop = site.internals.registry.database.onStatement((text) => statements.push(text))
    for (const one of people) expect(await one.hasPerm('shop.change_product')).toBe(true)
    stop()
    expect(statements).toHaveLength(2)
  })

  test('8.3.2 what somebody else grants or takes away is seen by the next request', async () => {
    expect(await askThrice()).toEqual([false, false, false])
    await other.run(`insert into auth_group_permissions (group_id, permission_id) values (${group.id}, ${permission})`)
    expect(await askThrice()).toEqual([true, true, true])
    await other.run(`delete from auth_user_groups where user_id = ${user}`)
    expect(await askThrice()).toEqual([false, false, false])
    await other.run(`insert into auth_user_groups (user_id, group_id) values (${user}, ${group.id})`)
    expect(await askThrice()).toEqual([true, true, true])
    await other.run(`update auth_permission set codename = 'print_product' where id = ${permission}`)
    expect(await askThrice()).toEqual([false, false, false])
    await other.run(`update auth_permission set codename = 'publish_product' where id = ${permission}`)
    await other.run(`delete from auth_group_permissions where permission_id = ${permission}`)
    expect(await askThrice()).toEqual([false, false, false])
  })

  test('8.3.2 what is written here is seen too, by whatever door it went', async () => {
    expect(await askThrice()).toEqual([false, false, false])
    await group.permissions.add('shop.publish_product')
    expect(await askThrice()).toEqual([true, true, true])
    await site.db.deleteFrom('auth_group_permissions').where('permission_id', '=', permission).execute()
    expect(await askThrice()).toEqual([false, false, false])
    const again = siteOn(database.source())
    await (await again.users.get({ id: user })).userPermissions.add('shop.publish_product')
    expect(await askThrice()).toEqual([true, true, true])
    await (await again.users.get({ id: user })).userPermissions.clear()
    await again.close()
    expect(await askThrice()).toEqual([false, false, false])
  })

  test('8.3.2 a grant inside a transaction is seen inside, and is nothing once it is undone', async () => {
    expect(await askThrice()).toEqual([false, false, false])
    const undone = site.atomic(async () => {
      await group.permissions.add('shop.publish_product')
      expect(await askThrice()).toEqual([true, true, true])
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await askThrice()).toEqual([false, false, false])
    await site.atomic(async () => {
      await site
        .atomic(async () => {
          await group.permissions.add('shop.publish_product')
          expect(await askThrice()).toEqual([true, true, true])
          throw new Error('undone')
        })
        .catch(() => {})
      expect(await askThrice()).toEqual([false, false, false])
    })
    expect(await askThrice()).toEqual([false, false, false])
  })

  test('8.3.2 a transaction that is open elsewhere in the process tells nobody what it granted', async () => {
    expect(await askThrice()).toEqual([false, false, false])
    const others = await site.users.filter({ id: user })
    const granted = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const undone = site
      .atomic(async () => {
        await group.permissions.add('shop.publish_product')
        expect(await mayPublish()).toBe(true)
        granted.resolve()
        await asked.promise
        throw new Error('undone')
      })
      .catch(() => {})
    await granted.promise
    // On SQLite the one connection is the transaction's, and whoever asks now waits for its end.
    const answers = Promise.all([...others.map((one) => one.hasPerm('shop.publish_product')), mayPublish()])
    asked.resolve()
    await undone
    expect(await answers).toEqual([false, false])
    expect(await askThrice()).toEqual([false, false, false])
  })
})

describe('a handle of the application', () => {
  test('8.3.2 may be written to directly, and the next request sees it', async () => {
    const handle = new DatabaseSync(':memory:')
    const site = siteOn(sqlite(handle))
    await site.migrate()
    const { id } = await site.users.createUser({ username: 'ada' })
    const permission = (await site.permissions.get('shop.publish_product')).id
    const mayPublish = async (): Promise<boolean> => (await site.users.get({ id })).hasPerm('shop.publish_product')
    expect([await mayPublish(), await mayPublish()]).toEqual([false, false])
    handle.exec(`insert into auth_user_user_permissions (user_id, permission_id) values (${id}, ${permission})`)
    expect([await mayPublish(), await mayPublish()]).toEqual([true, true])
    handle.exec('delete from auth_user_user_permissions')
    expect([await mayPublish(), await mayPublish()]).toEqual([false, false])
    await site.close()
    handle.close()
  })
})
