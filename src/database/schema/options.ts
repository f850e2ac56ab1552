/**
 * What the schema of a site is made from, and what a migration is asked and answers.
 * @module
 */

import type { AnyModelClass } from '../model.js'
import type { ModelRegistry } from '../registry.js'
import type { OwnMigration } from './own-migrations.js'
import type { MigrationPlan } from './plan.js'
import type { MigrationStep } from './steps.js'

/** One of Django's apps: its tables are made in their final state or, where Django made them, left alone. */
export interface DjangoApp {
  readonly app: string
  /** The names `django_migrations` holds once the app is up to date. */
  readonly migrations: readonly string[]
  /** The models whose tables the app has. They are in the registry too. */
  readonly models: readonly AnyModelClass[]
}

/** What a function that runs after a migration is told. */
export interface AfterMigrate {
  /** What was planned. */
  readonly plan: MigrationPlan
  /** What of it ran. */
  readonly applied: readonly MigrationStep[]
}

/** What the schema of a site is made from. */
export interface SchemaOptions {
  /** Every model, with the database. Those not in `djangoApps` are the application's. */
  readonly registry: ModelRegistry
  readonly djangoApps: readonly DjangoApp[]
  /** Migrations of `portcullis_*` tables that other layers bring, beyond the first, which is here. */
  readonly ownMigrations?: readonly OwnMigration[]
  /**
   * Run after every migration, in this order, under the same lock; on PostgreSQL and SQLite in the same transaction, so that a
   * failure undoes the migration too.
   */
  readonly afterMigrate?: readonly ((facts: AfterMigrate) => Promise<void>)[]
}

/** What a migration is asked. */
export interface MigrateOptions {
  /** Also drop and narrow what is no longer declared, in tables that portcullis made. Default false. */
  readonly destructive?: boolean
  /** How long to wait for another process that migrates, in seconds. Default 60. */
  readonly lockTimeout?: number
}

/** What a migration did. */
export interface MigrationResult {
  /** What was planned, under the lock: the steps left out for being destructive, too. */
  readonly plan: MigrationPlan
  /** What ran. */
  readonly applied: readonly MigrationStep[]
}

/** What taking back is asked. */
export interface RevertOptions {
  /** The last migration of our own tables that stays; null for none. */
  readonly to: string | null
  /** How long to wait for another process that migrates, in seconds. Default 60. */
  readonly lockTimeout?: number
}
