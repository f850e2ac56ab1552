/**
 * Writes cells that were changed in a list: only those, each only where it still holds what it was shown with, and noted in the history.
 * Whatever the number of rows, what is there is read in the same few statements; each row that changes is written by one.
 * @module
 */

import { IntegrityError, UniqueViolation, ValidationError, type Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import { takenProblems } from '../../forms/taken.js'
import { say } from '../../forms/words.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { rowsToWrite } from '../change/lock.js'
import { takenParts } from '../change/record-form.js'
import { withHooks } from '../hooks.js'
import { logChanges } from '../log/log.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { readRow, sentRows, type RowCells } from './sent-cells.js'
import { goneTargets } from './cell-targets.js'

/** What became of it. */
export interface CellOutcome {
  /** How many rows were written. */
  readonly changed: number
  /** How many are gone that were to be. */
  readonly gone: number
  /** What is wrong, by the name of the cell. */
  readonly errors: ReadonlyMap<string, string>
}

/** Undoes what was written before something was found to be wrong. */
class Undone extends Error {}

/** Writes what was changed, all or nothing; null where more rows were sent than a page has. */
export async function saveCells(visit: AdminVisit, admin: ModelAdmin, data: RequestData): Promise<CellOutcome | null> {
  const sent = sentRows(visit, admin, data)
  if (sent === null) return null
  if (sent.size === 0) return { changed: 0, gone: 0, errors: new Map() }
  const errors = new Map<string, string>()
  let changes: RowCells[] = []
  let gone = 0
  try {
    await visit.parts.atomic(async () => {
      const present = await admin.manager.filter({ pk: { in: [...sent.values()].map((one) => one.pk) } } as never)
      const rows = await rowsToWrite(visit, admin, present)
      gone = sent.size - rows.size
      const read: RowCells[] = []
      for (const [key, row] of rows) read.push(await readRow(visit, admin, data, sent.get(key)?.key ?? key, row, errors))
      changes = read.filter((one) => one.cells.length > 0)
      await goneTargets(visit, admin, changes, errors)
      if (errors.size > 0) throw new Undone()
      for (const one of changes) await writeRow(visit, admin, one, errors)
      await logChanges(
        visit.parts,
        { staff: visit.staff, admin },
        changes.map(({ row, cells }) => ({ row, notes: [{ changed: { fields: cells.map(({ field }) => say(field.label)) } }] })),
      )
    })
  } catch (error) {
    // A foreign key may be checked at the very end: only then is it known that what it points to went meanwhile.
    if (error instanceof IntegrityError && !(error instanceof UniqueViolation)) {
      await goneTargets(visit, admin, changes, errors)
      if (errors.size === 0) throw error
    } else if (!(error instanceof Undone)) throw error
    return { changed: 0, gone, errors }
  }
  return { changed: changes.length, gone, errors }
}

async function writeRow(visit: AdminVisit, admin: ModelAdmin, change: RowCells, errors: Map<string, string>): Promise<void> {
  const { row } = change
  const values = Object.fromEntries(change.cells.map((one) => [one.property, one.value]))
  const refuse = (problems: readonly Problem[]): void => {
    if (problems.length === 0) return
    for (const one of problems) addError(errors, change, one)
    throw new Undone()
  }
  // Names of people that differ in case only; anything else that is taken the database says.
  if (admin.model === visit.parts.user) refuse(await takenProblems(takenParts(visit, admin, row), values))
  refuse((await admin.special.guardSave?.(visit, { admin, row, values, relations: new Map(), inlines: [] })) ?? [])
  try {
    await withHooks(visit, admin, [{ row, values }], async () => {
      await admin.manager.updateObject(row, values)
      return [row]
    })
  } catch (error) {
    if (error instanceof ValidationError) refuse(error.problems)
    if (!(error instanceof UniqueViolation)) throw error
    const own = change.cells.find(({ property }) => admin.meta.column.get(property)?.field.settings.unique === true)
    refuse([{ code: 'unique', key: 'unique', params: {}, field: own?.property ?? null }])
  }
}

/** At the cell that a problem names, or at the first that was changed. */
function addError(errors: Map<string, string>, { cells }: RowCells, { key, params, field }: Problem): void {
  const name = (cells.find((one) => one.property === field) ?? cells[0])?.name ?? ''
  const before = errors.get(name)
  errors.set(name, [...(before === undefined ? [] : [before]), messageFor(key, params)].join(' '))
}
