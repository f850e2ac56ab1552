import { describe, expect, test } from 'vitest'
import { dumpSchema, without } from '../support/schema-dump.js'
import { eachDjango } from '../support/django.js'
import { schemaOn } from '../support/schema.js'
import { kindsModels } from './kinds.js'

const ours = (name: string): boolean => name.startsWith('portcullis_')

eachDjango((engine, site) => {
  test('portcullis makes what Django makes, table by table', async () => {
    const [his, mine] = [await site({ apps: ['kinds'] }), await site()]
    await his.django.makeMigrations()
    await his.django.run(['migrate', '-v0'])
    await schemaOn(mine.database, { models: kindsModels }).migrate()
    expect(without(await dumpSchema(mine.database), ours)).toEqual(await dumpSchema(his.database))
  })
})
