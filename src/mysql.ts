/**
 * MySQL or MariaDB as a site's database: `portcullis/mysql`.
 * @module
 */

import type { DatabaseSource } from './database/dialects/dialect.js'
import { MysqlDriver, type MysqlPool } from './database/dialects/mysql-driver.js'
import { mysqlDialect } from './database/dialects/mysql.js'

export type { DatabaseSource, MysqlPool }

/** Options of `mysql()`. */
export interface MysqlOptions {
  /** Most connections of a pool made here. Default 10. */
  readonly maxConnections?: number
}

/**
 * Describes a MySQL or MariaDB database: an address, or a pool of `mysql2` or `mysql2/promise` that the application made and ends itself.
 *
 * @example
 * const auth = portcullis({ secretKey, database: mysql('mysql://shop@localhost/shop') })
 */
export function mysql(urlOrPool: string | MysqlPool, options: MysqlOptions = {}): DatabaseSource {
  return { dialect: mysqlDialect, createDriver: () => new MysqlDriver(urlOrPool, options) }
}
