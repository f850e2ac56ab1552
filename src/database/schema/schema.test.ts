import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { eachDatabase } from '../../../test/support/databases.js'
import { dumpSchema } from '../../../test/support/schema-dump.js'
import { bareSchemaOn, schemaOn } from '../../../test/support/schema.js'
import { ServiceUnavailable } from '../../base/errors.js'
import { openDatabase, type Database } from '../database.js'
import { charField, integerField } from '../fields.js'
import { model } from '../model.js'

const Thing = model('shop.Thing', { fields: { name: charField({ maxLength: 30, index: true }) } })

/** How many statements `work` takes. */
async function countStatements(database: Database, work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const stop = database.onStatement(() => {
    count += 1
  })
  await work()
  stop()
  return count
}

describe('plan', () => {
  eachDatabase((_name, open, engine) => {
    test('says in text and in JSON what would happen, with the SQL', async () => {
      const database = await open()
      const schema = bareSchemaOn(database, [Thing])
      const planned = await schema.plan()
      expect(planned.toText()).toBe(
        [
          '+ Create table django_migrations',
          '+ Create table portcullis_table',
          '+ Create table shop_thing',
          '+ Record the migration 0001_table of portcullis',
        ].join('\n'),
      )
      expect(planned.toText({ sql: true })).toMatch(/\n {4}CREATE TABLE .shop_thing. \(/)
      const json = JSON.parse(JSON.stringify(planned)) as {
        isEmpty: boolean
        isDestructive: boolean
        steps: { kind: string; statements: string[] }[]
      }
      expect(json).toMatchObject({ isEmpty: false, isDestructive: false, isBlocked: false })
      expect(json.steps.map((one) => one.kind)).toEqual(['createTable', 'createTable', 'createTable', 'recordMigration'])
      // What is shown is what runs.
      const ran: string[] = []
      const stop = database.onStatement((text) => void ran.push(text))
      await schema.migrate()
      stop()
      expect(ran).toEqual(expect.arrayContaining(json.steps.flatMap((one) => one.statements)))
    })

    test('marks what is destructive, and does not do it', async () => {
      const database = await open()
      await bareSchemaOn(database, [Thing]).migrate()
      const planned = await bareSchemaOn(database, []).plan()
      expect(planned.toText()).toBe('- Drop table shop_thing with its data (only with destructive: true)')
      expect(planned.work({ destructive: false })).toEqual([])
      await bareSchemaOn(database, []).migrate()
      expect(await dumpSchema(database)).toHaveProperty('shop_thing')
    })

    test('reads the database in a number of statements that does not grow with the tables', async () => {
      const many = Array.from({ length: 30 }, (_, index) =>
        model(`shop.Thing${index}`, { fields: { name: charField({ maxLength: 30, unique: true }), size: integerField({ null: true }) } }),
      )
      const database = await open()
      await bareSchemaOn(database, many).migrate()
      const few = await countStatements(database, () => bareSchemaOn(database, []).plan())
      const all = await countStatements(database, () => bareSchemaOn(database, many).plan())
      expect(all).toBe(few)
      expect(all).toBeLessThanOrEqual(engine.engine === 'mysql' ? 8 : 7)
    })

    test('changes nothing', async () => {
      const database = await open()
      await schemaOn(database).plan()
      expect(await dumpSchema(database)).toEqual({})
    })
  })
})

describe('migrate', () => {
  eachDatabase((_name, open, engine) => {
    test('runs what follows every migration, also when there is nothing to do, with what was done', async () => {
      const database = await open()
      const seen: string[][] = []
      const schema = bareSchemaOn(database, [Thing], {
        afterMigrate: [
          async ({ applied }) => void seen.push(applied.map((one) => one.kind)),
          async () => {
            expect(database.isInAtomic).toBe(true)
            await database.execute(sql`insert into shop_thing (name) values ('made')`)
          },
        ],
      })
      await schema.migrate()
      await schema.migrate()
      expect(seen).toEqual([['createTable', 'createTable', 'createTable', 'recordMigration'], []])
      expect(await database.execute(sql`select name from shop_thing`)).toEqual([{ name: 'made' }, { name: 'made' }])
    })

    test('undoes itself when what follows fails, where the engine can; the next run completes it anyway', async () => {
      const database = await open()
      let fails = true
      const schema = bareSchemaOn(database, [Thing], {
        afterMigrate: [
          async () => {
            await database.execute(sql`insert into shop_thing (name) values ('made')`)
            if (fails) throw new Error('not yet')
          },
        ],
      })
      await expect(schema.migrate()).rejects.toThrow('not yet')
      if (database.dialect.hasTransactionalDdl) expect(await dumpSchema(database)).toEqual({})
      fails = false
      await schema.migrate()
      expect(await database.execute(sql`select name from shop_thing`)).toEqual([{ name: 'made' }])
    })

    test('done by two at once in one process is done once', async () => {
      const database = await open()
      const results = await Promise.all([schemaOn(database).migrate(), schemaOn(database).migrate()])
      expect(results.map((one) => one.applied.length).toSorted((a, b) => a - b)[0]).toBe(0)
    })

    test('refuses to run inside a transaction', async () => {
      const database = await open()
      await expect(database.atomic(() => schemaOn(database).migrate())).rejects.toThrow(/inside atomic\(\)\. Call it outside/)
    })

    test('gives up when another keeps the lock', async () => {
      const one = await engine.create()
      const [first, second] = [openDatabase(one.source()), openDatabase(one.source())]
      try {
        await first.withLock('portcullis.migrate', async () => {
          await expect(schemaOn(second).migrate({ lockTimeout: 1 })).rejects.toBeInstanceOf(ServiceUnavailable)
        })
        await schemaOn(second).migrate({ lockTimeout: 1 })
      } finally {
        await Promise.all([first.close(), second.close()])
      }
    })
  })
})

describe('Django’s apps without a Django', () => {
  eachDatabase((_name, open) => {
    test('made by hand in old widths, without a ledger, are left alone and told apart (DM-4)', async () => {
      const database = await open()
      const schema = schemaOn(database)
      await schema.migrate()
      await database.execute(sql`delete from portcullis_table`)
      await database.execute(sql`delete from django_migrations where app <> 'portcullis'`)
      await narrow(database, 'auth_group', 'name', 80)
      await narrow(database, 'auth_user', 'first_name', 30)
      const before = await dumpSchema(database)
      const planned = await schema.plan()
      expect(planned.isEmpty).toBe(true)
      expect(planned.leftAlone.find((one) => one.subject === 'auth')).toMatchObject({
        reason: 'its tables are there, but no migration is recorded; `python manage.py migrate --fake` records them',
        differences: ['auth_group.name is varchar(80), not varchar(150)', 'auth_user.first_name is varchar(30), not varchar(150)'],
      })
      await schema.migrate({ destructive: true })
      expect(await dumpSchema(database)).toEqual(before)
    })

    test('of which some tables are missing are an error, with or without a ledger', async () => {
      const database = await open()
      const schema = schemaOn(database)
      await schema.migrate()
      await database.execute(sql`drop table auth_user_groups`)
      await expect(schema.migrate()).rejects.toThrow(
        /^Nothing was migrated\.\ndjango_migrations says that auth is there, but auth_user_groups is missing\. Restore/,
      )
      await database.execute(sql`delete from portcullis_table`)
      await database.execute(sql`delete from django_migrations where app = 'auth'`)
      await expect(schema.migrate()).rejects.toThrow(/Other tables of auth are there, but auth_user_groups is missing/)
    })

    test('stay when a user model of the application takes the place of theirs', async () => {
      const database = await open()
      await schemaOn(database).migrate()
      const registryWithout = bareSchemaOn(database, [])
      expect((await registryWithout.plan({ destructive: true })).steps.length).toBeGreaterThan(0)
      const { Person } = await import('../../../test/django/kinds.js')
      const planned = await schemaOn(database, { user: Person }).plan({ destructive: true })
      expect(planned.steps.filter((one) => one.kind === 'dropTable')).toEqual([])
    })
  })
})

async function narrow(database: Database, table: string, column: string, length: number): Promise<void> {
  if (database.engine === 'sqlite') {
    const [made] = await database.execute<{ sql: string }>(sql`select sql from sqlite_master where name = ${table}`)
    await database.execute(sql`drop table ${sql.table(table)}`)
    await database.execute(sql.raw((made?.sql ?? '').replace(`"${column}" varchar(150)`, `"${column}" varchar(${length})`)))
    return
  }
  const type = sql.raw(`varchar(${length})`)
  await database.execute(
    database.engine === 'postgres'
      ? sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} type ${type}`
      : sql`alter table ${sql.table(table)} modify ${sql.ref(column)} ${type} not null`,
  )
}
