/**
 * What differs between the engines about tables: column types, the statements that make and change them, and how to ask what is there.
 * @module
 */

import type { Database } from '../database.js'
import type { FieldSettings } from '../field.js'
import type { TableChange } from '../schema/changes.js'
import type { ColumnDefinition, IndexDefinition, TableDefinition, UniqueDefinition } from '../schema/definition.js'
import type { TableSnapshot } from '../schema/snapshot.js'

/** What the server itself decides. */
export interface ServerFacts {
  /** MariaDB counts as MySQL, but stores JSON as checked text and since 10.7 has a type for UUIDs. */
  readonly isMariaDb: boolean
  readonly hasUuid: boolean
}

/** How a value is written into a statement that takes no parameters. */
export type LiteralValue = string | number | bigint | boolean | Date

/** What changing a table takes and leaves. */
export interface ChangedTable {
  /** The statements of each change. */
  readonly statements: readonly (readonly string[])[]
  /** What `TableSnapshot.source` is afterwards. */
  readonly source: TableSnapshot['source']
}

/** One engine's way with tables. Stateless. */
export interface SchemaDialect {
  /** The longest name of an index or constraint. */
  readonly nameLimit: number
  /** The longest name of a table or column; beyond it the engine refuses or, worse, cuts. */
  readonly identifierLimit: number
  /** Whether foreign keys are part of a column and not added afterwards. */
  readonly inlineForeignKeys: boolean
  /** Whether a foreign key brings its own index, named like the constraint. */
  readonly foreignKeysBringIndex: boolean

  quote(name: string): string
  literal(value: LiteralValue): string

  /** The type of a column that holds values of this kind, as DDL spells it. */
  columnType(settings: FieldSettings, server: ServerFacts): string
  /** The CHECK that goes with it, or null. */
  columnCheck(settings: FieldSettings, column: string, server: ServerFacts): string | null
  /** The operator class of the additional index for LIKE, or null. */
  patternClass(type: string): string | null
  /** Whether a column of this type may be indexed. */
  canIndex(type: string): boolean
  /** One spelling for all spellings of a type: of DDL and of the catalogue. */
  normalType(type: string, server: ServerFacts): string

  createTable(table: TableDefinition): string
  createIndex(table: string, index: IndexDefinition): string
  addUnique(table: string, unique: UniqueDefinition): string
  addForeignKey(table: string, column: ColumnDefinition): string
  dropTable(table: string): string
  /** The statements of each change, in the order given; each change may count on those before it. */
  changeTable(table: TableSnapshot, changes: readonly TableChange[]): ChangedTable

  readServer(database: Database): Promise<ServerFacts>
  /** The names of all tables. */
  listTables(database: Database): Promise<string[]>
  /** Reads these tables in a constant number of statements. */
  readTables(database: Database, names: readonly string[], server: ServerFacts): Promise<TableSnapshot[]>
  /** Runs `work`, which executes `statements` in its own transaction, under whatever the engine needs for them. */
  whileChanging<T>(database: Database, statements: readonly string[], work: () => Promise<T>): Promise<T>
}
