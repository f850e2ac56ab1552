/**
 * What a deletion would take with it, found without deleting: which rows go, which lose their pointer, which stand in its way. It follows the
 * same rules as the deletion itself, and stops counting where nobody reads on.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks } from '../base/chunks.js'
import type { ColumnMeta, ModelMeta } from './meta.js'
import { writerFor } from './filters.js'
import type { AnyModelClass } from './model.js'
import type { ModelRegistry, Through } from './registry.js'

/** Rows of one model that go. */
export interface DoomedRows {
  readonly model: AnyModelClass
  /** Their keys; those that were asked about come first. */
  readonly keys: readonly unknown[]
}

/** Rows that a deletion touches without deleting them. */
export interface TouchedRows {
  readonly model: AnyModelClass
  readonly column: ColumnMeta
  readonly count: number
  /** Some of them. */
  readonly keys: readonly unknown[]
}

/** What a deletion would take with it. */
export interface DeletionPlan {
  readonly rows: readonly DoomedRows[]
  /** How many connections of many-to-many relations go. */
  readonly links: readonly { readonly through: Through; readonly count: number }[]
  /** Rows that stay and lose what they point to. */
  readonly unset: readonly TouchedRows[]
  /** Rows that keep the deletion from happening. */
  readonly protectedBy: readonly TouchedRows[]
  /** Whether everything was counted; if not, `reachable` tells what else there may be. */
  readonly isComplete: boolean
  /** Every model whose rows a deletion of this kind can take. */
  readonly reachable: readonly AnyModelClass[]
}

/** How far a plan goes. */
export interface PlanLimits {
  /** Rows in all. Default 10,000. */
  readonly rows?: number
  /** Named rows of those that stand in the way or lose a pointer. Default 100. */
  readonly named?: number
}

/** Plans the deletion of these rows. */
export async function planDeletion(
  registry: ModelRegistry,
  model: AnyModelClass,
  keys: readonly unknown[],
  limits: PlanLimits = {},
): Promise<DeletionPlan> {
  const plan = new Planning(registry, limits)
  await plan.from(model, keys)
  return plan.result(model)
}

class Planning {
  readonly #registry: ModelRegistry
  readonly #most: number
  readonly #named: number
  readonly #rows = new Map<AnyModelClass, Map<string, unknown>>()
  readonly #links = new Map<Through, number>()
  readonly #unset: TouchedRows[] = []
  readonly #protected: TouchedRows[] = []
  #count = 0
  #isComplete = true

  constructor(registry: ModelRegistry, { rows = 10_000, named = 100 }: PlanLimits) {
    this.#registry = registry
    this.#most = rows
    this.#named = named
  }

