/**
 * The matrix as a page: the choice of groups and models above, the boxes below. It scrolls inside itself; heads of rows and columns stay.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import type { ModelAdmin } from '../model-admin.js'
import { appName } from '../admin-site.js'
import type { PermissionRow } from '../rights/permission-rows.js'
import type { Rights } from '../rights/rights.js'
import type { AdminVisit } from '../visit.js'
import {
  appsWithPermissions,
  cellOf,
  findGroups,
  groupsByKey,
  LARGEST_KEY,
  matrixPermissions,
  MOST_CHOICES,
  MOST_GROUPS,
  MOST_PERMISSIONS,
  type AppModels,
  type GroupName,
} from './matrix-data.js'
import { mayFillIn } from './matrix-save.js'
import { Problems, Remark } from './open.js'
import { byModel, PermissionName } from './permission-table.js'
import { LONGEST_SEARCH, readSearch } from './query.js'

/** A column. */
interface MatrixGroup extends GroupName {
  readonly url: string
  /** Whether this visitor may change what it grants. */
  readonly isOpen: boolean
  readonly grants: ReadonlySet<number>
}

/** What the page shows. */
export interface MatrixState {
  readonly search: string
  readonly app: string
  readonly model: string
  readonly apps: readonly AppModels[]
  readonly groups: readonly MatrixGroup[]
  readonly choices: readonly GroupName[]
  readonly hasMoreChoices: boolean
  readonly permissions: readonly PermissionRow[]
  readonly hasMore: boolean
  /** Permissions that this visitor may give and take; null for all. */
  readonly held: ReadonlySet<number> | null
  /** Whether this visitor may change groups at all, those out of reach apart. */
  readonly mayChange: boolean
  /** The boxes as somebody sent them, where that was refused. */
  readonly ticked?: ReadonlySet<string>
}

/** Reads what the address asks for. */
export async function openView(visit: AdminVisit, admin: ModelAdmin, rights: Rights): Promise<MatrixState | { readonly refused: string }> {
  const asked = readAddress(visit)
  if ('refused' in asked) return asked
  const { parts } = visit
  const { search, app, model, keys } = asked
  const found = await findGroups(parts, search, MOST_CHOICES + 1)
  const rows = await groupsByKey(parts, keys.length > 0 ? keys : found.slice(0, MOST_GROUPS).map((one) => one.key))
  const permissions = await matrixPermissions(parts, app, model)
  const shown = permissions.slice(0, MOST_PERMISSIONS)
  const byGroup = await rights.powers.byGroup(rows.map((one) => one.id))
  const mayChange = await admin.canChange(visit.request)
  if (mayChange)
    await rights.preloadGroups(
      visit.request,
      rows.map((one) => one.id),
    )
  const groups: MatrixGroup[] = []
  for (const row of rows)
    groups.push({
      key: row.id,
      name: row.name,
      url: admin.url(visit.base, 'change', row.id),
      isOpen: mayChange && (await mayFillIn(visit, admin, row)),
      grants: byGroup.get(String(row.id)) ?? new Set(),
    })
  const { actor } = await rights.powers.read(visit.staff)
  const beyond =
    actor === null
      ? null
      : new Set(
          await rights.powers.lacking(
            actor,
            shown.map((one) => one.key),
          ),
        )
  const chosen = groups.filter((one) => !found.some((other) => other.key === one.key))
  return {
    search,
    app,
    model,
    groups,
    permissions: shown,
    mayChange,
    apps: await appsWithPermissions(parts),
    choices: [...chosen, ...found.slice(0, MOST_CHOICES)],
    hasMoreChoices: found.length > MOST_CHOICES,
    hasMore: permissions.length > MOST_PERMISSIONS,
    held: beyond === null || beyond.size > 0 ? new Set(shown.map((one) => one.key).filter((key) => beyond !== null && !beyond.has(key))) : null,
  }
}

