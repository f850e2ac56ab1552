/**
 * The SQL that MySQL and MariaDB have in common.
 * @module
 */

import { MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql, type DatabaseIntrospector, type Kysely, type RawBuilder } from 'kysely'
import { IntegrityError, UniqueViolation } from '../../base/errors.js'
import type { Dialect, TextMatch } from './dialect.js'
import { likePattern } from './like.js'
import { unavailable, type Outage } from './unavailable.js'

/** The SQL of MariaDB 10.6 and MySQL 8, and later. */
export const mysqlDialect: Dialect = {
  engine: 'mysql',
  maxIdentifierLength: 64,
  // No limit but the size of a packet: 4 MB on older servers, so 400 bytes a value.
  maxParameters: 10_000,
  rowsPerInsert: 1000,
  isSynchronous: false,
  hasReturning: false,
  hasTransactionalDdl: false,
  defersForeignKeys: false,

  createQueryCompiler: () => new MysqlQueryCompiler(),
  createAdapter: () => new MysqlAdapter(),
  createIntrospector: (db: Kysely<never>): DatabaseIntrospector => new MysqlIntrospector(db),

  textMatch(kind: TextMatch, column: RawBuilder<unknown>, value: string): RawBuilder<boolean> {
    const pattern = likePattern(kind, value)
    return kind.startsWith('i') ? sql<boolean>`${column} like ${pattern}` : sql<boolean>`${column} like binary ${pattern}`
  },

  // INSERT IGNORE would also turn too long a text into a shorter one. Any unique key triggers this; MySQL cannot name one.
  onConflictDoNothing: ([first]) => (first === undefined ? sql`` : sql`on duplicate key update ${sql.ref(first)} = ${sql.ref(first)}`),
  onConflictUpdate: (_uniqueColumns, updateColumns) =>
    sql`on duplicate key update ${sql.join(updateColumns.map((one) => sql`${sql.ref(one)} = values(${sql.ref(one)})`))}`,
  jsonList: null,
  foreignVersion: null,
  nextKey: sql`null`,
  forUpdate: () => sql`for update`,

  asIntegrityError(error: unknown): UniqueViolation | IntegrityError | null {
    if (!(error instanceof Error)) return null
    const { errno, sqlMessage } = error as { errno?: unknown; sqlMessage?: string }
    if (typeof errno !== 'number') return null
    // mysql2 notes the statement with its values filled in, a password's hash among them, on its way into somebody's log.
    if ('sql' in error) Object.assign(error, { sql: undefined })
    const reason = REASONS[errno]
    if (reason !== undefined) return new IntegrityError(`The database refused the write: ${reason}.`, { cause: error })
    if (!DUPLICATE.has(errno)) return null
    // “Duplicate entry 'x' for key 'username'”; MySQL 8 says 'auth_user.username'. The value before it may hold quotes; the key does not.
    const key = /'([^']+)'[^']*$/.exec(sqlMessage ?? '')?.[1] ?? null
    const dot = key?.lastIndexOf('.') ?? -1
    const table = key === null || dot < 0 ? null : key.slice(0, dot)
    const constraint = key === null ? null : key.slice(dot + 1)
    return new UniqueViolation(`Another row has the same ${constraint ?? 'unique value'}.`, { table, constraint, columns: [], cause: error })
  },

  asUnavailable: (error) => unavailable(error, outageOf(error)),
}

function outageOf(error: unknown): Outage | null {
  if (!(error instanceof Error)) return null
  const { errno, code, fatal } = error as { errno?: unknown; code?: unknown; fatal?: unknown }
  if ('sql' in error) Object.assign(error, { sql: undefined })
  if (typeof errno === 'number' && CONTENDED.has(errno)) return 'contended'
  if (typeof errno === 'number' && ENDED.has(errno)) return 'lost'
  if (typeof errno === 'number' && (AWAY.has(errno) || (errno === OPTION_PREVENTS && /read.only/i.test(error.message)))) return 'away'
  if (code === 'PROTOCOL_CONNECTION_LOST') return 'lost'
  return (fatal === true && /closed state/.test(error.message)) || error.message === 'Queue limit reached.' ? 'away' : null
}

/** Deadlock; a lock, or a statement, that took too long (the last two are MariaDB's and MySQL's); a statement that was killed. */
const CONTENDED = new Set([1213, 1205, 1317, 1969, 3024])

/** A server that ends, or a connection that it ended. */
const ENDED = new Set([1053, 1927, 4031, 1152, 1158, 1159, 1160, 1161, 1184])

/** Too many connections, of all or of one account; a full disk or table, no memory, a file that cannot be written; an engine that only reads. */
const AWAY = new Set([1040, 1203, 1226, 1021, 1114, 1037, 1038, 1041, 3, 1026, 1030, 1836, 3100])

/** “The server is running with the --read-only option”, among other options. */
const OPTION_PREVENTS = 1290

/** ER_DUP_ENTRY, its form with the key's name, and that of an ALTER that meets duplicates. */
const DUPLICATE = new Set([1062, 1586, 1169])

/** By error number; MariaDB's checks are 4025, MySQL's 3819. */
const REASONS: Readonly<Record<number, string>> = {
  1048: 'a null where none may be',
  1364: 'a column without a value',
  1216: 'a foreign key points to no row',
  1217: 'other rows point to this one',
  1451: 'other rows point to this one',
  1452: 'a foreign key points to no row',
  3819: 'a check',
  4025: 'a check',
}
