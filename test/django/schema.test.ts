/**
 * The schema that a real Django makes and the one portcullis makes.
 *
 * `RECORD_DJANGO_SCHEMA=1` with a Django 5.2 at `TEST_DJANGO_PYTHON` writes test/fixtures/django-5.2-schema-*.json anew.
 * @module
 */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { eachDatabase } from '../support/databases.js'
import { djangoIsAtLeast, djangoRelease, eachDjango } from '../support/django.js'
import { readDjangoSchemas, writeDjangoSchemas, type DjangoSchemas } from '../support/fixtures.js'
import { dumpSchema, without, type SchemaDump } from '../support/schema-dump.js'
import { schemaOn } from '../support/schema.js'
import { Badge, kindsModels, Person } from './kinds.js'

const ours = (name: string): boolean => name.startsWith('portcullis_')

const variants = { kinds: { models: kindsModels }, people: { user: Person, models: [Badge] } } as const

describe('Django 5.2 and portcullis make the same schema', () => {
  eachDatabase((_name, open, engine) => {
    for (const variant of ['kinds', 'people'] as const) {
      test(`columns, types, nulls, indexes, constraints and their names: ${variant}`, async () => {
        const recorded = readDjangoSchemas(engine.engine)
        const database = await open()
        await schemaOn(database, variants[variant]).migrate()
        const tables = Object.keys(recorded[variant]).length
        console.info(`django-5.2-schema, ${variant} on ${engine.name}: ${tables} tables`)
        expect(tables).toBeGreaterThan(10)
        expect(without(await dumpSchema(database), ours)).toEqual(recorded[variant])
      })
    }
  })
})

