/**
 * INSERT in as few statements as the engine takes, with the keys that come back.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { settled, type Cells, type RawRow } from './cells.js'
import type { ModelMeta } from './meta.js'
import type { ModelRegistry } from './registry.js'
import type { StatementCache } from './statements.js'

/** More rows in one statement gain nothing, and each number of rows is a statement of its own to keep. */
const MOST_ROWS = 1000

/** What an insertion needs of its manager. */
export interface InsertionParts {
  readonly registry: ModelRegistry
  readonly meta: ModelMeta
  readonly cells: Cells
  readonly statements: StatementCache
}

/**
 * Inserts rows, all or none, and gives their values with the keys the database made, in the order given. `skipTaken` names unique
 * columns: a row that is there already by these is left alone, and then nothing comes back.
 */
export async function insertRows(parts: InsertionParts, list: readonly object[], skipTaken: readonly string[] = []): Promise<RawRow[]> {
  const { registry, meta, cells } = parts
  const rows = list.map((values) => cells.complete(values as RawRow))
  const made: RawRow[] = []
  const write = async (): Promise<void> => {
    for (const part of partsOf(rows, meta, registry.database.dialect.maxParameters)) made.push(...(await insertPart(parts, part, skipTaken)))
  }
  await (rows.length > 1 ? registry.database.atomic(write) : write())
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
  const values = part.flatMap((row) => written.map((cell) => cell.encode(row[cell.meta.name])))
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
  return part.map((row, index) => settled({ ...row, [key.name]: read(keys[index]) }))
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
function* partsOf(rows: readonly RawRow[], meta: ModelMeta, maxParameters: number): Generator<RawRow[]> {
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(maxParameters / Math.max(1, meta.columns.length))))
  const key = meta.primaryKey?.name
  let part: RawRow[] = []
  for (const row of rows) {
    const [first] = part
    if (first !== undefined && (part.length >= most || (key !== undefined && (first[key] === undefined) !== (row[key] === undefined)))) {
      yield part
      part = []
    }
    part.push(row)
  }
  if (part.length > 0) yield part
}
