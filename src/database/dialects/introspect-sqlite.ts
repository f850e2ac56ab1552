/**
 * What tables there are in an SQLite file, from its schema table, in a constant number of statements.
 * @module
 */

import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { ForeignKeySnapshot, IndexSnapshot, TableSnapshot } from '../schema/snapshot.js'
import type { SchemaDialect } from './schema-dialect.js'
import { checksIn } from './sqlite-ddl.js'

interface ColumnRow {
  readonly owner: string
  readonly text: string
  readonly name: string
  readonly type: string
  readonly required: number
  readonly place: number
  readonly value: string | null
}
interface IndexRow {
  readonly owner: string
  readonly name: string
  readonly isUnique: number
  readonly origin: string
  readonly isPartial: number
  readonly part: string | null
}
interface KeyRow {
  readonly owner: string
  readonly id: number
  readonly part: string
  readonly target: string
}
interface OtherRow {
  readonly owner: string
  readonly name: string
  readonly text: string
}

export async function listSqliteTables(database: Database): Promise<string[]> {
  const rows = await database.execute<{ name: string }>(
    sql`select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name`,
  )
  return rows.map((one) => one.name)
}

export async function readSqliteTables(database: Database, names: readonly string[], { normalType }: SchemaDialect): Promise<TableSnapshot[]> {
  if (names.length === 0) return []
  const wanted = sql`m.type = 'table' and m.name in (${sql.join([...names])})`
  const columns = await database.execute<ColumnRow>(sql`
    select m.name as owner, m.sql as text, c.name as name, c.type as type, c."notnull" as required, c.pk as place, c.dflt_value as value
    from sqlite_master m join pragma_table_info(m.name) c where ${wanted} order by m.name, c.cid`)
  const indexes = await database.execute<IndexRow>(sql`
    select m.name as owner, l.name as name, l."unique" as "isUnique", l.origin as origin, l.partial as "isPartial", i.name as part
    from sqlite_master m join pragma_index_list(m.name) l join pragma_index_info(l.name) i where ${wanted} order by m.name, l.name, i.seqno`)
  const keys = await database.execute<KeyRow>(sql`
    select m.name as owner, f.id as id, f."from" as part, f."table" as target from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table' order by m.name, f.id, f.seq`)
  const others = await database.execute<OtherRow>(sql`
    select m.tbl_name as owner, m.name as name, m.sql as text from sqlite_master m where m.type in ('index', 'trigger') and m.sql is not null and m.tbl_name in (${sql.join([...names])}) order by m.type, m.name`)
  return [...new Set(columns.map((one) => one.owner))].map((name): TableSnapshot => {
    const own = columns.filter((one) => one.owner === name)
    const text = own[0]?.text ?? ''
    const key = own
      .filter((one) => Number(one.place) > 0)
      .toSorted((a, b) => Number(a.place) - Number(b.place))
      .map((one) => one.name)
    const owned = groupedIndexes(indexes.filter((one) => one.owner === name))
    const counted = key.length === 1 && /\bAUTOINCREMENT\b/i.test(text)
    return {
      name,
      columns: new Map(
        own.map((one) => [
          one.name,
          {
            name: one.name,
            type: normalType(one.type, SERVER),
            null: Number(one.required) === 0,
            counted: counted && one.name === key[0],
            hasDefault: one.value !== null,
          },
        ]),
      ),
      primaryKey: key,
      indexes: owned,
      foreignKeys: groupedKeys(keys.filter((one) => one.owner === name)),
      referencedBy: [...new Set(keys.filter((one) => one.target === name).map((one) => one.owner))],
      checks: checksIn(text),
      source: {
        table: text,
        others: others
          .filter((one) => one.owner === name)
          .map((one) => ({ name: one.name, text: one.text, columns: owned.find((each) => each.name === one.name)?.columns ?? [] })),
      },
    }
  })
}

const SERVER = { isMariaDb: false, hasUuid: false } as const

function groupedIndexes(rows: readonly IndexRow[]): IndexSnapshot[] {
  return [...new Set(rows.map((one) => one.name))].map((name) => {
    const parts = rows.filter((one) => one.name === name)
    const origin = parts[0]?.origin
    return {
      name,
      columns: parts.map((one) => one.part),
      unique: Number(parts[0]?.isUnique) === 1,
      primaryKey: origin === 'pk',
      isConstraint: origin !== 'c',
      partial: Number(parts[0]?.isPartial) === 1,
      operatorClass: null,
    }
  })
}

function groupedKeys(rows: readonly KeyRow[]): ForeignKeySnapshot[] {
  return [...new Set(rows.map((one) => Number(one.id)))].map((id) => {
    const parts = rows.filter((one) => Number(one.id) === id)
    return { name: null, columns: parts.map((one) => one.part), targetTable: parts[0]?.target ?? '' }
  })
}
