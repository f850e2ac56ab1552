/**
 * PostgreSQL as a site's database: `portcullis/postgres`.
 * @module
 */

import type { DatabaseSource } from './database/dialects/dialect.js'
import { PostgresDriver, type PostgresClient, type PostgresPool } from './database/dialects/postgres-driver.js'
import { postgresDialect } from './database/dialects/postgres.js'

export type { DatabaseSource, PostgresClient, PostgresPool }

/** Options of `postgres()`. */
export interface PostgresOptions {
  /** Most connections of a pool made here. Default 10. */
  readonly maxConnections?: number
  /**
   * Whether statements that repeat are prepared on the server. Default: on a pool made here yes, on an application's no, because it
   * may lead through a connection pooler that cannot.
   */
  readonly prepare?: boolean
}

/**
 * Describes a PostgreSQL database: an address, or a pool of the package `pg` that the application made and ends itself.
 *
 * @example
 * const auth = portcullis({ secretKey, database: postgres('postgres://shop@localhost/shop') })
 */
export function postgres(urlOrPool: string | PostgresPool, options: PostgresOptions = {}): DatabaseSource {
  return { dialect: postgresDialect, createDriver: () => new PostgresDriver(urlOrPool, options) }
}
