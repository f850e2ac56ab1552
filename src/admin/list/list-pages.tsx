/**
 * The list of a model's objects: search, filters, order, pages, actions, and columns that can be changed in place.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage, type Tool } from '../frame/page.js'
import type { ModelAdmin } from '../model-admin.js'
import type { ModelPages } from '../routes.js'
import type { AdminVisit } from '../visit.js'
import { actionsOf, postList } from './actions.js'
import { exportCsv } from './csv.js'
import type { SentCells } from './editable.js'
import type { FilterChoices, ListFilter } from './filters.js'
import { dateLinks } from './date-hierarchy.js'
import { listOf, stateOf, type ModelList } from './model-list.js'
import { addressWith, type ListState } from './state.js'
import { Table } from './table.js'

/** The pages of lists. */
export const listPages: Pick<ModelPages, 'list' | 'others'> = {
  list: (admin) => ({ GET: (visit) => showList(visit, admin), POST: (visit) => postList(visit, admin, showList) }),
  others: { export: (admin) => ({ GET: exportCsv(admin) }) },
}

/** Shows the list. */
export async function showList(visit: AdminVisit, admin: ModelAdmin, sent: SentCells | null = null): Promise<Response> {
  if (!(await admin.canView(visit.request))) return visit.forbidden(`lacks ${admin.permission('view')}`)
  const list = listOf(visit.parts, admin)
  const state = stateOf(visit, list)
  if ('refused' in state) return visit.refuse({ status: 400, code: 'bad_request', reason: state.refused })
  const page = await list.reader.page(state, list.search.readsEverything)
  const [mayAdd, mayChange, actions] = [await admin.canAdd(visit.request), await admin.canChange(visit.request), await actionsOf(visit, admin)]
  // What decides over single rows is settled for all of them at once.
  if (mayChange) await admin.special.preload?.(visit.request, page.rows)
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
        {list.filters.length > 0 && <Filters admin={admin} state={state} filters={await choicesOf(list, state)} />}
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

/** A filter with what there is to choose. */
interface ShownFilter extends FilterChoices {
  readonly filter: ListFilter
}

async function choicesOf(list: ModelList, state: ListState): Promise<ShownFilter[]> {
  const shown: ShownFilter[] = []
  for (const filter of list.filters) shown.push({ filter, ...(await filter.choices(state.filters.get(filter.parameter) ?? null)) })
  return shown
}

function Filters({
  admin,
  state,
  filters,
}: {
  readonly admin: ModelAdmin
  readonly state: ListState
  readonly filters: readonly ShownFilter[]
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
        {filters.map(({ filter, choices, isOpenEnded }) => {
          const chosen = state.filters.get(filter.parameter) ?? null
          return (
            <section>
              <h2>{filter.label}</h2>
              <ul class="pa-choices">
                {[{ value: null, label: 'All' }, ...choices].map((choice) => (
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
              {isOpenEnded && <p class="pc-help">These are the first of many. Search for the rest.</p>}
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
