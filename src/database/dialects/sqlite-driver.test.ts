import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { runChild } from '../../../test/support/child-process.js'
import { sqlite } from '../../sqlite.js'
import { openDatabase, type Database } from '../database.js'

const folder = mkdtempSync(join(tmpdir(), 'portcullis_test_'))
const opened: Database[] = []
let files = 0

afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  rmSync(folder, { recursive: true, force: true })
})

function newPath(): string {
  files += 1
  return join(folder, `${files}.db`)
}

function open(...source: Parameters<typeof sqlite>): Database {
  const database = openDatabase(sqlite(...source))
  opened.push(database)
  return database
}

async function pragma(database: Database, name: string): Promise<unknown> {
  return Object.values((await database.execute<Record<string, unknown>>(sql.raw(`pragma ${name}`)))[0] ?? {})[0]
}

async function counter(database: Database): Promise<void> {
  await database.execute(sql`create table if not exists counter (n integer not null)`)
  await database.execute(sql`insert into counter (n) values (0)`)
}

const DRIVERS = ['node:sqlite', 'better-sqlite3'] as const
const handles = { 'node:sqlite': (path: string) => new DatabaseSync(path), 'better-sqlite3': (path: string) => new BetterSqlite3(path) }

describe.each(DRIVERS)('sqlite() with %s', (driver) => {
  test('opens files with a write-ahead log and foreign keys', async () => {
    const database = open(newPath(), { driver })
    expect(await pragma(database, 'journal_mode')).toBe('wal')
    expect(await pragma(database, 'foreign_keys')).toBe(1)
    expect(await pragma(database, 'synchronous')).toBe(1)
  })

  test(':memory: is private and stays in memory', async () => {
    const [one, other] = [open(':memory:', { driver }), open(':memory:', { driver })]
    await counter(one)
    await expect(other.execute(sql`select * from counter`)).rejects.toThrow('no such table')
    expect(await pragma(one, 'journal_mode')).toBe('memory')
    expect(await pragma(one, 'foreign_keys')).toBe(1)
  })

  test('opens nothing before the first statement, and tells when a path cannot be opened', async () => {
    const database = open(join(folder, 'no', 'such', 'folder.db'), { driver })
    await expect(database.execute(sql`select 1`)).rejects.toThrow()
    await expect(database.execute(sql`select 1`)).rejects.toThrow()
  })

  test('two databases on one file share a connection, whatever road leads there; the last one closes it', async () => {
    const path = newPath()
    const first = open(path, { driver })
    await counter(first)
    symlinkSync(path, `${path}.link`)
    const second = open(`${path}.link`, { driver })
    // A temporary table belongs to a connection.
    await first.execute(sql`create temporary table shared (n integer)`)
    expect(await second.execute(sql`select * from shared`)).toEqual([])
    await first.close()
    expect(await second.execute(sql`select * from shared`)).toEqual([])
    await second.close()
    const third = open(path, { driver })
    await expect(third.execute(sql`select * from shared`)).rejects.toThrow('no such table')
  })

  test('two databases on one file never mix their transactions', async () => {
    const path = newPath()
    const [first, second] = [open(path, { driver }), open(path, { driver })]
    await counter(first)
    const started = Promise.withResolvers<void>()
    const undone = first.atomic(async () => {
      await first.execute(sql`update counter set n = 100`)
      started.resolve()
      await sleep(20)
      throw new Error('no')
    })
    await started.promise
    const written = second.execute(sql`update counter set n = n + 1`)
    await expect(undone).rejects.toThrow('no')
    await written
    expect(await first.execute(sql`select n from counter`)).toEqual([{ n: 1 }])
  })

  test('takes an open handle, enforces foreign keys on it, queues with others on it, and does not close it', async () => {
    const handle = handles[driver](':memory:')
    if ('pragma' in handle) handle.pragma('foreign_keys = off')
    else handle.exec('pragma foreign_keys = off')
    const [first, second] = [open(handle), open(handle)]
    await counter(first)
    expect(await pragma(first, 'foreign_keys')).toBe(1)
    const undone = first.atomic(async () => {
      await first.execute(sql`update counter set n = 100`)
      await sleep(10)
      throw new Error('no')
    })
    const written = second.atomic(() => second.execute(sql`update counter set n = n + 1`))
    await expect(undone).rejects.toThrow('no')
    await written
    await first.close()
    expect(await second.execute(sql`select n from counter`)).toEqual([{ n: 1 }])
    await second.close()
    expect({ ...(handle.prepare('select n from counter').get() as object) }).toEqual({ n: 1 })
    handle.close()
  })

  test('leaves the reading of integers on a handle to the application', async () => {
    const handle = handles[driver](':memory:')
    const database = open(handle)
    await database.execute(sql`select 1 as n`)
    expect({ ...(handle.prepare('select 1 as n').get() as object) }).toEqual({ n: 1 })
    await database.close()
    handle.close()
  })

  test('a BEGIN written by hand keeps others out until it ends', async () => {
    const database = open(newPath(), { driver })
    await counter(database)
    const others: Promise<unknown>[] = []
    await database.kysely.connection().execute(async (connection) => {
      await sql`begin`.execute(connection)
      await sql`update counter set n = 7`.execute(connection)
      others.push(database.execute(sql`update counter set n = n + 1`))
      await sleep(5)
      await sql`rollback`.execute(connection)
    })
    await Promise.all(others)
    expect(await database.execute(sql`select n from counter`)).toEqual([{ n: 1 }])
    await database.execute(sql`begin`)
    expect(await database.atomic(() => database.execute(sql`select n from counter`))).toEqual([{ n: 1 }])
  })

  test('a statement of the same process waits for a transaction without stopping the event loop', async () => {
    const database = open(newPath(), { driver })
    await counter(database)
    let beats = 0
    const heart = setInterval(() => {
      beats += 1
    }, 5)
    const started = Promise.withResolvers<void>()
    const slow = database.atomic(async () => {
      await database.execute(sql`update counter set n = 1`)
      started.resolve()
      // In a loop that the other statement stops there is no third beat, and this never ends.
      while (beats < 3) await sleep(5)
    })
    await started.promise
    expect(await database.execute(sql`select n from counter`)).toEqual([{ n: 1 }])
    await slow
    clearInterval(heart)
  })

  test('waits for another connection without stopping the event loop, and says so when that takes too long', async () => {
    const path = newPath()
    const database = open(path, { driver, busyTimeout: 600 })
    await counter(database)
    const other = handles[driver](path)
    other.exec('begin immediate')
    let longest = 0
    let last = performance.now()
    const heart = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    await expect(database.execute(sql`update counter set n = 1`)).rejects.toThrow(/locked.*busyTimeout/)
    await expect(database.atomic(async () => 'never')).rejects.toThrow(/locked.*busyTimeout/)
    const freed = sleep(50).then(() => other.exec('rollback'))
    await database.execute(sql`update counter set n = 2`)
    await freed
    clearInterval(heart)
    // SQLite's own waiting would have stopped the loop for all of the busy timeout.
    expect(longest).toBeLessThan(500)
    expect(await database.execute(sql`select n from counter`)).toEqual([{ n: 2 }])
    other.close()
  })

  test('opening a file waits for another connection that has it', async () => {
    const path = newPath()
    const other = handles[driver](path)
    other.exec('create table counter (n integer); begin exclusive')
    const freed = sleep(100).then(() => other.exec('commit'))
    const database = open(path, { driver })
    expect(await database.execute(sql`select n from counter`)).toEqual([])
    expect(await pragma(database, 'journal_mode')).toBe('wal')
    await freed
    other.close()
  })

  test('a transaction that SQLite rolled back by itself is not continued statement by statement', async () => {
    const database = open(newPath(), { driver })
    await database.execute(sql`create table strict_one (n integer unique on conflict rollback)`)
    await expect(
      database.atomic(async () => {
        await database.execute(sql`insert into strict_one values (1)`)
        await database.execute(sql`insert into strict_one values (1)`).catch(() => {})
        await database.execute(sql`insert into strict_one values (2)`)
      }),
    ).rejects.toThrow('rolled this transaction back by itself')
    expect(await database.execute(sql`select * from strict_one`)).toEqual([])
    expect(await database.atomic(async () => 'works')).toBe('works')
  })

  test('keeps a bounded number of prepared statements', async () => {
    const database = open(':memory:', { driver })
    for (let index = 0; index < 600; index += 1) expect(await database.execute(sql.raw(`select ${index} as n`))).toEqual([{ n: index }])
    expect(await database.execute(sql.raw('select 0 as n'))).toEqual([{ n: 0 }])
  })

  test('reads before it writes under atomic() in four processes, and loses no update', async () => {
    const path = newPath()
    await counter(open(path, { driver }))
    const source = `
      import { sql } from 'kysely'
      import { openDatabase } from './src/database/database.js'
      import { sqlite } from './src/sqlite.js'
      const [path, driver] = process.argv.slice(1)
      const database = openDatabase(sqlite(path, { driver }))
      for (let times = 0; times < 100; times += 1) {
        await database.atomic(async () => {
          const [row] = await database.execute(sql\`select n from counter\`)
          if (times % 10 === 0) await new Promise((done) => setTimeout(done, 2))
          await database.execute(sql\`update counter set n = \${row.n + 1}\`)
        })
      }
      await database.close()`
    await Promise.all(Array.from({ length: 4 }, () => runChild(source, [path, driver])))
    const [last] = opened.slice(-1)
    expect(await last?.execute(sql`select n from counter`)).toEqual([{ n: 400 }])
  }, 60_000)

  test('processes that open a new file together all live', async () => {
    const source = `
      import { sql } from 'kysely'
      import { openDatabase } from './src/database/database.js'
      import { sqlite } from './src/sqlite.js'
      const [driver, start, ...paths] = process.argv.slice(1)
      for (const [index, path] of paths.entries()) {
        await new Promise((done) => setTimeout(done, Number(start) + index * 60 - 5 - Date.now()))
        while (Date.now() < Number(start) + index * 60) {}
        const database = openDatabase(sqlite(path, { driver }))
        await database.execute(sql\`create table if not exists note (n integer)\`)
        await database.execute(sql\`insert into note values (1)\`)
        await database.close()
      }`
    const paths = Array.from({ length: 20 }, newPath)
    await Promise.all(Array.from({ length: 4 }, () => runChild(source, [driver, String(Date.now() + 1500), ...paths])))
    for (const path of paths) expect(await open(path, { driver }).execute(sql`select count(*) as n from note`)).toEqual([{ n: 4 }])
  }, 60_000)
})

test('one file cannot be open through two copies of SQLite in one process', async () => {
  const path = newPath()
  await open(path, { driver: 'node:sqlite' }).execute(sql`select 1`)
  await expect(open(path, { driver: 'better-sqlite3' }).execute(sql`select 1`)).rejects.toThrow('open through node:sqlite')
  const other = newPath()
  const handle = new BetterSqlite3(other)
  await open(handle).execute(sql`select 1`)
  await expect(open(other).execute(sql`select 1`)).rejects.toThrow('open through better-sqlite3')
  handle.close()
})

test('an unknown driver is refused at once', () => {
  expect(() => sqlite('x.db', { driver: 'sqlite3' as 'node:sqlite' })).toThrow("'sqlite3'")
})
