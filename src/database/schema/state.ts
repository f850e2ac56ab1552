/**
 * What a plan needs to know of the database, read in a constant number of statements.
 * @module
 */

import type { Database } from '../database.js'
import type { SchemaDialect } from '../dialects/schema-dialect.js'
import type { DatabaseState } from './draft.js'
import { Migration, readLedger } from './ledger.js'
import { MadeTable, readMadeTables } from './made-tables.js'

/** Reads the tables that are declared and those that portcullis made, the ledger, and the record of what is ours. */
export async function readState(
  database: Database,
  dialect: SchemaDialect,
  declared: (server: DatabaseState['server']) => readonly string[],
): Promise<DatabaseState> {
  const server = await dialect.readServer(database)
  const there = new Set(await dialect.listTables(database))
  const ledger = there.has(Migration.meta.table) ? await readLedger(database) : new Map<string, ReadonlySet<string>>()
  const made = there.has(MadeTable.meta.table) ? await readMadeTables(database) : new Map<string, never>()
  const wanted = new Set([...declared(server), ...made.keys()])
  const tables = await dialect.readTables(
    database,
    [...wanted].filter((one) => there.has(one)),
    server,
  )
  return { server, ledger, made, tables: new Map(tables.map((one) => [one.name, one])) }
}
