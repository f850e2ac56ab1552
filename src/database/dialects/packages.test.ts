import { sql } from 'kysely'
import type { DatabaseSync } from 'node:sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type mysql2 from 'mysql2'
import type mysql2promise from 'mysql2/promise'
import type pg from 'pg'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { runChild } from '../../../test/support/child-process.js'
import { mysql, type MysqlPool } from '../../mysql.js'
import { postgres, type PostgresPool } from '../../postgres.js'
import { sqlite, type BetterSqlite3Handle, type NodeSqliteHandle } from '../../sqlite.js'
import { openDatabase } from '../database.js'
import type { ApplicationKysely } from './application-kysely.js'
import type { DatabaseSource } from './dialect.js'

/** Makes a process in which one package is not installed. */
const WITHOUT = (name: string): string =>
  `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ resolve(specifier, context, next) {
    if (specifier === '${name}') throw Object.assign(new Error("Cannot find package '${name}'"), { code: 'ERR_MODULE_NOT_FOUND' })
    return next(specifier, context)
  } })`)}`

describe('a driver', () => {
  test.each([
    ['pg', `postgres('postgres://localhost/none')`, 'npm install pg'],
    ['mysql2', `mysql('mysql://localhost/none')`, 'npm install mysql2'],
    ['better-sqlite3', `sqlite(':memory:', { driver: 'better-sqlite3' })`, 'npm install better-sqlite3'],
  ])(
    '%s that is not installed is named at the first statement, and not missed before',
    async (name, source, remedy) => {
      const said = await runChild(
        `
      import { openDatabase } from './src/database/database.js'
      import { mysql } from './src/mysql.js'
      import { postgres } from './src/postgres.js'
      import { sqlite } from './src/sqlite.js'
      const database = openDatabase(${source})
      for (let times = 0; times < 2; times += 1) {
        try { await database.execute({ sql: 'select 1', parameters: [] }) } catch (error) { console.log(error.name, error.message) }
      }
      await database.close()
      console.log('closed')`,
        [],
        ['--import', WITHOUT(name)],
      )
      expect(said).toMatch(new RegExp(`^(ImproperlyConfigured .*${remedy}.*\n){2}closed\n$`))
    },
    20_000,
  )

  test('better-sqlite3 is not loaded where it would end the process', async () => {
    const said = await runChild(`
      Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9' } })
      const { openDatabase } = await import('./src/database/database.js')
      const { sqlite } = await import('./src/sqlite.js')
      await openDatabase(sqlite(':memory:', { driver: 'better-sqlite3' })).execute({ sql: 'select 1', parameters: [] }).catch((error) => console.log(error.name, error.message))`)
    expect(said).toMatch(/^ImproperlyConfigured better-sqlite3 works since Node 22.14/)
  }, 20_000)

  test('is only loaded by the database that uses it', async () => {
    const said = await runChild(`
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ resolve(specifier, context, next) { loaded.push(specifier); return next(specifier, context) } })
      const { openDatabase } = await import('./src/database/database.js')
      const { postgres } = await import('./src/postgres.js')
      const { mysql } = await import('./src/mysql.js')
      const { sqlite } = await import('./src/sqlite.js')
      openDatabase(postgres('postgres://localhost/none')); openDatabase(mysql('mysql://localhost/none')); openDatabase(sqlite('none.db'))
      console.log(loaded.filter((one) => ['pg', 'mysql2', 'better-sqlite3', 'node:sqlite'].includes(one)).join())`)
    expect(said).toBe('\n')
  }, 20_000)
})

test('pools, handles and Kysely of the packages fit the types we ask for', () => {
  expectTypeOf<pg.Pool>().toExtend<PostgresPool>()
  expectTypeOf<mysql2.Pool>().toExtend<MysqlPool>()
  expectTypeOf<mysql2promise.Pool>().toExtend<MysqlPool>()
  expectTypeOf<DatabaseSync>().toExtend<NodeSqliteHandle>()
  expectTypeOf<BetterSqlite3.Database>().toExtend<BetterSqlite3Handle>()
  expectTypeOf<Kysely<{ note: { name: string } }>>().toExtend<ApplicationKysely>()
  expectTypeOf<number>().not.toExtend<MysqlPool>()
  expectTypeOf(postgres).returns.toEqualTypeOf<DatabaseSource>()
  expectTypeOf(mysql).returns.toEqualTypeOf<DatabaseSource>()
})

test('openDatabase takes a source or a Kysely', async () => {
  const kysely = new Kysely<{ note: { name: string } }>({ dialect: new SqliteDialect({ database: new BetterSqlite3(':memory:') }) })
  for (const database of [openDatabase(kysely), openDatabase(sqlite(':memory:'))])
    expect(await database.execute(sql`select 1 as n`)).toEqual([{ n: 1 }])
  await kysely.destroy()
})
