/**
 * SQLite's SQL.
 * @module
 */

import { sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type DatabaseIntrospector, type Kysely, type RawBuilder } from 'kysely'
import { IntegrityError, UniqueViolation } from '../../base/errors.js'
import type { Dialect, TextMatch } from './dialect.js'
import { likePattern } from './like.js'
import { unavailable, type Outage } from './unavailable.js'

/** Our own connections queue themselves; Kysely's queue would make a statement inside `atomic()` wait for itself. */
class QueuelessAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/** The SQL of SQLite 3.35 and later. */
export const sqliteDialect: Dialect = {
  engine: 'sqlite',
  maxIdentifierLength: 200,
  // SQLITE_MAX_VARIABLE_NUMBER is 32,766 in every build of the last years.
  maxParameters: 32_000,
  rowsPerInsert: 100,
  isSynchronous: true,
  hasReturning: true,
  hasTransactionalDdl: true,
  defersForeignKeys: true,

  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new QueuelessAdapter(),
  createIntrospector: (db: Kysely<never>): DatabaseIntrospector => new SqliteIntrospector(db),

  textMatch(kind: TextMatch, column: RawBuilder<unknown>, value: string): RawBuilder<boolean> {
    // LIKE ignores the case of ASCII letters whatever one asks; what must respect it compares text itself.
    switch (kind) {
      case 'contains':
        return sql<boolean>`instr(${column}, ${value}) > 0`
      case 'startsWith':
        return sql<boolean>`substr(${column}, 1, length(${value})) = ${value}`
      case 'endsWith':
        return value === '' ? sql<boolean>`${column} is not null` : sql<boolean>`substr(${column}, -length(${value})) = ${value}`
      default:
        return sql<boolean>`${column} like ${likePattern(kind, value)} escape '\\'`
    }
  },

  onConflictDoNothing: (uniqueColumns) => sql`on conflict (${columnList(uniqueColumns)}) do nothing`,
  onConflictUpdate: (uniqueColumns, updateColumns) =>
    sql`on conflict (${columnList(uniqueColumns)}) do update set ${sql.join(updateColumns.map(fromExcluded))}`,
  jsonList: (text) => sql`json_group_array(${text})`,
  foreignVersion: sql`(select data_version as version from pragma_data_version)`,
  nextKey: sql`null`,
  forUpdate: () => sql``,

  asIntegrityError(error: unknown): UniqueViolation | IntegrityError | null {
    const code = constraintCode(error)
    if (code === null) return null
    const said = (error as Error).message
    if (!UNIQUE.has(code)) return new IntegrityError(`The database refused the write: ${said}.`, { cause: error })
    // “UNIQUE constraint failed: t.a, t.b”, or “…: index 'name'” for an index on an expression.
    const index = /failed: index '(.+)'/.exec(said)?.[1] ?? null
    const named = index === null ? (/failed: (.+)/.exec(said)?.[1] ?? '').split(', ').filter((one) => one !== '') : []
    const table = named[0]?.slice(0, named[0].lastIndexOf('.')) ?? null
    const columns = named.map((one) => one.slice(one.lastIndexOf('.') + 1))
    return new UniqueViolation(`Another row has the same ${index ?? columns.join(', ')}.`, { table, columns, constraint: index, cause: error })
  },

  asUnavailable: (error) => unavailable(error, outageOf(error)),
}

function outageOf(error: unknown): Outage | null {
  if (!(error instanceof Error)) return null
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (typeof errcode === 'number') return OUTAGES[errcode & 0xff]?.outage ?? null
  if (typeof code !== 'string') return null
  return Object.values(OUTAGES).find(({ name }) => code === name || code.startsWith(`${name}_`))?.outage ?? null
}

/** By the low byte, as `node:sqlite` numbers them, and the name, as `better-sqlite3` does. */
const OUTAGES: Readonly<Record<number, { readonly name: string; readonly outage: Outage }>> = {
  5: { name: 'SQLITE_BUSY', outage: 'contended' },
  6: { name: 'SQLITE_LOCKED', outage: 'contended' },
  7: { name: 'SQLITE_NOMEM', outage: 'away' },
  8: { name: 'SQLITE_READONLY', outage: 'away' },
  10: { name: 'SQLITE_IOERR', outage: 'away' },
  13: { name: 'SQLITE_FULL', outage: 'away' },
  14: { name: 'SQLITE_CANTOPEN', outage: 'away' },
  15: { name: 'SQLITE_PROTOCOL', outage: 'contended' },
}

const CONSTRAINT = 19
/** SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY and _ROWID, as `node:sqlite` numbers and `better-sqlite3` names them. */
const UNIQUE = new Set<number | string>([2067, 1555, 2579, 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_ROWID'])

function constraintCode(error: unknown): number | string | null {
  if (!(error instanceof Error)) return null
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  // The low byte is the kind of error.
  if (typeof errcode === 'number') return (errcode & 0xff) === CONSTRAINT ? errcode : null
  return typeof code === 'string' && code.startsWith('SQLITE_CONSTRAINT') ? code : null
}

function fromExcluded(column: string): RawBuilder<unknown> {
  return sql`${sql.ref(column)} = excluded.${sql.ref(column)}`
}

function columnList(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((one) => sql.ref(one)))
}
