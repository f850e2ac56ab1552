/**
 * A database's schema as its engine tells it, independent of how portcullis reads one. Order makes no difference in it: Django's
 * columns stand in the order of its history.
 * @module
 */

import { sql } from 'kysely'
import type { Database } from '../../src/database/database.js'
import { parseCreateTable } from '../../src/database/dialects/sqlite-ddl.js'

/** One table, a line for each thing in it. */
export interface TableDump {
  readonly columns: readonly string[]
  /** Constraints and indexes. */
  readonly rules: readonly string[]
}

/** All tables by name. */
export type SchemaDump = Readonly<Record<string, TableDump>>

/** Dumps every table. */
export async function dumpSchema(database: Database): Promise<SchemaDump> {
  const dump = { sqlite: dumpSqlite, postgres: dumpPostgres, mysql: dumpMysql }[database.engine]
  const tables = await dump(database)
  return Object.fromEntries(
    Object.entries(tables)
      .toSorted()
      .map(([name, one]) => [name, { columns: one.columns.toSorted(), rules: one.rules.toSorted() }]),
  )
}

/** The same without some tables. */
export function without(dump: SchemaDump, names: (name: string) => boolean): SchemaDump {
  return Object.fromEntries(Object.entries(dump).filter(([name]) => !names(name)))
}

type Mutable = Record<string, { columns: string[]; rules: string[] }>

async function dumpSqlite(database: Database): Promise<Mutable> {
  const rows = await database.execute<{ type: string; table: string; sql: string }>(
    sql`select type, tbl_name as "table", sql from sqlite_master where sql is not null and tbl_name not like 'sqlite%' order by type desc, name`,
  )
  const tables: Mutable = {}
  for (const { type, table, sql: text } of rows) {
    const dumped = (tables[table] ??= { columns: [], rules: [] })
    if (type !== 'table') {
      dumped.rules.push(text)
      continue
    }
    const { columns, constraints, tail } = parseCreateTable(text)
    dumped.columns.push(...columns.map((one) => one.text))
    dumped.rules.push(...constraints, ...(tail === '' ? [] : [tail]))
  }
  return tables
}

async function dumpPostgres(database: Database): Promise<Mutable> {
  const columns = await database.execute<{ table: string; line: string }>(sql`
    select c.relname::text as "table", concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'NOT NULL' else 'NULL' end,
      case a.attidentity when 'd' then 'IDENTITY' when 'a' then 'IDENTITY ALWAYS' end, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
      case when a.attcollation <> t.typcollation then 'COLLATE ' || a.attcollation::regcollation end) as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`)
  const rules = await database.execute<{ table: string; line: string }>(sql`
    select c.relname::text as "table", k.conname || ': ' || pg_get_constraintdef(k.oid) as line from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = 'public'::regnamespace
    union all
    select c.relname::text, pg_get_indexdef(x.indexrelid) from pg_index x join pg_class c on c.oid = x.indrelid where c.relnamespace = 'public'::regnamespace and not exists (select 1 from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u'))`)
  const tables: Mutable = {}
  for (const one of columns) (tables[one.table] ??= { columns: [], rules: [] }).columns.push(one.line)
  for (const one of rules) tables[one.table]?.rules.push(one.line)
  return tables
}

/** The count and the server's usual order of letters are no part of a schema. */
async function dumpMysql(database: Database): Promise<Mutable> {
  const tables: Mutable = {}
  for (const { name } of await database.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = database()`,
  )) {
    const [row] = await database.execute<{ 'Create Table': string }>(sql`show create table ${sql.table(name)}`)
    const lines = (row?.['Create Table'] ?? '')
      .split('\n')
      .slice(1)
      .map((one) =>
        one
          .trim()
          .replace(/,$/, '')
          .replace(/ AUTO_INCREMENT=\d+/, '')
          .replace(/ COLLATE=\w+/, ''),
      )
    tables[name] = { columns: lines.filter((one) => one.startsWith('`')), rules: lines.filter((one) => !one.startsWith('`')) }
  }
  return tables
}
