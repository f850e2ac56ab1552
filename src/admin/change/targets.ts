/**
 * What a relation can point to: counted up to a bound, listed where there are few, searched where there are many, never loaded whole.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { chunks, KEYS_AT_ONCE } from '../../base/chunks.js'
import type { Manager } from '../../database/manager.js'
import type { ModelMeta } from '../../database/meta.js'
import type { AnyModelClass, Model } from '../../database/model.js'
import type { ModelRegistry } from '../../database/registry.js'
import { followPath } from '../list/paths.js'
import { valueOf } from '../list/rows.js'
import { ListSearch } from '../list/search.js'
import { countUpTo, findInWindows, keyOf, MOST_FOUND, where } from '../list/windows.js'
import { plainName, type ModelAdmin } from '../model-admin.js'
import { readKey } from '../read-key.js'
import type { AdminVisit } from '../visit.js'

/** More than this is searched instead of shown. */
export const MOST_LISTED = 200
/** What a search gives at a time. Django's number. */
export const SEARCH_PAGE = 20
/** Beyond this page a better word helps more. */
export const LAST_SEARCH_PAGE = 50
/** Longer texts are no keys. */
const LONGEST_KEY = 200

/** An object that can be chosen. */
export interface Option {
  /** As forms carry it. */
  readonly key: string
  readonly label: string
  readonly row: Model
}

/** Objects that were found. */
export interface Found {
  readonly options: readonly Option[]
  readonly hasMore: boolean
}

const ofVisit = new WeakMap<AdminVisit, Map<string, Target>>()

/** The target of a relation, the same for all of one visit. */
export function targetOf(visit: AdminVisit, model: AnyModelClass): Target {
  const known = ofVisit.get(visit) ?? new Map<string, Target>()
  ofVisit.set(visit, known)
  const target = known.get(model.label) ?? new Target(visit, model)
  known.set(model.label, target)
  return target
}

/** A model that relations point to, as one visitor sees it. */
export class Target {
  readonly model: AnyModelClass
  readonly manager: Manager
  /** Null where it is not registered. */
  readonly admin: ModelAdmin | null
  readonly #visit: AdminVisit
  #isLarge: Promise<boolean> | null = null
  #all: Promise<readonly Option[]> | null = null
  #canSearch: Promise<boolean> | null = null
  readonly #known = new Map<string, Option>()

  constructor(visit: AdminVisit, model: AnyModelClass) {
    this.#visit = visit
    this.model = model
    this.admin = visit.admin.of(model)
    this.manager = visit.parts.objects(model)
  }

  get meta(): ModelMeta {
    return this.model.meta
  }

