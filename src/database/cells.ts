/**
 * Between objects and rows: each column's value checked on its way in and made typed on its way out.
 * @module
 */

import { DateTime } from '../base/date-time.js'
import { ImproperlyConfigured, problem, ValidationError } from '../base/errors.js'
import type { Field } from './field.js'
import { codecFor, columnNamed, type ColumnCodec } from './filters.js'
import { readsAsBigInt, type ColumnMeta, type ModelMeta } from './meta.js'
import type { ModelRegistry } from './registry.js'

/** Values by property, or raw ones by column. */
export type RawRow = Record<string, unknown>

/** One column with what becomes of its values. */
export interface Cell extends ColumnCodec {
  readonly meta: ColumnMeta
  readonly read: (raw: unknown) => unknown
}

/** The columns of one model on one site. */
export class Cells {
  readonly list: readonly Cell[]
  readonly #meta: ModelMeta
  readonly #registry: ModelRegistry
  readonly #byColumn: ReadonlyMap<ColumnMeta, Cell>

  constructor(registry: ModelRegistry, meta: ModelMeta) {
    this.#registry = registry
    this.#meta = meta
    this.list = meta.columns.map((column) => ({ meta: column, ...codecFor(registry, meta, column), read: readerFor(registry, meta, column) }))
    this.#byColumn = new Map(this.list.map((cell) => [cell.meta, cell]))
  }

  /** The cell of a column. */
  of(column: ColumnMeta): Cell {
    const cell = this.#byColumn.get(column)
    if (cell === undefined) throw new ImproperlyConfigured(`${this.#meta.label} has no column “${column.column}”.`)
    return cell
  }

  /** The cell of a property; a clear error that lists the properties there are. */
  named(name: string): Cell {
    return this.of(columnNamed(this.#meta, name))
  }

  /** Every column with its value, accepted: what is not given has its default, for Django's tables have none of their own (H-6). */
  complete(values: RawRow, now: Date): RawRow {
    for (const name of Object.keys(values)) if (!this.#meta.column.has(name)) columnNamed(this.#meta, name)
    const row: RawRow = {}
    for (const cell of this.list) {
      const { name, field } = cell.meta
      const given = values[name]
      const value = given === undefined || field.settings.autoNow || field.settings.autoNowAdd ? defaultOf(field, now) : given
      if (value === undefined) {
        if (field.settings.primaryKey && isCounted(field)) continue
        throw new ValidationError(problem('required', {}, name))
      }
      row[name] = acceptedBy(cell, value)
    }
    return row
  }

  /** The named columns with their values, accepted, and the time of the change where a column notes it. */
  changed(values: Readonly<RawRow>): RawRow {
    const row: RawRow = {}
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue
      const cell = this.named(name)
      row[cell.meta.name] = acceptedBy(cell, value)
    }
    if (Object.keys(row).length === 0) return row
    for (const { meta } of this.list) if (meta.field.settings.autoNow) row[meta.name] = defaultOf(meta.field, this.#registry.clock.now())
    return row
  }

  /** A row that was selected, by property. */
  read(row: RawRow): RawRow {
    const values: RawRow = {}
    for (const { meta, read } of this.list) {
      const raw = row[meta.column]
      values[meta.name] = raw === null || raw === undefined ? null : read(raw)
    }
    return values
  }
}

/** What was written, as it would be read back: a `Date` of the caller's becomes a moment of the object's own. */
export function settled(row: RawRow): RawRow {
  for (const name of Object.keys(row)) {
    const value = row[name]
    if (value instanceof Date) row[name] = new DateTime(value)
  }
  return row
}

/** What a column holds where nothing is given; undefined when something must be. */
export function defaultOf(field: Field, now: Date): unknown {
  const { settings } = field
  if (settings.autoNow || settings.autoNowAdd) return settings.kind === 'date' ? now.toISOString().slice(0, 10) : now
  if (settings.hasDefault)
    return typeof settings.default === 'function' ? (settings.default as (context: { now: Date }) => unknown)({ now }) : settings.default
  if (settings.null) return null
  return settings.blank && TEXTUAL.has(settings.kind) ? '' : undefined
}

const TEXTUAL = new Set(['char', 'text', 'email', 'url', 'slug', 'file', 'image'])

function acceptedBy(cell: Cell, value: unknown): unknown {
  if (value === null && !cell.meta.field.settings.null) throw new ValidationError(problem('null', {}, cell.meta.name))
  return cell.accept(value)
}

function readerFor(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta): (raw: unknown) => unknown {
  const value = registry.valueField(meta, column.field)
  if (readsAsBigInt(value)) return (raw) => BigInt(raw as string)
  const { read } = registry.rulesFor(meta, column.field)
  return (raw) => read(raw as never, value.settings)
}

function isCounted(field: Field): boolean {
  return field.settings.kind === 'auto' || field.settings.kind === 'bigAuto'
}
