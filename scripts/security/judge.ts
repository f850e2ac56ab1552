/**
 * Puts rows and tests together: what proves each row, what came of it, and whatever is wrong with that.
 * @module
 */

import type { Row } from './rows.js'
import { idsOfTitle, type WrittenTitle } from './titles.js'

/** A test that ran, as vitest's JSON reports it. */
export interface RanTest {
  readonly title: string
  readonly ids: readonly string[]
  readonly status: 'passed' | 'failed' | 'skipped'
}

/** A row with what became of it. */
export interface Proof {
  readonly row: Row
  readonly result: 'passed' | 'failed' | 'skipped' | 'not run' | 'untested'
  readonly titles: readonly string[]
  readonly passed: number
  readonly failed: number
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly title: string; readonly status: string }[]
  }[]
}

/** The tests of a report whose titles, or those of the suites around them, hold ids. */
export function testsOf(report: unknown): readonly RanTest[] {
  return (report as Report).testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ ancestorTitles, title, status }): RanTest => {
      const titles = [...ancestorTitles, title]
      const ids = [...new Set(titles.flatMap(idsOfTitle))]
      return { title: titles.filter(Boolean).join(' > '), ids, status: status === 'passed' || status === 'failed' ? status : ('skipped' as const) }
    })
    .filter(({ ids }) => ids.length > 0)
}

/** What is wrong with the rows and the titles as they are written; nothing has to run for it. */
export function incomplete(rows: readonly Row[], titles: readonly WrittenTitle[]): readonly string[] {
  const known = new Set(rows.map(({ id }) => id))
  const claimed = new Set(titles.flatMap(({ ids }) => ids))
  return [
    ...titles.flatMap(({ file, line, title, ids }) =>
      ids.filter((id) => !known.has(id)).map((id) => `${file}:${line}: there is no row ${id} ('${title}')`),
    ),
    ...rows.flatMap(({ id, says, reason }) => {
      if (reason === null && !claimed.has(id)) return [`${id} has neither a test nor a reason (${says})`]
      return reason !== null && claimed.has(id) ? [`${id} has a test, and a reason for having none (${reason})`] : []
    }),
  ]
}

/** What a run says of each row. */
export function prove(rows: readonly Row[], titles: readonly WrittenTitle[], ran: readonly RanTest[]): readonly Proof[] {
  return rows.map((row) => {
    const mine = ran.filter(({ ids }) => ids.includes(row.id))
    const count = (status: RanTest['status']): number => mine.filter((one) => one.status === status).length
    const written = titles.filter(({ ids }) => ids.includes(row.id)).map(({ file, title }) => `${file} '${title}'`)
    return { row, result: resultOf(row, mine), titles: [...new Set(written)], passed: count('passed'), failed: count('failed') }
  })
}

function resultOf(row: Row, mine: readonly RanTest[]): Proof['result'] {
  if (row.reason !== null) return 'untested'
  if (mine.length === 0) return 'not run'
  if (mine.some(({ status }) => status === 'failed')) return 'failed'
  return mine.some(({ status }) => status === 'passed') ? 'passed' : 'skipped'
}
