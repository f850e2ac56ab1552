/**
 * The matrix as a page: the choice of groups and models above, the boxes below. It scrolls inside itself; heads of rows and columns stay.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import { Problems } from '../frame/problems.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import { Chooser } from './matrix-chooser.js'
import { cellOf } from './matrix-data.js'
import { openCells, type MatrixState } from './matrix-state.js'
import { Remark } from './open.js'
import { byModel, PermissionName } from './permission-table.js'
import { Pages } from './search-box.js'

interface MatrixViewProps {
  readonly visit: AdminVisit
  readonly admin: ModelAdmin
  readonly state: MatrixState
  readonly problems: readonly Problem[]
}

/** The page's content. */
export function MatrixView({ visit, admin, state, problems }: MatrixViewProps): JSX.Element {
  const isEditable = state.groups.some((one) => one.isOpen)
  return (
    <div class="pa-wide">
      {problems.length > 0 && <Problems problems={problems} />}
      <Chooser visit={visit} state={state} />
      {state.mayChange && state.groups.length > 0 && !isEditable && (
        <Remark>Each of these groups grants something that you do not have yourself, so that you may look and change nothing.</Remark>
      )}
      {state.groups.length === 0 || state.permissions.length === 0 ? (
        <div class="pc-card pa-empty">
          <h2>{state.groups.length === 0 ? (state.search === '' ? 'No groups yet' : 'No group fits') : 'No permissions here'}</h2>
          <p class="pc-soft">
            {state.groups.length === 0 && state.search === '' ? (
              <a href={admin.url(visit.base, 'add')}>Add the first group</a>
            ) : (
              'Choose something else above.'
            )}
          </p>
        </div>
      ) : (
        <form method="post" action={visit.request.target} class="pa-matrix-form" data-matrix="">
          <CsrfField token={visit.request.csrfToken()} />
          {state.groups
            .filter((one) => one.isOpen)
            .map((group) => (
              <input
                type="hidden"
                name="was"
                value={`${group.key}:${openCells(state)
                  .filter((key) => group.grants.has(key))
                  .join(',')}`}
              />
            ))}
          <Table visit={visit} state={state} />
          <Pages page={state.page} hasMore={state.hasMore} at={(page) => pageOf(visit, page)} />
          {isEditable && (
            <div class="pa-submit">
              <button type="submit" class="pc-button" name="_save" value="1">
                Look at what changes
              </button>
              <span class="pc-soft" role="status" data-matrix-count=""></span>
            </div>
          )}
        </form>
      )}
    </div>
  )
}

/** The same choice, and other permissions of it. */
function pageOf({ request }: AdminVisit, page: number): string {
  const query = new URLSearchParams(request.query)
  query.delete('p')
  if (page > 1) query.set('p', String(page))
  return `?${query.toString()}`
}

function Table({ visit, state }: { readonly visit: AdminVisit; readonly state: MatrixState }): JSX.Element {
  const open = new Map(state.groups.map((group) => [group.key, new Set(group.isOpen ? openCells(state) : [])]))
  return (
    <div class="pa-matrix pc-card" tabindex={0} role="region" aria-label="Groups and permissions">
      <table>
        <thead>
          <tr>
            <th scope="col" class="pa-matrix-corner">
              Permission
            </th>
            {state.groups.map((group) => (
              <th scope="col">
                <a href={group.url}>{group.name}</a>
                {!group.isOpen && <span class="pc-visually-hidden"> (only to look at)</span>}
              </th>
            ))}
          </tr>
        </thead>
        {byModel(visit, state.permissions).map((model) => (
          <tbody>
            <tr class="pa-group-row">
              <th scope="rowgroup" colspan={state.groups.length + 1}>
                <span>{model.title}</span>
              </th>
            </tr>
            {model.rows.map((row) => (
              <tr>
                <th scope="row">
                  <PermissionName row={row} />
                </th>
                {state.groups.map((group) => {
                  const isOn = state.ticked === undefined ? group.grants.has(row.key) : state.ticked.has(cellOf(group.key, row.key))
                  return (
                    <td>
                      <label class="pa-box">
                        <input
                          type="checkbox"
                          name="grant"
                          value={cellOf(group.key, row.key)}
                          checked={open.get(group.key)?.has(row.key) === true ? isOn : group.grants.has(row.key)}
                          disabled={open.get(group.key)?.has(row.key) !== true}
                          aria-label={`${group.name}: ${row.name}`}
                        />
                      </label>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}
