/**
 * A table as it should be, in the words of one engine: what its DDL is written from and what a table that is there is compared with.
 * @module
 */

/** A foreign key that the database checks. */
export interface ReferenceDefinition {
  readonly table: string
  readonly column: string
  /** The constraint's name; SQLite has none. */
  readonly name: string
}

/** A column. None has a default in the database, as in Django. */
export interface ColumnDefinition {
  readonly name: string
  /** As the engine's DDL spells it. */
  readonly type: string
  readonly null: boolean
  readonly primaryKey: boolean
  /** Whether the database counts it up. */
  readonly counted: boolean
  readonly unique: boolean
  /** The condition of its CHECK. */
  readonly check: string | null
  readonly references: ReferenceDefinition | null
  /** What rows that are there already get, as an SQL literal; null when nothing was declared. Asked only when there are such rows. */
  readonly fill: () => string | null
}

/** An index. */
export interface IndexDefinition {
  readonly name: string
  readonly columns: readonly string[]
  /** PostgreSQL's `varchar_pattern_ops` and `text_pattern_ops`, for LIKE. */
  readonly operatorClass: string | null
}

/** Columns that are unique together. */
export interface UniqueDefinition {
  readonly name: string
  readonly columns: readonly string[]
}

/** A table. */
export interface TableDefinition {
  readonly name: string
  /** The model it belongs to: `shop.Product`, or `shop.Product_tags` for a table between two models. */
  readonly label: string
  readonly appLabel: string
  readonly columns: readonly ColumnDefinition[]
  readonly uniques: readonly UniqueDefinition[]
  readonly indexes: readonly IndexDefinition[]
}
