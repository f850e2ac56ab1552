/**
 * What a plan asks of the rows in a table before it counts on a change.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../database.js'

/** Whether a table has any row. */
export async function hasRows(database: Database, table: string): Promise<boolean> {
  return (await database.execute(sql`select 1 as found from ${sql.table(table)} limit 1`)).length > 0
}

/** Whether a table has more than one row. */
export async function hasManyRows(database: Database, table: string): Promise<boolean> {
  return (await database.execute(sql`select 1 as found from ${sql.table(table)} limit 2`)).length > 1
}

/** How many rows have no value in a column. */
export async function countNulls(database: Database, table: string, column: string): Promise<number> {
  return count(database, sql`select count(*) as n from ${sql.table(table)} where ${sql.ref(column)} is null`)
}

/** How many rows share what should be unique with another. Rows without a value share nothing. */
export async function countDuplicates(database: Database, table: string, columns: readonly string[]): Promise<number> {
  const refs = columns.map((one) => sql.ref(one))
  const filled = sql.join(
    refs.map((one) => sql`${one} is not null`),
    sql` and `,
  )
  const groups = sql`select count(*) as n from ${sql.table(table)} where ${filled} group by ${sql.join(refs)} having count(*) > 1`
  return count(database, sql`select coalesce(sum(g.n), 0) as n from (${groups}) as g`)
}

async function count(database: Database, query: RawBuilder<unknown>): Promise<number> {
  const [row] = await database.execute<{ n: number | string | bigint }>(query as RawBuilder<{ n: number | string | bigint }>)
  return Number(row?.n ?? 0)
}
