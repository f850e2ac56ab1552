import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import mysql2 from 'mysql2'
import mysql2promise from 'mysql2/promise'
import { afterAll, describe, expect, test } from 'vitest'
import { engines, type PrivateDatabase } from '../../../test/support/databases.js'
import { DateTime } from '../../base/date-time.js'
import { mysql, type MysqlOptions, type MysqlPool } from '../../mysql.js'
import { openDatabase, type Database } from '../database.js'

const engine = engines.find((one) => one.name === 'MariaDB')
const closing: (() => Promise<unknown>)[] = []
const shared: Promise<PrivateDatabase> | undefined = engine?.create()

afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
  await (await shared)?.drop()
}, 30_000)

async function address(): Promise<string> {
  return (await (shared as Promise<PrivateDatabase>)).url
}

function open(source: string | MysqlPool, options: MysqlOptions = {}): Database {
  const database = openDatabase(mysql(source, options))
  closing.push(() => database.close())
  return database
}

async function pool(options: mysql2.PoolOptions = {}): Promise<mysql2.Pool> {
  const made = mysql2.createPool({ uri: await address(), ...options })
  closing.push(() =>
    made
      .promise()
      .end()
      .catch(() => {}),
  )
  return made
}

async function one(database: Database, expression: string): Promise<unknown> {
  return (await database.execute<{ value: unknown }>(sql.raw(`select ${expression} as value`)))[0]?.value
}

