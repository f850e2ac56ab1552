import { DatabaseSync } from 'node:sqlite'
import BetterSqlite3 from 'better-sqlite3'
import { CamelCasePlugin, Kysely, MysqlDialect, PostgresDialect, sql, SqliteDialect } from 'kysely'
import mysql2 from 'mysql2'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { eachDatabase, type PrivateDatabase, type TestEngine } from '../../../test/support/databases.js'
import { DateTime } from '../../base/date-time.js'
import { ImproperlyConfigured, UniqueViolation } from '../../base/errors.js'
import { openDatabase, type Database } from '../database.js'
import { fromKysely } from './application-kysely.js'

interface Tables {
  note: { name: string; flag: unknown; at_time: unknown }
}

/** An application with a Kysely of its own, and our database on it. */
async function application(engine: TestEngine): Promise<{ kysely: Kysely<Tables>; database: Database }> {
  const kysely = new Kysely<Tables>({ dialect: dialectFor(engine.name, await engine.create()), plugins: [new CamelCasePlugin()] })
  const database = openDatabase(kysely)
  const types = { sqlite: ['bool', 'datetime'], postgres: ['boolean', 'timestamptz'], mysql: ['tinyint(1)', 'datetime(6)'] }[database.engine]
  await database.execute(sql.raw(`create table note (name varchar(50) primary key, flag ${types[0]}, at_time ${types[1]})`))
  return { kysely, database }
}

function dialectFor(name: TestEngine['name'], { url }: PrivateDatabase): SqliteDialect | PostgresDialect | MysqlDialect {
  switch (name) {
    case 'better-sqlite3':
      return new SqliteDialect({ database: new BetterSqlite3(url) })
    case 'node:sqlite': {
      const handle = new DatabaseSync(url)
      const prepare = (text: string) => {
        const statement = handle.prepare(text)
        return {
          reader: statement.columns().length > 0,
          all: (values: readonly unknown[]) => statement.all(...(values as string[])),
          run: (values: readonly unknown[]) => statement.run(...(values as string[])),
          iterate: (values: readonly unknown[]) => statement.iterate(...(values as string[])),
        }
      }
      return new SqliteDialect({ database: { prepare, close: () => handle.close() } as never })
    }
    case 'PostgreSQL':
      return new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 3 }) })
    case 'MariaDB':
      return new MysqlDialect({ pool: mysql2.createPool({ uri: url, timezone: 'local', connectionLimit: 3 }) as never })
  }
}

eachDatabase((_name, _open, engine) => {
  describe('fromKysely', () => {
    test('recognises the engine, and its plugins do not rename our columns', async () => {
      const { kysely, database } = await application(engine)
      expect(database.engine).toBe(engine.engine)
      const at = DateTime.from('2026-07-01 23:30:00')
      await database.execute(sql`insert into note (name, flag, at_time) values ('a', ${true}, ${at})`)
      const [row] = await database.execute<Record<string, unknown>>(sql`select name, at_time from note where flag = ${true}`)
      expect(Object.keys(row ?? {})).toEqual(['name', 'at_time'])
      expect(DateTime.from(row?.['at_time'] as string).getTime()).toBe(at.getTime())
      await kysely.destroy()
    })

    test('atomic() keeps all or nothing, with savepoints, and closes nothing', async () => {
      const { kysely, database } = await application(engine)
      const add = (name: string): Promise<unknown> => database.execute(sql`insert into note (name) values (${name})`)
      await database.atomic(async () => {
        await add('a')
        await database
          .atomic(async () => {
            await add('b')
            throw new Error('no')
          })
          .catch(() => {})
        await database.kysely.insertInto('note').values({ name: 'c' }).execute()
      })
      await expect(
        database.atomic(async () => {
          await add('d')
          await add('a')
        }),
      ).rejects.toBeInstanceOf(UniqueViolation)
      await database.close()
      expect((await kysely.selectFrom('note').select('name').orderBy('name').execute()).map((one) => one.name)).toEqual(['a', 'c'])
      await kysely.destroy()
    })

    test('a caught error does not turn a commit into a silent rollback', async () => {
      const { kysely, database } = await application(engine)
      const work = database.atomic(async () => {
        await database.execute(sql`insert into note (name) values ('a')`)
        await database.execute(sql`insert into note (name) values ('a')`).catch(() => {})
      })
      if (engine.engine === 'postgres') await expect(work).rejects.toThrow()
      else await work
      expect(await database.execute(sql`select count(*) as n from note`)).toEqual([{ n: engine.engine === 'postgres' ? '0' : 1 }])
      await kysely.destroy()
    })

    test('withLock works through it', async () => {
      const { kysely, database } = await application(engine)
      const order: string[] = []
      await Promise.all(
        ['a', 'b'].map((name) =>
          database.withLock('x', async () => {
            order.push(`${name} in`)
            await database.execute(sql`insert into note (name) values (${name})`)
            order.push(`${name} out`)
          }),
        ),
      )
      expect(order.map((one) => one.slice(2))).toEqual(['in', 'out', 'in', 'out'])
      await kysely.destroy()
    })
  })
})

describe('fromKysely', () => {
  test('refuses a transaction, and asks for the engine where it does not show', async () => {
    const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new BetterSqlite3(':memory:') }) })
    await kysely.transaction().execute(async (trx) => {
      expect(() => fromKysely(trx)).toThrow(ImproperlyConfigured)
    })
    const foreign = {
      isTransaction: false,
      getExecutor: () => ({ adapter: {} }),
      withoutPlugins: () => foreign,
      connection: () => kysely.connection(),
    }
    expect(() => fromKysely(foreign)).toThrow(/engine: 'postgres'/)
    expect(fromKysely(foreign, { engine: 'sqlite' }).dialect.engine).toBe('sqlite')
    await kysely.destroy()
  })
})
