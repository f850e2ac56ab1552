/**
 * Whether what changed cells point to is there: one statement for each relation, however many rows there are.
 * @module
 */

import { messageFor } from '../../base/messages.js'
import { targetOf } from '../change/targets.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import type { RowCells } from './sent-cells.js'

/** Says at each cell that points to nothing that it does. */
export async function goneTargets(visit: AdminVisit, admin: ModelAdmin, changes: readonly RowCells[], errors: Map<string, string>): Promise<void> {
  const cells = changes.flatMap((one) => one.cells).filter((one) => one.value !== null)
  for (const property of new Set(cells.map((one) => one.property))) {
    const to = admin.meta.column.get(property)?.field.settings.to ?? null
    if (to === null) continue
    const pointing = cells.filter((one) => one.property === property)
    const target = targetOf(visit, visit.parts.registry.targetOf(admin.meta, to))
    const there = await target.byKeys([...new Set(pointing.map((one) => one.value))])
    for (const { name, value } of pointing) if (!there.has(String(value))) errors.set(name, messageFor('invalid_choice', { value: String(value) }))
  }
}