describe.skipIf(engine === undefined)('mysql()', () => {
  test('connections of ours are as Django expects them (DM-16)', async () => {
    const database = open(await address())
    expect(await one(database, '@@session.time_zone')).toBe('+00:00')
    expect(await one(database, '@@session.tx_isolation')).toBe('READ-COMMITTED')
    expect(await one(database, '@@session.sql_mode')).toContain('STRICT_TRANS_TABLES')
    expect(await one(database, '@@session.character_set_client')).toBe('utf8mb4')
    await database.execute(sql`create table short_one (name varchar(3))`)
    await expect(database.execute(sql`insert into short_one values ('long')`)).rejects.toThrow(/too long/)
  })

  test.each(['callback', 'promise'] as const)('takes a pool of either kind, with its own settings: %s', async (kind) => {
    const made = await pool({
      timezone: '+05:30',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      decimalNumbers: true,
      typeCast: (_field, next) => next(),
    })
    const source: MysqlPool = kind === 'callback' ? made : mysql2promise.createPool({ uri: await address(), timezone: 'local' })
    if (kind === 'promise') closing.push(() => (source as mysql2promise.Pool).end())
    const database = open(source)
    const at = DateTime.from('2026-07-01 23:59:59.000001')
    const [row] = await database.execute(
      sql`select cast(${at} as datetime(6)) as at, cast(1 as signed) as n, cast('1.50' as decimal(5, 2)) as money, cast('2026-07-01' as date) as day`,
    )
    expect(row).toEqual({ at, n: 1, money: '1.50', day: '2026-07-01' })
    expect((row as { at: DateTime }).at.microsecond).toBe(1)
  })

  test("leaves the settings of an application's pool as they are, and does not close it", async () => {
    const made = await pool({ connectionLimit: 1, timezone: 'Z' })
    const database = open(made)
    await database.atomic(() => database.execute(sql`select now(), cast(1 as signed)`))
    const query =
      "select cast('2026-07-01 00:00:00' as datetime(6)) as at, @@session.tx_isolation as isolation, cast('9007199254740993' as signed) as big"
    const [rows] = await made.promise().query(query)
    expect(rows).toEqual([{ at: new Date('2026-07-01T00:00:00Z'), isolation: 'REPEATABLE-READ', big: 9_007_199_254_740_992 }])
    expect((rows as { at: Date }[])[0]?.at).not.toBeInstanceOf(DateTime)
    await database.close()
    expect((await made.promise().query('select 1 as n'))[0]).toEqual([{ n: 1 }])
  })

  test("a transaction on an application's pool is read committed: it sees what others commit meanwhile", async () => {
    const [database, other] = [open(await pool()), open(await address())]
    await database.execute(sql`create table seen (n integer)`)
    await database.atomic(async () => {
      expect(await database.execute(sql`select n from seen`)).toEqual([])
      await other.execute(sql`insert into seen values (1)`)
      expect(await database.execute(sql`select n from seen`)).toEqual([{ n: 1 }])
    })
  })

  test('timestamps are moments whatever the zone of the connection', async () => {
    const database = open(await address())
    await database.execute(sql`create table stamped (at timestamp(6) null)`)
    await database.execute(sql`insert into stamped values (${DateTime.from('2026-07-01 12:00:00.000001')})`)
    expect(await database.execute(sql`select at from stamped`)).toEqual([{ at: DateTime.from('2026-07-01 12:00:00.000001') }])
    const elsewhere = await pool({ connectionLimit: 1, timezone: '+05:30' })
    await elsewhere.promise().query("set time_zone = '+05:30'")
    const [row] = await open(elsewhere).execute<{ at: DateTime }>(sql`select at from stamped`)
    expect(row?.at.toISOString()).toBe('2026-07-01T12:00:00.000Z')
  })

  test('zero dates are null, not a crash', async () => {
    const made = await pool()
    const database = open(made)
    await made.promise().query("set session sql_mode = ''")
    const client = await made.promise().getConnection()
    await client.query("set session sql_mode = ''")
    await client.query('create table zero (at datetime(6) not null, day date not null)')
    await client.query("insert into zero values ('0000-00-00', '0000-00-00'), ('2026-00-00', '2026-01-01')")
    client.release()
    expect(await database.execute(sql`select at, day from zero`)).toEqual([
      { at: null, day: '0000-00-00' },
      { at: null, day: '2026-01-01' },
    ])
    expect(await database.kysely.selectFrom('zero').select('at').execute()).toHaveLength(2)
  })

  test('a pool in which a backslash is no escape is refused: mysql2 could not quote a value', async () => {
    const made = await pool({ connectionLimit: 1 })
    await made.promise().query("set session sql_mode = 'NO_BACKSLASH_ESCAPES'")
    await expect(open(made).execute(sql`select ${"\\' or 1 = 1 -- "}`)).rejects.toThrow('NO_BACKSLASH_ESCAPES')
  })

  test('a deadlock ends the transaction: nothing after it is committed statement by statement', async () => {
    const database = open(await address())
    await database.execute(sql`create table pair (id integer primary key, n integer)`)
    await database.execute(sql`insert into pair values (1, 0), (2, 0)`)
    // Neither reaches for the other's row before both hold their own; a pause would only make that likely.
    const bothHold = Promise.withResolvers<void>()
    let holding = 0
    const work = (first: number, second: number): Promise<unknown> =>
      database.atomic(async () => {
        await database.execute(sql`update pair set n = n + 1 where id = ${first}`)
        holding += 1
        if (holding === 2) bothHold.resolve()
        await bothHold.promise
        await database.execute(sql`update pair set n = n + 1 where id = ${second}`).catch(() => {})
        await database.execute(sql`update pair set n = n + 10 where id = ${first}`)
      })
    const outcomes = await Promise.allSettled([work(1, 2), work(2, 1)])
    const failed = outcomes.filter((one) => one.status === 'rejected')
    expect(failed).toHaveLength(1)
    const reason = failed[0]?.reason as Error | undefined
    expect(reason?.message).toContain('rolled this transaction back by itself')
    expect(reason?.cause).toMatchObject({ errno: 1213 })
    const rows = await database.execute<{ n: number }>(sql`select n from pair order by n`)
    expect(rows.map((row) => row.n)).toEqual([1, 11])
  })

  test('CREATE TABLE inside atomic() commits what came before it, and a rollback that is not one says so', async () => {
    const database = open(await address())
    expect(database.dialect.hasTransactionalDdl).toBe(false)
    await database.execute(sql`create table ddl_one (n integer)`)
    await expect(
      database.atomic(async () => {
        await database
          .atomic(async () => {
            await database.execute(sql`insert into ddl_one values (1)`)
            await database.execute(sql`create table ddl_two (n integer)`)
            throw new Error('no')
          })
          .catch(() => {})
        await database.execute(sql`insert into ddl_one values (2)`)
      }),
    ).rejects.toThrow('could not be rolled back')
    expect(await one(database, '1')).toBe(1)
  })

  test('a connection that dies inside a transaction is an error there, and is not used again', async () => {
    const database = open(await address(), { maxConnections: 1 })
    const killer = open(await address())
    await expect(
      database.atomic(async () => {
        const id = Number(await one(database, 'connection_id()'))
        await killer.execute(sql.raw(`kill ${id}`))
        await sleep(50)
        await database.execute(sql`select 1`)
      }),
    ).rejects.toThrow()
    expect(await one(database, '1')).toBe(1)
  })

  test('a refused address is an error of the first statement', async () => {
    await expect(open('mysql://root@127.0.0.1:1/none').execute(sql`select 1`)).rejects.toThrow(/ECONNREFUSED/)
  })
})
