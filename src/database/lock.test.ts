import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { startChild, runChild } from '../../test/support/child-process.js'
import { eachDatabase } from '../../test/support/databases.js'
import { openDatabase, type Database } from './database.js'

/** Opens the database a test names in its arguments. */
const OPEN = `
  import { sql } from 'kysely'
  import { openDatabase } from './src/database/database.js'
  import { mysql } from './src/mysql.js'
  import { postgres } from './src/postgres.js'
  import { sqlite } from './src/sqlite.js'
  const [name, url] = process.argv.slice(1)
  const source = name === 'PostgreSQL' ? postgres(url) : name === 'MariaDB' ? mysql(url) : sqlite(url, { driver: name })
  const database = openDatabase(source)
`

eachDatabase((name, open, engine) => {
  describe('withLock', () => {
    test('lets one in at a time, whichever database object asks', async () => {
      const { source } = await engine.create()
      const databases: Database[] = [openDatabase(source()), openDatabase(source()), openDatabase(source())]
      let inside = 0
      let most = 0
      await Promise.all(
        databases.map((database) =>
          database.withLock('migrate', async () => {
            inside += 1
            most = Math.max(most, inside)
            await database.execute(sql`select 1`)
            await sleep(10)
            inside -= 1
          }),
        ),
      )
      expect(most).toBe(1)
      await Promise.all(databases.map((one) => one.close()))
    })

    test('does not run anything in a transaction: what was done before an error stays', async () => {
      const database = await open()
      await expect(
        database.withLock('migrate', async () => {
          expect(database.isInAtomic).toBe(false)
          await database.execute(sql`create table made (n integer)`)
          await expect(
            database.atomic(async () => {
              await database.execute(sql`insert into made values (1)`)
              throw new Error('inner')
            }),
          ).rejects.toThrow('inner')
          await database.atomic(() => database.execute(sql`insert into made values (2)`))
          await database.kysely.transaction().execute((trx) => trx.insertInto('made').values({ n: 3 }).execute())
          throw new Error('outer')
        }),
      ).rejects.toThrow('outer')
      expect(await database.execute(sql`select n from made order by n`)).toEqual([{ n: 2 }, { n: 3 }])
      expect(await database.withLock('migrate', async () => 'free again')).toBe('free again')
    })

    test('its work uses the connection that holds it', async () => {
      const database = await open()
      await database.withLock('migrate', async () => {
        await database.execute(sql`create temporary table own (n integer)`)
        await database.atomic(() => database.execute(sql`insert into own values (1)`))
        expect(await database.kysely.selectFrom('own').select('n').execute()).toEqual([{ n: 1 }])
      })
    })

    test('may be taken again inside itself, and inside a transaction', async () => {
      const database = await open()
      expect(await database.withLock('a', () => database.withLock('a', () => database.withLock('b', async () => 'in')))).toBe('in')
      await database.execute(sql`create table made (n integer)`)
      await database.atomic(() => database.withLock('a', () => database.execute(sql`insert into made values (1)`)))
      expect(await database.execute(sql`select n from made`)).toEqual([{ n: 1 }])
    })

    test('onCommit inside it runs after the transaction inside it', async () => {
      const database = await open()
      const heard: string[] = []
      await database.withLock('a', async () => {
        await database.atomic(async () => {
          await database.onCommit(() => {
            heard.push('committed')
          })
          heard.push('working')
        })
        heard.push('after')
      })
      expect(heard).toEqual(['working', 'committed', 'after'])
    })

    test('keeps other processes out, gives up in time, and is freed when its holder dies', async () => {
      const { url, source } = await engine.create()
      const database = openDatabase(source())
      const child = startChild(
        `${OPEN}
        await database.withLock('migrate', async () => {
          console.log('locked')
          await new Promise((done) => setTimeout(done, 30_000))
        })`,
        [name, url],
      )
      await child.printed('locked')
      await expect(database.withLock('migrate', async () => 'never', { timeoutSeconds: 0.3 })).rejects.toMatchObject({
        name: 'ServiceUnavailable',
        retryAfter: 1,
      })
      expect(await database.withLock('another', async () => 'free')).toBe('free')
      const waiting = database.withLock('migrate', async () => 'mine')
      child.process.kill('SIGKILL')
      expect(await waiting).toBe('mine')
      await database.close()
    }, 30_000)

    test('four processes count to forty without atomic()', async () => {
      const { url, source } = await engine.create()
      const database = openDatabase(source())
      await database.execute(sql`create table counter (n integer)`)
      await database.execute(sql`insert into counter values (0)`)
      const work = `${OPEN}
        for (let times = 0; times < 10; times += 1) {
          await database.withLock('count', async () => {
            const [row] = await database.execute(sql\`select n from counter\`)
            await new Promise((done) => setTimeout(done, 1))
            await database.execute(sql\`update counter set n = \${row.n + 1}\`)
          })
        }
        await database.close()`
      await Promise.all(Array.from({ length: 4 }, () => runChild(work, [name, url])))
      expect(await database.execute(sql`select n from counter`)).toEqual([{ n: 40 }])
      await database.close()
    }, 60_000)
  })

  test('on a server, read-then-write under atomic() with a lock on the row loses nothing', async () => {
    const database = await open()
    await database.execute(sql`create table counter (n integer)`)
    await database.execute(sql`insert into counter values (0)`)
    await Promise.all(
      Array.from({ length: 40 }, () =>
        database.atomic(async () => {
          const [row] = await database.execute<{ n: number }>(sql`select n from counter ${database.dialect.forUpdate()}`)
          await database.execute(sql`update counter set n = ${(row?.n ?? 0) + 1}`)
        }),
      ),
    )
    expect(await database.execute(sql`select n from counter`)).toEqual([{ n: 40 }])
  })
})
