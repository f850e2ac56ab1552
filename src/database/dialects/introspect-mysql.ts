/**
 * What tables there are in MySQL, from its information schema, in a constant number of statements.
 * @module
 */

import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { ForeignKeySnapshot, IndexSnapshot, TableSnapshot } from '../schema/snapshot.js'

interface ColumnRow {
  readonly owner: string
  readonly name: string
  readonly type: string
  readonly nullable: string
  readonly extra: string
  readonly value: string | null
}
interface IndexRow {
  readonly owner: string
  readonly name: string
  readonly repeats: number | string | bigint
  readonly part: string | null
}
interface KeyRow {
  readonly owner: string
  readonly name: string
  readonly part: string
  readonly target: string
}
interface CheckRow {
  readonly owner: string
  readonly clause: string
}

export async function listMysqlTables(database: Database): Promise<string[]> {
  const rows = await database.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE' order by table_name`,
  )
  return rows.map((one) => one.name)
}

export async function readMysqlTables(database: Database, names: readonly string[], normalType: (type: string) => string): Promise<TableSnapshot[]> {
  if (names.length === 0) return []
  const list = sql.join([...names])
  const columns = await database.execute<ColumnRow>(sql`
    select table_name as owner, column_name as name, column_type as type, is_nullable as nullable, extra as extra, column_default as value
    from information_schema.columns where table_schema = database() and table_name in (${list}) order by table_name, ordinal_position`)
  const indexes = await database.execute<IndexRow>(sql`
    select table_name as owner, index_name as name, non_unique as repeats, column_name as part
    from information_schema.statistics where table_schema = database() and table_name in (${list}) order by table_name, index_name, seq_in_index`)
  const keys = await database.execute<KeyRow>(sql`
    select table_name as owner, constraint_name as name, column_name as part, referenced_table_name as target
    from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null
      and (table_name in (${list}) or referenced_table_name in (${list})) order by table_name, constraint_name, ordinal_position`)
  // MariaDB gives a CHECK its column's name, so another table's may join in: it says the same of a column of the same name.
  const checks = await database.execute<CheckRow>(sql`
    select distinct t.table_name as owner, c.check_clause as clause
    from information_schema.table_constraints t join information_schema.check_constraints c on c.constraint_schema = t.constraint_schema and c.constraint_name = t.constraint_name
    where t.constraint_schema = database() and t.constraint_type = 'CHECK' and t.table_name in (${list})`)
  return [...new Set(columns.map((one) => one.owner))].map((name): TableSnapshot => {
    const own = groupedIndexes(indexes.filter((one) => one.owner === name))
    return {
      name,
      columns: new Map(
        columns
          .filter((one) => one.owner === name)
          .map((one) => [
            one.name,
            {
              name: one.name,
              type: normalType(one.type),
              null: one.nullable === 'YES',
              counted: one.extra.includes('auto_increment'),
              // MariaDB says NULL in words where a column may be null.
              hasDefault: one.value !== null && one.value !== 'NULL',
            },
          ]),
      ),
      primaryKey: own.find((one) => one.primaryKey)?.columns.filter((one) => one !== null) ?? [],
      indexes: own,
      foreignKeys: groupedKeys(keys.filter((one) => one.owner === name)),
      referencedBy: [...new Set(keys.filter((one) => one.target === name).map((one) => one.owner))],
      checks: checks.filter((one) => one.owner === name).map((one) => one.clause),
      source: null,
    }
  })
}

function groupedIndexes(rows: readonly IndexRow[]): IndexSnapshot[] {
  return [...new Set(rows.map((one) => one.name))].map((name) => {
    const parts = rows.filter((one) => one.name === name)
    const unique = parts.every((one) => Number(one.repeats) === 0)
    return {
      name,
      columns: parts.map((one) => one.part),
      unique,
      primaryKey: name === 'PRIMARY',
      isConstraint: unique,
      partial: false,
      operatorClass: null,
    }
  })
}

function groupedKeys(rows: readonly KeyRow[]): ForeignKeySnapshot[] {
  return [...new Set(rows.map((one) => one.name))].map((name) => {
    const parts = rows.filter((one) => one.name === name)
    return { name, columns: parts.map((one) => one.part), targetTable: parts[0]?.target ?? '' }
  })
}
