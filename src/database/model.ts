/**
 * Models: a class declared once, from which the table, the properties, the permissions and the forms follow.
 * A class knows no database; a site loads objects of it and attaches the manager they write through.
 * @module
 */

import { inspect } from 'node:util'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Label, ModelOptions } from './declaration.js'
import type { Field } from './field.js'
import type { KeyOf, ManyToMany } from './fields.js'
import { buildMeta, type ModelMeta } from './meta.js'
import type { ModelRegistry } from './registry.js'

type ColumnsOf<F> = { [K in keyof F as F[K] extends Field ? K : never]: F[K] }
type KeyNames<F> = { [K in keyof F]: F[K] extends Field<infer T> ? (T['key'] extends true ? K : never) : never }[keyof F]
type TypesOf<F> = F extends Field<infer T> ? T : never

/** The type of the primary key: that of the field marked `primaryKey`, or `number` for the `id` every other model has. */
export type KeyValue<F> = [KeyNames<F>] extends [never] ? number : TypesOf<F[KeyNames<F>]>['value']

/** What a loaded object has. Read-only: `update()` changes it, here and in the database. */
export type Values<F> = { readonly [K in keyof ColumnsOf<F>]: TypesOf<F[K]>['value'] }

/** The many-to-many relations of an object. */
export type Relations<F> = { readonly [K in keyof F as F[K] extends ManyToMany ? K : never]: F[K] extends ManyToMany<infer M> ? Relation<M> : never }

/** Every column with its type, the `id` too where the model declares no key. */
export type AllValues<F> = Values<F> & ([KeyNames<F>] extends [never] ? { readonly id: number } : unknown)

/** Every column with what may be written to it or compared with it. */
export type AllInputs<F> = { readonly [K in keyof ColumnsOf<F>]: TypesOf<F[K]>['input'] } & ([KeyNames<F>] extends [never]
  ? { readonly id: number }
  : unknown)

type Required<F> = { [K in keyof F]: F[K] extends Field<infer T> ? (T['required'] extends true ? K : never) : never }[keyof F]

/** What creating an object takes: what must be named, and what may be. */
export type NewValues<F> = { readonly [K in Required<F> & keyof F]: TypesOf<F[K]>['input'] } & {
  readonly [K in Exclude<keyof ColumnsOf<F>, Required<F>>]?: TypesOf<F[K]>['input']
} & ([KeyNames<F>] extends [never] ? { readonly id?: number } : unknown)

/** What changing an object takes. */
export type ChangedValues<F> = { readonly [K in keyof ColumnsOf<F>]?: TypesOf<F[K]>['input'] }

/** An object of a model. */
export type ModelInstance<F> = Model &
  AllValues<F> &
  Relations<F> & {
    /** The primary key, whatever its name. */
    readonly pk: KeyValue<F>
    /**
     * Writes these columns and no others, and sets them on this object.
     * Throws `DoesNotExist` when the row is gone, `UniqueViolation` when a value is taken, `ValidationError` when one does not fit its column.
     */
    update(values: ChangedValues<F>): Promise<void>
  }

/** Many-to-many, seen from one object. Each call takes a constant number of statements, however many objects it is given. */
export interface Relation<M, Item = InstanceOf<M> | KeyOf<M>> {
  /** Adds those not there yet. */
  add(...items: readonly Item[]): Promise<void>
  /** Removes those that are there. */
  remove(...items: readonly Item[]): Promise<void>
  /** Makes exactly these the related ones. */
  set(items: readonly Item[]): Promise<void>
  /** Removes all. */
  clear(): Promise<void>
  /** Loads them, in the model's usual order. */
  all(): Promise<InstanceOf<M>[]>
  /** Tells whether this one is related. */
  has(item: Item): Promise<boolean>
  /** Counts them. */
  count(): Promise<number>
}

/** The objects of a class. */
export type InstanceOf<M> = M extends { readonly prototype: infer I } ? I : never

type FieldsIn<O> = O extends { readonly fields: infer F } ? F : unknown

