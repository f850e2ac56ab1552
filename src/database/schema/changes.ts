/**
 * One change of a table that is there. The engine's dialect says how it is done.
 * @module
 */

import type { ColumnDefinition, IndexDefinition, UniqueDefinition } from './definition.js'

/** Adds a column; `fill` is what existing rows get. */
export interface AddColumnChange {
  readonly kind: 'addColumn'
  readonly column: ColumnDefinition
  readonly fill: string | null
}

/** Changes a column's type or whether it may be null; NULLs that are there become `fill` if it is given. */
export interface AlterColumnChange {
  readonly kind: 'alterColumn'
  readonly column: ColumnDefinition
  readonly changesType: boolean
  readonly changesNull: boolean
  readonly fill: string | null
}

/** One change of a table. */
export type TableChange =
  | AddColumnChange
  | AlterColumnChange
  /** Finishes an `addColumn` that was interrupted before the default for existing rows was taken off. */
  | { readonly kind: 'dropDefault'; readonly column: string }
  | { readonly kind: 'dropColumn'; readonly column: string }
  | { readonly kind: 'createIndex'; readonly index: IndexDefinition }
  | { readonly kind: 'dropIndex'; readonly name: string }
  | { readonly kind: 'addUnique'; readonly unique: UniqueDefinition }
  | { readonly kind: 'dropUnique'; readonly name: string; readonly columns: readonly string[] }
  | { readonly kind: 'addForeignKey'; readonly column: ColumnDefinition }
  | { readonly kind: 'dropForeignKey'; readonly column: string; readonly name: string | null }
  | { readonly kind: 'addCheck'; readonly name: string; readonly column: ColumnDefinition }
