import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { eachDatabase } from '../../../test/support/databases.js'
import { dumpSchema } from '../../../test/support/schema-dump.js'
import { bareSchemaOn } from '../../../test/support/schema.js'
import type { Database } from '../database.js'
import type { Fields, ModelOptions } from '../declaration.js'
import {
  bigIntegerField,
  booleanField,
  charField,
  dateTimeField,
  decimalField,
  foreignKey,
  integerField,
  jsonField,
  manyToManyField,
  oneToOneField,
  positiveSmallIntegerField,
  textField,
  uuidField,
} from '../fields.js'
import { model, type AnyModelClass } from '../model.js'
import type { MigrationResult } from './options.js'
import type { MigrationPlan } from './plan.js'

const Maker = model('shop.Maker', { fields: { name: charField({ maxLength: 30 }) } })

/** The model of a product as it is declared at one moment. */
function product(fields: Fields, options: Omit<ModelOptions, 'fields'> = {}): AnyModelClass {
  return model('shop.Product', {
    ...options,
    fields: { name: charField({ maxLength: 30 }), maker: foreignKey('shop.Maker', { null: true }), ...fields },
  })
}

const plain = product({})

function migrate(database: Database, models: readonly AnyModelClass[], options: { destructive?: boolean } = {}): Promise<MigrationResult> {
  return bareSchemaOn(database, models).migrate(options)
}

function plan(database: Database, models: readonly AnyModelClass[]): Promise<MigrationPlan> {
  return bareSchemaOn(database, models).plan({ destructive: true })
}

/** Two products of one maker, and something that points to a product. */
async function stocked(open: () => Promise<Database>, now: AnyModelClass = plain): Promise<Database> {
  const database = await open()
  await migrate(database, [Maker, now])
  await database.execute(sql`insert into shop_maker (name) values ('Acme')`)
  for (const name of ['tea', 'salt']) await database.execute(sql`insert into shop_product (name, maker_id) select ${name}, id from shop_maker`)
  return database
}

function kindsOf({ steps }: MigrationPlan): string[] {
  return steps.map((one) => one.kind)
}

async function isSettled(database: Database, models: readonly AnyModelClass[]): Promise<void> {
  expect((await plan(database, models)).steps).toEqual([])
}

