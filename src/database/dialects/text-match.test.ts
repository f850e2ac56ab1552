import { sql } from 'kysely'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eachDatabase } from '../../../test/support/databases.js'
import type { Database } from '../database.js'
import type { TextMatch } from './dialect.js'

async function words(open: () => Promise<Database>, all: readonly string[]): Promise<(kind: TextMatch, value: string) => Promise<string[]>> {
  const database = await open()
  await database.execute(sql`create table word (text varchar(100))`)
  for (const one of all) await database.execute(sql`insert into word (text) values (${one})`)
  return async (kind, value) =>
    (await database.execute<{ text: string }>(sql`select text from word where ${database.dialect.textMatch(kind, sql.ref('text'), value)}`)).map(
      (row) => row.text,
    )
}

eachDatabase((name, open) => {
  test('finds text as it is written, or in any case', async () => {
    const find = await words(open, ['Alice', 'alice', 'malice', 'Bob'])
    expect((await find('iexact', 'ALICE')).sort()).toEqual(['Alice', 'alice'])
    expect(await find('contains', 'lic')).toEqual(['Alice', 'alice', 'malice'])
    expect(await find('contains', 'LIC')).toEqual([])
    expect(await find('icontains', 'LIC')).toEqual(['Alice', 'alice', 'malice'])
    expect(await find('startsWith', 'al')).toEqual(['alice'])
    expect(await find('istartsWith', 'al')).toEqual(['Alice', 'alice'])
    expect(await find('endsWith', 'ICE')).toEqual([])
    expect(await find('iendsWith', 'ICE')).toEqual(['Alice', 'alice', 'malice'])
    for (const kind of ['contains', 'startsWith', 'endsWith', 'icontains'] as const) expect(await find(kind, '')).toHaveLength(4)
  })

  test('folds the case of other letters where the engine does (DM-14)', async () => {
    const find = await words(open, ['Ünal', 'ünal'])
    expect(await find('iexact', 'ÜNAL')).toHaveLength(name === 'PostgreSQL' || name === 'MariaDB' ? 2 : 1)
  })

  test('%, _ and \\ stand for themselves', async () => {
    const all = ['100%', '1000', 'a_b', 'axb', 'a\\b', 'a\\_b', '\\', '%', '_']
    const find = await words(open, all)
    const kinds = ['contains', 'icontains', 'startsWith', 'istartsWith', 'endsWith', 'iendsWith', 'iexact'] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), fc.stringMatching(/^[ab01%_\\x]{0,3}$/), async (kind, value) => {
        const method = kind.includes('ontains') ? 'includes' : kind.includes('tarts') ? 'startsWith' : 'endsWith'
        const expected = kind === 'iexact' ? all.filter((one) => one === value) : all.filter((one) => one[method](value))
        expect((await find(kind, value)).sort()).toEqual(expected.sort())
      }),
      { numRuns: 80 },
    )
  })
})