/** A class made by `model()`. */
export interface ModelClass<L extends Label, O extends ModelOptions, F = FieldsIn<O>> {
  new (row: Readonly<Record<string, unknown>>): ModelInstance<F>
  readonly prototype: ModelInstance<F>
  readonly label: L
  readonly options: O
  readonly meta: ModelMeta
  /** For the compiler only. */
  readonly $fields: F
}

/** Any model's class. */
export interface AnyModelClass {
  new (row: Readonly<Record<string, unknown>>): Model
  readonly prototype: Model
  readonly label: Label
  readonly options: ModelOptions
  readonly meta: ModelMeta
}

/** The fields a class was declared with. */
export type FieldsOf<M> = M extends { readonly $fields: infer F } ? F : never

/** How many rows a deletion took, in all and by model label; the tables between many-to-many sides by their own name. */
export interface DeletedRows {
  readonly total: number
  readonly byModel: Readonly<Record<string, number>>
}

/** What an object writes through; a manager is one. */
export interface ObjectStore {
  updateObject(object: Model, values: Readonly<Record<string, unknown>>): Promise<void>
  /** Writes `values` only where the row still holds `expected`; false, and nothing changed, where it does not. */
  compareAndSet(object: Model, expected: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): Promise<boolean>
  readonly registry: ModelRegistry
  deleteObject(object: Model): Promise<DeletedRows>
  refreshObject(object: Model): Promise<void>
  relationOf(object: Model, name: string): unknown
}

let attachTo: (object: Model, store: ObjectStore) => void
let storeBehind: (object: Model) => ObjectStore | null
let readHidden: (object: Model, name: string) => unknown
let assignTo: (object: Model, values: Readonly<Record<string, unknown>>) => void
let relationFrom: (object: Model, name: string) => unknown

/** The parent of every model's class. */
export abstract class Model {
  declare static readonly label: Label
  declare static readonly options: ModelOptions
  declare static readonly meta: ModelMeta
  /** The primary key, whatever its name. */
  declare readonly pk: unknown

  #store: ObjectStore | null = null
  #hidden: Record<string, unknown> | null = null
  #relations: Map<string, unknown> | null = null

  static {
    attachTo = (object, store) => {
      object.#store = store
    }
    storeBehind = (object) => object.#store
    readHidden = (object, name) => object.#hidden?.[name]
    assignTo = (object, values) => object.#assign(values)
    relationFrom = (object, name) => object.#relation(name)
  }

  /** `row` holds values by property name, as a manager reads them; what is missing stays undefined. */
  constructor(row: Readonly<Record<string, unknown>>) {
    this.#assign(row)
  }

  /** Deletes the row and what goes with it (Django's cascades); tells how many rows of each table went. */
  async delete(): Promise<DeletedRows> {
    return attachedStore(this).deleteObject(this)
  }

  /** Reads the row again and sets every value on this object. Throws `DoesNotExist` when it is gone. */
  async refresh(): Promise<void> {
    await attachedStore(this).refreshObject(this)
  }

  /** The visible values, for `JSON.stringify`; never a hidden one. */
  toJSON(): Record<string, unknown> {
    const json: Record<string, unknown> = {}
    for (const { name, field } of metaOf(this).columns) {
      const value = (this as unknown as Record<string, unknown>)[name]
      if (!field.settings.hidden) json[name] = typeof value === 'bigint' ? String(value) : value
    }
    return json
  }

  [inspect.custom](_depth: number, options: object, print: typeof inspect): string {
    const values: Record<string, unknown> = {}
    for (const { name, field } of metaOf(this).columns) if (!field.settings.hidden) values[name] = (this as unknown as Record<string, unknown>)[name]
    return `${this.constructor.name} ${print(values, options)}`
  }

  #assign(values: Readonly<Record<string, unknown>>): void {
    const target = this as unknown as Record<string, unknown>
    for (const { name, field } of metaOf(this).columns) {
      const value = values[name]
      if (value === undefined) continue
      if (field.settings.hidden) (this.#hidden ??= {})[name] = value
      else target[name] = value
    }
  }

