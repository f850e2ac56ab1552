/**
 * One statement that writes a row, or changes the one that is there, and answers with a number: what was there before decides, and nobody
 * can come between the question and the write.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { QueryResult } from 'kysely'
import type { Dialect } from './dialect.js'

/** A column, as an expression. */
export type ColumnOf = (column: string) => RawBuilder<unknown>

/** What such a statement says. */
export interface AnsweringUpsert {
  readonly table: string
  /** The column that tells rows apart: the table's primary key, and no counter. */
  readonly key: string
  /** The new row, by column. The key is among them, the column of the answer is not. */
  readonly row: Readonly<Record<string, unknown>>
  /** A column of the table that keeps the last answer. */
  readonly answer: string
  /** The answer for a row that is new. */
  readonly first: number
  /** The answer for a row that is there: `old` is what stands in it, `given` what `row` brings. At least 1. */
  readonly next: (old: ColumnOf, given: ColumnOf) => RawBuilder<unknown>
  /**
   * What is changed, in this order. A change may look at its own column, at columns that are changed after it, and at the answer;
   * never at one that was changed before it, because engines disagree on what stands there.
   */
  readonly changes: (
    answer: RawBuilder<unknown>,
    old: ColumnOf,
    given: ColumnOf,
  ) => readonly (readonly [column: string, value: RawBuilder<unknown>])[]
}

/** Makes the statement. Read its result with `answerOf`. */
export function answeringUpsert(dialect: Dialect, { table, key, row, answer, first, next, changes }: AnsweringUpsert): RawBuilder<unknown> {
  const isMysql = dialect.engine === 'mysql'
  const old: ColumnOf = (column) => sql.ref(`${table}.${column}`)
  const given: ColumnOf = (column) => (isMysql ? sql`values(${sql.ref(column)})` : sql`${sql.ref('excluded')}.${sql.ref(column)}`)
  const columns = [...Object.keys(row), answer].map((one) => sql.ref(one))
  // MySQL has no RETURNING, but hands back what `last_insert_id` was told, where no column counts up.
  const told = (value: RawBuilder<unknown>): RawBuilder<unknown> => (isMysql ? sql`last_insert_id(${value})` : value)
  const found = next(old, given)
  // MySQL changes one column after the other, so that the answer stands there already; others see the row as it was.
  const changed = [[answer, told(found)] as const, ...changes(isMysql ? old(answer) : sql`(${found})`, old, given)]
  const set = sql.join(changed.map(([column, value]) => sql`${sql.ref(column)} = ${value}`))
  return sql`insert into ${sql.table(table)} (${sql.join(columns)}) values (${sql.join([...Object.values(row), told(sql.lit(first))])}) ${
    isMysql ? sql`on duplicate key update ${set}` : sql`on conflict (${sql.ref(key)}) do update set ${set} returning ${sql.ref(answer)} as answer`
  }`
}

/** The number that such a statement answered with. */
export function answerOf({ rows, insertId }: QueryResult<{ readonly answer: number | bigint }>): number {
  return Number(rows[0]?.answer ?? insertId)
}
