import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { engines, type PrivateDatabase } from '../../../test/support/databases.js'
import { DateTime } from '../../base/date-time.js'
import { postgres, type PostgresOptions, type PostgresPool } from '../../postgres.js'
import { openDatabase, type Database } from '../database.js'

const engine = engines.find((one) => one.name === 'PostgreSQL')
const closing: (() => Promise<unknown>)[] = []
const shared: Promise<PrivateDatabase> | undefined = engine?.create()

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await (await shared)?.drop()
}, 30_000)

async function address(): Promise<string> {
  return (await (shared as Promise<PrivateDatabase>)).url
}

function open(source: string | PostgresPool, options: PostgresOptions = {}): Database {
  const database = openDatabase(postgres(source, options))
  closing.push(() => database.close())
  return database
}

function pool(config: pg.PoolConfig): pg.Pool {
  const made = new pg.Pool(config)
  made.on('error', () => {})
  closing.push(() => made.end())
  return made
}

async function one(database: Database, expression: string): Promise<unknown> {
  return (await database.execute<{ value: unknown }>(sql.raw(`select ${expression} as value`)))[0]?.value
}

describe.skipIf(engine === undefined)('postgres()', () => {
  test('connections of ours speak UTC', async () => {
    expect(await one(open(await address()), `current_setting('TimeZone')`)).toBe('UTC')
  })

  test.each(['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe'])('moments are right on an application pool in %s', async (zone) => {
    const database = open(pool({ connectionString: await address(), options: `-c TimeZone=${zone}` }))
    expect(await one(database, `current_setting('TimeZone')`)).toBe(zone)
    for (const text of ['2026-11-23 08:15:00.123456', '1850-06-01 00:00:00.000001', '2026-03-29 01:30:00']) {
      const at = DateTime.from(text)
      await database.execute(sql`create temporary table if not exists nothing (n integer)`)
      const [row] = await database.execute<{ at: DateTime; same: boolean }>(
        sql`select ${at}::timestamptz as at, ${at}::timestamptz = (${text}::timestamp at time zone 'UTC') as same`,
      )
      expect([row?.at.toDatabaseText(), row?.same]).toEqual([at.toDatabaseText(), true])
    }
  })

  test('infinity, years before Christ and after 9999 are moments that can be written back', async () => {
    const database = open(await address())
    for (const text of [
      'infinity',
      '-infinity',
      '0044-03-15 12:00:00+00 BC',
      '0001-12-31 23:59:59.999999+00 BC',
      '12026-02-28 00:00:00.5+00',
      '275760-09-12 23:00:00+00',
    ]) {
      const at = await one(database, `'${text}'::timestamptz`)
      expect(at).toBeInstanceOf(DateTime)
      const [same] = await database.execute<{ yes: boolean }>(sql`select ${at}::timestamptz = ${text}::timestamptz as yes`)
      expect([text, same?.yes]).toEqual([text, true])
    }
    expect(await one(database, "'294276-01-01 00:00:00+00'::timestamptz")).toMatchObject({ isInfinite: true })
  })

  test('types it has no opinion on are read as the client does: arrays, intervals', async () => {
    const database = open(await address())
    expect(await one(database, 'array[1, 2]')).toEqual([1, 2])
    expect(await one(database, "interval '3 days'")).toMatchObject({ days: 3 })
    expect(await database.execute(sql`select 2 = any(${[1, 2]}::integer[]) as yes`)).toEqual([{ yes: true }])
    expect(await one(database, "timestamp '2026-11-23 08:15:00'")).toEqual(DateTime.from('2026-11-23 08:15:00'))
    expect(await one(database, "'1'::json")).toBe('1')
    expect(await one(database, '1.50::numeric')).toBe('1.50')
  })

  test("leaves the settings of an application's pool as they are", async () => {
    const own = pool({ connectionString: await address(), options: '-c TimeZone=Asia/Kolkata', max: 1 })
    const database = open(own)
    await database.atomic(() => database.execute(sql`select now(), 1::bigint`))
    const { rows } = await own.query(
      "select timestamptz '2026-11-23 08:15:00Z' as at, 1::bigint as n, current_setting('TimeZone') as zone, current_setting('transaction_isolation') as isolation",
    )
    expect(rows).toEqual([{ at: new Date('2026-11-23T08:15:00Z'), n: '1', zone: 'Asia/Kolkata', isolation: 'read committed' }])
    expect((rows[0] as { at: unknown }).at).not.toBeInstanceOf(DateTime)
    await database.close()
    expect((await own.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  })

  test('a pool of one connection serves transactions and the callbacks after them', async () => {
    const database = open(pool({ connectionString: await address(), max: 1 }))
    const seen: unknown[] = []
    await database.atomic(async () => {
      await database.onCommit(async () => {
        seen.push(await one(database, '1'))
      })
      await database.kysely.transaction().execute(async () => {
        seen.push(await one(database, '2'))
      })
      await database.withLock('x', async () => {
        seen.push(await one(database, '3'))
      })
    })
    await database.kysely.transaction().execute(async () =>
      database.onCommit(async () => {
        seen.push(await one(database, '4'))
      }),
    )
    expect(seen).toEqual([2, 3, 1, 4])
  })

  test('says when a pool gives no connection in time', async () => {
    const own = pool({ connectionString: await address(), max: 1, connectionTimeoutMillis: 100 })
    const database = open(own)
    const taken = await own.connect()
    await expect(database.execute(sql`select 1`)).rejects.toThrow(/timeout/)
    taken.release()
    expect(await one(database, '1')).toBe(1)
  })

  test('a transaction with a failed statement is not committed, though PostgreSQL would call that a success', async () => {
    const database = open(await address())
    await database.execute(sql`create table aborted_one (n integer unique)`)
    const error = (await database
      .atomic(async () => {
        await database.execute(sql`insert into aborted_one values (1)`)
        await database.execute(sql`insert into aborted_one values (1)`).catch(() => {})
      })
      .catch((one: unknown) => one)) as Error
    expect(error.message).toContain('atomic() of its own')
    expect(error.cause).toMatchObject({ code: '23505' })
    const later = (await database
      .atomic(async () => {
        await database.execute(sql`select nothing`).catch(() => {})
        await database.execute(sql`select 1`)
      })
      .catch((one: unknown) => one)) as Error
    expect(later.message).toContain('atomic() of its own')
    expect(later.cause).toMatchObject({ code: '42703' })
    const inner = await database
      .atomic(async () => {
        await database.execute(sql`insert into aborted_one values (2)`)
        await database
          .atomic(async () => {
            await database.execute(sql`select nothing`).catch(() => {})
          })
          .catch(() => {})
        await database.execute(sql`insert into aborted_one values (3)`)
      })
      .then(() => database.execute(sql`select n from aborted_one order by n`))
    expect(inner).toEqual([{ n: 2 }, { n: 3 }])
  })

  test('a connection that dies inside a transaction is an error there, and is not used again', async () => {
    const database = open(await address(), { maxConnections: 1 })
    const killer = open(await address())
    await expect(
      database.atomic(async () => {
        const pid = Number(await one(database, 'pg_backend_pid()'))
        await killer.execute(sql`select pg_terminate_backend(${pid}::integer)`)
        await new Promise((done) => setTimeout(done, 50))
        await database.execute(sql`select 1`)
      }),
    ).rejects.toThrow()
    expect(await one(database, '1')).toBe(1)
    await expect(
      database.atomic(async () => {
        const pid = Number(await one(database, 'pg_backend_pid()'))
        await killer.execute(sql`select pg_terminate_backend(${pid}::integer)`)
        await new Promise((done) => setTimeout(done, 50))
      }),
    ).rejects.toThrow()
    expect(await one(database, '1')).toBe(1)
  })

  test('an idle connection that dies is replaced', async () => {
    const database = open(await address(), { maxConnections: 1 })
    const pid = Number(await one(database, 'pg_backend_pid()'))
    await open(await address()).execute(sql`select pg_terminate_backend(${pid}::integer)`)
    await new Promise((done) => setTimeout(done, 50))
    expect(await one(database, '1')).toBe(1)
  })

  describe('prepared statements', () => {
    const prepared = async (database: Database): Promise<number> =>
      Number(await one(database, "(select count(*) from pg_prepared_statements where name like 'portcullis%')"))

    test('what repeats is prepared, on a pool of ours only', async () => {
      const ours = open(await address(), { maxConnections: 1 })
      const applications = open(pool({ connectionString: await address(), max: 1 }))
      for (const database of [ours, applications])
        for (let times = 0; times < 5; times += 1) await database.execute(sql`select ${times}::integer as n`)
      expect(await prepared(ours)).toBe(1)
      expect(await prepared(applications)).toBe(0)
      const off = open(await address(), { maxConnections: 1, prepare: false })
      for (let times = 0; times < 5; times += 1) await off.execute(sql`select ${times}::integer as n`)
      expect(await prepared(off)).toBe(0)
    })

    test('a table that somebody changed meanwhile is not an error', async () => {
      const database = open(await address(), { maxConnections: 1 })
      await database.execute(sql`create table changing (n integer, name varchar(75))`)
      await database.execute(sql`insert into changing values (1, 'a')`)
      const read = (): Promise<unknown> => database.execute(sql`select name from changing where n = ${1}`)
      for (let times = 0; times < 5; times += 1) await read()
      expect(await prepared(database)).toBe(1)
      await open(await address()).execute(sql`alter table changing alter column name type varchar(254)`)
      for (let times = 0; times < 5; times += 1) expect(await read()).toEqual([{ name: 'a' }])
      expect(await prepared(database)).toBe(2)
    })

    test('a pooler that forgets them is not an error', async () => {
      const database = open(await address(), { maxConnections: 1 })
      const read = (): Promise<unknown> => database.execute(sql`select ${1}::integer as n`)
      for (let times = 0; times < 5; times += 1) await read()
      await database.execute(sql`deallocate all`)
      for (let times = 0; times < 3; times += 1) expect(await read()).toEqual([{ n: 1 }])
      expect(await prepared(database)).toBe(0)
    })
  })

  test('a refused address is an error of the first statement', async () => {
    await expect(open('postgres://postgres@127.0.0.1:1/none').execute(sql`select 1`)).rejects.toThrow(/ECONNREFUSED/)
  })
})
