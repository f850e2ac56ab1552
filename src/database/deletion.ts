/**
 * Deletion with everything that goes with it. Django's tables have no rules for this in the database (DM-6, H-7), so it is done here:
 * first find what points to the doomed rows, level by level, then delete what points before what is pointed to.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks } from '../base/chunks.js'
import { IntegrityError } from '../base/errors.js'
import { whereSql, type Term } from './filters.js'
import type { ModelMeta } from './meta.js'
import type { AnyModelClass, DeletedRows } from './model.js'
import type { ModelRegistry, Reference } from './registry.js'

interface Doomed {
  readonly model: AnyModelClass
  readonly keys: readonly unknown[]
}

/** Deletes the rows of `model` that fit `terms`, and what goes with them, all or none. */
export async function deleteObjects(registry: ModelRegistry, model: AnyModelClass, terms: readonly Term[]): Promise<DeletedRows> {
  return registry.database.atomic(async () => {
    const job = new Deletion(registry)
    await job.condemn(model, terms)
    return job.carryOut()
  })
}

class Deletion {
  readonly #registry: ModelRegistry
  readonly #levels: Doomed[] = []
  readonly #seen = new Map<string, Set<string>>()
  readonly #unset: { reference: Reference; keys: readonly unknown[] }[] = []
  readonly #counts: Record<string, number> = {}

  constructor(registry: ModelRegistry) {
    this.#registry = registry
  }

  async condemn(model: AnyModelClass, terms: readonly Term[]): Promise<void> {
    const { dialect } = this.#registry.database
    const keys = await this.#keys(
      sql`select ${keyOf(model.meta)} as ${sql.ref('key')} from ${sql.table(model.meta.table)}${whereSql(terms)} ${dialect.forUpdate()}`,
    )
    let level = this.#fresh(model, keys)
    while (level.length > 0) {
      this.#levels.push(...level)
      const next: Doomed[] = []
      for (const one of level) next.push(...(await this.#pointingTo(one)))
      level = next
    }
  }

  async carryOut(): Promise<DeletedRows> {
    for (const { reference, keys } of this.#unset) {
      const { meta } = reference.model
      for (const part of this.#parts(keys))
        await this.#run(
          sql`update ${sql.table(meta.table)} set ${sql.ref(reference.column.column)} = null where ${sql.ref(reference.column.column)} in (${sql.join(part)})`,
        )
    }
    for (const { model, keys } of this.#levels) await this.#deleteBetween(model, keys)
    for (const { model, keys } of this.#inOrder()) {
      const { meta } = model
      for (const part of this.#parts(keys))
        this.#count(meta.label, await this.#run(sql`delete from ${sql.table(meta.table)} where ${keyOf(meta)} in (${sql.join(part)})`))
    }
    return { total: Object.values(this.#counts).reduce((sum, one) => sum + one, 0), byModel: this.#counts }
  }

  /** One entry a model, those that point to another before it: MariaDB checks foreign keys row by row, not when all is done. */
  #inOrder(): Doomed[] {
    const keysOf = new Map<AnyModelClass, unknown[]>()
    for (const { model, keys } of this.#levels) keysOf.set(model, [...(keysOf.get(model) ?? []), ...keys])
    const ordered = new Map<AnyModelClass, Doomed>()
    const visited = new Set<AnyModelClass>()
    const visit = (model: AnyModelClass): void => {
      const keys = keysOf.get(model)
      if (keys === undefined || visited.has(model)) return
      visited.add(model)
      for (const { model: pointing, column } of this.#registry.referencesTo(model.label)) if (!column.field.settings.null) visit(pointing)
      ordered.set(model, { model, keys: keys.toReversed() })
    }
    for (const model of keysOf.keys()) visit(model)
    return [...ordered.values()]
  }

  /** The rows that point to these: the next level. Those that only lose their pointer are noted. */
  async #pointingTo({ model, keys }: Doomed): Promise<Doomed[]> {
    const next: Doomed[] = []
    for (const reference of this.#registry.referencesTo(model.label)) {
      if (!reference.model.meta.managed) continue
      const { onDelete } = reference.column.field.settings
      if (onDelete === 'setNull') {
        this.#unset.push({ reference, keys })
        continue
      }
      for (const part of this.#parts(keys)) {
        const { meta } = reference.model
        const found = await this.#keys(
          sql`select ${keyOf(meta)} as ${sql.ref('key')} from ${sql.table(meta.table)} where ${sql.ref(reference.column.column)} in (${sql.join(part)})`,
        )
        if (onDelete === 'protect' && found.length > 0) {
          throw new IntegrityError(
            `${found.length} ${found.length === 1 ? meta.verboseName : meta.verboseNamePlural} still point here through “${reference.column.name}”, which is declared onDelete: 'protect'. Delete or change them first.`,
          )
        }
        // Where the order cannot save it (rows that point to each other), the pointer goes first.
        if (found.length > 0 && reference.column.field.settings.null && !this.#registry.database.dialect.defersForeignKeys)
          this.#unset.push({ reference, keys: part })
        next.push(...this.#fresh(reference.model, found))
      }
    }
    return next
  }

  /** Rows of the tables between, on either side. */
  async #deleteBetween(model: AnyModelClass, keys: readonly unknown[]): Promise<void> {
    for (const { table, source, target, sourceColumn, targetColumn } of this.#registry.throughs) {
      for (const column of [...(source === model ? [sourceColumn] : []), ...(target === model ? [targetColumn] : [])]) {
        for (const part of this.#parts(keys))
          this.#count(table, await this.#run(sql`delete from ${sql.table(table)} where ${sql.ref(column)} in (${sql.join(part)})`))
      }
    }
  }

  #fresh(model: AnyModelClass, keys: readonly unknown[]): Doomed[] {
    const seen = this.#seen.get(model.label) ?? new Set<string>()
    this.#seen.set(model.label, seen)
    const fresh = keys.filter((key) => !seen.has(String(key)))
    for (const key of fresh) seen.add(String(key))
    return fresh.length === 0 ? [] : [{ model, keys: fresh }]
  }

  #parts(keys: readonly unknown[]): Generator<readonly unknown[]> {
    return chunks(keys, this.#registry.database.dialect.maxParameters)
  }

  #count(name: string, rows: number): void {
    if (rows > 0) this.#counts[name] = (this.#counts[name] ?? 0) + rows
  }

  /** Keys as the driver gives them: they go straight back into the next statement. */
  async #keys(query: RawBuilder<unknown>): Promise<unknown[]> {
    return (await this.#registry.database.execute<{ key: unknown }>(query as RawBuilder<{ key: unknown }>)).map((row) => row.key)
  }

  async #run(query: RawBuilder<unknown>): Promise<number> {
    return this.#registry.database.executeCount(query)
  }
}

function keyOf(meta: ModelMeta): RawBuilder<unknown> {
  if (meta.primaryKey === null) throw new IntegrityError(`${meta.label} has no key.`)
  return sql.ref(meta.primaryKey.column)
}