  async from(model: AnyModelClass, keys: readonly unknown[]): Promise<void> {
    let level = this.#fresh(model, keys)
    while (level.length > 0) {
      const next: DoomedRows[] = []
      for (const one of level) {
        await this.#countLinks(one)
        next.push(...(await this.#pointingTo(one)))
      }
      level = next
    }
  }

  result(model: AnyModelClass): DeletionPlan {
    return {
      rows: [...this.#rows].map(([one, keys]) => ({ model: one, keys: [...keys.values()] })),
      links: [...this.#links].map(([through, count]) => ({ through, count })),
      unset: this.#unset,
      protectedBy: this.#protected,
      isComplete: this.#isComplete,
      reachable: this.#reachable(model),
    }
  }

  async #pointingTo({ model, keys }: DoomedRows): Promise<DoomedRows[]> {
    const next: DoomedRows[] = []
    for (const { model: pointing, column } of this.#registry.referencesTo(model.label)) {
      if (!pointing.meta.managed) continue
      const { onDelete } = column.field.settings
      if (onDelete !== 'cascade') {
        const touched = await this.#touched(pointing, column, keys)
        if (touched.count > 0) (onDelete === 'protect' ? this.#protected : this.#unset).push(touched)
        continue
      }
      for (const part of this.#parts(pointing.meta, column, keys)) {
        const room = this.#most - this.#count
        const found = await this.#keys(pointing.meta, sql`${sql.ref(column.column)} in (${sql.join(part)}) limit ${Math.max(0, room) + 1}`)
        if (found.length > room) this.#isComplete = false
        next.push(...this.#fresh(pointing, found.slice(0, Math.max(0, room))))
      }
    }
    return next
  }

  async #touched(model: AnyModelClass, column: ColumnMeta, targets: readonly unknown[]): Promise<TouchedRows> {
    let count = 0
    const keys: unknown[] = []
    for (const part of this.#parts(model.meta, column, targets)) {
      const condition = sql`${sql.ref(column.column)} in (${sql.join(part)})`
      const here = await this.#countOf(model.meta.table, condition)
      if (here > 0 && keys.length < this.#named) keys.push(...(await this.#keys(model.meta, sql`${condition} limit ${this.#named - keys.length}`)))
      count += here
    }
    return { model, column, count, keys }
  }

  async #countLinks({ model, keys }: DoomedRows): Promise<void> {
    for (const through of this.#registry.throughs) {
      const { table, source, target, sourceColumn, targetColumn } = through
      for (const column of [...(source === model ? [sourceColumn] : []), ...(target === model ? [targetColumn] : [])]) {
        for (const part of this.#parts(model.meta, model.meta.primaryKey, keys)) {
          const here = await this.#countOf(table, sql`${sql.ref(column)} in (${sql.join(part)})`)
          if (here > 0) this.#links.set(through, (this.#links.get(through) ?? 0) + here)
        }
      }
    }
  }

  /** Rows not seen yet. */
  #fresh(model: AnyModelClass, keys: readonly unknown[]): DoomedRows[] {
    const seen = this.#rows.get(model) ?? new Map<string, unknown>()
    const fresh = keys.filter((key) => !seen.has(String(key)))
    if (fresh.length === 0) return []
    this.#rows.set(model, seen)
    for (const key of fresh) seen.set(String(key), key)
    this.#count += fresh.length
    return [{ model, keys: fresh }]
  }

  /** The models whose rows go with rows of this one, and with theirs. */
  #reachable(model: AnyModelClass): AnyModelClass[] {
    const found = new Set<AnyModelClass>([model])
    for (const one of found) {
      for (const { model: pointing, column } of this.#registry.referencesTo(one.label))
        if (pointing.meta.managed && column.field.settings.onDelete === 'cascade') found.add(pointing)
    }
    return [...found]
  }

  *#parts(meta: ModelMeta, column: ColumnMeta | null, keys: readonly unknown[]): Generator<readonly unknown[]> {
    if (column === null) return
    const write = writerFor(this.#registry, meta, column)
    // One parameter is the limit's.
    for (const part of chunks(keys, this.#registry.database.dialect.maxParameters - 1)) yield part.map(write)
  }

  async #keys(meta: ModelMeta, condition: RawBuilder<unknown>): Promise<unknown[]> {
    const { primaryKey } = meta
    if (primaryKey === null) return []
    const rules = this.#registry.rulesFor(meta, primaryKey.field)
    const { settings } = this.#registry.valueField(meta, primaryKey.field)
    const rows = await this.#registry.database.execute(
      sql<{ key: unknown }>`select ${sql.ref(primaryKey.column)} as ${sql.ref('key')} from ${sql.table(meta.table)} where ${condition}`,
    )
    return rows.map((row) => rules.read(row.key as never, settings))
  }

  async #countOf(table: string, condition: RawBuilder<unknown>): Promise<number> {
    const [row] = await this.#registry.database.execute(
      sql<{ n: unknown }>`select count(*) as ${sql.ref('n')} from ${sql.table(table)} where ${condition}`,
    )
    return Number(row?.n ?? 0)
  }
}
