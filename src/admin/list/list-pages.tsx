/**
 * The list of a model's objects: search, filters, order, pages, actions, and columns that can be changed in place.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Model } from '../../database/model.js'
import { Icon } from '../../pages/components/icons.js'
import { Moment } from '../../pages/components/moment.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage, type Tool } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ModelPages } from '../routes.js'
import type { AdminVisit } from '../visit.js'
import { actionsOf, postList, type ListAction } from './actions.js'
import { exportCsv } from './csv.js'
import { EditableCell } from './editable.js'
import { dateLinks } from './date-hierarchy.js'
import type { ListColumn } from './columns.js'
import { cellValue, listOf, stateOf, textOf, type ModelList } from './model-list.js'
import { MOST_COUNTED, type ListRows } from './rows.js'
import { addressWith, MOST_PAGES, type ListState } from './state.js'

/** The pages of lists. */
export const listPages: Pick<ModelPages, 'list' | 'others'> = {
  list: (admin) => ({ GET: (visit) => showList(visit, admin), POST: (visit) => postList(visit, admin, showList) }),
  others: { export: (admin) => ({ GET: exportCsv(admin) }) },
}

/** Cells that were changed in place, by key and field: what was typed, and what is wrong with it. */
export interface SentCells {
  readonly errors: ReadonlyMap<string, string>
  /** What was typed into a cell; null where it was not sent. An unticked box sends nothing. */
  readonly typed: (name: string) => string | null
}

/** A text of this length stays on one line: dates, numbers, names. */
const SHORT = 18

/** Shows the list. */
export async function showList(visit: AdminVisit, admin: ModelAdmin, sent: SentCells | null = null): Promise<Response> {
  if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
  const list = listOf(visit.parts, admin)
  const state = stateOf(visit, list)
  if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
  const page = await list.reader.page(state, list.search.readsEverything)
  const [mayAdd, mayChange, actions] = [await admin.canAdd(visit.request), await admin.canChange(visit.request), await actionsOf(visit, admin)]
  const tools: Tool[] = [
    { label: 'Export', href: `${admin.url(visit.base, 'export')}${addressWith(state, admin, {}).replace(/^\?$/, '')}` },
    ...((await admin.special.listTools?.(visit)) ?? []),
    ...(mayAdd ? [{ label: `Add ${admin.meta.verboseName}`, href: admin.url(visit.base, 'add'), primary: true }] : []),
  ]
  return adminPage(visit, {
    title: admin.titlePlural,
    breadcrumbs: crumbsOf(visit, admin),
    current: admin,
    tools,
    status: sent === null ? 200 : 422,
    content: (
      <div class="pa-list">
        <div class="pa-list-main">
          {sent !== null && (
            <p class="pa-notice pa-notice-error" role="alert">
              <Icon name="warning" size={18} />
              <span>{sent.errors.size === 1 ? 'One cell needs' : `${sent.errors.size} cells need`} another look. Nothing was saved yet.</span>
            </p>
          )}
          {list.search.isPossible && <Search admin={admin} state={state} />}
          {await dateLinks(visit, admin, state)}
          {page.rows.length === 0 ? (
            <Empty visit={visit} admin={admin} state={state} mayAdd={mayAdd} />
          ) : (
            <Table visit={visit} list={list} state={state} page={page} actions={actions} isEditable={mayChange} sent={sent} />
          )}
        </div>
        {list.filters.length > 0 && <Filters admin={admin} state={state} choices={await choicesOf(list, state)} />}
      </div>
    ),
  })
}

