/**
 * The rows of a list, in bounded statements whatever the size of the table: a page from the beginning or from the end, a count with a limit,
 * a search in parts where the database would hold up everybody else.
 * @module
 */

import { setImmediate as turn } from 'node:timers/promises'
import { sql, type RawBuilder } from 'kysely'
import { writerFor } from '../../database/filters.js'
import { Manager } from '../../database/manager.js'
import type { Model } from '../../database/model.js'
import type { RawRow } from '../../database/cells.js'
import type { AdminParts } from '../admin-parts.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ListColumn } from './columns.js'
import { followPath, type ColumnPath } from './paths.js'
import type { ListState } from './state.js'
import { countUpTo, findInWindows, keyOf, where } from './windows.js'

/** Counting stops here: who has more wants to search, not to know how many there are. */
export const MOST_COUNTED = 10_000

/** A page of a list. */
export interface ListRows {
  readonly rows: readonly Model[]
  /** How many there are, as far as they were counted. */
  readonly count: number
  /** Whether there are more than were counted. */
  readonly hasMore: boolean
  /** Objects behind relations of the rows, by relation and key. */
  readonly related: ReadonlyMap<string, ReadonlyMap<string, Model>>
}

/** What narrows a list, and how many rows it leaves. */
interface Narrowed {
  readonly condition: RawBuilder<unknown> | null
  readonly count: number
  readonly hasMore: boolean
}

/** Reads rows of one model. */
export class RowReader {
  readonly #parts: AdminParts
  readonly #admin: ModelAdmin
  readonly #columns: readonly ListColumn[]

  constructor(parts: AdminParts, admin: ModelAdmin, columns: readonly ListColumn[]) {
    this.#parts = parts
    this.#admin = admin
    this.#columns = columns
  }

