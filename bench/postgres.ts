/**
 * A PostgreSQL database of a benchmark's own, where a server answers.
 * @module
 */

import { sql } from 'kysely'
import { openDatabase } from '../src/database/database.js'
import { postgres } from '../src/postgres.js'

const SERVER = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** Makes one; null, with a line that says so, where no server answers. `suffix` tells several of one run apart. */
export async function createPostgres(suffix = ''): Promise<{ readonly url: string; drop(): Promise<void> } | null> {
  const name = `portcullis_bench_${process.pid}${suffix}`
  try {
    await onServer((admin) => admin.execute(sql`create database ${sql.id(name)}`))
  } catch (error) {
    console.log(`  skipped: PostgreSQL does not answer at ${new URL(SERVER).host} (${String(error)})`)
    return null
  }
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: async () => void (await onServer((admin) => admin.execute(sql`drop database if exists ${sql.id(name)} with (force)`))),
  }
}

async function onServer(work: (admin: ReturnType<typeof openDatabase>) => Promise<unknown>): Promise<unknown> {
  const admin = openDatabase(postgres(SERVER))
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}
