/**
 * Who may: the reverse question. Put to one backend, and how the model backend answers it from the tables (U-18).
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { BaseUser } from '../accounts/base-user.js'
import { Permission } from '../accounts/permission.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager, WithPermOptions } from '../accounts/user-manager.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Backend } from './backend.js'
import { CONTENT_TYPE, named, PERMISSION, type GrantTables } from './permission-sets.js'

/** Everybody who may, as the named backend sees it, or the only one there is. A backend that cannot tell finds nobody. */
export async function withPerm(
  backends: readonly Backend[],
  permission: string | Permission,
  options: WithPermOptions,
): Promise<readonly BaseUser[]> {
  return (await chosen(backends, options.backend).withPerm?.(permission, options)) ?? []
}

/** Who may by their own grants, their groups, or as a superuser: one statement. */
export async function findHolders(
  users: UserManager<AnyUserClass, BaseUser>,
  tables: GrantTables,
  permission: string | Permission,
  options: WithPermOptions,
): Promise<readonly BaseUser[]> {
  refuseBadName(permission)
  const { isActive = true, includeSuperusers = true, object } = options
  const { userGroups, userPermissions, groupPermissions } = tables
  const { meta, registry } = users
  if (object !== undefined && object !== null) return []
  if (userGroups === null || userPermissions === null || meta.primaryKey === null) return []
  const active = meta.column.get('isActive')?.column
  // Without such a column everybody is active (U-25).
  if (active === undefined && isActive === false) return []
  const own = (column: string): RawBuilder<unknown> => sql.ref(`${meta.table}.${column}`)
  const key = own(meta.primaryKey.column)
  const wanted = permission instanceof Permission ? sql`${sql.ref('p.id')} = ${permission.id}` : named(permission)
  const direct = sql`exists (
    select 1 from ${sql.table(userPermissions.table)} as ${sql.ref('up')}
    join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`up.${userPermissions.targetColumn}`)} join ${CONTENT_TYPE}
    where ${sql.ref(`up.${userPermissions.sourceColumn}`)} = ${key} and ${wanted})`
  const throughGroups = sql`exists (
    select 1 from ${sql.table(userGroups.table)} as ${sql.ref('ug')}
    join ${sql.table(groupPermissions.table)} as ${sql.ref('gp')}
      on ${sql.ref(`gp.${groupPermissions.sourceColumn}`)} = ${sql.ref(`ug.${userGroups.targetColumn}`)}
    join ${PERMISSION} on ${sql.ref('p.id')} = ${sql.ref(`gp.${groupPermissions.targetColumn}`)} join ${CONTENT_TYPE}
    where ${sql.ref(`ug.${userGroups.sourceColumn}`)} = ${key} and ${wanted})`
  const superuser = meta.column.get('isSuperuser')?.column
  const almighty = includeSuperusers && superuser !== undefined ? sql` or ${own(superuser)} = ${true}` : sql``
  const state = active === undefined || isActive === null ? sql`` : sql` and ${own(active)} = ${isActive}`
  const rows = await registry.database.execute(sql<Record<string, unknown>>`
    select ${users.selectList()} from ${sql.table(meta.table)} where (${direct} or ${throughGroups}${almighty})${state} order by ${key}`)
  return rows.map((row) => users.load(row))
}

function refuseBadName(permission: unknown): void {
  if (permission instanceof Permission) return
  if (typeof permission === 'string' && permission.split('.').length === 2) return
  const given = typeof permission === 'string' ? `'${permission}'` : typeof permission
  const remedy = 'Pass the Permission itself where its codename has dots.'
  throw new ImproperlyConfigured(`withPerm() takes a Permission or a name 'app.codename' with one dot; got ${given}. ${remedy}`)
}

function chosen(backends: readonly Backend[], path: string | undefined): Backend {
  const paths = backends.map((one) => one.path).join(', ')
  if (path === undefined) {
    const [only, ...others] = backends
    if (only === undefined || others.length > 0) {
      throw new ImproperlyConfigured(`This site has several authentication backends (${paths}). Name one as \`backend\`.`)
    }
    return only
  }
  const found = backends.find((one) => one.path === path)
  if (found === undefined) throw new ImproperlyConfigured(`This site has no authentication backend '${path}'. It has: ${paths}.`)
  return found
}
