/**
 * The types of a site's tables for `auth.db`: what a query selects, inserts and updates, column by column, from the declared models.
 * @module
 */

import type { ColumnType } from 'kysely'
import type { Label } from './declaration.js'
import type { FieldTypes } from './field.js'
import type { Field } from './field.js'
import type { ManyToMany } from './fields.js'

type Upper =
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'E'
  | 'F'
  | 'G'
  | 'H'
  | 'I'
  | 'J'
  | 'K'
  | 'L'
  | 'M'
  | 'N'
  | 'O'
  | 'P'
  | 'Q'
  | 'R'
  | 'S'
  | 'T'
  | 'U'
  | 'V'
  | 'W'
  | 'X'
  | 'Y'
  | 'Z'

/** `firstName` → `first_name`, for the compiler. */
export type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Upper ? `_${Lowercase<Head>}` : Head}${SnakeCase<Tail>}`
  : ''

type ColumnNameOf<K, T extends FieldTypes> = T['column'] extends string
  ? T['column']
  : T['relation'] extends true
    ? `${SnakeCase<K & string>}_id`
    : SnakeCase<K & string>

type ColumnOf<T extends FieldTypes> = T['key'] extends true
  ? ColumnType<T['value'], T['required'] extends true ? T['value'] : T['value'] | undefined, T['value']>
  : ColumnType<
      T['value'],
      Exclude<T['input'], object> | Extract<T['input'], Date> | Extract<T['value'], null>,
      Exclude<T['input'], object> | Extract<T['input'], Date> | Extract<T['value'], null>
    >

type HasKey<F> = true extends { [K in keyof F]: F[K] extends Field<infer T> ? T['key'] : never }[keyof F] ? true : false

/** One table, from its fields. Booleans are booleans and moments are `DateTime`s on every engine; JSON columns are text. */
export type TableOf<F> = {
  [K in keyof F as F[K] extends Field<infer T> ? ColumnNameOf<K, T> : never]: F[K] extends Field<infer T> ? ColumnOf<T> : never
} & (HasKey<F> extends true ? unknown : { id: ColumnType<number, number | undefined, number> })

type TableName<L, O> = O extends { readonly table: infer T extends string }
  ? T
  : L extends `${infer App}.${infer Name}`
    ? `${Lowercase<App>}_${Lowercase<Name>}`
    : never

/** The tables between a model and those it relates to. */
type Throughs<M> = M extends { readonly label: infer L; readonly options: infer O; readonly $fields: infer F }
  ? {
      [K in keyof F as F[K] extends ManyToMany ? `${TableName<L, O>}_${SnakeCase<K & string>}` : never]: Record<
        string,
        ColumnType<number, number | undefined, number>
      >
    }
  : unknown

/** The tables of one model. */
export type TablesOf<M> = M extends { readonly label: infer L extends Label; readonly options: infer O; readonly $fields: infer F }
  ? { [T in TableName<L, O>]: TableOf<F> } & Throughs<M>
  : unknown

/** Turns a union of tables into one database. */
export type DatabaseOf<M> = (M extends unknown ? (tables: TablesOf<M>) => void : never) extends (tables: infer All) => void ? All : never
