/**
 * INSERT in as few statements as the engine takes, with the keys that come back.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { settled, type Cells, type RawRow } from './cells.js'
import type { ModelMeta } from './meta.js'
import type { ModelRegistry } from './registry.js'
import type { StatementCache } from './statements.js'

/** What an insertion needs of its manager. */
export interface InsertionParts {
  readonly registry: ModelRegistry
  readonly meta: ModelMeta
  readonly cells: Cells
  readonly statements: StatementCache
}

/**
 * Inserts rows, all or none, and gives what `make` makes of their values with the keys the database made, in the order given. `skipTaken`
 * names unique columns: a row that is there already by these is left alone, and then nothing comes back.
 */
export async function insertRows<I>(
  parts: InsertionParts,
  list: readonly object[],
  make: (row: RawRow) => I,
  skipTaken: readonly string[] = [],
): Promise<I[]> {
  const { database } = parts.registry
  const made: I[] = []
  // Part by part, so that of many rows only a few are held in more than one form.
  const write = async (): Promise<void> => {
    for (const part of partsOf(parts, list)) for (const row of await insertPart(parts, part, skipTaken)) made.push(make(row))
  }
  await (list.length > 1 ? database.atomic(write) : write())
  return made
}

async function insertPart(
  { registry, meta, cells, statements }: InsertionParts,
  part: readonly RawRow[],
  skipTaken: readonly string[],
): Promise<RawRow[]> {
  const key = meta.primaryKey
  const keyed = key === null || part[0]?.[key.name] !== undefined
  const written = cells.list.filter((cell) => keyed || cell.meta !== key)
  const values: unknown[] = []
  for (const row of part) for (const cell of written) values.push(cell.encode(row[cell.meta.name]))
  const { dialect } = registry.database
  const returning = !keyed && dialect.hasReturning && skipTaken.length === 0
  const { rows, insertId } = await statements.run<RawRow>(`insert ${part.length} ${keyed} ${skipTaken.join()}`, values, () => {
    const columns = sql.join(written.map((cell) => sql.ref(cell.meta.column)))
    const tuples = part.map((_, index) => sql`(${sql.join(values.slice(index * written.length, (index + 1) * written.length))})`)
    // A key alone: no engine takes an empty list of columns for several rows, and each has its own word for “the next one”.
    if (written.length === 0 && key !== null) return insertKeysOnly(meta, key.column, part.length, dialect.nextKey, returning)
    const insert = sql`insert into ${sql.table(meta.table)} (${columns}) values ${sql.join(tuples)}`
    if (skipTaken.length > 0) return sql`${insert} ${dialect.onConflictDoNothing(skipTaken)}`
    return returning && key !== null ? sql`${insert} returning ${sql.ref(key.column)}` : insert
  })
  if (skipTaken.length > 0) return []
  if (keyed || key === null) return part.map(settled)
  const keys = returning ? rows.map((row) => row[key.column]) : await countedKeys(statements, insertId, part.length)
  const { read } = cells.of(key)
  for (const [index, row] of part.entries()) row[key.name] = read(keys[index])
  return part.map(settled)
}

function insertKeysOnly(meta: ModelMeta, column: string, count: number, nextKey: RawBuilder<unknown>, returning: boolean): RawBuilder<unknown> {
  const tuples = Array.from({ length: count }, () => sql`(${nextKey})`)
  const insert = sql`insert into ${sql.table(meta.table)} (${sql.ref(column)}) values ${sql.join(tuples)}`
  return returning ? sql`${insert} returning ${sql.ref(column)}` : insert
}

/** MySQL tells the first key of an INSERT; with the rows' number known beforehand the rest follow in its steps. */
async function countedKeys(statements: StatementCache, first: bigint | undefined, count: number): Promise<unknown[]> {
  const step =
    count === 1
      ? 1n
      : BigInt((await statements.run<{ step: number }>('step', [], () => sql`select @@auto_increment_increment as step`)).rows[0]?.step ?? 1)
  return Array.from({ length: count }, (_, index) => (first ?? 0n) + BigInt(index) * step)
}

/** Runs of rows that fit one statement and agree on whether they bring their key: neither kind may be told NULL. */
function* partsOf({ registry, meta, cells }: InsertionParts, list: readonly object[]): Generator<RawRow[]> {
  const { rowsPerInsert, maxParameters } = registry.database.dialect
  const most = Math.max(1, Math.min(rowsPerInsert, Math.floor(maxParameters / Math.max(1, meta.columns.length))))
  const key = meta.primaryKey?.name
  const now = registry.clock.now()
  let part: RawRow[] = []
  for (const values of list) {
    const row = cells.complete(values as RawRow, now)
    const [first] = part
    if (first !== undefined && (part.length >= most || (key !== undefined && (first[key] === undefined) !== (row[key] === undefined)))) {
      yield part
      part = []
    }
    part.push(row)
  }
  if (part.length > 0) yield part
}
