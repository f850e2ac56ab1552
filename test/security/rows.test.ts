/**
 * The table of what must hold is complete, and so is the list of controls.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONTROLS } from '../../scripts/security/controls.js'
import { incomplete } from '../../scripts/security/judge.js'
import { readRows } from '../../scripts/security/rows.js'
import { writtenTitles } from '../../scripts/security/titles.js'
import { displacement } from '../../scripts/security/displacement.js'

const ROOT = join(import.meta.dirname, '../..')

test('goal 1, goal 2: each row has a test or a reason, no reason stands beside a test, and no title names a row that there is not', () => {
  const rows = readRows(ROOT)
  expect(rows.length).toBeGreaterThan(300)
  expect(incomplete(rows, writtenTitles(ROOT))).toEqual([])
})

describe('goal 4: every control', () => {
  test.each(CONTROLS.map((control) => [control.name, control] as const))('%s stands where it is said to', (_name, control) => {
    expect(displacement(control, readFileSync(join(ROOT, control.file), 'utf8'))).toBeNull()
  })

  test('has a name of its own, and tests that are there', () => {
    expect(new Set(CONTROLS.map(({ name }) => name)).size).toBe(CONTROLS.length)
    for (const { tests } of CONTROLS) for (const file of tests) expect(readFileSync(join(ROOT, file), 'utf8')).toContain('test')
  })
})
