/**
 * What the tables grant, as parts of statements: of a user directly and by groups together, and of groups.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { GrantTables } from '../../authentication/permission-sets.js'
import type { Through } from '../../database/registry.js'

/** A row of a table between: whose, and what. */
export interface Owned {
  readonly owner: unknown
  readonly key: unknown
}

/** `owner` and `key` of a table between, for these owners. */
export function ownedBy({ table, sourceColumn, targetColumn }: Through, owners: readonly unknown[]): RawBuilder<Owned> {
  return sql<Owned>`select ${sql.ref(sourceColumn)} as ${sql.ref('owner')}, ${sql.ref(targetColumn)} as ${sql.ref('key')} from ${sql.table(table)} where ${sql.ref(sourceColumn)} in (${sql.join([...owners])})`
}

/** `ug` and `gp`, joined: users with the permissions of their groups. */
export function groupGrants(userGroups: Through, { table, sourceColumn }: Through): RawBuilder<unknown> {
  return sql`${sql.table(userGroups.table)} as ${sql.ref('ug')} join ${sql.table(table)} as ${sql.ref('gp')} on ${sql.ref(`gp.${sourceColumn}`)} = ${sql.ref(`ug.${userGroups.targetColumn}`)}`
}

/** `owner` and `key`: every permission that is granted to these users, directly or by a group. */
export function grantedTo({ userGroups, userPermissions, groupPermissions: gp }: GrantTables, owners: readonly unknown[]): RawBuilder<Owned> {
  const direct = userPermissions === null ? [] : [ownedBy(userPermissions, owners)]
  const viaGroups =
    userGroups === null
      ? []
      : [
          sql<Owned>`select ${sql.ref(`ug.${userGroups.sourceColumn}`)} as ${sql.ref('owner')}, ${sql.ref(`gp.${gp.targetColumn}`)} as ${sql.ref('key')} from ${groupGrants(userGroups, gp)} where ${sql.ref(`ug.${userGroups.sourceColumn}`)} in (${sql.join([...owners])})`,
        ]
  const parts = [...direct, ...viaGroups]
  return parts.length === 0
    ? sql<Owned>`select null as ${sql.ref('owner')}, null as ${sql.ref('key')} where 1 = 0`
    : sql<Owned>`${sql.join(parts, sql` union `)}`
}
