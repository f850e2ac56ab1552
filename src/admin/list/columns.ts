/**
 * The columns of a list: what each is called, what it shows, and what it is ordered by.
 * @module
 */

import type { Model } from '../../database/model.js'
import type { AdminParts } from '../admin-parts.js'
import { capitalized, type ModelAdmin } from '../model-admin.js'
import type { ComputedColumn } from '../options.js'
import { followPath, type ColumnPath } from './paths.js'

/** The name of a row itself: what a list shows that names no columns. */
export const NAME_COLUMN = '__str__'

/** A column of a list. */
export interface ListColumn {
  /** Names it in forms and classes. */
  readonly name: string
  readonly label: string
  /** Null for what the database cannot order by. */
  readonly order: { readonly path: ColumnPath; readonly reversed: boolean } | null
  readonly isLink: boolean
  readonly isEditable: boolean
  readonly isBoolean: boolean
  readonly isMoment: boolean
  /** The property of the row, for columns of its own. */
  readonly property: string | null
  /** The relation that has to be loaded for it. */
  readonly relation: string | null
  /** The value; `related` gives the object behind a relation of the row. */
  value(row: Model, related: (relation: string) => Model | null): unknown
}

/** The columns of a model's list. */
export function columnsOf(parts: AdminParts, admin: ModelAdmin): readonly ListColumn[] {
  const wanted = (admin.options.listDisplay ?? [NAME_COLUMN]) as readonly (string | ComputedColumn<Model>)[]
  const links = admin.options.listDisplayLinks as readonly string[] | null | undefined
  const editable = new Set(admin.options.listEditable as readonly string[] | undefined)
  return wanted.map((one, index) => {
    const name = typeof one === 'string' ? one : `column${index}`
    const isLink = links === undefined ? index === 0 : (links?.includes(name) ?? false)
    if (typeof one !== 'string') return computed(parts, admin, one, name, isLink)
    return one === NAME_COLUMN ? nameColumn(admin, isLink) : fromPath(parts, admin, one, isLink, editable.has(one))
  })
}

function nameColumn(admin: ModelAdmin, isLink: boolean): ListColumn {
  return { ...PLAIN, name: NAME_COLUMN, label: admin.title, isLink, value: (row) => admin.nameOf(row) }
}

const PLAIN = { order: null, isEditable: false, isBoolean: false, isMoment: false, property: null, relation: null } as const

function computed(parts: AdminParts, admin: ModelAdmin, column: ComputedColumn<Model>, name: string, isLink: boolean): ListColumn {
  const { ordering } = column
  return {
    ...PLAIN,
    name,
    label: column.label,
    isLink,
    isBoolean: column.boolean === true,
    order:
      ordering === undefined
        ? null
        : { path: followPath(parts.registry, admin.meta, ordering.replace(/^-/, '')), reversed: ordering.startsWith('-') },
    value: (row) => column.value(row),
  }
}

function fromPath(parts: AdminParts, admin: ModelAdmin, text: string, isLink: boolean, isEditable: boolean): ListColumn {
  const path = followPath(parts.registry, admin.meta, text)
  const [first, ...rest] = path.steps
  const { column } = path.last
  const { kind, to } = column.field.settings
  const property = first?.column.name ?? text
  const isOwn = rest.length === 0
  return {
    name: path.wireName,
    label: isOwn ? capitalized(column.label) : capitalized(path.steps.map((one) => one.column.label).join(' ')),
    order: { path, reversed: false },
    isLink,
    isEditable: isEditable && isOwn && !isLink,
    isBoolean: kind === 'boolean',
    isMoment: kind === 'dateTime',
    property: isOwn ? property : null,
    relation: isOwn && to === null ? null : property,
    value(row, related) {
      if (isOwn && to === null) return valueOf(row, property)
      const target = related(property)
      if (target === null) return null
      return isOwn ? target : rest.length === 1 ? valueOf(target, rest[0]?.column.name ?? '') : null
    },
  }
}

function valueOf(row: Model, property: string): unknown {
  return (row as unknown as Readonly<Record<string, unknown>>)[property]
}
