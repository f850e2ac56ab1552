/**
 * Searching a table in parts, where statements hold the event loop and no index helps: window by window, with room between them for everybody else.
 * @module
 */

import { setImmediate as turn } from 'node:timers/promises'
import { sql, type RawBuilder } from 'kysely'
import type { ModelMeta } from '../../database/meta.js'
import type { ModelRegistry } from '../../database/registry.js'

/** So many hits are remembered by their keys. */
export const MOST_FOUND = 1000
/** So many rows are looked at in one go: some ten milliseconds where each is searched. */
const WINDOW = 25_000

/** What was found. */
export interface FoundKeys {
  /** Keys as the database has them, no more than `MOST_FOUND`. */
  readonly keys: readonly unknown[]
  /** How many there are, as far as they were counted. */
  readonly count: number
  /** Whether there are more than were counted. */
  readonly hasMore: boolean
}

/** Looks for the rows that fit, and stops where more than `countTo` were found. */
export async function findInWindows(registry: ModelRegistry, meta: ModelMeta, condition: RawBuilder<unknown>, countTo: number): Promise<FoundKeys> {
  const { database } = registry
  const key = keyOf(meta)
  const from = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> => sql`from ${sql.table(meta.table)}${where(conditions)}`
  const keys: unknown[] = []
  let count = 0
  let beyond: readonly RawBuilder<unknown>[] = []
  for (;;) {
    const [bound] = await database.execute(
      sql<{ key: unknown }>`select ${key} as ${sql.id('key')} ${from(beyond)} order by ${key} limit 1 offset ${WINDOW - 1}`,
    )
    const within = from([condition, ...beyond, ...(bound === undefined ? [] : [sql`${key} <= ${bound.key}`])])
    const limit = countTo + 1 - count
    if (keys.length < MOST_FOUND) {
      const hits = await database.execute(sql<{ key: unknown }>`select ${key} as ${sql.id('key')} ${within} limit ${limit}`)
      count += hits.length
      keys.push(...hits.slice(0, MOST_FOUND - keys.length).map((one) => one.key))
    } else count += await countUpTo(registry, within, limit)
    if (bound === undefined || count > countTo) return { keys, count: Math.min(count, countTo), hasMore: count > countTo }
    beyond = [sql`${key} > ${bound.key}`]
    await turn()
  }
}

/** Counts rows no further than to a limit. `tail` begins with `from`. */
export async function countUpTo(registry: ModelRegistry, tail: RawBuilder<unknown>, limit: number): Promise<number> {
  const [row] = await registry.database.execute(
    sql<{
      n: number | string | bigint
    }>`select count(*) as ${sql.id('n')} from (select 1 as ${sql.id('one')} ${tail} limit ${limit}) as ${sql.id('counted')}`,
  )
  return Number(row?.n ?? 0)
}

/** The key of a model's table. */
export function keyOf(meta: ModelMeta): RawBuilder<unknown> {
  return sql.ref(`${meta.table}.${meta.primaryKey?.column ?? 'id'}`)
}

/** Conditions that all hold; nothing for none. */
export function where(conditions: readonly (RawBuilder<unknown> | null)[]): RawBuilder<unknown> {
  const there = conditions.filter((one) => one !== null)
  return there.length === 0 ? sql`` : sql` where ${sql.join(there, sql` and `)}`
}
