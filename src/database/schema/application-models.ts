/**
 * The application's models: their tables are made and kept up to date, unless somebody else made them.
 * @module
 */

import type { AnyModelClass } from '../model.js'
import type { TableDefinition } from './definition.js'
import { differencesOf } from './differences.js'
import type { Draft } from './draft.js'
import { forgetTable, type MadeRecord } from './made-tables.js'
import { planChanges, planTable } from './table-plan.js'

/** Plans the tables of one model. */
export async function planModel(draft: Draft, model: AnyModelClass, tables: readonly TableDefinition[]): Promise<void> {
  for (const table of tables) {
    if (draft.table(table.name) === undefined || draft.made.has(table.name)) await planTable(draft, table)
    else leaveAlone(draft, model, table)
  }
}

function leaveAlone(draft: Draft, { meta }: AnyModelClass, table: TableDefinition): void {
  const { fatal, harmless } = differencesOf(draft, [table])
  const differences = [...fatal, ...harmless]
  const by = draft.ledger.has(meta.appLabel) ? 'Django made it' : 'portcullis did not make it'
  const advice =
    differences.length === 0
      ? ''
      : draft.ledger.has(meta.appLabel)
        ? `; bring it up to date with python manage.py migrate ${meta.appLabel}`
        : '; bring it up to date by hand'
  const reason = `${by}${advice}`
  draft.add('reports', {
    kind: 'leftAlone',
    subject: table.name,
    reason,
    differences,
    description: `Leave ${table.name} as it is: ${reason}`,
    statements: [],
    destructive: false,
  })
}

/** Plans the end of the tables that portcullis made and nobody declares any longer. */
export function planDrops(draft: Draft, undeclared: readonly MadeRecord[]): void {
  const going = new Set(undeclared.map((one) => one.name))
  // Two that point to each other would hold each other back.
  for (const { name } of undeclared) dropForeignKeys(draft, name, going)
  for (const record of undeclared) {
    const others = (draft.table(record.name)?.referencedBy ?? []).filter((one) => !going.has(one))
    if (others.length > 0 && draft.destructive) blockDrop(draft, record, others)
    draft.add('destructive', {
      kind: 'dropTable',
      table: record.name,
      destructive: true,
      description: `Drop table ${record.name} with its data`,
      statements: [draft.dialect.dropTable(record.name), forgetTable(draft.dialect, record.name)],
    })
  }
}

function dropForeignKeys(draft: Draft, name: string, going: ReadonlySet<string>): void {
  const table = draft.table(name)
  const keys = (table?.foreignKeys ?? []).filter((one) => one.name !== null && one.targetTable !== name && going.has(one.targetTable))
  if (table === undefined || keys.length === 0) return
  planChanges(
    draft,
    table,
    keys.map((one) => ({
      change: { kind: 'dropForeignKey', column: one.columns[0] ?? '', name: one.name },
      destructive: true,
      phase: 'destructive',
      step: { kind: 'dropConstraint', constraint: 'foreignKey', table: name, columns: one.columns },
      description: `Let ${name}.${one.columns.join(', ')} no longer point to ${one.targetTable}`,
    })),
  )
}

function blockDrop(draft: Draft, record: MadeRecord, others: readonly string[]): void {
  draft.add('reports', {
    kind: 'blocked',
    table: record.name,
    statements: [],
    destructive: false,
    description: `${record.name} is no longer declared, but ${others.join(', ')} ${others.length === 1 ? 'points' : 'point'} to it`,
    remedy: `Declare ${record.model} again, or remove the foreign keys to it first.`,
  })
}
