/**
 * The way through the pages of a list, from either end.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ModelAdmin } from '../model-admin.js'
import { MOST_COUNTED, type ListRows } from './rows.js'
import { addressWith, MOST_PAGES, type ListState } from './state.js'

/** The links, and how many there are. */
export function Pages({ admin, state, page }: { readonly admin: ModelAdmin; readonly state: ListState; readonly page: ListRows }): JSX.Element {
  const size = admin.listPerPage
  const last = page.hasMore ? null : Math.max(1, Math.ceil(page.count / size))
  const link = (number: number): string => addressWith(state, admin, { p: number === 1 ? null : String(number) })
  const isFromEnd = state.page < 0
  const [before, after] = isFromEnd
    ? [state.page - 1, state.page === -1 ? null : state.page + 1]
    : [state.page === 1 ? null : state.page - 1, state.page + 1]
  const hasAfter = after !== null && (last === null || isFromEnd || after <= last) && Math.abs(after) <= MOST_PAGES
  const hasBefore = before !== null && Math.abs(before) <= MOST_PAGES && (last === null || !isFromEnd || Math.abs(before) <= last)
  const what = page.count === 1 && !page.hasMore ? admin.meta.verboseName : admin.meta.verboseNamePlural
  return (
    <nav class="pa-pages" aria-label="Pages">
      <span>{page.hasMore ? `More than ${MOST_COUNTED.toLocaleString('en')} ${what}` : `${page.count.toLocaleString('en')} ${what}`}</span>
      {(hasBefore || isFromEnd) && <a href={link(1)}>First</a>}
      {hasBefore && (
        <a href={link(before)} rel="prev">
          Previous
        </a>
      )}
      {(last === null || last > 1) && (
        <span aria-current="page">
          {isFromEnd
            ? state.page === -1
              ? 'Last page'
              : `Page ${-state.page} from the end`
            : `Page ${state.page}${last === null ? '' : ` of ${last}`}`}
        </span>
      )}
      {hasAfter && (
        <a href={link(after)} rel="next">
          Next
        </a>
      )}
      {(last === null ? state.page !== -1 : !isFromEnd && state.page < last) && <a href={link(-1)}>Last</a>}
    </nav>
  )
}
