/**
 * PostgreSQL's SQL.
 * @module
 */

import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type DatabaseIntrospector, type Kysely, type RawBuilder } from 'kysely'
import { IntegrityError, UniqueViolation } from '../../base/errors.js'
import type { Dialect, TextMatch } from './dialect.js'
import { likePattern } from './like.js'

/** The SQL of PostgreSQL 12 and later. */
export const postgresDialect: Dialect = {
  engine: 'postgres',
  maxIdentifierLength: 63,
  // The protocol counts parameters in 16 bits.
  maxParameters: 60_000,
  rowsPerInsert: 1000,
  isSynchronous: false,
  hasReturning: true,
  hasTransactionalDdl: true,
  defersForeignKeys: true,

  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db: Kysely<never>): DatabaseIntrospector => new PostgresIntrospector(db),

  textMatch(kind: TextMatch, column: RawBuilder<unknown>, value: string): RawBuilder<boolean> {
    const pattern = likePattern(kind, value)
    if (kind === 'iexact') return sql<boolean>`upper(${column}::text) = upper(${value})`
    // Django's spelling, so that an index it was given for this serves us too.
    return kind.startsWith('i') ? sql<boolean>`upper(${column}::text) like upper(${pattern})` : sql<boolean>`${column}::text like ${pattern}`
  },

  onConflictDoNothing: (uniqueColumns) => sql`on conflict (${columnList(uniqueColumns)}) do nothing`,
  onConflictUpdate: (uniqueColumns, updateColumns) =>
    sql`on conflict (${columnList(uniqueColumns)}) do update set ${sql.join(updateColumns.map(fromExcluded))}`,
  jsonList: null,
  foreignVersion: null,
  nextKey: sql`default`,
  forUpdate: () => sql`for update`,

  asIntegrityError(error: unknown): UniqueViolation | IntegrityError | null {
    if (!(error instanceof Error)) return null
    const { code, table, constraint, column, detail } = error as PostgresErrorFields
    // Class 23 is “integrity constraint violation”.
    if (typeof code !== 'string' || !/^23[0-9A-Z]{3}$/.test(code)) return null
    if (code !== '23505') {
      // “Failing row contains (…)”: every column, the password's hash among them, on its way into somebody's log.
      Object.assign(error, { detail: undefined })
      return new IntegrityError(`The database refused the write: ${REASONS[code] ?? 'a constraint'}${nameOf(column ?? constraint)}.`, {
        cause: error,
      })
    }
    // “Key (a, b)=(…) already exists.” in whatever language; the values behind it are nobody's business.
    const columns = (/\(([^=]+?)\)=\(/.exec(detail ?? '')?.[1] ?? '')
      .split(', ')
      .filter((one) => one !== '')
      .map(unquoted)
    const what = columns.length > 0 ? columns.join(', ') : (constraint ?? 'unique value')
    return new UniqueViolation(`Another row has the same ${what}.`, { table: table ?? null, columns, constraint: constraint ?? null, cause: error })
  },
}

interface PostgresErrorFields {
  readonly code?: unknown
  readonly table?: string
  readonly constraint?: string
  readonly column?: string
  readonly detail?: string
}

const REASONS: Readonly<Record<string, string>> = {
  '23502': 'a null where none may be, in',
  '23503': 'a foreign key,',
  '23514': 'the check',
}

function nameOf(name: string | undefined): string {
  return name === undefined ? '' : ` ${name}`
}

function unquoted(column: string): string {
  return column.startsWith('"') ? column.slice(1, -1).replaceAll('""', '"') : column
}

function fromExcluded(column: string): RawBuilder<unknown> {
  return sql`${sql.ref(column)} = excluded.${sql.ref(column)}`
}

function columnList(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((one) => sql.ref(one)))
}
