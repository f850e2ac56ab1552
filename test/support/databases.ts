/**
 * Real databases for tests: one of each kind that answers, a fresh and private one for whoever asks.
 *
 * SQLite is always there. PostgreSQL and MariaDB are looked for at `TEST_POSTGRES_URL` and `TEST_MYSQL_URL`; one that does not
 * answer is named in a line and left out, and is an error when `CI` is set.
 * @module
 */

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe } from 'vitest'
import { openDatabase, type Database } from '../../src/database/database.js'
import type { DatabaseSource, Engine } from '../../src/database/dialects/dialect.js'
import { mysql } from '../../src/mysql.js'
import { postgres } from '../../src/postgres.js'
import { sqlite } from '../../src/sqlite.js'

/** Where PostgreSQL is looked for; the database named in it is only used to make others. */
export const postgresUrl = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
/** Where MariaDB is looked for. */
export const mysqlUrl = process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/test'

/** An empty database of a test's own. */
export interface PrivateDatabase {
  /** A path on SQLite, an address on a server: what another process needs to open it too. */
  readonly url: string
  /** Describes it, as often as wanted: each `openDatabase(source())` has connections of its own (on SQLite, the shared one). */
  readonly source: () => DatabaseSource
  readonly drop: () => Promise<void>
}

/** A kind of database that answers. */
export interface TestEngine {
  readonly name: 'node:sqlite' | 'better-sqlite3' | 'PostgreSQL' | 'MariaDB'
  readonly engine: Engine
  /** Makes an empty database. Whoever calls this drops it; `eachDatabase` does both. */
  create(): Promise<PrivateDatabase>
}

/** Databases of tests that died; the time in the name is that of their making, in seconds. */
const PREFIX = 'portcullis_test_'
const ONE_DAY = 86_400

/** Dropping waits for the disk, in milliseconds. */
const DROPPING = 60_000

const sqliteEngines: TestEngine[] = (['node:sqlite', 'better-sqlite3'] as const).map((driver) => ({
  name: driver,
  engine: 'sqlite',
  create: async () => sqliteFile(driver),
}))

/** Every kind of database that answers here. */
export const engines: readonly TestEngine[] = [
  ...sqliteEngines,
  ...(await server('PostgreSQL', 'postgres', postgresUrl, postgres)),
  ...(await server('MariaDB', 'mysql', mysqlUrl, mysql)),
]

/**
 * Declares `tests` once for every kind of database that answers. `open` makes an empty database and opens it; afterwards it is
 * closed and dropped. `engine.create` makes one for who needs its address.
 *
 * @example
 * eachDatabase((name, open) => {
 *   test('counts', async () => {
 *     const database = await open()
 *   })
 * })
 */
export function eachDatabase(tests: (name: TestEngine['name'], open: () => Promise<Database>, engine: TestEngine) => void): void {
  describe.each(engines.map((one) => [one.name, one] as const))('%s', (name, engine) => {
    const made: PrivateDatabase[] = []
    const opened: Database[] = []
    const create = async (): Promise<PrivateDatabase> => {
      const database = await engine.create()
      made.push(database)
      return database
    }
    afterAll(async () => {
      await Promise.all(opened.map((one) => one.close()))
      // One after another: each waits for the disk, and a queue of them for longer than a connection may be waited for.
      for (const one of made) await one.drop()
    }, DROPPING)
    const open = async (): Promise<Database> => {
      const database = openDatabase((await create()).source())
      opened.push(database)
      return database
    }
    tests(name, open, { name, engine: engine.engine, create })
  })
}

function sqliteFile(driver: 'node:sqlite' | 'better-sqlite3'): PrivateDatabase {
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  const url = join(folder, 'test.db')
  return { url, source: () => sqlite(url, { driver }), drop: async () => rmSync(folder, { recursive: true, force: true }) }
}

/** The server as a list of one, or of none when it does not answer. */
async function server(name: 'PostgreSQL' | 'MariaDB', engine: Engine, url: string, source: (url: string) => DatabaseSource): Promise<TestEngine[]> {
  const admin = administrator(source(url))
  try {
    await admin.use(sweep)
  } catch (error) {
    const reason = `${name} does not answer at ${new URL(url).host}: ${error instanceof AggregateError ? String(error.errors[0]) : String(error)}`
    if (process.env['CI']) throw new Error(`${reason}. With CI set no database may be missing.`, { cause: error })
    console.info(`skipped: ${reason}`)
    return []
  }
  return [{ name, engine, create: () => createOnServer(admin, url, source) }]
}

async function createOnServer(admin: Administrator, url: string, source: (url: string) => DatabaseSource): Promise<PrivateDatabase> {
  const name = `${PREFIX}${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`
  await admin.use(async (database) => {
    const options = database.engine === 'postgres' ? sql`template template0 encoding 'UTF8'` : sql`character set utf8mb4`
    await database.execute(sql`create database ${sql.id(name)} ${options}`)
  })
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, source: () => source(own.href), drop: () => admin.use((database) => drop(database, name)) }
}

async function drop(admin: Database, name: string): Promise<void> {
  await admin.execute(
    admin.engine === 'postgres' ? sql`drop database if exists ${sql.id(name)} with (force)` : sql`drop database if exists ${sql.id(name)}`,
  )
}

/** Drops what tests that died a day ago left behind. */
async function sweep(admin: Database): Promise<void> {
  const list =
    admin.engine === 'postgres'
      ? sql<{ name: string }>`select datname as name from pg_database`
      : sql<{ name: string }>`select schema_name as name from information_schema.schemata`
  for (const { name } of await admin.execute(list)) {
    const made = Number(/^portcullis_test_(\d+)_/.exec(name)?.[1] ?? Number.NaN)
    if (made < Date.now() / 1000 - ONE_DAY) await drop(admin, name)
  }
}

interface Administrator {
  use(work: (database: Database) => Promise<void>): Promise<void>
}

/** The connection that makes and drops databases: opened for the first who needs it, closed after the last. */
function administrator(source: DatabaseSource): Administrator {
  let users = 0
  let database: Database | null = null
  return {
    async use(work) {
      const open = (database ??= openDatabase(source))
      users += 1
      try {
        await work(open)
      } finally {
        users -= 1
        if (users === 0) {
          database = null
          await open.close()
        }
      }
    },
  }
}
