import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { engines, type PrivateDatabase } from '../../../test/support/databases.js'
import { bareSchemaOn } from '../../../test/support/schema.js'
import { openDatabase, type Database } from '../database.js'
import { charField, foreignKey, integerField } from '../fields.js'
import { model, type AnyModelClass } from '../model.js'

const Shelf = (fields: Parameters<typeof model>[1] = {}): AnyModelClass =>
  model('shop.Shelf', { fields: { name: charField({ maxLength: 30 }), ...fields.fields } })
const Book = model('shop.Book', { fields: { shelf: foreignKey('shop.Shelf') } })

async function library(open: () => Promise<Database>): Promise<Database> {
  const database = await open()
  await bareSchemaOn(database, [Shelf(), Book]).migrate()
  await database.execute(sql`insert into shop_shelf (name) values ('a'), ('b'), ('c')`)
  await database.execute(sql`insert into shop_book (shelf_id) values (1), (2), (2)`)
  return database
}

const grown = Shelf({ fields: { height: integerField({ default: 5 }) } })

describe.each(engines.filter((one) => one.engine === 'sqlite').map((one) => [one.name, one] as const))(
  'a table that %s cannot alter is made anew',
  (_name, engine) => {
    const made: { readonly file: PrivateDatabase; readonly database: Database }[] = []
    const open = async (): Promise<Database> => {
      const file = await engine.create()
      const database = openDatabase(file.source())
      made.push({ file, database })
      return database
    }
    afterAll(async () => {
      for (const { file, database } of made) {
        await database.close()
        await file.drop()
      }
    })

    test('what points to it still does, and keys are checked again afterwards', async () => {
      const database = await library(open)
      // An action of the application's own table must not see the rows go.
      await database.execute(sql`create table note (shelf_id integer references shop_shelf (id) on delete cascade)`)
      await database.execute(sql`insert into note values (3)`)
      await bareSchemaOn(database, [grown, Book]).migrate()
      expect(
        await database.execute(
          sql`select s.name, s.height, count(b.id) as books from shop_shelf s left join shop_book b on b.shelf_id = s.id group by s.id order by s.id`,
        ),
      ).toEqual([
        { name: 'a', height: 5, books: 1 },
        { name: 'b', height: 5, books: 2 },
        { name: 'c', height: 5, books: 0 },
      ])
      expect(await database.execute(sql`select * from note`)).toEqual([{ shelf_id: 3 }])
      expect(await database.execute(sql`pragma foreign_keys`)).toEqual([{ foreign_keys: 1 }])
      expect(await database.execute(sql`pragma legacy_alter_table`)).toEqual([{ legacy_alter_table: 0 }])
      await expect(database.execute(sql`insert into shop_book (shelf_id) values (99)`)).rejects.toThrow()
      const [book] = await database.execute<{ sql: string }>(sql`select sql from sqlite_master where name = 'shop_book'`)
      expect(book?.sql).toContain('REFERENCES "shop_shelf"')
    })

    test('what others put there stays: columns, indexes, triggers, views', async () => {
      const database = await library(open)
      await database.execute(sql`alter table shop_shelf add column remark text default 'none'`)
      await database.execute(sql`create index by_remark on shop_shelf (remark) where remark <> 'none'`)
      await database.execute(sql`create table log (name text)`)
      await database.execute(sql`create trigger logged after insert on shop_shelf begin insert into log values (new.name); end`)
      await database.execute(sql`create view names as select name from shop_shelf`)
      await database.execute(sql`update shop_shelf set remark = 'mine' where name = 'a'`)
      await bareSchemaOn(database, [grown, Book]).migrate()
      await bareSchemaOn(database, [Shelf(), Book]).migrate({ destructive: true })
      await database.execute(sql`insert into shop_shelf (name) values ('d')`)
      expect(await database.execute(sql`select name, remark from shop_shelf order by id`)).toEqual([
        { name: 'a', remark: 'mine' },
        { name: 'b', remark: 'none' },
        { name: 'c', remark: 'none' },
        { name: 'd', remark: 'none' },
      ])
      expect(await database.execute(sql`select name from log`)).toEqual([{ name: 'd' }])
      expect(await database.execute(sql`select count(*) as n from names`)).toEqual([{ n: 4 }])
      expect(await database.execute(sql`select name from sqlite_master where name in ('by_remark', 'logged')`)).toHaveLength(2)
    })

    test('the key of a deleted row never comes back', async () => {
      const database = await library(open)
      await database.execute(sql`delete from shop_shelf where id = 3`)
      await bareSchemaOn(database, [grown, Book]).migrate()
      await database.execute(sql`insert into shop_shelf (name, height) values ('d', 1)`)
      expect(await database.execute(sql`select max(id) as id from shop_shelf`)).toEqual([{ id: 4 }])
    })

    test('rows that already pointed to nothing stop nobody; rows that would are refused, and nothing changes', async () => {
      const database = await library(open)
      await database.execute(sql`pragma foreign_keys = off`)
      await database.execute(sql`insert into shop_book (shelf_id) values (77)`)
      await database.execute(sql`pragma foreign_keys = on`)
      await bareSchemaOn(database, [grown, Book]).migrate()
      const hasty = bareSchemaOn(database, [Shelf(), Book], {
        afterMigrate: [async () => void (await database.execute(sql`delete from shop_shelf where id = 1`))],
      })
      await expect(hasty.migrate({ destructive: true })).rejects.toThrow(/would leave rows in shop_book that point to nothing/)
      expect((await bareSchemaOn(database, [grown, Book]).plan()).steps).toEqual([])
      expect(await database.execute(sql`select count(*) as n from shop_shelf`)).toEqual([{ n: 3 }])
    })
  },
)
