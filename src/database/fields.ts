/**
 * The fields a model is declared with.
 * @module
 */

import type { DateTime } from '../base/date-time.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { Field, type FieldKind, type FieldOptions, type FieldSettings, type OnDelete } from './field.js'

/** What may stand in a JSON column. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** What a class must show for a relation to point to it. */
export interface RelationTargetClass {
  readonly label: string
  readonly prototype: unknown
}

/** The key of the objects of a class: the type of its primary key. */
export type KeyOf<M> = M extends { readonly prototype: infer I } ? (I extends { readonly pk: infer K } ? K : number) : number

/** What may be written to a relation: the key, or an object that has it. */
export type KeyOrObject<K> = K | { readonly pk: K }

type Nullable<V, O> = O extends { readonly null: true } ? V | null : V
type Needed<O> = O extends
  | { readonly null: true }
  | { readonly blank: true }
  | { readonly default: unknown }
  | { readonly autoNow: true }
  | { readonly autoNowAdd: true }
  ? false
  : true
type ColumnIn<O> = O extends { readonly column: infer C extends string } ? C : undefined
type IsKey<O> = O extends { readonly primaryKey: true } ? true : false

/** The types of a field with value `V` and options `O`; `I` is what may be written, `R` whether it is a relation. */
export interface FieldOf<V, O, I = V, R extends boolean = false> {
  readonly value: Nullable<V, O>
  readonly input: Nullable<I, O>
  readonly required: Needed<O>
  readonly key: IsKey<O>
  readonly column: ColumnIn<O>
  readonly relation: R
}

/** The types of an automatic key. */
export interface AutoKey<K> {
  readonly value: K
  readonly input: K
  readonly required: false
  readonly key: true
  readonly column: undefined
  readonly relation: false
}

/** Options of text fields with a length. `maxLength` counts characters (code points), 1 to 65,535. */
export interface CharFieldOptions extends FieldOptions<string> {
  readonly maxLength: number
}
/** The same where a usual length stands for what is not said. */
export interface OptionalLengthOptions extends FieldOptions<string> {
  readonly maxLength?: number
}
/** `maxDigits` in all, `decimalPlaces` of them behind the point. */
export interface DecimalFieldOptions extends FieldOptions<string> {
  readonly maxDigits: number
  readonly decimalPlaces: number
}
/** `autoNow`: the time of every write; `autoNowAdd`: the time of creation. */
export interface DateFieldOptions<V> extends FieldOptions<V> {
  readonly autoNow?: boolean
  readonly autoNowAdd?: boolean
}
/** `uploadTo`: the folder below the storage's root, without a leading slash. */
export interface FileFieldOptions extends FieldOptions<string> {
  readonly uploadTo: string
  readonly maxLength?: number
}
/** `onDelete`: what happens here when the row pointed to is deleted; `dbConstraint: false` leaves out the database's check. */
export interface ForeignKeyOptions<K> extends FieldOptions<K> {
  readonly onDelete?: OnDelete
  readonly dbConstraint?: boolean
}

/**
 * Text up to `maxLength` characters: a `varchar`.
 *
 * @example
 * const phone = charField({ maxLength: 20, blank: true })
 */
export function charField<const O extends CharFieldOptions>(options: O): Field<FieldOf<string, O>> {
  return make('char', options)
}

/** Text of any length. */
export function textField<const O extends FieldOptions<string> = {}>(options?: O & FieldOptions<string>): Field<FieldOf<string, O>> {
  return make('text', options)
}

/** An e-mail address, 254 characters unless said otherwise (RFC 5321's limit for a path). */
export function emailField<const O extends OptionalLengthOptions = {}>(options?: O & OptionalLengthOptions): Field<FieldOf<string, O>> {
  return make('email', options, { maxLength: 254 })
}

/** An http(s) or ftp(s) address, 200 characters unless said otherwise. */
export function urlField<const O extends OptionalLengthOptions = {}>(options?: O & OptionalLengthOptions): Field<FieldOf<string, O>> {
  return make('url', options, { maxLength: 200 })
}

/** A short label of letters, digits, `_` and `-`, 50 characters unless said otherwise; indexed, as in Django. */
export function slugField<const O extends OptionalLengthOptions = {}>(options?: O & OptionalLengthOptions): Field<FieldOf<string, O>> {
  return make('slug', options, { maxLength: 50, index: true })
}

