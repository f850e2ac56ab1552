import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { eachDatabase } from '../../test/support/databases.js'
import type { Database } from './database.js'

/** A block: how it is opened, what stands inside, whether that runs together, and whether it fails at the end. */
interface Block {
  readonly how: 'atomic' | 'transaction'
  readonly together: boolean
  readonly fails: boolean
  readonly pause: boolean
  readonly inside: readonly Block[]
}

const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.record({
    how: fc.constantFrom('atomic', 'transaction'),
    together: fc.boolean(),
    fails: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    pause: fc.boolean(),
    inside: fc.oneof({ maxDepth: 3 }, fc.constant<Block[]>([]), fc.array(tie('block'), { maxLength: 3 })),
  }),
}))

/** Runs a block; each writes its own path, before and after what stands inside. A failing one is caught where it was started. */
async function run(database: Database, one: Block, path: string): Promise<void> {
  const work = async (): Promise<void> => {
    await database.execute(sql`insert into visit (path) values (${path})`)
    const start = one.inside.map((inner, index) => () => run(database, inner, `${path}.${index}`).catch(() => {}))
    if (one.together) await Promise.all(start.map((begin) => begin()))
    else for (const begin of start) await begin()
    if (one.pause) await sleep(1)
    await database.kysely
      .insertInto('visit')
      .values({ path: `${path} end` })
      .execute()
    if (one.fails) throw new Error('fails')
  }
  await (one.how === 'atomic' ? database.atomic(work) : database.kysely.transaction().execute(work))
}

/** What remains: the paths of blocks in which nothing around them failed. */
function kept(one: Block, path: string): string[] {
  return one.fails ? [] : [path, `${path} end`, ...one.inside.flatMap((inner, index) => kept(inner, `${path}.${index}`))]
}

eachDatabase((_name, open) => {
  test('any tree of blocks, one after another or together, keeps exactly what did not fail', async () => {
    const database = await open()
    await database.execute(sql`create table visit (path varchar(100) not null)`)
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 3 }), async (blocks) => {
        await database.execute(sql`delete from visit`)
        await Promise.all(blocks.map((one, index) => run(database, one, String(index)).catch(() => {})))
        const rows = await database.execute<{ path: string }>(sql`select path from visit`)
        expect(rows.map((row) => row.path).sort()).toEqual(blocks.flatMap((one, index) => kept(one, String(index))).sort())
      }),
      { numRuns: 30 },
    )
  }, 60_000)
})
