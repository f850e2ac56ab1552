/**
 * Schemas for tests: Django's apps and any models on a database.
 * @module
 */

import { djangoApps } from '../../src/accounts/django-apps.js'
import { User, type AnyUserClass } from '../../src/accounts/user.js'
import { FixedClock } from '../../src/base/clock.js'
import type { Database } from '../../src/database/database.js'
import type { AnyModelClass } from '../../src/database/model.js'
import { ModelRegistry } from '../../src/database/registry.js'
import type { AfterMigrate } from '../../src/database/schema/options.js'
import type { OwnMigration } from '../../src/database/schema/own-migrations.js'
import { createSchema, type Schema } from '../../src/database/schema/schema.js'
import { sessionsApp } from '../../src/sessions/session-model.js'

/** What a schema for tests is made from, beyond Django's apps. */
export interface SchemaParts {
  readonly models?: readonly AnyModelClass[]
  readonly user?: AnyUserClass
  readonly ownMigrations?: readonly OwnMigration[]
  readonly afterMigrate?: readonly ((facts: AfterMigrate) => Promise<void>)[]
}

/** A schema with Django's four apps on a database. */
export function schemaOn(database: Database, parts: SchemaParts = {}): Schema {
  const user = parts.user ?? User
  const apps = [...djangoApps(user), sessionsApp]
  const registry = new ModelRegistry({
    database,
    clock: new FixedClock('2026-01-02T03:04:05.678Z'),
    models: [...apps.flatMap((one) => one.models), user, ...(parts.models ?? [])],
    ...(user === User ? {} : { standIns: { 'auth.User': user.label } }),
  })
  return createSchema({
    registry,
    djangoApps: apps,
    ...(parts.ownMigrations ? { ownMigrations: parts.ownMigrations } : {}),
    ...(parts.afterMigrate ? { afterMigrate: parts.afterMigrate } : {}),
  })
}

/** A schema of these models and nothing of Django's. */
export function bareSchemaOn(
  database: Database,
  models: readonly AnyModelClass[],
  parts: Pick<SchemaParts, 'ownMigrations' | 'afterMigrate'> = {},
): Schema {
  const registry = new ModelRegistry({ database, clock: new FixedClock('2026-01-02T03:04:05.678Z'), models })
  return createSchema({ registry, djangoApps: [], ...parts })
}
