/**
 * What a manager is asked for: values to equal, comparisons, an order, a limit; typed by the model's fields.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Dialect, TextMatch } from './dialects/dialect.js'
import { refusing } from './field-kinds.js'
import type { ColumnMeta, ModelMeta } from './meta.js'
import { metaOf, Model, type AllInputs, type AllValues } from './model.js'
import type { ModelRegistry } from './registry.js'

/** Comparisons with a value other than being equal to it. Several in one object must all hold. */
export interface Comparisons<V> {
  /** Not this value; a NULL is not this value either. */
  readonly ne?: V
  /** One of these. An empty list matches nothing. */
  readonly in?: readonly V[]
  readonly notIn?: readonly V[]
  readonly lt?: NonNullable<V>
  readonly lte?: NonNullable<V>
  readonly gt?: NonNullable<V>
  readonly gte?: NonNullable<V>
  /** True: the column is NULL. False: it is not. */
  readonly isNull?: boolean
}

/** Comparisons of text. The `i` forms ignore case as the engine does: SQLite only for ASCII, MariaDB by its collation. */
export interface TextComparisons {
  readonly contains?: string
  readonly icontains?: string
  readonly startsWith?: string
  readonly istartsWith?: string
  readonly endsWith?: string
  readonly iendsWith?: string
  readonly iexact?: string
}

/** What may be asked of one value. Objects stand for their keys. */
export type Condition<V> = V | Comparisons<V> | (NonNullable<V> extends string ? TextComparisons : never)

/** What may be asked of a model: every named property must fit. `pk` is the key, whatever its name. */
export type Where<F> = { readonly [K in keyof AllInputs<F>]?: Condition<AllInputs<F>[K]> } & { readonly pk?: Condition<string | number | bigint> }

/** A property to order by, `-` before it for descending. */
export type OrderBy<F> = (keyof AllValues<F> & string) | `-${keyof AllValues<F> & string}`

/** How many, and in which order. */
export interface QueryOptions<F> {
  readonly orderBy?: OrderBy<F> | readonly OrderBy<F>[]
  /** At most this many rows. */
  readonly limit?: number
  /** Skip this many first. Prefer a comparison on the last key seen: skipping costs what reading costs. */
  readonly offset?: number
}

/** One condition, read and checked. */
export interface Term {
  readonly column: string
  /** Names the statement's shape; null when the text of the statement depends on the value. */
  readonly shape: string | null
  readonly parameters: readonly unknown[]
  readonly toSql: () => RawBuilder<unknown>
}

const TEXT = new Set<string>(['contains', 'icontains', 'startsWith', 'istartsWith', 'endsWith', 'iendsWith', 'iexact'] satisfies TextMatch[])
const ORDER = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

/** Reads `where` into terms, every value checked and written as its column wants it. `from` names the table where a join needs it. */
export function readWhere(registry: ModelRegistry, meta: ModelMeta, where: Readonly<Record<string, unknown>>, from?: string): Term[] {
  // A key, a list or an object of a model has no conditions in it: read as a record it would fit every row.
  if (!isRecord(where))
    throw new ImproperlyConfigured(`Conditions on ${meta.label} are an object by property name, such as { pk: 1 }; {} fits every row.`)
  return Object.entries(where).flatMap(([name, asked]) => {
    const column = columnNamed(meta, name)
    const write = writerFor(registry, meta, column)
    const target = reference(column.column, from)
    const dialect = registry.database.dialect
    if (asked === undefined)
      throw new ImproperlyConfigured(
        `The condition on ${meta.label}.${name} is undefined. Leave the name out to ask nothing of it, or pass null for rows without a value.`,
      )
    if (!isRecord(asked)) return [equal(column, target, write, asked)]
    const comparisons = Object.entries(asked)
    if (comparisons.length === 0 || comparisons.some(([, value]) => value === undefined))
      throw new ImproperlyConfigured(
        `The condition on ${meta.label}.${name} compares with nothing, and would fit every row. Give each comparison a value, or leave it out.`,
      )
    return comparisons.map(([operator, value]) => compare(meta, column, target, write, dialect, operator, value))
  })
}

