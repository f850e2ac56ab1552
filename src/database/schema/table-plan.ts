/**
 * What becomes of one table of ours: it is made, completed, or brought to its declaration.
 * @module
 */

import type { TableChange } from './changes.js'
import { compareTable } from './compare.js'
import { completions } from './completions.js'
import type { TableDefinition } from './definition.js'
import type { Draft, Phase } from './draft.js'
import { leftovers } from './leftovers.js'
import { RecordKeeper, recordTable, type MadeRecord } from './made-tables.js'
import { findProblems } from './problems.js'
import type { TableSnapshot } from './snapshot.js'
import type { MigrationStep } from './steps.js'

/** What a step is, before its statements are known. */
type StepSubject = MigrationStep extends infer S ? (S extends MigrationStep ? Omit<S, 'statements' | 'description' | 'destructive'> : never) : never

/** A change with the step it will be. */
export interface PlannedChange {
  readonly change: TableChange
  readonly step: StepSubject
  readonly description: string
  readonly destructive: boolean
  readonly phase: Phase
  /** What runs around the change: the record of what is ours. */
  readonly before?: readonly string[]
  readonly after?: readonly string[]
}

/** Plans a table that is ours: written down in `made`, or not there yet. */
export async function planTable(draft: Draft, definition: TableDefinition): Promise<void> {
  const actual = draft.table(definition.name)
  const known = draft.made.get(definition.name)
  if (actual === undefined) return draft.createTable(definition, 'tables', [recordTable(draft.dialect, definition, known, draft.now)])
  if (known === undefined) return
  const table = draft.withActualKeyTypes(definition)
  const difference = compareTable(table, actual, draft.dialect, draft.server)
  const problems = await findProblems(draft.database, table, actual, difference)
  for (const problem of problems) draft.add('reports', { kind: 'blocked', table: table.name, ...problem, statements: [], destructive: false })
  if (problems.length > 0) return
  const keeper = new RecordKeeper(draft.dialect, known)
  forgetGoneColumns(draft, table, actual, known, keeper)
  planChanges(draft, actual, [
    ...completions(draft, table, difference, { phase: 'changes', keeper }),
    ...leftovers(draft, table, actual, known, keeper),
  ])
}

/** A run interrupted between dropping a column and writing that down leaves a name that must not pass to somebody else's column. */
function forgetGoneColumns(draft: Draft, { name, columns }: TableDefinition, actual: TableSnapshot, known: MadeRecord, keeper: RecordKeeper): void {
  const gone = known.columns.filter((one) => !actual.columns.has(one) && !columns.some((each) => each.name === one))
  for (const column of gone) {
    draft.add('changes', {
      kind: 'dropColumn',
      table: name,
      column,
      destructive: false,
      description: `Forget column ${name}.${column}, which is gone`,
      statements: [keeper.remove(column)],
    })
  }
}

/** Turns changes of one table into steps, the harmless ones first. */
export function planChanges(draft: Draft, table: TableSnapshot, planned: readonly PlannedChange[]): void {
  const ordered = [...planned.filter((one) => !one.destructive), ...planned.filter((one) => one.destructive)]
  if (ordered.length === 0) return
  const statements = draft.changeTable(
    table,
    ordered.map((one) => one.change),
  )
  ordered.forEach(({ step, description, destructive, phase, before = [], after = [] }, index) => {
    draft.add(phase, { ...step, description, destructive, statements: [...before, ...(statements[index] ?? []), ...after] } as MigrationStep)
  })
}