  /** Whether there are more than can be listed. Counted no further than that. */
  async isLarge(): Promise<boolean> {
    return (this.#isLarge ??= countUpTo(this.#registry, sql`from ${sql.table(this.meta.table)}`, MOST_LISTED + 1).then(
      (count) => count > MOST_LISTED,
    ))
  }

  /** Whether it can be searched: it says how, and this visitor may see it (I3). */
  async canSearch(): Promise<boolean> {
    const { admin } = this
    return (this.#canSearch ??= admin === null || !this.#search?.isPossible ? Promise.resolve(false) : admin.canView(this.#visit.request))
  }

  /** Where scripts search; null where nothing can be searched. */
  async searchUrl(): Promise<string | null> {
    return this.admin !== null && (await this.canSearch()) ? this.admin.url(this.#visit.base, 'autocomplete') : null
  }

  /** Every object, of a target that is not large. */
  async all(): Promise<readonly Option[]> {
    return (this.#all ??= this.manager.all({ limit: MOST_LISTED + 1 }).then(async (rows) => this.#options(rows)))
  }

  /** Objects by key: those that there are, in the target's usual order. */
  async byKeys(keys: readonly unknown[]): Promise<ReadonlyMap<string, Option>> {
    const found = new Map<string, Option>()
    for (const part of chunks(keys, KEYS_AT_ONCE)) {
      const rows = await this.manager.filter({ pk: { in: part } } as never)
      for (const option of await this.#options(rows)) found.set(option.key, option)
    }
    return found
  }

  /** The same, remembered for the rest of the visit: a hundred rows of a page ask once. */
  async known(keys: readonly unknown[]): Promise<ReadonlyMap<string, Option>> {
    const missing = [...new Map(keys.map((key) => [String(key), key]))].filter(([text]) => !this.#known.has(text))
    if (missing.length > 0) for (const [key, option] of await this.byKeys(missing.map(([, key]) => key))) this.#known.set(key, option)
    return this.#known
  }

  /** Objects that a text finds; one more than a page holds tells that there are more. */
  async search(text: string, page = 1): Promise<Found> {
    const { meta } = this
    const key = meta.primaryKey
    if (key === null) return { options: [], hasMore: false }
    const order = sql.join(
      this.#order(key.name).map((one) => {
        const value = valueOf(followPath(this.#registry, meta, one.replace(/^-/, '')))
        return one.startsWith('-') ? sql`${value} desc` : value
      }),
    )
    const keys = await this.#keys(
      sql`${where([await this.#narrowed(text)])} order by ${order} limit ${SEARCH_PAGE + 1} offset ${(page - 1) * SEARCH_PAGE}`,
    )
    const byKey = await this.byKeys(keys)
    const options = keys.slice(0, SEARCH_PAGE).flatMap((one) => byKey.get(String(one)) ?? [])
    return { options, hasMore: keys.length > SEARCH_PAGE }
  }

  /** A key as a form carries it; null for what can be none. */
  readKey(text: string): unknown {
    return text.length > LONGEST_KEY ? null : readKey(this.#registry, this.meta, text)
  }

  /** What people call one of them. */
  nameOf(row: Model): string {
    return this.admin === null ? plainName(row) : this.admin.nameOf(row)
  }

  /** Where one of them can be seen; null for who may not. */
  async urlOf(row: Model): Promise<string | null> {
    const { admin } = this
    return admin !== null && (await admin.canView(this.#visit.request, row)) ? admin.url(this.#visit.base, 'change', row.pk) : null
  }

  /** Each with its name; a model that has a better one for choosing gives it for all at once. */
  async #options(rows: readonly Model[]): Promise<Option[]> {
    const names = (await this.admin?.special.labels?.(this.#visit, rows)) ?? rows.map((row) => this.nameOf(row))
    return rows.map((row, index) => ({ key: String(row.pk), label: names[index] ?? '', row }))
  }

  get #search(): ListSearch | null {
    return this.admin === null ? null : new ListSearch(this.#visit.parts.registry, this.admin)
  }

  /**
   * The condition of a search; null for everything. Where statements hold the event loop, one that no index helps with is tried on a part of the
   * table at a time.
   */
  async #narrowed(text: string): Promise<RawBuilder<unknown> | null> {
    const search = this.#search
    const condition = search?.condition(text) ?? null
    const { dialect } = this.#registry.database
    if (condition === null || search?.readsEverything !== true || !dialect.isSynchronous || !(await this.isLarge())) return condition
    const { keys } = await findInWindows(this.#registry, this.meta, condition, MOST_FOUND - 1)
    return keys.length === 0 ? sql`1 = 0` : sql`${keyOf(this.meta)} in (${sql.join([...keys])})`
  }

  async #keys(tail: RawBuilder<unknown>): Promise<unknown[]> {
    const { meta } = this
    const column = meta.primaryKey
    if (column === null) return []
    const rows = await this.#registry.database.execute(
      sql<{ key: unknown }>`select ${keyOf(meta)} as ${sql.ref('key')} from ${sql.table(meta.table)}${tail}`,
    )
    const rules = this.#registry.rulesFor(meta, column.field)
    const { settings } = this.#registry.valueField(meta, column.field)
    return rows.map((row) => rules.read(row.key as never, settings))
  }

  get #registry(): ModelRegistry {
    return this.#visit.parts.registry
  }

  #order(key: string): readonly string[] {
    const order = (this.admin?.options.ordering as readonly string[] | undefined) ?? this.meta.ordering
    return order.some((one) => one.replace(/^-/, '') === key) ? order : [...order, key]
  }
}
