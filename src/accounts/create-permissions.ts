/**
 * The rows that models bring: content types and permissions, made after every migration and never changed afterwards (P-3).
 * @module
 */

import { sql } from 'kysely'
import { chunks } from '../base/chunks.js'
import type { ModelMeta } from '../database/meta.js'
import type { ModelRegistry } from '../database/registry.js'
import type { ContentType, ContentTypeManager } from './content-type.js'
import { Permission } from './permission.js'

/** A permission to be: its codename, and what people read. */
export type DeclaredPermission = readonly [codename: string, name: string]

/** What a model's default actions and its own `permissions` come to, in Django's order (P-1, P-2). */
export function builtinPermissions(meta: ModelMeta): DeclaredPermission[] {
  const actions = meta.defaultPermissions.map((action): DeclaredPermission => [`${action}_${meta.modelName}`, `Can ${action} ${meta.verboseName}`])
  return [...actions, ...meta.permissions]
}

/** Every permission name the models of a site bring: `'shop.add_product'`. */
export function declaredPermissionNames(registry: ModelRegistry): string[] {
  return registry.models.flatMap(({ meta }) => builtinPermissions(meta).map(([codename]) => `${meta.appLabel}.${codename}`))
}

/**
 * Makes the content types and permissions that are missing; returns how many permissions. Two programs may do so at once (H-9).
 * A constant number of statements, however many models.
 */
export async function createPermissions(registry: ModelRegistry, contentTypes: ContentTypeManager): Promise<number> {
  contentTypes.clearCache()
  const { models } = registry
  const types = await contentTypes.getForModels(...models)
  const present = await presentCodenames(registry, types)
  const missing = models.flatMap((one, index) => {
    const type = types[index] as ContentType
    return builtinPermissions(one.meta)
      .filter(([codename]) => !present.has(`${type.id} ${codename}`))
      .map(([codename, name]) => [name, type.id, codename] as const)
  })
  const { database } = registry
  for (const part of chunks(missing, database.dialect.maxParameters / 3)) {
    const tuples = part.map((values) => sql`(${sql.join([...values])})`)
    const columns = sql.join(['name', 'content_type_id', 'codename'].map((one) => sql.ref(one)))
    await database.execute(
      sql`insert into ${sql.table(Permission.meta.table)} (${columns}) values ${sql.join(tuples)} ${database.dialect.onConflictDoNothing(['content_type_id', 'codename'])}`,
    )
  }
  return missing.length
}

async function presentCodenames(registry: ModelRegistry, types: readonly ContentType[]): Promise<Set<string>> {
  const present = new Set<string>()
  const { database } = registry
  for (const part of chunks(
    types.map((one) => one.id),
    database.dialect.maxParameters,
  )) {
    const query = sql<{
      type: number
      codename: string
    }>`select ${sql.ref('content_type_id')} as ${sql.ref('type')}, ${sql.ref('codename')} as ${sql.ref('codename')} from ${sql.table(Permission.meta.table)} where ${sql.ref('content_type_id')} in (${sql.join([...part])})`
    for (const { type, codename } of await database.execute(query)) present.add(`${Number(type)} ${codename}`)
  }
  return present
}