/** True or false. */
export function booleanField<const O extends FieldOptions<boolean> = {}>(options?: O & FieldOptions<boolean>): Field<FieldOf<boolean, O>> {
  return make('boolean', options)
}

/** A whole number from -2,147,483,648 to 2,147,483,647. */
export function integerField<const O extends FieldOptions<number> = {}>(options?: O & FieldOptions<number>): Field<FieldOf<number, O>> {
  return make('integer', options)
}

/** A whole number from 0 to 32,767, checked by the database. */
export function positiveSmallIntegerField<const O extends FieldOptions<number> = {}>(options?: O & FieldOptions<number>): Field<FieldOf<number, O>> {
  return make('positiveSmallInteger', options)
}

/** A whole number of 64 bits, as a `bigint`. */
export function bigIntegerField<const O extends FieldOptions<bigint> = {}>(options?: O & FieldOptions<bigint>): Field<FieldOf<bigint, O>> {
  return make('bigInteger', options)
}

/** A decimal number as text, so that no digit is lost: `'19.90'`. */
export function decimalField<const O extends DecimalFieldOptions>(options: O): Field<FieldOf<string, O>> {
  return make('decimal', options)
}

/** A floating point number of 64 bits. */
export function floatField<const O extends FieldOptions<number> = {}>(options?: O & FieldOptions<number>): Field<FieldOf<number, O>> {
  return make('float', options)
}

/** A day without a time, as text: `'2026-11-23'`. */
export function dateField<const O extends DateFieldOptions<string> = {}>(options?: O & DateFieldOptions<string>): Field<FieldOf<string, O>> {
  return make('date', options)
}

/** A moment, read as a `DateTime`: a `Date` that keeps the database's microseconds. Any `Date` may be written. */
export function dateTimeField<const O extends DateFieldOptions<Date> = {}>(options?: O & DateFieldOptions<Date>): Field<FieldOf<DateTime, O, Date>> {
  return make('dateTime', options)
}

/** A UUID as text in lower case with hyphens. */
export function uuidField<const O extends FieldOptions<string> = {}>(options?: O & FieldOptions<string>): Field<FieldOf<string, O>> {
  return make('uuid', options)
}

/** Any JSON value. */
export function jsonField<const O extends FieldOptions<Json> = {}>(options?: O & FieldOptions<Json>): Field<FieldOf<Json, O>> {
  return make('json', options)
}

/** A file: the column holds its path below the storage's root, up to 100 characters unless said otherwise. */
export function fileField<const O extends FileFieldOptions>(options: O): Field<FieldOf<string, O>> {
  return make('file', options, { maxLength: 100 })
}

/** A picture: a file that has been decoded and re-encoded before it is stored. */
export function imageField<const O extends FileFieldOptions>(options: O): Field<FieldOf<string, O>> {
  return make('image', options, { maxLength: 100 })
}

/** A whole-number key the database counts up, of 32 bits: the key of Django's own tables. */
export function autoField(): Field<AutoKey<number>> {
  return make('auto', { primaryKey: true })
}

/** A key the database counts up, of 64 bits, as a `bigint`. (A model without a key field has one of these as `id`, read as a `number`.) */
export function bigAutoField(): Field<AutoKey<bigint>> {
  return make('bigAuto', { primaryKey: true })
}

/**
 * Many rows here point to one there; the property holds the key. Indexed; rows here go with the row there unless `onDelete` says otherwise.
 *
 * Takes a function that returns the class. For a class that refers to itself or round in a circle, where the compiler cannot
 * follow, its label or `'self'` does; then the key's type is `number` unless given: `foreignKey<string>('shop.Order')`.
 *
 * @example
 * const owner = foreignKey(() => User, { onDelete: 'cascade' })
 */
export function foreignKey<K = number, const O extends ForeignKeyOptions<K> = {}>(
  to: string,
  options?: O & ForeignKeyOptions<K>,
): Field<FieldOf<K, O, KeyOrObject<K>, true>>
export function foreignKey<M extends RelationTargetClass, const O extends ForeignKeyOptions<KeyOf<M>> = {}>(
  to: () => M,
  options?: O & ForeignKeyOptions<KeyOf<M>>,
): Field<FieldOf<KeyOf<M>, O, KeyOrObject<KeyOf<M>>, true>>
export function foreignKey(to: string | (() => RelationTargetClass), options?: ForeignKeyOptions<never>): Field {
  return make('foreignKey', checkedDeletion(options), { to: checkedTarget(to), index: true })
}

