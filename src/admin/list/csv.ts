/**
 * A list as a file for spreadsheets. A cell that a spreadsheet would take for a formula begins with an apostrophe (I9).
 * @module
 */

import type { AdminHandler } from '../visit.js'
import type { ModelAdmin } from '../model-admin.js'
import { cellValue, listOf, stateOf, textOf } from './model-list.js'

/** Rows read in one go. */
const AT_ONCE = 500
/** What spreadsheets begin a formula with; a tab or a line end before it is passed over. */
const FORMULA = /^[\t\r\n ]*[=+\-@\t\r]/

/**
 * Writes a cell.
 *
 * @example
 * csvCell('=1+1')   // "'=1+1" in quotes
 */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

/** Sends what the list shows, all pages of it, as it is read. */
export function exportCsv(admin: ModelAdmin): AdminHandler {
  return async (visit) => {
    if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
    const list = listOf(visit.parts, admin)
    const state = stateOf(visit, list)
    if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
    const headers = {
      'cache-control': 'private, no-store',
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${admin.meta.modelName}.csv"`,
      'x-content-type-options': 'nosniff',
    }
    if (visit.request.method === 'HEAD') return new Response(null, { headers })
    async function* lines(): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder()
      // The mark lets spreadsheets know that it is UTF-8.
      yield encoder.encode(`\uFEFF${list.columns.map((one) => csvCell(one.label)).join(',')}\r\n`)
      for await (const { rows, related } of list.reader.everything(state as never, AT_ONCE)) {
        const text = rows.map((row) => list.columns.map((column) => csvCell(textOf(visit, admin, column, cellValue(column, row, related)))).join(','))
        yield encoder.encode(`${text.join('\r\n')}\r\n`)
      }
    }
    return new Response(ReadableStream.from(lines()) as ReadableStream<Uint8Array>, { headers })
  }
}
