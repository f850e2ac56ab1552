/**
 * Column types, kind by kind: what Django gives each on each engine.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { FieldKind, FieldSettings } from '../field.js'

/** The kinds that have a type of their own; a relation has its target's. */
type ValueKind = Exclude<FieldKind, 'foreignKey' | 'oneToOne'>

/** The type of each kind. */
export type TypeTable = Readonly<Record<ValueKind, (settings: FieldSettings) => string>>

const varchar = (settings: FieldSettings): string => `varchar(${settings.maxLength ?? 255})`

/** Kinds that have the same type everywhere. */
const common = {
  auto: () => 'integer',
  bigAuto: () => 'bigint',
  char: varchar,
  email: varchar,
  url: varchar,
  slug: varchar,
  file: varchar,
  image: varchar,
  integer: () => 'integer',
  smallInteger: () => 'smallint',
  bigInteger: () => 'bigint',
  date: () => 'date',
} satisfies Partial<TypeTable>

/** SQLite keeps any value in any column; the type says how Django reads it. */
export const sqliteTypes: TypeTable = {
  ...common,
  text: () => 'text',
  boolean: () => 'bool',
  positiveSmallInteger: () => 'smallint unsigned',
  decimal: () => 'decimal',
  float: () => 'real',
  dateTime: () => 'datetime',
  uuid: () => 'char(32)',
  json: () => 'text',
}

/** PostgreSQL. */
export const postgresTypes: TypeTable = {
  ...common,
  text: () => 'text',
  boolean: () => 'boolean',
  positiveSmallInteger: () => 'smallint',
  decimal: ({ maxDigits, decimalPlaces }) => `numeric(${maxDigits}, ${decimalPlaces})`,
  float: () => 'double precision',
  dateTime: () => 'timestamp with time zone',
  uuid: () => 'uuid',
  json: () => 'jsonb',
}

/** MySQL and MariaDB without its type for UUIDs. */
export const mysqlTypes: TypeTable = {
  ...common,
  text: () => 'longtext',
  boolean: () => 'bool',
  positiveSmallInteger: () => 'smallint unsigned',
  decimal: ({ maxDigits, decimalPlaces }) => `numeric(${maxDigits}, ${decimalPlaces})`,
  float: () => 'double precision',
  dateTime: () => 'datetime(6)',
  uuid: () => 'char(32)',
  json: () => 'json',
}

/** The type of a field that holds a value. */
export function typeOf(table: TypeTable, settings: FieldSettings): string {
  const { kind } = settings
  if (kind === 'foreignKey' || kind === 'oneToOne') throw new ImproperlyConfigured('A relation has the type of the key it points to.')
  return table[kind](settings)
}
