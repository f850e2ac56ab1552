/**
 * A plan in the making: what is there, what has been planned so far, and the steps in the order they will run.
 * @module
 */

import type { Database } from '../database.js'
import type { SchemaDialect, ServerFacts } from '../dialects/schema-dialect.js'
import type { ModelRegistry } from '../registry.js'
import type { TableChange } from './changes.js'
import type { ColumnDefinition, TableDefinition } from './definition.js'
import type { DescribeContext } from './describe.js'
import type { Ledger } from './ledger.js'
import type { MadeRecord } from './made-tables.js'
import type { ColumnSnapshot, TableSnapshot } from './snapshot.js'
import type { MigrationStep } from './steps.js'

/** When a step runs. Foreign keys wait until every table is there; what may lose something comes last. */
const PHASES = ['reports', 'own', 'tables', 'changes', 'foreignKeys', 'ledger', 'destructive'] as const

/** The part of a migration a step belongs to. */
export type Phase = (typeof PHASES)[number]

/** What the database holds, as far as a plan needs it. */
export interface DatabaseState {
  readonly server: ServerFacts
  readonly tables: ReadonlyMap<string, TableSnapshot>
  readonly ledger: Ledger
  readonly made: ReadonlyMap<string, MadeRecord>
}

/** A plan in the making. */
export class Draft implements DescribeContext {
  readonly registry: ModelRegistry
  readonly dialect: SchemaDialect
  readonly server: ServerFacts
  readonly ledger: Ledger
  readonly made: ReadonlyMap<string, MadeRecord>
  /** Whether the steps that may lose something are asked for, so that it is worth finding out what stands in their way. */
  readonly destructive: boolean
  readonly now: Date
  readonly #tables: Map<string, TableSnapshot>
  readonly #steps = new Map<Phase, MigrationStep[]>(PHASES.map((one) => [one, []]))

  constructor(registry: ModelRegistry, dialect: SchemaDialect, state: DatabaseState, options: { readonly destructive: boolean }) {
    this.registry = registry
    this.dialect = dialect
    this.server = state.server
    this.ledger = state.ledger
    this.made = state.made
    this.destructive = options.destructive
    this.now = registry.clock.now()
    this.#tables = new Map(state.tables)
  }

  get database(): Database {
    return this.registry.database
  }

  /** Every step so far, in the order they run. */
  get steps(): MigrationStep[] {
    return PHASES.flatMap((one) => this.#steps.get(one) ?? [])
  }

  /** A table as it will be when what is planned so far has run. */
  table(name: string): TableSnapshot | undefined {
    return this.#tables.get(name)
  }

  add(phase: Phase, step: MigrationStep): void {
    this.#steps.get(phase)?.push(step)
  }

  /** Plans a table that is not there. `before` runs first. */
  createTable(definition: TableDefinition, phase: 'own' | 'tables', before: readonly string[] = []): void {
    const { dialect } = this
    const table = this.withActualKeyTypes(definition)
    const statements = [
      ...before,
      dialect.createTable(table),
      ...table.uniques.map((one) => dialect.addUnique(table.name, one)),
      ...table.indexes.map((one) => dialect.createIndex(table.name, one)),
    ]
    this.add(phase, { kind: 'createTable', table: table.name, description: `Create table ${table.name}`, statements, destructive: false })
    this.#tables.set(table.name, snapshotOf(table, dialect, this.server))
    if (dialect.inlineForeignKeys) return
    for (const column of table.columns) if (column.references !== null) this.addForeignKey(table.name, column)
  }

  /** Plans a foreign key on a column of a table that will be there by then. */
  addForeignKey(table: string, column: ColumnDefinition): void {
    const target = column.references?.table ?? ''
    this.add('foreignKeys', {
      kind: 'addConstraint',
      constraint: 'foreignKey',
      table,
      columns: [column.name],
      destructive: false,
      description: `Let ${table}.${column.name} point to ${target}`,
      statements: [this.dialect.addForeignKey(table, column)],
    })
  }

  /** Remembers that a table will be as `changes` leave it, and gives the statements of each change. */
  changeTable(table: TableSnapshot, changes: readonly TableChange[]): readonly (readonly string[])[] {
    const { statements, source } = this.dialect.changeTable(table, changes)
    const columns = new Map(table.columns)
    for (const change of changes) {
      if (change.kind === 'dropColumn') columns.delete(change.column)
      if (change.kind === 'addColumn' || change.kind === 'alterColumn')
        columns.set(change.column.name, columnOf(change.column, this.dialect, this.server))
    }
    this.#tables.set(table.name, { ...table, columns, source })
    return statements
  }

  /** Remembers that a table will be gone. */
  forget(table: string): void {
    this.#tables.delete(table)
  }

  /** A foreign key has the type of the key it points to as that is, not as this release would make it: MySQL refuses any other. */
  withActualKeyTypes(definition: TableDefinition): TableDefinition {
    const columns = definition.columns.map((one) => {
      const actual = one.references === null ? undefined : this.table(one.references.table)?.columns.get(one.references.column)?.type
      return actual === undefined || actual === this.dialect.normalType(one.type, this.server) ? one : { ...one, type: actual }
    })
    return { ...definition, columns }
  }
}

function snapshotOf(table: TableDefinition, dialect: SchemaDialect, server: ServerFacts): TableSnapshot {
  return {
    name: table.name,
    columns: new Map(table.columns.map((one) => [one.name, columnOf(one, dialect, server)])),
    primaryKey: table.columns.filter((one) => one.primaryKey).map((one) => one.name),
    indexes: [],
    foreignKeys: [],
    referencedBy: [],
    checks: [],
    source: {
      table: dialect.createTable(table),
      others: [
        ...table.uniques.map((one) => ({ name: one.name, columns: one.columns, text: dialect.addUnique(table.name, one) })),
        ...table.indexes.map((one) => ({ name: one.name, columns: one.columns, text: dialect.createIndex(table.name, one) })),
      ],
    },
  }
}

function columnOf(column: ColumnDefinition, dialect: SchemaDialect, server: ServerFacts): ColumnSnapshot {
  return { name: column.name, type: dialect.normalType(column.type, server), null: column.null, counted: column.counted, hasDefault: false }
}
