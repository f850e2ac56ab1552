/**
 * A field: one declared value of a model, from which its property, its column, its form input and its admin cell follow.
 * @module
 */

import type { MessageKey, MessageParams } from '../base/messages.js'
import type { StandardSchema } from './standard-schema.js'

/** What a field is made of; each kind has one row in `field-kinds.ts`. */
export type FieldKind =
  | 'auto'
  | 'bigAuto'
  | 'char'
  | 'text'
  | 'email'
  | 'url'
  | 'slug'
  | 'boolean'
  | 'integer'
  | 'smallInteger'
  | 'positiveSmallInteger'
  | 'bigInteger'
  | 'decimal'
  | 'float'
  | 'date'
  | 'dateTime'
  | 'uuid'
  | 'json'
  | 'file'
  | 'image'
  | 'foreignKey'
  | 'oneToOne'

/** What the compiler knows of a field. */
export interface FieldTypes {
  /** What a loaded object has under the field's name. */
  readonly value: unknown
  /** What may be written: the value, and for a relation also the object it points to. */
  readonly input: unknown
  /** Whether creating an object must name it. */
  readonly required: boolean
  /** Whether it is the primary key. */
  readonly key: boolean
  /** The column's name where one is given; undefined where it follows from the property's. */
  readonly column: string | undefined
  /** Whether the column ends in `_id`. */
  readonly relation: boolean
}

/** What a default is computed from. */
export interface DefaultContext {
  /** The site's clock. */
  readonly now: Date
}

/** One refused value, before the field's name is known. */
export interface FieldProblem {
  readonly key: MessageKey
  readonly params?: MessageParams
}

/** A check of one value: returns what is wrong, or null. A Standard Schema (valibot, zod, …) works in its place. */
export type FieldValidator<Value = never> = ((value: Value) => FieldProblem | null) | StandardSchema

/** Options every field takes. */
export interface FieldOptions<Value> {
  /** Whether the column may hold NULL, read as `null`. Default false. */
  readonly null?: boolean
  /** Whether a form may leave it empty; text then defaults to `''`. Default false. */
  readonly blank?: boolean
  /** The value where none is given: itself, or a function called for every new object. */
  readonly default?: Value | ((context: DefaultContext) => Value)
  /** Whether the database refuses a second row with the same value. Default false. */
  readonly unique?: boolean
  /** Whether the column is indexed. Foreign keys are by themselves. Default false. */
  readonly index?: boolean
  /** The column's name where it is not the property's in snake_case (`firstName` is `first_name`, a foreign key `user` is `user_id`). */
  readonly column?: string
  /** The name people read, in lower case. Default: the property's name in words (`firstName` is “first name”). */
  readonly label?: string
  /** A sentence shown beside the input. */
  readonly helpText?: string
  /** The allowed values with the words people read. */
  readonly choices?: readonly (readonly [value: Value, label: string])[]
  /** Further checks, run by forms and by `fullClean()`, not by `create()`: Django's rule. */
  readonly validators?: readonly FieldValidator<Value>[]
  /** Whether it is the primary key. Without one a model has `id`. Default false. */
  readonly primaryKey?: boolean
  /** Whether forms and the admin offer it. Default true. */
  readonly editable?: boolean
}

/** What a relation points to: a function that returns the class (so that files may refer to each other), a label, or `'self'`. */
export type RelationTarget = (() => { readonly label: string }) | string

/** What happens to the rows that point to a deleted one. The database has no rule; the deletion code does it (DM-6). */
export type OnDelete = 'cascade' | 'setNull' | 'protect'

/** A field's settings after defaults; what the schema, the forms and the admin read. */
export interface FieldSettings {
  readonly kind: FieldKind
  readonly null: boolean
  readonly blank: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly primaryKey: boolean
  readonly editable: boolean
  /** Kept out of `toJSON()`, `util.inspect` and enumeration: the password's column. */
  readonly hidden: boolean
  readonly column: string | null
  readonly label: string | null
  readonly helpText: string
  readonly choices: readonly (readonly [value: unknown, label: string])[] | null
  readonly validators: readonly FieldValidator<never>[]
  readonly hasDefault: boolean
  readonly default: unknown
  /** Characters (code points), for text kinds and files. */
  readonly maxLength: number | null
  /** Decimal only. */
  readonly maxDigits: number | null
  readonly decimalPlaces: number | null
  /** Set to now at every write / at creation: dates only. */
  readonly autoNow: boolean
  readonly autoNowAdd: boolean
  /** Files only: the folder, a path without leading slash. */
  readonly uploadTo: string
  /** Relations only. */
  readonly to: RelationTarget | null
  readonly onDelete: OnDelete
  /** Relations only: whether the database checks the key. */
  readonly dbConstraint: boolean
}

/**
 * One declared field. Made by `charField()` and its neighbours; holds settings only, so the same declaration may serve several sites.
 */
export class Field<T extends FieldTypes = FieldTypes> {
  /** For the compiler only; nothing is there at run time. */
  declare readonly $types: T
  readonly settings: FieldSettings

  constructor(settings: Partial<FieldSettings> & { readonly kind: FieldKind }) {
    this.settings = { ...BARE, ...settings }
  }

  /** Whether it is a foreign key or one-to-one. */
  get isRelation(): boolean {
    return this.settings.to !== null
  }

  /** Whether creating an object must name it: no default, not empty by declaration, not made by the database. */
  get isRequired(): boolean {
    const { kind, null: nullable, blank, hasDefault, autoNow, autoNowAdd } = this.settings
    return !(nullable || blank || hasDefault || autoNow || autoNowAdd || kind === 'auto' || kind === 'bigAuto')
  }
}

const BARE: Omit<FieldSettings, 'kind'> = {
  null: false,
  blank: false,
  unique: false,
  index: false,
  primaryKey: false,
  editable: true,
  hidden: false,
  column: null,
  label: null,
  helpText: '',
  choices: null,
  validators: [],
  hasDefault: false,
  default: undefined,
  maxLength: null,
  maxDigits: null,
  decimalPlaces: null,
  autoNow: false,
  autoNowAdd: false,
  uploadTo: '',
  to: null,
  onDelete: 'cascade',
  dbConstraint: true,
}
