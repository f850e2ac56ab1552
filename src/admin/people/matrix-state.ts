/**
 * What the matrix shows: groups and permissions as the address asks for them, and which boxes this visitor may tick.
 * @module
 */

import type { ModelAdmin } from '../model-admin.js'
import type { PermissionRow } from '../rights/permission-rows.js'
import type { Rights } from '../rights/rights.js'
import type { AdminVisit } from '../visit.js'
import {
  appsWithPermissions,
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
import { readPage, readSearch } from './query.js'

/** A column. */
export interface MatrixGroup extends GroupName {
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
  readonly page: number
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
  const { search, app, model, keys, page } = asked
  const found = await findGroups(parts, search, MOST_CHOICES + 1)
  const rows = await groupsByKey(parts, keys.length > 0 ? keys : found.slice(0, MOST_GROUPS).map((one) => one.key))
  const permissions = await matrixPermissions(parts, app, model, page)
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
    page,
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
):
  | { readonly refused: string }
  | { readonly search: string; readonly app: string; readonly model: string; readonly keys: readonly number[]; readonly page: number } {
  const { query } = visit.request
  for (const name of new Set(query.keys())) {
    if (!['q', 'of', 'g', 'for', 'p'].includes(name)) return { refused: `${name} is no parameter of this page` }
    if (name !== 'g' && query.getAll(name).length > 1) return { refused: `several values of ${name}` }
  }
  const page = readPage(query.get('p') ?? undefined)
  if (page === null) return { refused: 'p is no page' }
  const keys = [...new Set(query.getAll('g'))]
  if (keys.length > MOST_CHOICES || keys.some((one) => !/^[1-9]\d{0,9}$/.test(one) || Number(one) > LARGEST_KEY))
    return { refused: 'g is no choice of groups' }
  const [app = '', model = ''] = (query.get('of') ?? '').split('.')
  const search = readSearch(query.get('q') ?? '')
  // Who searches for others wants to see those, not what was ticked among the ones before.
  const isOther = query.has('for') && readSearch(query.get('for') ?? '') !== search
  return {
    page,
    search,
    app: app.slice(0, 100),
    model: model.slice(0, 100),
    keys: isOther ? [] : keys.slice(0, MOST_GROUPS).map(Number),
  }
}

/** The permissions of an open group that this visitor may give and take. */
export function openCells({ permissions, held }: MatrixState): number[] {
  return permissions.map((one) => one.key).filter((key) => held === null || held.has(key))
}
