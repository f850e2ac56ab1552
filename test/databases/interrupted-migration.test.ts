import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Database } from '../../src/database/database.js'
import type { Engine } from '../../src/database/dialects/dialect.js'
import { booleanField, charField, dateTimeField, foreignKey, integerField, jsonField, manyToManyField, textField } from '../../src/database/fields.js'
import { model, type AnyModelClass } from '../../src/database/model.js'
import type { Schema } from '../../src/database/schema/schema.js'
import { eachDatabase } from '../support/databases.js'
import { dumpSchema } from '../support/schema-dump.js'
import { bareSchemaOn, schemaOn } from '../support/schema.js'

/** A migration that stops before one of its statements, as a process that was killed there would. */
async function interrupted(database: Database, schema: Schema, at: number, destructive: boolean): Promise<boolean> {
  let changes = 0
  const stop = database.onStatement((text) => {
    if (!/^(create|alter|insert|update|delete|drop|set)/i.test(text)) return
    changes += 1
    if (changes === at) throw new Error('killed')
  })
  try {
    await schema.migrate({ destructive })
    return false
  } catch (error) {
    if ((error as Error).message !== 'killed') throw error
    return true
  } finally {
    stop()
  }
}

const Tag = model('shop.Tag', { fields: { word: charField({ maxLength: 20, unique: true }) } })

const before: AnyModelClass = model('shop.Product', {
  fields: {
    name: charField({ maxLength: 20, index: true }),
    gone: integerField({ null: true, index: true }),
    loose: integerField({ null: true }),
    tags: manyToManyField(() => Tag),
  },
})
const Old = model('shop.Old', { fields: { product: foreignKey('shop.Product') } })

const after: AnyModelClass = model('shop.Product', {
  fields: {
    name: charField({ maxLength: 40, index: true, unique: false }),
    loose: integerField({ default: 4 }),
    tags: manyToManyField(() => Tag),
    code: charField({ maxLength: 9, default: 'x', index: true }),
    note: textField({ default: 'n' }),
    maybe: integerField({ null: true, default: 6 }),
    extra: jsonField({ default: [] }),
    on: booleanField({ default: true }),
    seen: dateTimeField({ default: new Date(0) }),
    parent: foreignKey('self', { null: true }),
  },
  uniqueTogether: [['name', 'code']],
})

/** PostgreSQL rolls all back wherever it stops, and takes long to make a database: every seventh place will do there. */
function strideOf(engine: Engine): number {
  return engine === 'postgres' ? 7 : 1
}

/** The columns' order is that of their making. */
async function madeOf(database: Database): Promise<unknown> {
  const rows = await database.execute<{ name: string; columns: unknown }>(sql`select name, columns from portcullis_table order by name`)
  return rows.map(({ name, columns }) => [name, (typeof columns === 'string' ? (JSON.parse(columns) as string[]) : (columns as string[])).toSorted()])
}

async function rowsOf(database: Database): Promise<unknown> {
  return database.execute(sql`select name, loose, code, note, maybe, ${sql.ref('on')}, seen, parent_id from shop_product order by id`)
}

describe('a migration interrupted before any of its statements is completed by the next', { timeout: 600_000 }, () => {
  eachDatabase((_name, open, engine) => {
    test('the first, which makes everything', async () => {
      const whole = await open()
      await schemaOn(whole).migrate()
      const expected = await dumpSchema(whole)
      const ledger = (database: Database): Promise<unknown> => database.execute(sql`select app, name from django_migrations order by app, name`)
      const made = (database: Database): Promise<unknown> => database.execute(sql`select name, model, columns from portcullis_table order by name`)
      let at = 0
      for (;;) {
        at += strideOf(engine.engine)
        const database = await open()
        if (!(await interrupted(database, schemaOn(database), at, false))) break
        if (database.dialect.hasTransactionalDdl) expect(await dumpSchema(database)).toEqual({})
        await schemaOn(database).migrate()
        expect(await dumpSchema(database), `after ${at}`).toEqual(expected)
        expect(await ledger(database)).toEqual(await ledger(whole))
        expect(await made(database)).toEqual(await made(whole))
        expect((await schemaOn(database).plan({ destructive: true })).steps).toEqual([])
      }
      expect(at).toBeGreaterThan(40)
    })

    test('one that adds, changes and drops', async () => {
      const stock = async (): Promise<Database> => {
        const database = await open()
        await bareSchemaOn(database, [before, Old, Tag]).migrate()
        await database.execute(sql`insert into shop_product (name, gone, loose) values ('tea', 1, null), ('salt', 2, 2)`)
        return database
      }
      const target = (database: Database): Schema => bareSchemaOn(database, [after, Tag])
      const whole = await stock()
      await target(whole).migrate({ destructive: true })
      const [schema, rows] = [await dumpSchema(whole), await rowsOf(whole)]
      expect(await madeOf(whole)).toContainEqual([
        'shop_product',
        ['code', 'extra', 'id', 'loose', 'maybe', 'name', 'note', 'on', 'parent_id', 'seen'],
      ])
      expect(rows).toMatchObject([
        { name: 'tea', loose: 4, code: 'x', note: 'n', maybe: 6 },
        { name: 'salt', loose: 2, code: 'x', note: 'n', maybe: 6 },
      ])
      let at = 0
      for (;;) {
        at += strideOf(engine.engine)
        const database = await stock()
        if (!(await interrupted(database, target(database), at, true))) break
        await target(database).migrate({ destructive: true })
        expect(await dumpSchema(database), `after ${at}`).toEqual(schema)
        expect(await rowsOf(database), `after ${at}`).toEqual(rows)
        expect(await madeOf(database), `after ${at}`).toEqual(await madeOf(whole))
        expect((await target(database).plan({ destructive: true })).steps, `after ${at}`).toEqual([])
      }
      expect(at).toBeGreaterThan(20)
    })
  })
})