/** Reads `orderBy` into SQL, and its shape. `from` names the table where a join needs it. */
export function readOrder(meta: ModelMeta, order: readonly string[], from?: string): { shape: string; toSql: () => RawBuilder<unknown> } {
  const terms = order.map((one) => ({ column: columnNamed(meta, one.replace(/^-/, '')), descending: one.startsWith('-') }))
  return {
    shape: terms.map((one) => `${one.descending ? '-' : '+'}${one.column.column}`).join(','),
    toSql: () =>
      terms.length === 0
        ? sql``
        : sql` order by ${sql.join(terms.map((one) => (one.descending ? sql`${reference(one.column.column, from)} desc` : reference(one.column.column, from))))}`,
  }
}

/** `where …`, or nothing. */
export function whereSql(terms: readonly Term[]): RawBuilder<unknown> {
  return terms.length === 0
    ? sql``
    : sql` where ${sql.join(
        terms.map((one) => one.toSql()),
        sql` and `,
      )}`
}

/** What becomes of a value on its way into a column. */
export interface ColumnCodec {
  /** Checks it and puts it into the one form that is stored; an object stands for its key. Throws a `ValidationError`. */
  accept(value: unknown): unknown
  /** Writes an accepted value as the driver takes it. */
  encode(accepted: unknown): unknown
}

/** How values get into a column. */
export function codecFor(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta): ColumnCodec {
  const rules = registry.rulesFor(meta, column.field)
  const { settings } = registry.valueField(meta, column.field)
  const refuse = refusing(column.name)
  const form = { uuidAsHex: registry.database.dialect.engine !== 'postgres' }
  return {
    accept: (value) =>
      value === null ? null : rules.accept(value instanceof Model ? keyOf(registry, meta, column, value) : value, settings, refuse),
    encode: (accepted) => (accepted === null ? null : rules.write(accepted as never, form)),
  }
}

/** The key an object stands for. Keys are numbers everywhere, so an object of another model would name some row too: the wrong one. */
function keyOf(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta, value: Model): unknown {
  const { to, primaryKey } = column.field.settings
  const given = metaOf(value)
  if ((primaryKey && given === meta) || (to !== null && given === registry.targetOf(meta, to).meta)) return value.pk
  const wanted = to === null ? 'takes a value, not an object of a model' : `takes objects of ${registry.targetOf(meta, to).label} or their keys`
  throw new ImproperlyConfigured(`${meta.label}.${column.name} ${wanted}; got a ${given.label}.`)
}

/** Both steps in one, for what is compared and not kept. */
export function writerFor(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta): (value: unknown) => unknown {
  const { accept, encode } = codecFor(registry, meta, column)
  return (value) => encode(accept(value))
}

/** The column behind a property name, or a clear error that lists the names there are. */
export function columnNamed(meta: ModelMeta, name: string): ColumnMeta {
  const column = name === 'pk' ? (meta.column.get('pk') ?? meta.primaryKey ?? undefined) : meta.column.get(name)
  if (column !== undefined) return column
  throw new ImproperlyConfigured(`${meta.label} has no field “${name}”. It has: ${[...meta.column.keys()].join(', ')}.`)
}

function reference(column: string, from: string | undefined): RawBuilder<unknown> {
  return sql.ref(from === undefined ? column : `${from}.${column}`)
}

function equal(column: ColumnMeta, reference: RawBuilder<unknown>, write: (value: unknown) => unknown, value: unknown): Term {
  if (value === null) return { column: column.column, shape: `${column.column} null`, parameters: [], toSql: () => sql`${reference} is null` }
  const written = write(value)
  return { column: column.column, shape: `${column.column} =`, parameters: [written], toSql: () => sql`${reference} = ${written}` }
}

