/**
 * The way with tables of each engine.
 * @module
 */

import type { Engine } from './dialect.js'
import type { SchemaDialect } from './schema-dialect.js'
import { mysqlSchema } from './schema-mysql.js'
import { postgresSchema } from './schema-postgres.js'
import { sqliteSchema } from './schema-sqlite.js'

const dialects: Readonly<Record<Engine, SchemaDialect>> = { sqlite: sqliteSchema, postgres: postgresSchema, mysql: mysqlSchema }

/** The way with tables of an engine. */
export function schemaDialect(engine: Engine): SchemaDialect {
  return dialects[engine]
}