function Search({ admin, state }: { readonly admin: ModelAdmin; readonly state: ListState }): JSX.Element {
  return (
    <form class="pa-search" role="search" method="get">
      <label class="pc-visually-hidden" for="searchbar">
        Search {admin.meta.verboseNamePlural}
      </label>
      <span class="pa-search-box">
        <Icon name="search" size={18} />
        <input
          class="pc-input"
          type="search"
          name="q"
          id="searchbar"
          value={state.search}
          maxlength={200}
          placeholder={`Search ${admin.meta.verboseNamePlural}`}
        />
      </span>
      {state.order.length > 0 && <input type="hidden" name="o" value={state.order.join('.')} />}
      {[...state.filters].map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="pc-button pc-button-quiet pa-compact">
        Search
      </button>
      {state.isNarrowed && <a href="?">Show all</a>}
      {admin.options.searchHelpText !== undefined && <p class="pc-help">{admin.options.searchHelpText}</p>}
    </form>
  )
}

interface FilterChoices {
  readonly label: string
  readonly parameter: string
  readonly isOpenEnded: boolean
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

async function choicesOf(list: ModelList, state: ListState): Promise<FilterChoices[]> {
  const made: FilterChoices[] = []
  for (const filter of list.filters) {
    const choices = await filter.choices(state.filters.get(filter.parameter) ?? null)
    made.push({ label: filter.label, parameter: filter.parameter, isOpenEnded: filter.isOpenEnded, choices })
  }
  return made
}

function Filters({
  admin,
  state,
  choices,
}: {
  readonly admin: ModelAdmin
  readonly state: ListState
  readonly choices: readonly FilterChoices[]
}): JSX.Element {
  return (
    <aside class="pa-filters" aria-label="Filters">
      <details open data-fold>
        <summary>Filter</summary>
        {state.filters.size > 0 && (
          <p>
            <a class="pa-filters-clear" href={addressWith({ ...state, filters: new Map() }, admin, {})}>
              Clear all filters
            </a>
          </p>
        )}
        {choices.map((filter) => {
          const chosen = state.filters.get(filter.parameter) ?? null
          return (
            <section>
              <h2>{filter.label}</h2>
              <ul class="pa-choices">
                {[{ value: null, label: 'All' }, ...filter.choices].map((choice) => (
                  <li>
                    <a
                      href={addressWith(state, admin, { [filter.parameter]: choice.value })}
                      {...(choice.value === chosen ? { 'aria-current': 'true' } : {})}
                    >
                      {choice.label}
                    </a>
                  </li>
                ))}
              </ul>
              {filter.isOpenEnded && <p class="pc-help">These are the first of many. Search for the rest.</p>}
            </section>
          )
        })}
      </details>
    </aside>
  )
}

function Empty({
  visit,
  admin,
  state,
  mayAdd,
}: {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  readonly state: ListState
  readonly mayAdd: boolean
}): JSX.Element {
  return (
    <div class="pc-card pa-empty pa-nothing">
      <span class="pc-sign">
        <Icon name="search" size={26} />
      </span>
      <h2>{state.isNarrowed ? 'Nothing fits' : `No ${admin.meta.verboseNamePlural} yet`}</h2>
      {state.isNarrowed ? (
        <p>
          Try fewer words or other filters, or <a href="?">show all</a>.
        </p>
      ) : (
        mayAdd && (
          <p>
            <a href={admin.url(visit.base, 'add')}>Add the first one</a>.
          </p>
        )
      )}
    </div>
  )
}

interface TableProps {
  readonly visit: AdminVisit
  readonly list: ModelList
  readonly state: ListState
  readonly page: ListRows
  readonly actions: readonly ListAction[]
  readonly isEditable: boolean
  readonly sent: SentCells | null
}

async function Table({ visit, list, state, page, actions, isEditable, sent }: TableProps): Promise<JSX.Element> {
  const { admin, columns } = list
  const edits = isEditable && columns.some((one) => one.isEditable)
  const rows: Child[] = []
  for (const row of page.rows) rows.push(await rowOf({ visit, list, row, page, hasActions: actions.length > 0, edits, sent }))
  return (
    <form method="post" action={addressWith(state, admin, state.page === 1 ? {} : { p: String(state.page) })} class="pc-card pa-table-card">
      <input type="hidden" name="csrfmiddlewaretoken" value={visit.request.csrfToken()} />
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
      <EditableCell parts={visit.parts} admin={admin} row={row} property={column.property ?? ''} sent={sent} />
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

function Pages({ admin, state, page }: { readonly admin: ModelAdmin; readonly state: ListState; readonly page: ListRows }): JSX.Element {
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
