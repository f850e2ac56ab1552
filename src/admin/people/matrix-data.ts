/**
 * The matrix of groups and permissions: what it shows, and what a sent one would change. A form knows what it was shown, so that only what
 * somebody ticked or cleared is changed, whatever others did meanwhile.
 * @module
 */

import { sql } from 'kysely'
import { ContentType } from '../../accounts/content-type.js'
import type { Group } from '../../accounts/group.js'
import type { RequestData } from '../../protection/body/request-data.js'
import type { AdminParts } from '../admin-parts.js'
import { PERMISSIONS, PERMISSION_COLUMNS, PERMISSION_ORDER, type PermissionRow } from '../rights/permission-rows.js'
import type { GroupRights } from '../rights/effects.js'

/** Groups side by side. */
export const MOST_GROUPS = 10
/** Permissions below each other; the rest is on further pages. */
export const MOST_PERMISSIONS = 100
/** Groups to choose from at once. */
export const MOST_CHOICES = 50

/** Keys of groups and permissions are whole numbers of 32 bits. */
export const LARGEST_KEY = 2_147_483_647

/** A group as the chooser lists it. */
export interface GroupName {
  readonly key: number
  readonly name: string
}

/** An app's models, to choose from. */
export interface AppModels {
  readonly app: string
  readonly models: readonly string[]
}

/** Groups whose name contains a text, in order; one more than a page where there are more. */
export async function findGroups(parts: AdminParts, search: string, limit: number, offset = 0): Promise<GroupName[]> {
  const where = search === '' ? {} : { name: { icontains: search } }
  const rows = await parts.groups.filter(where, { orderBy: 'name', limit, offset })
  return rows.map((one) => ({ key: one.id, name: one.name }))
}

/** Groups by key, in the order of their names. */
export async function groupsByKey(parts: AdminParts, keys: readonly number[]): Promise<Group[]> {
  return keys.length === 0 ? [] : parts.groups.filter({ id: { in: keys } }, { orderBy: 'name' })
}

/** The apps and models that have permissions. */
export async function appsWithPermissions(parts: AdminParts): Promise<AppModels[]> {
  const rows = await parts.registry.database.execute(
    sql<{
      app: string
      model: string
    }>`select ${sql.ref('ct.app_label')} as ${sql.ref('app')}, ${sql.ref('ct.model')} as ${sql.ref('model')} from ${sql.table(ContentType.meta.table)} as ${sql.ref('ct')} where exists (select 1 from ${sql.table('auth_permission')} as ${sql.ref('p')} where ${sql.ref('p.content_type_id')} = ${sql.ref('ct.id')}) order by ${sql.ref('ct.app_label')}, ${sql.ref('ct.model')}`,
  )
  const apps = new Map<string, string[]>()
  for (const { app, model } of rows) apps.set(app, [...(apps.get(app) ?? []), model])
  return [...apps].map(([app, models]) => ({ app, models }))
}

/** A page of the permissions of an app, of a model, or of all; one more than are shown where there are more. */
export async function matrixPermissions(parts: AdminParts, app: string, model: string, page: number): Promise<PermissionRow[]> {
  const conditions = [
    ...(app === '' ? [] : [sql`${sql.ref('ct.app_label')} = ${app}`]),
    ...(app === '' || model === '' ? [] : [sql`${sql.ref('ct.model')} = ${model}`]),
  ]
  const where = conditions.length === 0 ? sql`` : sql` where ${sql.join(conditions, sql` and `)}`
  const rows = await parts.registry.database.execute(
    sql<PermissionRow>`select ${PERMISSION_COLUMNS} from ${PERMISSIONS}${where} order by ${PERMISSION_ORDER} limit ${MOST_PERMISSIONS + 1} offset ${(page - 1) * MOST_PERMISSIONS}`,
  )
  return rows.map((row) => ({ ...row, key: Number(row.key) }))
}

/** A cell, as its box names it: group and permission. */
export function cellOf(group: number, permission: number): string {
  return `${group}:${permission}`
}

/** What a sent matrix changes: boxes that are ticked and were not, and those that were and are not. Null for what no form of ours sends. */
export function readMatrix(data: RequestData): GroupRights[] | null {
  const was = pairs(data, 'was')
  const now = pairs(data, 'grant')
  if (was === null || now === null) return null
  return changesOf(
    [...now].filter((one) => !was.has(one)),
    [...was].filter((one) => !now.has(one)),
  )
}

/** What was confirmed. */
export function readConfirmed(data: RequestData): GroupRights[] | null {
  const added = pairs(data, 'add')
  const removed = pairs(data, 'remove')
  return added === null || removed === null ? null : changesOf([...added], [...removed])
}

/** The hidden fields that carry a change to its confirmation. */
export function confirmedFields(changes: readonly GroupRights[]): (readonly [name: string, value: string])[] {
  return changes.flatMap(({ key, added, removed }) => [
    ...(added.length === 0 ? [] : [['add', `${key}:${added.join(',')}`] as const]),
    ...(removed.length === 0 ? [] : [['remove', `${key}:${removed.join(',')}`] as const]),
  ])
}

const CELLS = /^(\d{1,10}):((?:\d{1,10}(?:,\d{1,10})*)?)$/

/** `3:7,8` is two cells of group 3. */
function pairs(data: RequestData, name: string): Set<string> | null {
  const cells = new Set<string>()
  for (const value of data.fields.get(name) ?? []) {
    const match = typeof value === 'string' ? CELLS.exec(value) : null
    if (match === null) return null
    const permissions = (match[2] ?? '')
      .split(',')
      .filter((one) => one !== '')
      .map(Number)
    if ([Number(match[1]), ...permissions].some((key) => key < 1 || key > LARGEST_KEY)) return null
    for (const permission of permissions) cells.add(cellOf(Number(match[1]), permission))
  }
  return cells
}

/** Of more groups than the page shows, somebody else has made the form up. */
function changesOf(added: readonly string[], removed: readonly string[]): GroupRights[] | null {
  const changes = new Map<number, { added: number[]; removed: number[] }>()
  const note = (cell: string, kind: 'added' | 'removed'): void => {
    const [group = 0, permission = 0] = cell.split(':').map(Number)
    const change = changes.get(group) ?? { added: [], removed: [] }
    change[kind].push(permission)
    changes.set(group, change)
  }
  for (const one of added) note(one, 'added')
  for (const one of removed) note(one, 'removed')
  return changes.size > MOST_GROUPS ? null : [...changes].map(([key, change]) => ({ key, ...change }))
}