eachDjango((engine, site) => {
  test('the Django here and portcullis make the same schema', async () => {
    const found: Partial<Record<keyof typeof variants, SchemaDump>> = {}
    for (const variant of ['kinds', 'people'] as const) {
      const [his, mine] = [await site({ apps: [variant] }), await site()]
      await his.django.makeMigrations()
      await his.django.run(['migrate', '-v0'])
      await schemaOn(mine.database, variants[variant]).migrate()
      found[variant] = await dumpSchema(his.database)
      expect(asMadeBy(without(await dumpSchema(mine.database), ours))).toEqual(found[variant])
    }
    if (process.env['RECORD_DJANGO_SCHEMA'] && djangoRelease?.startsWith('5.2'))
      writeDjangoSchemas(engine.engine, { django: djangoRelease, ...(found as Pick<DjangoSchemas, 'kinds' | 'people'>) })
  })

  test('what Django made leaves nothing to do, and nothing is done', async () => {
    const { database, django } = await site({ apps: ['kinds'] })
    await django.makeMigrations()
    await django.run(['migrate', '-v0'])
    const before = await dumpSchema(database)
    const schema = schemaOn(database, { models: kindsModels })
    const plan = await schema.plan()
    expect(plan.leftAlone.flatMap((one) => one.differences)).toEqual([])
    expect(
      plan
        .work({ destructive: true })
        .filter((one) => one.kind !== 'createTable' || one.table !== 'portcullis_table')
        .map((one) => one.description),
    ).toEqual(['Record the migration 0001_table of portcullis'])
    await schema.migrate({ destructive: true })
    expect((await schema.plan({ destructive: true })).isEmpty).toBe(true)
    expect(without(await dumpSchema(database), ours)).toEqual(before)
    await django.run(['migrate', '--check', '-v0'])
    await django.run(['makemigrations', '--check', '--dry-run', '-v0'])
  })

  test('what Django made around a user model of its own leaves nothing to do', async () => {
    const { database, django } = await site({ apps: ['people'] })
    await django.makeMigrations()
    await django.run(['migrate', '-v0'])
    const before = await dumpSchema(database)
    const schema = schemaOn(database, { user: Person, models: [Badge] })
    await schema.migrate()
    const plan = await schema.plan()
    expect(plan.isEmpty).toBe(true)
    expect(plan.leftAlone.map((one) => one.subject).toSorted()).toEqual([
      'admin',
      'auth',
      'contenttypes',
      'people_badge',
      'people_person',
      'people_person_groups',
      'people_person_user_permissions',
      'sessions',
    ])
    expect(plan.leftAlone.flatMap((one) => one.differences)).toEqual([])
    expect(without(await dumpSchema(database), ours)).toEqual(before)
  })

  test('what portcullis made leaves Django nothing to do', async () => {
    const { database, django } = await site()
    const schema = schemaOn(database)
    await schema.migrate()
    const before = await dumpSchema(database)
    await django.run(['migrate', '--check', '-v0'])
    await django.run(['makemigrations', '--check', '--dry-run', '-v0'])
    await django.run(['migrate', '-v0'])
    expect(await dumpSchema(database)).toEqual(before)
    expect((await schema.plan()).isEmpty).toBe(true)
    const applied = await django.python<string[]>(
      'from django.db.migrations.recorder import MigrationRecorder\nanswer([m.applied.isoformat() for m in MigrationRecorder.Migration.objects.all()])',
    )
    expect(new Set(applied)).toEqual(new Set(['2026-01-02T03:04:05.678000+00:00']))
  })

  test('Django adopts the models of an application that portcullis made, the user model too', async () => {
    const { database, django } = await site({ apps: ['people'] })
    const schema = schemaOn(database, { user: Person, models: [Badge] })
    await schema.migrate()
    const before = await dumpSchema(database)
    await django.makeMigrations()
    await django.run(['migrate', '--fake-initial', '-v0'])
    await django.run(['migrate', '--check', '-v0'])
    expect(await dumpSchema(database)).toEqual(before)
    expect((await schema.plan()).isEmpty).toBe(true)
    const person = await django.python(
      'from people.models import Person, Badge\np = Person.objects.create_user("ada", phone="1")\nBadge.objects.create(person=p, colour="red")\nanswer(Person.objects.filter(badge__colour="red").count())',
    )
    expect(person).toBe(1)
  })

  test('a Django that has got halfway is recognised, may finish, and then agrees', async () => {
    const { database, django } = await site()
    await django.run(['migrate', 'contenttypes', '-v0'])
    await django.run(['migrate', 'auth', '0009', '-v0'])
    const schema = schemaOn(database)
    const plan = await schema.plan()
    expect(plan.blocked).toEqual([])
    const auth = plan.leftAlone.find((one) => one.subject === 'auth')
    expect(auth?.reason).toContain('9 of 12')
    expect(auth?.differences).toEqual(['auth_group.name is varchar(80), not varchar(150)', 'auth_user.first_name is varchar(30), not varchar(150)'])
    await schema.migrate()
    expect((await schema.plan()).isEmpty).toBe(true)
    await django.run(['migrate', '-v0'])
    await django.run(['migrate', '--check', '-v0'])
    const after = await schema.plan()
    expect(after.isEmpty).toBe(true)
    expect(after.leftAlone.flatMap((one) => one.differences)).toEqual([])
    const mine = await site()
    await schemaOn(mine.database).migrate()
    expect(await dumpSchema(database)).toEqual(
      asMadeBy(await dumpSchema(mine.database), (table) => !['django_admin_log', 'django_session'].includes(table) && !ours(table)),
    )
  })

  test('tables too old to write to are not touched; the error says to let Django finish', async () => {
    const { database, django } = await site()
    await django.run(['migrate', 'auth', '0005', '-v0'])
    const before = await dumpSchema(database)
    const schema = schemaOn(database)
    await expect(schema.migrate()).rejects.toThrow(/django_content_type\.name must be filled.*python manage\.py migrate contenttypes/)
    expect(await dumpSchema(database)).toEqual(before)
    await django.run(['migrate', '-v0'])
    await schema.migrate()
    expect((await schema.plan()).leftAlone.flatMap((one) => one.differences)).toEqual([])
    await django.run(['migrate', '--check', '-v0'])
  })

  test('a dump restored without its ledger is left alone', async () => {
    const { database, django } = await site()
    await django.run(['migrate', '-v0'])
    await database.execute(sql`drop table django_migrations`)
    const before = await dumpSchema(database)
    const schema = schemaOn(database)
    await schema.migrate()
    const plan = await schema.plan()
    expect(plan.isEmpty).toBe(true)
    expect(plan.leftAlone.map((one) => one.subject)).toEqual(['contenttypes', 'auth', 'admin', 'sessions'])
    expect(plan.leftAlone[0]?.reason).toContain('--fake')
    expect(without(await dumpSchema(database), (name) => ours(name) || name === 'django_migrations')).toEqual(before)
    await django.run(['migrate', '--fake', '-v0'])
    await django.run(['migrate', '--check', '-v0'])
  })

  test('a table that is missing though the ledger has it is an error with the remedy', async () => {
    const { database, django } = await site()
    await django.run(['migrate', '-v0'])
    await database.execute(sql`drop table django_session`)
    await expect(schemaOn(database).migrate()).rejects.toThrow(/django_session is missing.*delete from django_migrations where app = 'sessions'/)
    await database.execute(sql`delete from django_migrations where app = 'sessions'`)
    await schemaOn(database).migrate()
    await django.run(['migrate', '--check', '-v0'])
    expect(await django.python('from django.contrib.sessions.models import Session\nanswer(Session.objects.count())')).toBe(0)
  })
})

/** What the Django here makes differently from 5.2. `tables`: which of them it made. */
function asMadeBy(dump: SchemaDump, tables: (name: string) => boolean = () => true): SchemaDump {
  const lines = Object.entries(dump).map(([table, { columns, rules }]) => [
    table,
    { columns: (tables(table) ? columns.map((one) => olderColumn(table, one)) : columns).toSorted(), rules },
  ])
  return Object.fromEntries(lines) as SchemaDump
}

function olderColumn(table: string, column: string): string {
  // Before 4.1, PostgreSQL counted keys with `serial` (DM-3).
  if (!djangoIsAtLeast('4.1'))
    column = column.replace(
      /^(\S+) (\S+) NOT NULL IDENTITY$/,
      (_all, name, type) => `${name} ${type} NOT NULL DEFAULT nextval('${sequenceName(table, name)}'::regclass)`,
    )
  // Before 5.0, MariaDB's UUIDs were text.
  if (!djangoIsAtLeast('5.0')) column = column.replace(/^(`\w+`) uuid /, '$1 char(32) ')
  return column
}

/** PostgreSQL's name for the sequence of a serial column: both names cut so that all has 63 characters. */
function sequenceName(table: string, column: string): string {
  return `${table.slice(0, 63 - `_${column}_seq`.length)}_${column}_seq`
}
