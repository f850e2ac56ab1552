/**
 * The table of a list: headings that order, rows with boxes to choose them by, cells that may be changed.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Model } from '../../database/model.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import { Moment } from '../../pages/components/moment.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import type { ListAction } from './actions.js'
import type { ListColumn } from './columns.js'
import { EditableCell, type SentCells } from './editable.js'
import { cellValue, textOf, type ModelList } from './model-list.js'
import { Pages } from './page-links.js'
import type { ListRows } from './rows.js'
import { addressWith, type ListState } from './state.js'

/** A text of this length stays on one line: dates, numbers, names. */
const SHORT = 18

interface TableProps {
  readonly visit: AdminVisit
  readonly list: ModelList
  readonly state: ListState
  readonly page: ListRows
  readonly actions: readonly ListAction[]
  readonly isEditable: boolean
  readonly sent: SentCells | null
}

/** The form around the table. */
export async function Table({ visit, list, state, page, actions, isEditable, sent }: TableProps): Promise<JSX.Element> {
  const { admin, columns } = list
  const edits = isEditable && columns.some((one) => one.isEditable)
  const rows: Child[] = []
  for (const row of page.rows) rows.push(await rowOf({ visit, list, row, page, hasActions: actions.length > 0, edits, sent }))
  return (
    <form method="post" action={addressWith(state, admin, state.page === 1 ? {} : { p: String(state.page) })} class="pc-card pa-table-card">
      <CsrfField token={visit.request.csrfToken()} />
      {actions.length > 0 && (
        <div class="pa-actions-bar">
          <label for="action">Action</label>
          <select class="pc-input" name="action" id="action">
            <option value="">Choose…</option>
            {actions.map((one) => (
              <option value={one.name}>{one.label}</option>
            ))}
          </select>
          <button type="submit" name="_run" value="1" class="pc-button pc-button-quiet pa-compact">
            Go
          </button>
          <span class="pc-soft pc-small" data-selected="pa-select"></span>
        </div>
      )}
      <div class="pa-scroll" tabindex={0} role="region" aria-label={admin.titlePlural}>
        <table class="pa-table">
          <thead>
            <tr>
              {actions.length > 0 && (
                <th scope="col" class="pa-select-all" data-select-all="pa-select">
                  <span class="pc-visually-hidden">Chosen</span>
                </th>
              )}
              {columns.map((column, index) => (
                <Heading admin={admin} state={state} column={column} number={index + 1} />
              ))}
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      </div>
      <div class="pa-below">
        <Pages admin={admin} state={state} page={page} />
        {edits && (
          <button type="submit" name="_save" value="1" class="pc-button pa-compact">
            Save
          </button>
        )}
      </div>
    </form>
  )
}

/** A heading orders by its column; once more, the other way round; `aria-sort` says which. */
function Heading({
  admin,
  state,
  column,
  number,
}: {
  readonly admin: ModelAdmin
  readonly state: ListState
  readonly column: ListColumn
  readonly number: number
}): JSX.Element {
  if (column.order === null) return <th scope="col">{column.label}</th>
  const now = state.order.find((one) => Math.abs(one) === number) ?? null
  const next = now !== null && now > 0 ? -number : number
  const others = state.order.filter((one) => Math.abs(one) !== number).slice(0, 3)
  return (
    <th scope="col" {...(now === null ? {} : { 'aria-sort': now > 0 ? 'ascending' : 'descending' })}>
      <a href={addressWith(state, admin, { o: [next, ...others].join('.') })}>
        {column.label}
        {now !== null && <span aria-hidden="true">{now > 0 ? ' ↑' : ' ↓'}</span>}
      </a>
    </th>
  )
}

interface RowProps {
  readonly visit: AdminVisit
  readonly list: ModelList
  readonly row: Model
  readonly page: ListRows
  readonly hasActions: boolean
  readonly edits: boolean
  readonly sent: SentCells | null
}

async function rowOf({ visit, list, row, page, hasActions, edits, sent }: RowProps): Promise<JSX.Element> {
  const { admin, columns } = list
  const key = String(row.pk)
  const cells: Child[] = []
  let isFirst = true
  for (const column of columns) {
    const value = cellValue(column, row, page.related)
    const isInput =
      edits && column.isEditable && column.property !== null && (await admin.fieldAccess(visit.request, row, column.property)) === 'edit'
    const content = isInput ? (
      <EditableCell visit={visit} admin={admin} row={row} property={column.property ?? ''} sent={sent} />
    ) : (
      <Value visit={visit} admin={admin} column={column} value={value} />
    )
    const shown = column.isLink && !isInput ? <a href={admin.url(visit.base, 'change', row.pk)}>{content}</a> : content
    cells.push(
      isFirst ? (
        <th scope="row">{shown}</th>
      ) : (
        <td {...(isInput || textOf(visit, admin, column, value).length <= SHORT ? { class: 'pa-short' } : {})}>{shown}</td>
      ),
    )
    isFirst = false
  }
  return (
    <tr>
      {hasActions && (
        <td class="pa-select-cell">
          <input type="checkbox" class="pa-select" name="_selected_action" value={key} aria-label={`Choose ${admin.nameOf(row)}`} />
        </td>
      )}
      {cells}
      {edits && (
        <td hidden>
          <input type="hidden" name="_row" value={key} />
        </td>
      )}
    </tr>
  )
}

function Value({
  visit,
  admin,
  column,
  value,
}: {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  readonly column: ListColumn
  readonly value: unknown
}): JSX.Element {
  if (column.isBoolean && typeof value === 'boolean') {
    return (
      <span class={value ? 'pa-yes' : 'pa-no'}>
        <span aria-hidden="true">{value ? '✓' : '–'}</span>
        <span class="pc-visually-hidden">{value ? 'Yes' : 'No'}</span>
      </span>
    )
  }
  if (value instanceof Date && column.isMoment) return <Moment at={value.toISOString()} />
  return <>{textOf(visit, admin, column, value)}</>
}