/**
 * A foreign key that no two rows share: a profile and its user.
 *
 * @example
 * const user = oneToOneField(() => User)
 */
export function oneToOneField<K = number, const O extends ForeignKeyOptions<K> = {}>(
  to: string,
  options?: O & ForeignKeyOptions<K>,
): Field<FieldOf<K, O, KeyOrObject<K>, true>>
export function oneToOneField<M extends RelationTargetClass, const O extends ForeignKeyOptions<KeyOf<M>> = {}>(
  to: () => M,
  options?: O & ForeignKeyOptions<KeyOf<M>>,
): Field<FieldOf<KeyOf<M>, O, KeyOrObject<KeyOf<M>>, true>>
export function oneToOneField(to: string | (() => RelationTargetClass), options?: ForeignKeyOptions<never>): Field {
  return make('oneToOne', checkedDeletion(options), { to: checkedTarget(to), unique: true })
}

/** Options of a many-to-many relation. */
export interface ManyToManyOptions {
  /** The table between, where it is not `<table>_<name>`. */
  readonly table?: string
  /** Its columns, where they are not `<model>_id` and `<target>_id`. */
  readonly sourceColumn?: string
  readonly targetColumn?: string
  readonly label?: string
  readonly helpText?: string
  readonly blank?: boolean
}

/** A many-to-many relation: no column here but a table between. On an object it is a `Relation` with `add`, `remove`, `set`, `clear`, `all`, `has`. */
export class ManyToMany<M = unknown> {
  declare readonly $target: M
  readonly to: (() => RelationTargetClass) | string
  readonly options: ManyToManyOptions

  constructor(to: (() => RelationTargetClass) | string, options: ManyToManyOptions = {}) {
    this.to = checkedTarget(to)
    this.options = options
  }
}

/**
 * Many on either side.
 *
 * @example
 * const tags = manyToManyField(() => Tag)
 * // await product.tags.add(red, sale)
 */
export function manyToManyField<M extends RelationTargetClass>(to: () => M, options: ManyToManyOptions = {}): ManyToMany<M> {
  return new ManyToMany<M>(to, options)
}

/** Options and a kind make a field; `usual` is what holds where the options are silent. */
function make<F extends Field>(kind: FieldKind, options: object | undefined, usual: Partial<FieldSettings> = {}): F {
  const given = (options ?? {}) as Partial<FieldSettings>
  const { maxLength } = { ...usual, ...given }
  if ((kind === 'char' || maxLength !== undefined) && !(Number.isInteger(maxLength) && Number(maxLength) > 0))
    throw new ImproperlyConfigured(`The maxLength of a ${kind} field is a whole number from 1; got ${String(maxLength)}.`)
  return new Field({ ...usual, ...given, kind, hasDefault: 'default' in given }) as F
}

type To = string | (() => RelationTargetClass)

/** A class given as it is would be called without `new` much later, where nobody knows whose it was. */
function checkedTarget(to: To): To {
  if (typeof to === 'string' || (typeof to === 'function' && !('label' in to))) return to
  const name = typeof to === 'function' ? to.name : 'Product'
  throw new ImproperlyConfigured(`A relation points to a function that returns the class, to a label or to 'self': write \`() => ${name}\`.`)
}

const DELETIONS: readonly unknown[] = ['cascade', 'setNull', 'protect'] satisfies OnDelete[]

function checkedDeletion(options: ForeignKeyOptions<never> | undefined): ForeignKeyOptions<never> | undefined {
  const { onDelete } = options ?? {}
  if (onDelete !== undefined && !DELETIONS.includes(onDelete))
    throw new ImproperlyConfigured(`onDelete is one of ${DELETIONS.join(', ')}; got ${String(onDelete)}.`)
  if (onDelete === 'setNull' && options?.null !== true)
    throw new ImproperlyConfigured("onDelete: 'setNull' needs a column that may be NULL: add `null: true` (fields.E320).")
  return options
}
