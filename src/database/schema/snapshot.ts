/**
 * A table as it is, in the words of one engine: what introspection found.
 * @module
 */

/** A column that is there. */
export interface ColumnSnapshot {
  readonly name: string
  /** In the spelling of `SchemaDialect.normalType`. */
  readonly type: string
  readonly null: boolean
  /** Whether the database counts it up, by whatever means (DM-3). */
  readonly counted: boolean
  readonly hasDefault: boolean
}

/** An index that is there, those behind unique constraints and the primary key included. */
export interface IndexSnapshot {
  readonly name: string
  /** A part that is an expression is null. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  readonly primaryKey: boolean
  /** Whether a constraint stands before it: it goes with the constraint only. */
  readonly isConstraint: boolean
  /** Whether it covers some rows only. */
  readonly partial: boolean
  /** Not null where it is for LIKE. */
  readonly operatorClass: string | null
}

/** A foreign key that is there. */
export interface ForeignKeySnapshot {
  /** SQLite has no names. */
  readonly name: string | null
  readonly columns: readonly string[]
  readonly targetTable: string
}

/** The statements that made a table in SQLite. */
export interface TableSource {
  readonly table: string
  /** Its indexes, with their columns, and its triggers. */
  readonly others: readonly { readonly name: string; readonly text: string; readonly columns: readonly (string | null)[] }[]
}

/** A table that is there. */
export interface TableSnapshot {
  readonly name: string
  readonly columns: ReadonlyMap<string, ColumnSnapshot>
  readonly primaryKey: readonly string[]
  readonly indexes: readonly IndexSnapshot[]
  readonly foreignKeys: readonly ForeignKeySnapshot[]
  /** The tables whose foreign keys point here. */
  readonly referencedBy: readonly string[]
  /** The conditions of its CHECKs. */
  readonly checks: readonly string[]
  /** SQLite only. */
  readonly source: TableSource | null
}