function readAddress(
  visit: AdminVisit,
): { readonly refused: string } | { readonly search: string; readonly app: string; readonly model: string; readonly keys: readonly number[] } {
  const { query } = visit.request
  for (const name of new Set(query.keys())) {
    if (!['q', 'of', 'g', 'for'].includes(name)) return { refused: `${name} is no parameter of this page` }
    if (name !== 'g' && query.getAll(name).length > 1) return { refused: `several values of ${name}` }
  }
  const keys = [...new Set(query.getAll('g'))]
  if (keys.length > MOST_CHOICES || keys.some((one) => !/^[1-9]\d{0,9}$/.test(one) || Number(one) > LARGEST_KEY))
    return { refused: 'g is no choice of groups' }
  const [app = '', model = ''] = (query.get('of') ?? '').split('.')
  const search = readSearch(query.get('q') ?? '')
  // Who searches for others wants to see those, not what was ticked among the ones before.
  const isOther = query.has('for') && readSearch(query.get('for') ?? '') !== search
  return {
    search,
    app: app.slice(0, 100),
    model: model.slice(0, 100),
    keys: isOther ? [] : keys.slice(0, MOST_GROUPS).map(Number),
  }
}

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
          <input type="hidden" name="csrfmiddlewaretoken" value={visit.request.csrfToken()} />
          {state.groups
            .filter((one) => one.isOpen)
            .map((group) => (
              <input
                type="hidden"
                name="was"
                value={`${group.key}:${openCells(state, group)
                  .filter((key) => group.grants.has(key))
                  .join(',')}`}
              />
            ))}
          <Table visit={visit} state={state} />
          {state.hasMore && (
            <p class="pc-soft pc-small">These are the first {MOST_PERMISSIONS} permissions. Choose an app or a model to see the others.</p>
          )}
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

function Chooser({ visit, state }: { readonly visit: AdminVisit; readonly state: MatrixState }): JSX.Element {
  const shown = new Set(state.groups.map((one) => one.key))
  const of = state.app === '' ? '' : state.model === '' ? state.app : `${state.app}.${state.model}`
  return (
    <form method="get" class="pc-card pa-matrix-chooser">
      <div class="pa-matrix-of">
        <label class="pc-label" for="of">
          Permissions of
        </label>
        <select class="pc-input" name="of" id="of">
          <option value="">every app</option>
          {state.apps.map(({ app, models }) => (
            <optgroup label={appName(app)}>
              <option value={app} selected={of === app}>
                {`all of ${appName(app)}`}
              </option>
              {models.map((model) => (
                <option value={`${app}.${model}`} selected={of === `${app}.${model}`}>
                  {visit.parts.registry.find(`${app}.${model}`)?.meta.verboseName ?? model}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div class="pa-matrix-of">
        <label class="pc-label" for="q">
          Groups called
        </label>
        <input class="pc-input" type="search" name="q" id="q" value={state.search} maxlength={LONGEST_SEARCH} placeholder="any name" />
      </div>
      <input type="hidden" name="for" value={state.search} />
      <button type="submit" class="pc-button pc-button-quiet">
        Show
      </button>
      {state.choices.length > 1 && (
        <details class="pa-matrix-groups">
          <summary>
            {state.groups.length} of {state.hasMoreChoices ? `more than ${MOST_CHOICES}` : state.choices.length} groups
          </summary>
          <fieldset>
            <legend class="pc-small pc-soft">Choose up to {MOST_GROUPS}, and press “Show”.</legend>
            <div class="pa-matrix-choices">
              {state.choices.map((one) => (
                <label class="pa-check">
                  <input type="checkbox" name="g" value={String(one.key)} checked={shown.has(one.key)} />
                  <span>{one.name}</span>
                </label>
              ))}
            </div>
            {state.hasMoreChoices && <p class="pc-help">These are the first of many. Search for the others.</p>}
          </fieldset>
        </details>
      )}
    </form>
  )
}

function Table({ visit, state }: { readonly visit: AdminVisit; readonly state: MatrixState }): JSX.Element {
  const open = new Map(state.groups.map((group) => [group.key, new Set(group.isOpen ? openCells(state, group) : [])]))
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

/** The permissions of an open group that this visitor may give and take. */
function openCells({ permissions, held }: MatrixState, _group: GroupName): number[] {
  return permissions.map((one) => one.key).filter((key) => held === null || held.has(key))
}