describe('tables of an application', () => {
  eachDatabase((_name, open) => {
    test('are made, with those between models, and then there is nothing to do', async () => {
      const database = await open()
      const Tag = model('shop.Tag', { fields: { word: charField({ maxLength: 20, unique: true }) } })
      const tagged = product({ tags: manyToManyField(() => Tag) })
      const { applied } = await migrate(database, [tagged, Tag, Maker])
      expect(applied.filter((one) => one.kind === 'createTable').map((one) => one.table)).toEqual([
        'django_migrations',
        'portcullis_table',
        'shop_product',
        'shop_product_tags',
        'shop_tag',
        'shop_maker',
      ])
      const again = bareSchemaOn(database, [tagged, Tag, Maker])
      expect((await again.plan()).toText()).toBe('Nothing to do.')
      expect((await again.migrate()).applied).toEqual([])
    })

    test('get a new column that may be null, and one with a default in the rows that exist', async () => {
      const database = await stocked(open)
      const grown = product({
        note: textField({ null: true }),
        price: decimalField({ maxDigits: 8, decimalPlaces: 2, default: '1.50' }),
        code: charField({ maxLength: 20, default: "it's 5\\6 “ü”", index: true }),
        tags: jsonField({ default: ['a'] }),
        on: booleanField({ default: true }),
        seen: dateTimeField({ default: ({ now }) => now }),
        stock: positiveSmallIntegerField({ null: true, default: 7 }),
        twin: foreignKey('self', { null: true }),
        key: uuidField({ default: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
        empty: charField({ maxLength: 9, blank: true }),
        big: bigIntegerField({ default: 2n ** 60n }),
      })
      await migrate(database, [Maker, grown])
      await isSettled(database, [Maker, grown])
      const fresh = await open()
      await migrate(fresh, [Maker, grown])
      expect(await dumpSchema(database)).toEqual(await dumpSchema(fresh))
      const rows = await database.execute<Record<string, unknown>>(
        sql`select name, note, price, code, stock, empty, twin_id, maker_id from shop_product order by id`,
      )
      expect(rows.map((one) => ({ ...one, price: Number(one['price']) }))).toEqual([
        { name: 'tea', note: null, price: 1.5, code: "it's 5\\6 “ü”", stock: 7, empty: '', twin_id: null, maker_id: 1 },
        { name: 'salt', note: null, price: 1.5, code: "it's 5\\6 “ü”", stock: 7, empty: '', twin_id: null, maker_id: 1 },
      ])
    })

    test('a required column without a default is refused while there are rows; nothing is half done', async () => {
      const database = await stocked(open)
      const before = await dumpSchema(database)
      const grown = [
        Maker,
        product({ size: integerField(), note: textField({ null: true }) }),
        model('shop.Extra', { fields: { a: integerField() } }),
      ]
      await expect(migrate(database, grown)).rejects.toThrow(
        /shop_product\.size is required and has no default, but shop_product has rows\. Declare a `default`/,
      )
      expect(await dumpSchema(database)).toEqual(before)
      await database.execute(sql`delete from shop_product`)
      await migrate(database, grown)
      await isSettled(database, grown)
    })

    test('a new index and a new unique set are made', async () => {
      const database = await stocked(open)
      const ruled = product({}, { indexes: [['name', 'maker']], uniqueTogether: [['maker', 'name']] })
      expect(kindsOf((await migrate(database, [Maker, ruled])).plan)).toEqual(['createIndex', 'addConstraint'])
      await isSettled(database, [Maker, ruled])
      const only = model('shop.Product', {
        fields: { name: charField({ maxLength: 30, unique: true }), maker: oneToOneField('shop.Maker', { null: true }) },
      })
      await expect(migrate(database, [Maker, only])).rejects.toThrow(
        /maker_id cannot become unique in shop_product: 2 rows share a value with another/,
      )
      await database.execute(sql`update shop_product set maker_id = null where name = 'tea'`)
      await migrate(database, [Maker, only], { destructive: true })
      await isSettled(database, [Maker, only])
      await expect(database.execute(sql`insert into shop_product (name, maker_id) values ('tea', null)`)).rejects.toThrow()
    })

    test('a rule that is no longer declared goes only when told', async () => {
      const ruled = product(
        { code: charField({ maxLength: 9, unique: true, null: true }), size: integerField({ index: true, default: 1 }) },
        { indexes: [['name', 'size']], uniqueTogether: [['maker', 'name']] },
      )
      const loose = product({ code: charField({ maxLength: 9, null: true }), size: integerField({ default: 1 }) })
      const database = await stocked(open, product({}))
      await migrate(database, [Maker, ruled])
      const kept = await migrate(database, [Maker, loose])
      expect(kept.applied).toEqual([])
      expect(kept.plan.isDestructive).toBe(true)
      await migrate(database, [Maker, loose], { destructive: true })
      await isSettled(database, [Maker, loose])
      await database.execute(sql`update shop_product set code = 'same', name = 'same'`)
    })

    test('a column grows by itself and shrinks only when told', async () => {
      const database = await stocked(open)
      const sized = (maxLength: number): AnyModelClass =>
        model('shop.Product', { fields: { name: charField({ maxLength }), maker: foreignKey('shop.Maker', { null: true }) } })
      const wider = await migrate(database, [Maker, sized(80)])
      expect(wider.applied.map((one) => one.description)).toEqual(['Change shop_product.name: from varchar(30) to varchar(80)'])
      await isSettled(database, [Maker, sized(80)])
      expect((await migrate(database, [Maker, sized(10)])).applied).toEqual([])
      expect((await migrate(database, [Maker, sized(10)], { destructive: true })).applied).toHaveLength(1)
      await isSettled(database, [Maker, sized(10)])
      expect(await database.execute(sql`select name from shop_product order by id`)).toEqual([{ name: 'tea' }, { name: 'salt' }])
    })

    test('a column that is required from now on gets its default where it has nothing, or is refused', async () => {
      const database = await stocked(open, product({ size: integerField({ null: true }), other: foreignKey('shop.Maker', { null: true }) }))
      await expect(migrate(database, [Maker, product({ size: integerField() })])).rejects.toThrow(
        /shop_product\.size is required now, but 2 rows have no value/,
      )
      const needed = product({ size: integerField({ default: 3 }), other: foreignKey('shop.Maker', { default: 1 }) })
      await migrate(database, [Maker, needed])
      await isSettled(database, [Maker, needed])
      expect(await database.execute(sql`select size, other_id from shop_product`)).toEqual([
        { size: 3, other_id: 1 },
        { size: 3, other_id: 1 },
      ])
      await migrate(database, [Maker, product({ size: integerField({ null: true }), other: foreignKey('shop.Maker', { null: true }) })])
      await database.execute(sql`update shop_product set size = null`)
    })

    test('columns and tables that are no longer declared go only when told, with the keys between them', async () => {
      const A = model('shop.A', { fields: { b: foreignKey('shop.B', { null: true }) } })
      const B = model('shop.B', { fields: { a: foreignKey('shop.A', { null: true }) } })
      const wide = product({
        price: integerField({ default: 1 }),
        rival: foreignKey('shop.Maker', { null: true }),
        code: charField({ maxLength: 5, unique: true, null: true }),
      })
      const database = await stocked(open)
      await migrate(database, [Maker, wide, A, B])
      const kept = await migrate(database, [Maker, plain])
      expect(kept.applied).toEqual([])
      expect((await dumpSchema(database))['shop_a']).toBeDefined()
      await migrate(database, [Maker, plain], { destructive: true })
      await isSettled(database, [Maker, plain])
      const fresh = await open()
      await migrate(fresh, [Maker, plain])
      expect(await dumpSchema(database)).toEqual(await dumpSchema(fresh))
    })

    test('of somebody else are left as they are, and the differences told', async () => {
      const database = await open()
      await database.execute(sql`create table shop_product (id integer not null primary key, name varchar(10) not null, owner varchar(10) not null)`)
      const before = (await dumpSchema(database))['shop_product']
      const { plan: planned } = await migrate(database, [Maker, plain], { destructive: true })
      expect(planned.leftAlone.map((one) => [one.subject, one.reason])).toEqual([
        ['shop_product', 'portcullis did not make it; bring it up to date by hand'],
      ])
      expect(planned.leftAlone[0]?.differences.slice(0, 3)).toEqual([
        'shop_product.maker_id is missing',
        'shop_product.owner must be filled, but is not declared',
        expect.stringMatching(/^shop_product\.(id is integer, not bigint|name is varchar\(10\), not varchar\(30\))$/),
      ])
      expect((await plan(database, [Maker])).isEmpty).toBe(true)
      await migrate(database, [Maker], { destructive: true })
      expect((await dumpSchema(database))['shop_product']).toEqual(before)
    })

    test('of a model without fields are another tool’s: neither made nor touched', async () => {
      const database = await open()
      const Invoice = model('billing.Invoice')
      await migrate(database, [Invoice])
      expect(Object.keys(await dumpSchema(database))).toEqual(['django_migrations', 'portcullis_table'])
      await database.execute(sql`create table billing_invoice (anything integer)`)
      await migrate(database, [Invoice], { destructive: true })
      expect(await plan(database, [Invoice])).toMatchObject({ steps: [] })
    })

    test('point to a key that is there with its own type', async () => {
      const database = await open()
      await database.execute(sql`create table shop_maker (id integer not null primary key, name varchar(30) not null)`)
      await migrate(database, [Maker, plain])
      await isSettledBut(database, [Maker, plain], 'shop_maker')
      await database.execute(sql`insert into shop_maker (id, name) values (1, 'Acme')`)
      await database.execute(sql`insert into shop_product (name, maker_id) values ('tea', 1)`)
      await expect(database.execute(sql`insert into shop_product (name, maker_id) values ('tea', 2)`)).rejects.toThrow()
    })

    test('are not dropped while another table points to them, nor is their key changed', async () => {
      const database = await stocked(open)
      await expect(
        migrate(database, [plain.meta.column.has('maker') ? model('shop.Product', { fields: { name: charField({ maxLength: 30 }) } }) : plain]),
      ).resolves.toBeDefined()
      const Kept = model('shop.Kept', { fields: { product: foreignKey('shop.Product') } })
      await migrate(database, [Maker, plain, Kept])
      await database.execute(sql`update portcullis_table set name = 'elsewhere' where name = 'shop_kept'`)
      await expect(migrate(database, [Maker], { destructive: true })).rejects.toThrow(
        /shop_product is no longer declared, but shop_kept points to it\. Declare shop\.Product again/,
      )
      const keyed = model('shop.Product', {
        fields: { name: charField({ maxLength: 30, primaryKey: true }), maker: foreignKey('shop.Maker', { null: true }) },
      })
      await expect(migrate(database, [Maker, keyed])).rejects.toThrow(
        /The primary key of shop_product is id \((bigint|integer)\), but name \(varchar\(30\)\) is declared/,
      )
    })

    test('with names the engine would cut are refused', async () => {
      const database = await open()
      const long = model('shop.Long', { table: 't'.repeat(201), fields: { a: integerField() } })
      await expect(migrate(database, [long])).rejects.toThrow(/has 201 characters, but the database takes \d+\. Set a shorter `table`/)
    })
  })
})

/** Nothing to do but for what is left alone. */
async function isSettledBut(database: Database, models: readonly AnyModelClass[], leftAlone: string): Promise<void> {
  const { steps } = await plan(database, models)
  expect(steps.map((one) => (one.kind === 'leftAlone' ? one.subject : one.kind))).toEqual([leftAlone])
}