  #relation(name: string): unknown {
    this.#relations ??= new Map()
    let relation = this.#relations.get(name)
    if (relation === undefined) this.#relations.set(name, (relation = attachedStore(this).relationOf(this, name)))
    return relation
  }
}

/** Lets `object` write through `store`. Managers call it for what they load and create. */
export function attach<M extends Model>(object: M, store: ObjectStore): M {
  attachTo(object, store)
  return object
}

/** Sets values on the object alone, hidden ones too; the database is not asked. */
export function assign(object: Model, values: Readonly<Record<string, unknown>>): void {
  assignTo(object, values)
}

/** The store behind an object; a clear error for one made by `new` instead of a manager. */
export function attachedStore(object: Model): ObjectStore {
  const store = storeBehind(object)
  if (store !== null) return store
  const { name } = object.constructor
  throw new ImproperlyConfigured(
    `This ${name} was not loaded by a site. Get it from a manager (auth.users, auth.groups, auth.objects(${name})) instead of \`new ${name}()\`.`,
  )
}

/** The description of an object's class. */
export function metaOf(object: Model): ModelMeta {
  return (object.constructor as typeof Model).meta
}

/**
 * Declares a model: `class Product extends model('shop.Product', { fields: … }) {}`.
 *
 * The table is `shop_product`, the content type `shop | product`, the permissions `shop.add_product` and so on.
 *
 * @param label the app's label and the class name: `'shop.Product'`, each a name of letters, digits and `_`
 * @throws ImproperlyConfigured when the label or an option contradicts itself
 * @example
 * class Product extends model('shop.Product', {
 *   fields: { name: charField({ maxLength: 80 }), price: decimalField({ maxDigits: 8, decimalPlaces: 2 }) },
 *   permissions: { publish_product: 'Can publish products' },
 * }) {}
 */
export function model<const L extends Label, const O extends ModelOptions = {}>(label: L, options?: O): ModelClass<L, O> {
  return defineModel(label, options ?? {}, Model) as unknown as ModelClass<L, O>
}

/** Makes the class behind `model()` on another parent: the user's classes have their own methods. */
export function defineModel(
  label: Label,
  options: ModelOptions,
  parent: abstract new (row: Readonly<Record<string, unknown>>) => Model,
): AnyModelClass {
  const meta = buildMeta(label, options)
  for (const { name } of [...meta.columns, ...meta.relations]) {
    if (isAnsweredBy(parent.prototype, name))
      throw new ImproperlyConfigured(
        `${label} cannot have a field named “${name}”: it would hide what every object of its kind has. \`column\` may keep the column's name.`,
      )
  }
  const base = class extends parent {
    static readonly label = label
    static readonly options = options
    static readonly meta = meta
  }
  Object.defineProperty(base, 'name', { value: meta.name })
  for (const { name, field } of meta.columns) {
    if (field.settings.hidden)
      getter(base.prototype, name, function hidden() {
        return readHidden(this, name)
      })
  }
  for (const { name } of meta.relations)
    getter(base.prototype, name, function relation() {
      return relationFrom(this, name)
    })
  const key = meta.primaryKey?.name
  if (key !== undefined)
    getter(base.prototype, 'pk', function pk() {
      return (this as unknown as Record<string, unknown>)[key]
    })
  Object.defineProperty(base.prototype, 'update', {
    configurable: true,
    writable: true,
    value: async function update(this: Model, values: Readonly<Record<string, unknown>>) {
      await attachedStore(this).updateObject(this, values)
    },
  })
  return base as unknown as AnyModelClass
}

/** Whether a method or an accessor of this name is there already; a plain value is only a default. */
function isAnsweredBy(prototype: object, name: string): boolean {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found.get !== undefined || typeof found.value === 'function'
  }
  return false
}

function getter(prototype: object, name: string, get: (this: Model) => unknown): void {
  Object.defineProperty(prototype, name, { configurable: true, enumerable: false, get })
}
