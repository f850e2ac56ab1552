/**
 * Many-to-many relations: rows of a table between two models, seen from one object.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks } from '../base/chunks.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { readOrder, writerFor } from './filters.js'
import type { ColumnMeta, ModelMeta } from './meta.js'
import { Model, type AnyModelClass, type Relation } from './model.js'
import type { ModelRegistry, ObjectLoader, Through } from './registry.js'

/** What a relation is made of. */
export interface RelationParts {
  readonly registry: ModelRegistry
  readonly through: Through
  /** The key of the object it is seen from. */
  readonly ownerKey: unknown
  readonly target: ObjectLoader
}

/** Which rows a change added and removed, by the other side's key. */
export interface RelationChange {
  readonly added: readonly unknown[]
  readonly removed: readonly unknown[]
}

/** One object's side of a many-to-many relation. */
export class ManyRelation implements Relation<unknown, unknown> {
  protected readonly parts: RelationParts
  readonly #writeOwner: (value: unknown) => unknown
  readonly #writeTarget: (value: unknown) => unknown

  constructor(parts: RelationParts) {
    this.parts = parts
    this.#writeOwner = keyWriter(parts.registry, parts.through.source.meta)
    this.#writeTarget = keyWriter(parts.registry, parts.through.target.meta)
  }

  async add(...items: readonly unknown[]): Promise<void> {
    const keys = await this.keysOf(items)
    if (keys.length === 0) return
    await this.change(async () => {
      await this.#lockOwner()
      await this.#insert(keys)
      return { added: keys, removed: [] }
    })
  }

  async remove(...items: readonly unknown[]): Promise<void> {
    const keys = await this.keysOf(items)
    if (keys.length === 0) return
    await this.change(async () => {
      await this.#lockOwner()
      await this.#deleteKeys(keys)
      return { added: [], removed: keys }
    })
  }

  async set(items: readonly unknown[]): Promise<void> {
    const wanted = new Map((await this.keysOf(items)).map((key) => [String(key), key]))
    await this.change(async () => {
      await this.#lockOwner()
      const present = new Map((await this.#presentKeys()).map((key) => [String(key), key]))
      const removed = [...present].filter(([text]) => !wanted.has(text)).map(([, key]) => key)
      const added = [...wanted].filter(([text]) => !present.has(text)).map(([, key]) => key)
      if (removed.length > 0) await this.#deleteKeys(removed)
      if (added.length > 0) await this.#insert(added)
      return { added, removed }
    })
  }

  async clear(): Promise<void> {
    await this.change(async () => {
      await this.#lockOwner()
      const removed = await this.#presentKeys()
      if (removed.length > 0) await this.#execute(sql`delete from ${this.#table} where ${this.#isOwner}`)
      return { added: [], removed }
    })
  }

  async all(): Promise<never[]> {
    const { target } = this.parts
    const rows = await this.#execute<Record<string, unknown>>(sql`select ${target.selectList()} from ${this.joined}${this.orderSql()}`)
    return rows.map((row) => target.load(row)) as never[]
  }

  async count(): Promise<number> {
    const [row] = await this.#execute<{ n: unknown }>(sql`select count(*) as ${sql.ref('n')} from ${this.#table} where ${this.#isOwner}`)
    return Number(row?.n ?? 0)
  }

  async has(item: unknown): Promise<boolean> {
    const [key] = await this.keysOf([item])
    if (key === undefined) return false
    const rows = await this.#execute(
      sql`select 1 as ${sql.ref('found')} from ${this.#table} where ${this.#isOwner} and ${this.#targetColumn} = ${key}`,
    )
    return rows.length > 0
  }

  /** The keys that stand for these items, each once, written as the table between wants them. */
  protected async keysOf(items: readonly unknown[]): Promise<unknown[]> {
    const keys = new Map<string, unknown>()
    for (const item of items) {
      if (item === null || item === undefined)
        throw new ImproperlyConfigured(
          `${this.parts.through.name} takes objects of ${this.parts.target.meta.label} or their keys; got ${String(item)}.`,
        )
      if (item instanceof Model && !isObjectOf(item, this.parts.through.target)) {
        throw new ImproperlyConfigured(`${this.parts.through.name} takes objects of ${this.parts.target.meta.label}; got a ${item.constructor.name}.`)
      }
      const key = this.#writeTarget(item)
      keys.set(String(key), key)
    }
    return [...keys.values()]
  }

  /** Makes one change, all or nothing. A subclass may tell others of it. */
  protected async change(work: () => Promise<RelationChange>): Promise<void> {
    await this.parts.registry.database.atomic(work)
  }

  /** `target join between where owner`, for a SELECT of the other side. */
  protected get joined(): RawBuilder<unknown> {
    const { meta } = this.parts.target
    const { table, targetColumn } = this.parts.through
    return sql`${sql.table(meta.table)} join ${this.#table} on ${sql.ref(`${table}.${targetColumn}`)} = ${sql.ref(`${meta.table}.${keyColumn(meta).column}`)} where ${sql.ref(`${table}.${this.parts.through.sourceColumn}`)} = ${this.owner}`
  }

  /** `order by …` of the other side's usual order, or nothing. */
  protected orderSql(): RawBuilder<unknown> {
    const { meta } = this.parts.target
    const { ordering } = meta
    if (ordering.length === 0) return sql` order by ${sql.ref(`${meta.table}.${keyColumn(meta).column}`)}`
    return readOrder(meta, ordering, meta.table).toSql()
  }

  get #table(): RawBuilder<unknown> {
    return sql.table(this.parts.through.table)
  }

