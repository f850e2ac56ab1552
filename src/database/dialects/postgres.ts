/**
 * PostgreSQL's SQL.
 * @module
 */

import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql, type DatabaseIntrospector, type Kysely, type RawBuilder } from 'kysely'
import { IntegrityError, PortcullisError, UniqueViolation } from '../../base/errors.js'
import type { Dialect, TextMatch } from './dialect.js'
import { likePattern } from './like.js'
import { unavailable, type Outage } from './unavailable.js'

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
    const columns = (/^[^(]*\(([^=]+)\)=\(/.exec(detail ?? '')?.[1] ?? '')
      .split(', ')
      .filter((one) => one !== '')
      .map(unquoted)
    const what = columns.length > 0 ? columns.join(', ') : (constraint ?? 'unique value')
    return new UniqueViolation(`Another row has the same ${what}.`, { table: table ?? null, columns, constraint: constraint ?? null, cause: error })
  },

  asUnavailable: (error) => unavailable(error, outageOf(error)),
}

/** Ours, of a transaction that is over, tells what ended it. */
function outageOf(error: unknown): Outage | null {
  if (!(error instanceof Error)) return null
  const { code } = error as PostgresErrorFields
  if (error instanceof PortcullisError) return outageOf(error.cause)
  if (typeof code === 'string') return CONTENDED.has(code) ? 'contended' : ENDED.test(code) ? 'lost' : AWAY.test(code) ? 'away' : null
  return LOST.test(error.message) ? 'lost' : NO_CONNECTION.test(error.message) ? 'away' : null
}

/** Serialization failure, deadlock, lock timeout, statement timeout. */
const CONTENDED = new Set(['40001', '40P01', '55P03', '57014'])

/** Class 08 “connection exception”, and a server that ends: by hand, by a crash, or a connection that rested for too long. */
const ENDED = /^(?:08[0-9A-Z]{3}|57P0[125]|25P0[34])$/

/**
 * Classes 53 “insufficient resources” (a full disk, too many connections) and 58 “system error”; a server that begins or ends; and one that
 * only reads: a stand-by, before somebody makes it the first.
 */
const AWAY = /^(?:53[0-9A-Z]{3}|58[0-9A-Z]{3}|57P0[34]|25006)$/

/** What `pg` and its pool say without a code: of a connection that was there, and of none. */
const LOST = /^(?:Connection terminated|Query read timeout)/
const NO_CONNECTION =
  /^(?:timeout exceeded when trying to connect|timeout expired|Client (?:has encountered a connection error|was closed) and is not queryable)/

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
