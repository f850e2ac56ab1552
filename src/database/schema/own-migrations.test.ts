import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { eachDatabase } from '../../../test/support/databases.js'
import { dumpSchema } from '../../../test/support/schema-dump.js'
import { schemaOn } from '../../../test/support/schema.js'
import { charField, foreignKey, integerField } from '../fields.js'
import { model } from '../model.js'
import type { OwnMigration } from './own-migrations.js'

const First = model('portcullis.Visit', {
  table: 'portcullis_visit',
  fields: { user: foreignKey('auth.User'), agent: charField({ maxLength: 20, index: true }) },
})
const Second = model('portcullis.Visit', {
  table: 'portcullis_visit',
  fields: { user: foreignKey('auth.User'), agent: charField({ maxLength: 20, index: true }), count: integerField({ default: 1, index: true }) },
})

const migrations: OwnMigration[] = [
  { name: '0003_visit_count', up: (change) => change.addColumn(Second, 'count'), down: (change) => change.dropColumn(Second, 'count') },
  { name: '0002_visit', up: (change) => change.createTable(First), down: (change) => change.dropTable(First) },
]

describe('our own migrations', () => {
  eachDatabase((_name, open) => {
    test('run in the order of their names, each once, and stand in Django’s ledger', async () => {
      const database = await open()
      const schema = schemaOn(database, { ownMigrations: migrations })
      await schema.migrate()
      expect(await database.execute(sql`select name from django_migrations where app = 'portcullis' order by name`)).toEqual([
        { name: '0001_table' },
        { name: '0002_visit' },
        { name: '0003_visit_count' },
      ])
      expect((await schema.plan()).steps).toEqual([])
      const stepwise = await open()
      await schemaOn(stepwise).migrate()
      await schemaOn(stepwise, { ownMigrations: migrations.slice(1) }).migrate()
      await stepwise.execute(
        sql`insert into auth_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined) values ('ada', '', ${false}, '', '', '', ${false}, ${true}, ${'2026-01-01 00:00:00'})`,
      )
      await stepwise.execute(sql`insert into portcullis_visit (user_id, agent) select id, 'a' from auth_user`)
      await schemaOn(stepwise, { ownMigrations: migrations }).migrate()
      expect(await dumpSchema(stepwise)).toEqual(await dumpSchema(database))
      expect(await stepwise.execute(sql`select agent, count from portcullis_visit`)).toEqual([{ agent: 'a', count: 1 }])
    })

    test('run both ways', async () => {
      const database = await open()
      const dumps = []
      for (const known of [[], migrations.slice(1), migrations]) {
        await schemaOn(database, { ownMigrations: known }).migrate()
        dumps.push(await dumpSchema(database))
      }
      const schema = schemaOn(database, { ownMigrations: migrations })
      const { applied } = await schema.revert({ to: '0002_visit' })
      expect(applied.map((one) => one.destructive)).toEqual([true, true])
      expect(await dumpSchema(database)).toEqual(dumps[1])
      await schema.revert({ to: '0001_table' })
      expect(await dumpSchema(database)).toEqual(dumps[0])
      await schema.revert({ to: null })
      expect(await dumpSchema(database)).not.toHaveProperty('portcullis_table')
      expect(await database.execute(sql`select name from django_migrations where app = 'portcullis'`)).toEqual([])
      await expect(schema.revert({ to: '0009_nothing' })).rejects.toThrow(/There is no migration “0009_nothing” of portcullis/)
    })

    test('with a name that is none, or one twice, are refused', async () => {
      const database = await open()
      await expect(schemaOn(database, { ownMigrations: [{ ...migrations[0], name: 'visit' } as OwnMigration] }).plan()).rejects.toThrow(
        /“visit” is no name for a migration/,
      )
      await expect(schemaOn(database, { ownMigrations: [...migrations, ...migrations] }).plan()).rejects.toThrow(/there are two of it/)
    })
  })
})