  protected get owner(): unknown {
    return this.#writeOwner(this.parts.ownerKey)
  }

  get #isOwner(): RawBuilder<unknown> {
    return sql`${sql.ref(this.parts.through.sourceColumn)} = ${this.owner}`
  }

  get #targetColumn(): RawBuilder<unknown> {
    return sql.ref(this.parts.through.targetColumn)
  }

  /** What is read here decides what is written: of two sets at once the second waits, or both would be there, or neither (a deadlock). */
  async #lockOwner(): Promise<void> {
    const { dialect } = this.parts.registry.database
    const { meta } = this.parts.through.source
    await this.#execute(
      sql`select 1 as ${sql.ref('found')} from ${sql.table(meta.table)} where ${sql.ref(keyColumn(meta).column)} = ${this.owner} ${dialect.forUpdate()}`,
    )
  }

  async #presentKeys(): Promise<unknown[]> {
    const rows = await this.#execute<{ key: unknown }>(
      sql`select ${this.#targetColumn} as ${sql.ref('key')} from ${this.#table} where ${this.#isOwner}`,
    )
    const { registry, target } = this.parts
    const rules = registry.rulesFor(target.meta, keyColumn(target.meta).field)
    const { settings } = registry.valueField(target.meta, keyColumn(target.meta).field)
    return rows.map((row) => this.#writeTarget(rules.read(row.key as never, settings)))
  }

  async #insert(keys: readonly unknown[]): Promise<void> {
    const { sourceColumn, targetColumn } = this.parts.through
    const { dialect } = this.parts.registry.database
    for (const part of chunks(keys, dialect.maxParameters / 2)) {
      const tuples = part.map((key) => sql`(${this.owner}, ${key})`)
      await this.#execute(
        sql`insert into ${this.#table} (${sql.ref(sourceColumn)}, ${sql.ref(targetColumn)}) values ${sql.join(tuples)} ${dialect.onConflictDoNothing([sourceColumn, targetColumn])}`,
      )
    }
  }

  async #deleteKeys(keys: readonly unknown[]): Promise<void> {
    for (const part of chunks(keys, this.parts.registry.database.dialect.maxParameters - 1)) {
      await this.#execute(sql`delete from ${this.#table} where ${this.#isOwner} and ${this.#targetColumn} in (${sql.join(part)})`)
    }
  }

  async #execute<Row>(query: RawBuilder<unknown>): Promise<Row[]> {
    return this.parts.registry.database.execute<Row>(query as RawBuilder<Row>)
  }
}

/** Asked through a function, because the compiler would conclude that what is no `target` is nothing at all. */
function isObjectOf(item: Model, target: AnyModelClass): boolean {
  return item instanceof target
}

function keyColumn(meta: ModelMeta): ColumnMeta {
  if (meta.primaryKey === null) throw new ImproperlyConfigured(`${meta.label} declares no fields and so has no key to relate by.`)
  return meta.primaryKey
}

function keyWriter(registry: ModelRegistry, meta: ModelMeta): (value: unknown) => unknown {
  return writerFor(registry, meta, keyColumn(meta))
}
