/**
 * The models of one site with its database: who points to whom, and one manager for each.
 * @module
 */

import type { RawBuilder } from 'kysely'
import type { Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Database } from './database.js'
import type { Field } from './field.js'
import { implicitKeyRules, kinds, type KindRules } from './field-kinds.js'
import { implicitKey, snakeCase, type ColumnMeta, type ModelMeta, type RelationMeta } from './meta.js'
import type { AnyModelClass, Model } from './model.js'

/** A foreign key that points to a model. */
export interface Reference {
  readonly model: AnyModelClass
  readonly column: ColumnMeta
}

/** The table between the two sides of a many-to-many relation. */
export interface Through {
  readonly name: string
  readonly table: string
  readonly source: AnyModelClass
  readonly target: AnyModelClass
  readonly sourceColumn: string
  readonly targetColumn: string
}

/** What loads the objects of a model: its manager. */
export interface ObjectLoader {
  readonly meta: ModelMeta
  selectList(from?: string): RawBuilder<unknown>
  load(row: Record<string, unknown>): Model
}

/** Names a service of a higher layer that objects reach through their site. */
export interface ServiceKey<T> {
  readonly name: string
  /** For the compiler only. */
  readonly $service?: T
}

/** Every model of a site. Classes that fields point to belong to it without being listed. */
export class ModelRegistry {
  readonly database: Database
  readonly clock: Clock
  readonly #models = new Map<string, AnyModelClass>()
  readonly #loaders = new Map<string, ObjectLoader>()
  readonly #services = new Map<ServiceKey<unknown>, unknown>()
  #references: Map<string, Reference[]> | null = null
  #throughs: Through[] | null = null

  readonly #standIns: ReadonlyMap<string, string>

  /** `standIns` names the model that takes another's place wherever something points to it: the site's own user for `auth.User`. */
  constructor(options: {
    readonly database: Database
    readonly clock: Clock
    readonly models: readonly AnyModelClass[]
    readonly standIns?: Readonly<Record<string, string>>
  }) {
    this.database = options.database
    this.clock = options.clock
    this.#standIns = new Map(Object.entries(options.standIns ?? {}).map(([label, other]) => [keyOf(label), keyOf(other)]))
    for (const one of options.models) this.#add(one)
  }

  /** Every model, in the order they were named. */
  get models(): readonly AnyModelClass[] {
    return [...this.#models.values()]
  }

  /** The class with this label, spelled in any case; null when there is none. */
  find(label: string): AnyModelClass | null {
    const key = keyOf(label)
    return this.#models.get(this.#standIns.get(key) ?? key) ?? null
  }

  /** The class a relation points to. */
  targetOf(meta: ModelMeta, to: (() => { readonly label: string }) | string): AnyModelClass {
    const label = typeof to === 'string' ? (to === 'self' ? meta.label : to) : to().label
    const found = this.find(label)
    if (found === null)
      throw new ImproperlyConfigured(
        `${meta.label} points to '${label}', which is not a model of this site. Add it to \`models\`, or point to one of: ${this.models.map((one) => one.label).join(', ')}.`,
      )
    return found
  }

  /** The key field at the end of a column: itself, or for a relation the key it points to. */
  valueField(meta: ModelMeta, field: Field): Field {
    if (field.settings.to === null) return field
    const target = this.targetOf(meta, field.settings.to).meta
    if (target.primaryKey === null)
      throw new ImproperlyConfigured(`${meta.label} points to ${target.label}, which declares no fields and so has no key.`)
    return this.valueField(target, target.primaryKey.field)
  }

  /** How values of a column are checked, written and read. */
  rulesFor(meta: ModelMeta, field: Field): KindRules {
    const value = this.valueField(meta, field)
    if (value === implicitKey) return implicitKeyRules
    return kinds[value.settings.kind as keyof typeof kinds]
  }

  /** The foreign keys that point to a model. */
  referencesTo(label: string): readonly Reference[] {
    if (this.#references === null) {
      this.#references = new Map()
      for (const one of this.#models.values()) {
        for (const column of one.meta.columns) {
          if (column.field.settings.to === null) continue
          const target = keyOf(this.targetOf(one.meta, column.field.settings.to).label)
          this.#references.set(target, [...(this.#references.get(target) ?? []), { model: one, column }])
        }
      }
    }
    return this.#references.get(keyOf(label)) ?? []
  }

  /** Every table between two models. */
  get throughs(): readonly Through[] {
    this.#throughs ??= [...this.#models.values()].flatMap((one) => one.meta.relations.map((relation) => this.through(one, relation)))
    return this.#throughs
  }

  /** The table behind one relation. */
  through(source: AnyModelClass, relation: RelationMeta): Through {
    const target = this.targetOf(source.meta, relation.field.to)
    const { options } = relation.field
    const own = source === target
    return {
      name: relation.name,
      table: options.table ?? `${source.meta.table}_${snakeCase(relation.name)}`,
      source,
      target,
      sourceColumn: options.sourceColumn ?? `${own ? 'from_' : ''}${source.meta.modelName}_id`,
      targetColumn: options.targetColumn ?? `${own ? 'to_' : ''}${target.meta.modelName}_id`,
    }
  }

  /** Makes a manager the one that loads its model's objects wherever a relation leads to them. */
  enlist(loader: ObjectLoader): void {
    this.#loaders.set(keyOf(loader.meta.label), loader)
  }

  /** The manager enlisted for a model, or null. */
  loaderOf(one: AnyModelClass): ObjectLoader | null {
    return this.#loaders.get(keyOf(one.label)) ?? null
  }

  /** Gives a service of a higher layer to the objects of this site. */
  provide<T>(key: ServiceKey<T>, service: T): void {
    this.#services.set(key, service)
  }

  /** The service under this key; a clear error when nobody provided it. */
  service<T>(key: ServiceKey<T>): T {
    if (!this.#services.has(key)) throw new ImproperlyConfigured(`This site has no ${key.name}. Make sites with portcullis(), which provides it.`)
    return this.#services.get(key) as T
  }

  #add(one: AnyModelClass): void {
    const key = keyOf(one.label)
    const known = this.#models.get(key)
    if (known === one) return
    if (known !== undefined)
      throw new ImproperlyConfigured(`Two models are called ${one.label}. Labels are compared without regard to case; rename one.`)
    const twin = one.meta.managed && this.models.find((other) => other.meta.managed && other.meta.table === one.meta.table)
    if (twin)
      throw new ImproperlyConfigured(
        `${twin.label} and ${one.label} are both on the table ${one.meta.table}. Give one another \`table\` (models.E028).`,
      )
    this.#models.set(key, one)
    for (const { field } of one.meta.columns) if (typeof field.settings.to === 'function') this.#addTarget(field.settings.to())
    for (const { field } of one.meta.relations) if (typeof field.to === 'function') this.#addTarget(field.to())
  }

  #addTarget(target: { readonly label: string }): void {
    const replaced = this.#standIns.has(keyOf(target.label))
    if (!replaced && this.find(target.label) === null) this.#add(target as AnyModelClass)
  }
}

/** Labels are ASCII: `auth.User` and `auth.user` are the same model, as in Django's content types. */
function keyOf(label: string): string {
  return label.replaceAll(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
}
