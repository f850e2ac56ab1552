/**
 * Which objects one is related to, as keys: read straight from the table between, and never more than asked for.
 * @module
 */

import { sql } from 'kysely'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import { ImproperlyConfigured } from '../../base/errors.js'
import { writerFor } from '../../database/filters.js'
import type { ModelMeta } from '../../database/meta.js'
import type { ModelRegistry, Through } from '../../database/registry.js'

/** A relation of one object. */
export interface RelationOf {
  readonly registry: ModelRegistry
  readonly through: Through
  readonly owner: unknown
}

/** Keys of the other side, at most `limit` of them. */
export async function relatedKeys(relation: RelationOf, limit: number): Promise<unknown[]> {
  const { through } = relation
  return read(relation, sql`${isOwner(relation)} order by ${sql.ref(through.targetColumn)} limit ${limit}`)
}

/** Which of these keys are related. */
export async function relatedAmong(relation: RelationOf, keys: readonly unknown[]): Promise<ReadonlySet<string>> {
  const write = writerOf(relation.registry, relation.through.target.meta)
  const found = new Set<string>()
  for (const part of chunks(keys, KEYS_AT_ONCE)) {
    const written = sql.join(part.map(write))
    for (const key of await read(relation, sql`${isOwner(relation)} and ${sql.ref(relation.through.targetColumn)} in (${written})`))
      found.add(String(key))
  }
  return found
}

/** How many there are. */
export async function countRelated(relation: RelationOf): Promise<number> {
  const [row] = await relation.registry.database.execute(
    sql<{ n: unknown }>`select count(*) as ${sql.ref('n')} from ${sql.table(relation.through.table)} where ${isOwner(relation)}`,
  )
  return Number(row?.n ?? 0)
}

type Condition = ReturnType<typeof isOwner>

function isOwner({ registry, through, owner }: RelationOf) {
  return sql`${sql.ref(through.sourceColumn)} = ${writerOf(registry, through.source.meta)(owner)}`
}

async function read({ registry, through }: RelationOf, condition: Condition): Promise<unknown[]> {
  const column = keyColumn(through.target.meta)
  const rules = registry.rulesFor(through.target.meta, column.field)
  const { settings } = registry.valueField(through.target.meta, column.field)
  const rows = await registry.database.execute(
    sql<{ key: unknown }>`select ${sql.ref(through.targetColumn)} as ${sql.ref('key')} from ${sql.table(through.table)} where ${condition}`,
  )
  return rows.map((row) => rules.read(row.key as never, settings))
}

function writerOf(registry: ModelRegistry, meta: ModelMeta): (value: unknown) => unknown {
  return writerFor(registry, meta, keyColumn(meta))
}

function keyColumn(meta: ModelMeta) {
  if (meta.primaryKey === null) throw new ImproperlyConfigured(`${meta.label} declares no fields and so has no key to relate by.`)
  return meta.primaryKey
}
