/**
 * Our own tables, `portcullis_*`, as numbered migrations in Django's ledger under the app `portcullis`. A migration states what
 * to do and what undoes it; what a run before this one has done already is not planned again.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { AnyModelClass } from '../model.js'
import { compareTable } from './compare.js'
import { completions } from './completions.js'
import type { TableDefinition } from './definition.js'
import { describeTable } from './describe.js'
import type { Draft } from './draft.js'
import { forgetMigration, OWN_APP, recordMigrations } from './ledger.js'
import { planChanges, type PlannedChange } from './table-plan.js'

/** What a migration may do. Models are given as they were when it was written: keep such a copy in the migration's file. */
export interface SchemaChange {
  createTable(model: AnyModelClass): void
  dropTable(model: AnyModelClass): void
  /** Adds the column of this property; rows that exist get its default. */
  addColumn(model: AnyModelClass, property: string): void
  dropColumn(model: AnyModelClass, property: string): void
}

/**
 * One step in the history of our own tables.
 *
 * @example
 * const migration: OwnMigration = {
 *   name: '0001_table',
 *   up: (change) => change.createTable(MadeTable),
 *   down: (change) => change.dropTable(MadeTable),
 * }
 */
export interface OwnMigration {
  /** Four digits, `_`, what it is about. */
  readonly name: string
  up(change: SchemaChange): void
  down(change: SchemaChange): void
}

/** Plans what of our own history is not on the ledger yet. */
export function planOwnMigrations(draft: Draft, migrations: readonly OwnMigration[]): void {
  for (const one of inOrder(migrations)) {
    if (draft.ledger.get(OWN_APP)?.has(one.name) === true) continue
    one.up(changesOf(draft))
    // Not before its foreign keys, which wait for the tables they point to.
    draft.add('ledger', {
      kind: 'recordMigration',
      app: OWN_APP,
      names: [one.name],
      destructive: false,
      description: `Record the migration ${one.name} of ${OWN_APP}`,
      statements: [recordMigrations(draft.dialect, OWN_APP, [one.name], draft.now)],
    })
  }
}

/** Plans the way back to just after `last`, or before all when it is null: the newest first. */
export function planReversal(draft: Draft, migrations: readonly OwnMigration[], last: string | null): void {
  const ordered = inOrder(migrations)
  const keep = last === null ? 0 : ordered.findIndex((one) => one.name === last) + 1
  if (last !== null && keep === 0)
    throw new ImproperlyConfigured(`There is no migration “${last}” of ${OWN_APP}. There are: ${ordered.map((one) => one.name).join(', ')}.`)
  for (const one of ordered.slice(keep).toReversed()) {
    if (draft.ledger.get(OWN_APP)?.has(one.name) !== true) continue
    one.down(changesOf(draft))
    draft.add('own', {
      kind: 'recordMigration',
      app: OWN_APP,
      names: [one.name],
      destructive: true,
      description: `Take the migration ${one.name} of ${OWN_APP} off the ledger`,
      statements: [forgetMigration(draft.dialect, OWN_APP, one.name)],
    })
  }
}

/** Our own tables need no record: their names say whose they are. */
const OWN = { phase: 'own', keeper: null } as const

function inOrder(migrations: readonly OwnMigration[]): OwnMigration[] {
  const names = migrations.map((one) => one.name)
  const wrong = names.find((one, index) => !/^\d{4}_\w+$/.test(one) || names.indexOf(one) !== index)
  if (wrong !== undefined)
    throw new ImproperlyConfigured(
      `“${wrong}” is no name for a migration of ${OWN_APP}, or there are two of it. Names are four digits, “_”, and what it is about.`,
    )
  return migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function changesOf(draft: Draft): SchemaChange {
  const definitionOf = (model: AnyModelClass): TableDefinition => describeTable(draft, model.meta)
  return {
    createTable(model) {
      const definition = definitionOf(model)
      const actual = draft.table(definition.name)
      if (actual === undefined) draft.createTable(definition, 'own')
      // Interrupted after CREATE TABLE: the rest is still to be done.
      else
        planChanges(
          draft,
          actual,
          completions(
            draft,
            definition,
            { ...compareTable(definition, actual, draft.dialect, draft.server), missingColumns: [], changedColumns: [] },
            OWN,
          ),
        )
    },
    dropTable(model) {
      const { table } = model.meta
      draft.add('own', {
        kind: 'dropTable',
        table,
        destructive: true,
        description: `Drop table ${table} with its data`,
        statements: [draft.dialect.dropTable(table)],
      })
      draft.forget(table)
    },
    addColumn(model, property) {
      const { definition, column } = columnOf(definitionOf(model), model, property)
      const actual = draft.table(definition.name)
      if (actual === undefined) return
      const all = compareTable(definition, actual, draft.dialect, draft.server)
      const isThere = actual.columns.get(column.name)
      const isOn = (names: readonly string[]): boolean => names.includes(column.name)
      // No column of ours has a default; one that has was interrupted.
      const unfinished: PlannedChange[] =
        isThere?.hasDefault === true
          ? [
              {
                change: { kind: 'dropDefault', column: column.name },
                step: { kind: 'addColumn', table: definition.name, column: column.name },
                description: `Finish adding column ${definition.name}.${column.name}`,
                destructive: false,
                phase: 'own',
              },
            ]
          : []
      planChanges(draft, actual, [
        ...unfinished,
        ...completions(
          draft,
          definition,
          {
            ...all,
            changedColumns: [],
            missingChecks: [],
            missingColumns: isThere === undefined ? [column] : [],
            missingIndexes: all.missingIndexes.filter((one) => isOn(one.columns)),
            missingUniques: all.missingUniques.filter((one) => isOn(one.columns)),
            missingForeignKeys: all.missingForeignKeys.filter((one) => one.name === column.name),
          },
          OWN,
        ),
      ])
    },
    dropColumn(model, property) {
      const { definition, column } = columnOf(definitionOf(model), model, property)
      const actual = draft.table(definition.name)
      if (actual === undefined || !actual.columns.has(column.name)) return
      planChanges(draft, actual, [
        {
          change: { kind: 'dropColumn', column: column.name },
          destructive: true,
          phase: 'own',
          step: { kind: 'dropColumn', table: definition.name, column: column.name },
          description: `Drop column ${definition.name}.${column.name} with its data`,
        },
      ])
    },
  }
}

function columnOf(definition: TableDefinition, model: AnyModelClass, property: string) {
  const name = model.meta.column.get(property)?.column
  const column = definition.columns.find((one) => one.name === name)
  if (column === undefined) throw new ImproperlyConfigured(`${model.label} has no field “${property}”.`)
  return { definition, column }
}
