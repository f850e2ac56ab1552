/**
 * What tables there are in PostgreSQL, from its catalogue, in a constant number of statements.
 * @module
 */

import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { ForeignKeySnapshot, TableSnapshot } from '../schema/snapshot.js'
import type { SchemaDialect } from './schema-dialect.js'

interface ColumnRow {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly identity: boolean
  readonly default: string | null
}
interface IndexRow {
  readonly table: string
  readonly name: string
  readonly unique: boolean
  readonly primary: boolean
  readonly constrained: boolean
  readonly partial: boolean
  readonly parts: string
  readonly classes: string
}
interface ConstraintRow {
  readonly kind: string
  readonly table: string
  readonly name: string
  readonly columns: string
  readonly target: string | null
  readonly text: string
}

/** What unqualified names find: the tables on the search path, as Django sees them. */
const VISIBLE = sql`c.relkind in ('r', 'p') and pg_table_is_visible(c.oid) and n.nspname not in ('pg_catalog', 'information_schema')`

export async function listPostgresTables(database: Database): Promise<string[]> {
  const rows = await database.execute<{ name: string }>(
    sql`select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${VISIBLE} order by 1`,
  )
  return rows.map((one) => one.name)
}

export async function readPostgresTables(database: Database, names: readonly string[], { normalType }: SchemaDialect): Promise<TableSnapshot[]> {
  if (names.length === 0) return []
  const wanted = sql`c.relname in (${sql.join([...names])})`
  const columns = await database.execute<ColumnRow>(sql`
    select c.relname::text as "table", a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
      a.attidentity <> '' as identity, pg_get_expr(d.adbin, d.adrelid) as "default"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${VISIBLE} and ${wanted} order by c.relname, a.attnum`)
  const indexes = await database.execute<IndexRow>(sql`
    select c.relname::text as "table", i.relname::text as name, x.indisunique as "unique", x.indisprimary as "primary", x.indpred is not null as partial,
      exists (select 1 from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')) as constrained,
      array_to_json(array(select a.attname::text from unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality k(attnum, place)
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum order by k.place))::text as parts,
      array_to_json(array(select o.opcname::text from unnest(x.indclass) with ordinality k(class, place) join pg_opclass o on o.oid = k.class order by k.place))::text as classes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index x on x.indrelid = c.oid join pg_class i on i.oid = x.indexrelid
    where ${VISIBLE} and ${wanted} order by c.relname, i.relname`)
  const constraints = await database.execute<ConstraintRow>(sql`
    select k.contype::text as kind, c.relname::text as "table", k.conname::text as name, t.relname::text as target, pg_get_constraintdef(k.oid) as text,
      array_to_json(array(select a.attname::text from unnest(k.conkey) with ordinality p(attnum, place) join pg_attribute a on a.attrelid = c.oid and a.attnum = p.attnum order by p.place))::text as columns
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace left join pg_class t on t.oid = k.confrelid
    where k.contype in ('f', 'c') and ${VISIBLE} and (${wanted} or t.relname in (${sql.join([...names])})) order by c.relname, k.conname`)
  return [...new Set(columns.map((one) => one.table))].map((name): TableSnapshot => {
    const own = indexes.filter((one) => one.table === name)
    const foreign = constraints.filter((one) => one.kind === 'f')
    return {
      name,
      columns: new Map(
        columns
          .filter((one) => one.table === name)
          .map((one) => {
            const counted = one.identity || (one.default?.startsWith('nextval(') ?? false)
            return [
              one.name,
              { name: one.name, type: normalType(one.type, SERVER), null: one.nullable, counted, hasDefault: one.default !== null && !counted },
            ]
          }),
      ),
      primaryKey: readList(own.find((one) => one.primary)?.parts),
      indexes: own.map((one) => ({
        name: one.name,
        columns: JSON.parse(one.parts) as (string | null)[],
        unique: one.unique,
        primaryKey: one.primary,
        isConstraint: one.constrained,
        partial: one.partial,
        operatorClass: readList(one.classes).find((each) => each.endsWith('_pattern_ops')) ?? null,
      })),
      foreignKeys: foreign
        .filter((one) => one.table === name)
        .map((one): ForeignKeySnapshot => ({ name: one.name, columns: readList(one.columns), targetTable: one.target ?? '' })),
      referencedBy: [...new Set(foreign.filter((one) => one.target === name).map((one) => one.table))],
      checks: constraints.filter((one) => one.kind === 'c' && one.table === name).map((one) => one.text),
      source: null,
    }
  })
}

const SERVER = { isMariaDb: false, hasUuid: true } as const

function readList(json: string | undefined): string[] {
  return json === undefined ? [] : (JSON.parse(json) as string[])
}
