/**
 * The tables of a site: what is missing, and making it so.
 * @module
 */

import type { MigrateOptions, MigrationResult } from './options.js'
import type { MigrationPlan } from './plan.js'

/** The schema of a site. */
export interface SchemaTools {
  /** What `migrate()` would do now. Reads only. */
  plan(): Promise<MigrationPlan>
  /** Brings the tables up to date, once even when several processes try. */
  migrate(options?: MigrateOptions): Promise<MigrationResult>
}