  /** The page that was asked for. `readsEverything`: the search has no index to help it. */
  async page(state: ListState, readsEverything: boolean): Promise<ListRows> {
    const { condition, count, hasMore } = await this.#narrowed(state, readsEverything)
    const size = this.#admin.listPerPage
    const isFromEnd = state.page < 0
    const offset = (Math.abs(state.page) - 1) * size
    // The last page holds what is left over, as if one had turned all pages before it.
    const rest = !hasMore && count > 0 ? count % size || size : size
    const [skip, take] = isFromEnd && !hasMore ? (state.page === -1 ? [0, rest] : [rest + (Math.abs(state.page) - 2) * size, size]) : [offset, size]
    const rows = await this.#select(condition, state, isFromEnd, take, skip)
    return { rows, count, hasMore, related: await this.#related(rows) }
  }

  /** All rows, in parts, in the order of their keys: for an export. */
  async *everything(state: ListState, size: number): AsyncGenerator<{ readonly rows: readonly Model[]; readonly related: ListRows['related'] }> {
    const key = keyOf(this.#admin.meta)
    let last: unknown = null
    for (;;) {
      const after = last === null ? null : sql`${key} > ${last}`
      const conditions = [state.condition, after]
      const raw = await this.#execute<RawRow>(
        sql`select ${this.#admin.manager.selectList()}, ${key} as ${sql.id('portcullis.key')} from ${this.#table}${where(conditions)} order by ${key} limit ${size}`,
      )
      if (raw.length === 0) return
      const rows = raw.map((row) => this.#admin.manager.load(row))
      yield { rows, related: await this.#related(rows) }
      last = raw.at(-1)?.['portcullis.key']
      if (raw.length < size) return
      await turn()
    }
  }

  /** The rows of these keys that the list shows: for actions. */
  async byKeys(state: ListState, keys: readonly unknown[]): Promise<readonly Model[]> {
    const { meta } = this.#admin
    if (keys.length === 0 || meta.primaryKey === null) return []
    const key = keyOf(meta)
    const written = keys.map(writerFor(this.#parts.registry, meta, meta.primaryKey))
    const conditions = [state.condition, sql`${key} in (${sql.join(written)})`]
    const raw = await this.#execute<RawRow>(sql`select ${this.#admin.manager.selectList()} from ${this.#table}${where(conditions)} order by ${key}`)
    return raw.map((row) => this.#admin.manager.load(row))
  }

  /**
   * What narrows the list, and how many rows that leaves. Where statements hold the event loop, a condition that no index may help with is tried
   * on a part of the table at a time; few hits are then read by their keys.
   */
  async #narrowed(state: ListState, readsEverything: boolean): Promise<Narrowed> {
    const { condition } = state
    const isLong = state.filters.size > 0 || (state.search !== '' && readsEverything)
    if (condition === null || !isLong || !this.#parts.registry.database.dialect.isSynchronous) return { condition, ...(await this.#count(condition)) }
    const { keys, count, hasMore } = await findInWindows(this.#parts.registry, this.#admin.meta, condition, MOST_COUNTED)
    if (count > keys.length) return { condition, count, hasMore }
    return { condition: keys.length === 0 ? sql`1 = 0` : sql`${keyOf(this.#admin.meta)} in (${sql.join([...keys])})`, count, hasMore }
  }

  async #count(condition: RawBuilder<unknown> | null): Promise<{ readonly count: number; readonly hasMore: boolean }> {
    const count = await countUpTo(this.#parts.registry, sql`from ${this.#table}${where([condition])}`, MOST_COUNTED + 1)
    return { count: Math.min(count, MOST_COUNTED), hasMore: count > MOST_COUNTED }
  }

  async #select(condition: RawBuilder<unknown> | null, state: ListState, isFromEnd: boolean, take: number, skip: number): Promise<Model[]> {
    const raw = await this.#execute<RawRow>(
      sql`select ${this.#admin.manager.selectList()} from ${this.#table}${where([condition])} order by ${this.#order(state, isFromEnd)} limit ${take} offset ${skip}`,
    )
    const rows = raw.map((row) => this.#admin.manager.load(row))
    return isFromEnd ? rows.toReversed() : rows
  }

  /** The order that was asked for, or the model's; the key at its end, so that no row is on two pages. */
  #order(state: ListState, isReversed: boolean): RawBuilder<unknown> {
    const asked = state.order.flatMap((number) => {
      const order = this.#columns[Math.abs(number) - 1]?.order
      return order === undefined || order === null ? [] : [{ path: order.path, descending: number < 0 !== order.reversed }]
    })
    const usual = ((this.#admin.options.ordering ?? this.#admin.meta.ordering) as readonly string[]).map((one) => ({
      path: followPath(this.#parts.registry, this.#admin.meta, one.replace(/^-/, '')),
      descending: one.startsWith('-'),
    }))
    const terms = (asked.length > 0 ? asked : usual).map(({ path, descending }) => direction(valueOf(path), descending !== isReversed))
    const first = asked.length > 0 ? asked[0]?.descending : (usual[0]?.descending ?? true)
    return sql.join([...terms, direction(keyOf(this.#admin.meta), (first ?? false) !== isReversed)])
  }

  /** Objects behind the relations that columns show: one statement a relation. */
  async #related(rows: readonly Model[]): Promise<ListRows['related']> {
    const { registry } = this.#parts
    const relations = [...new Set(this.#columns.flatMap((one) => (one.relation === null ? [] : [one.relation])))]
    const related = new Map<string, ReadonlyMap<string, Model>>()
    for (const name of relations) {
      const column = this.#admin.meta.column.get(name)
      const to = column?.field.settings.to ?? null
      if (column === undefined || to === null) continue
      const target = registry.targetOf(this.#admin.meta, to)
      const loader = registry.loaderOf(target)
      const manager = loader instanceof Manager ? loader : this.#parts.objects(target)
      const keys = [
        ...new Set(rows.map((row) => (row as unknown as Readonly<Record<string, unknown>>)[name]).filter((one) => one !== null && one !== undefined)),
      ]
      const objects = keys.length === 0 ? [] : await manager.filter({ pk: { in: keys } } as never)
      related.set(name, new Map(objects.map((one) => [String(one.pk), one])))
    }
    return related
  }

  get #table(): RawBuilder<unknown> {
    return sql.table(this.#admin.meta.table)
  }

  async #execute<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return (await this.#parts.registry.database.execute(statement)) as Row[]
  }
}

function direction(value: RawBuilder<unknown>, descending: boolean): RawBuilder<unknown> {
  return descending ? sql`${value} desc` : value
}

/** The value at the end of a path; behind a relation a subquery each step, which an index answers. */
export function valueOf(path: ColumnPath): RawBuilder<unknown> {
  const build = (index: number): RawBuilder<unknown> => {
    const step = path.steps[index]
    const next = path.steps[index + 1]
    if (step === undefined) return sql`null`
    const reference = sql.ref(`${step.meta.table}.${step.column.column}`)
    if (next === undefined) return reference
    const key = next.meta.primaryKey?.column ?? 'id'
    return sql`(select ${build(index + 1)} from ${sql.table(next.meta.table)} where ${sql.ref(`${next.meta.table}.${key}`)} = ${reference})`
  }
  return build(0)
}
