/**
 * The rows that protection is measured by, and why some have no test yet: `test/security/*.json`.
 * @module
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One thing that must hold. */
export interface Row {
  readonly id: string
  readonly area: string
  readonly says: string
  /** Why no test proves it. */
  readonly reason: string | null
}

/** Every row, in order; throws where the reasons name what is no row, or one twice. */
export function readRows(root: string): readonly Row[] {
  const areas = readJson(root, 'rows.json') as Record<string, Record<string, string>>
  const reasons = reasonsById(readJson(root, 'untested.json') as Reason[])
  const rows = Object.entries(areas).flatMap(([area, entries]) =>
    Object.entries(entries).map(([id, says]) => ({ id, area, says, reason: reasons.get(id) ?? null })),
  )
  const unknown = [...reasons.keys()].filter((id) => !rows.some((row) => row.id === id))
  if (unknown.length > 0) throw new Error(`test/security/untested.json gives reasons for what is no row: ${unknown.join(', ')}.`)
  return rows
}

interface Reason {
  readonly because: string
  readonly rows: readonly string[]
}

function reasonsById(reasons: readonly Reason[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { because, rows } of reasons) {
    if (because.length < 20)
      throw new Error(`"${because}" is no reason. Say in test/security/untested.json why there is no test of ${rows.join(', ')}.`)
    for (const id of rows) {
      if (found.has(id)) throw new Error(`test/security/untested.json gives two reasons for ${id}.`)
      found.set(id, because)
    }
  }
  return found
}

function readJson(root: string, name: string): unknown {
  return JSON.parse(readFileSync(join(root, 'test/security', name), 'utf8'))
}
