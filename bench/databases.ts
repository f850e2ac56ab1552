/**
 * An empty database of each engine for a benchmark that compares engines: SQLite in a file, and PostgreSQL where a server answers.
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSource } from '../src/database/dialects/dialect.js'
import { postgres } from '../src/postgres.js'
import { sqlite } from '../src/sqlite.js'
import { createPostgres } from './postgres.js'

/** A database to measure on. `drop` leaves nothing behind. */
export interface BenchDatabase {
  readonly engine: string
  /** Where another process finds it: a path on SQLite, an address on PostgreSQL. */
  readonly place: { readonly engine: 'sqlite' | 'postgres'; readonly url: string }
  readonly source: DatabaseSource
  drop(): Promise<void>
}

export async function createDatabases(): Promise<BenchDatabase[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis_bench_'))
  const file = join(folder, 'bench.db')
  const list: BenchDatabase[] = [
    {
      engine: 'SQLite',
      place: { engine: 'sqlite', url: file },
      source: sqlite(file),
      drop: async () => rmSync(folder, { recursive: true, force: true }),
    },
  ]
  const server = await createPostgres()
  if (server !== null)
    list.push({
      engine: 'PostgreSQL',
      place: { engine: 'postgres', url: server.url },
      source: postgres(server.url),
      drop: () => server.drop(),
    })
  return list
}