function compare(
  meta: ModelMeta,
  column: ColumnMeta,
  reference: RawBuilder<unknown>,
  write: (value: unknown) => unknown,
  dialect: Dialect,
  operator: string,
  value: unknown,
): Term {
  const name = column.column
  const term = (shape: string | null, parameters: readonly unknown[], toSql: () => RawBuilder<unknown>): Term => ({
    column: name,
    shape,
    parameters,
    toSql,
  })
  if (operator === 'ne') return notEqual(column, reference, value === null ? null : write(value))
  if (operator === 'isNull') {
    if (typeof value !== 'boolean') throw new ImproperlyConfigured(`The condition \`isNull\` on ${meta.label}.${column.name} wants true or false.`)
    return value === true
      ? term(`${name} null`, [], () => sql`${reference} is null`)
      : term(`${name} not null`, [], () => sql`${reference} is not null`)
  }
  if (operator === 'in' || operator === 'notIn') {
    if (!Array.isArray(value)) throw new ImproperlyConfigured(`The condition \`${operator}\` on ${meta.label}.${column.name} wants a list.`)
    // SQL answers “unknown” to a list with NULL in it, so NULL is asked for by itself.
    const written = value.filter((one) => one !== null).map(write)
    if (written.length > dialect.maxParameters)
      throw new ImproperlyConfigured(
        `${meta.label}.${column.name} is compared with ${written.length} values; one statement takes ${dialect.maxParameters}. Ask in parts.`,
      )
    const wantsNull = value.includes(null)
    return operator === 'in' ? oneOf(column, reference, written, wantsNull) : noneOf(column, reference, written, wantsNull)
  }
  if (Object.hasOwn(ORDER, operator)) {
    const sign = ORDER[operator as keyof typeof ORDER]
    const written = write(value)
    return term(`${name} ${sign}`, [written], () => sql`${reference} ${sql.raw(sign)} ${written}`)
  }
  if (TEXT.has(operator)) {
    if (typeof value !== 'string') throw new ImproperlyConfigured(`The condition \`${operator}\` on ${meta.label}.${column.name} wants text.`)
    return term(null, [], () => dialect.textMatch(operator as TextMatch, reference, value))
  }
  throw new ImproperlyConfigured(
    `There is no comparison “${operator}” (asked of ${meta.label}.${column.name}). There are: ne, in, notIn, lt, lte, gt, gte, isNull, ${[...TEXT].join(', ')}.`,
  )
}

function notEqual(column: ColumnMeta, reference: RawBuilder<unknown>, written: unknown): Term {
  const name = column.column
  if (written === null) return { column: name, shape: `${name} not null`, parameters: [], toSql: () => sql`${reference} is not null` }
  if (!column.field.settings.null) return { column: name, shape: `${name} <>`, parameters: [written], toSql: () => sql`${reference} <> ${written}` }
  return { column: name, shape: `${name} <> or null`, parameters: [written], toSql: () => sql`(${reference} <> ${written} or ${reference} is null)` }
}

function oneOf({ column }: ColumnMeta, reference: RawBuilder<unknown>, written: readonly unknown[], orNull: boolean): Term {
  const list = (): RawBuilder<unknown> => (written.length === 0 ? sql`1 = 0` : sql`${reference} in (${sql.join(written)})`)
  const shape = `${column} in ${written.length}`
  if (!orNull) return { column, shape, parameters: written, toSql: list }
  return { column, shape: `${shape} or null`, parameters: written, toSql: () => sql`(${list()} or ${reference} is null)` }
}

/** A NULL is none of these, unless null is among them. */
function noneOf({ column, field }: ColumnMeta, reference: RawBuilder<unknown>, written: readonly unknown[], norNull: boolean): Term {
  const list = (): RawBuilder<unknown> => (written.length === 0 ? sql`1 = 1` : sql`${reference} not in (${sql.join(written)})`)
  const shape = `${column} not in ${written.length}`
  if (norNull) return { column, shape: `${shape} nor null`, parameters: written, toSql: () => sql`(${list()} and ${reference} is not null)` }
  if (!field.settings.null) return { column, shape, parameters: written, toSql: list }
  return { column, shape: `${shape} or null`, parameters: written, toSql: () => sql`(${list()} or ${reference} is null)` }
}

/** A plain object is a list of conditions or comparisons; a `Date`, an array or an object of a model is a value. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
}
