/**
 * Pages of the admin at 1,000 and 1,000,000 users: the list, its last page, a search by prefix and in the middle, a filter, and the change page;
 * time, size and statements of each, on SQLite and PostgreSQL, beside Django's own admin on the same rows where there is a Django.
 * @module
 */

import { sql } from 'kysely'
import { startDjangoAdmin, type DjangoAdmin } from './admin/django.js'
import type { DatabaseSource } from '../src/database/dialects/dialect.js'
import { portcullis } from '../src/index.js'
import { createClient } from '../src/testing.js'
import { createDatabases } from './databases.js'
import type { Row } from './run.js'

export const name = 'admin'

const SIZES = (process.env['BENCH_USERS'] ?? '1000,1000000').split(',').map(Number)
const GROUPS = Number(process.env['BENCH_GROUPS'] ?? '10000')
const TIMES = 7
/** Django's pages take a second and more at a million users. */
const DJANGO_TIMES = 3
/** Rows of a page, on both. */
const PAGE = 100

const siteOn = (database: DatabaseSource) => portcullis({ secretKey: 'a key for measuring, of no use for anything else: 0123456789', database })
type Site = ReturnType<typeof siteOn>

export async function run(): Promise<Row[]> {
  const rows: Row[] = []
  for (const database of await createDatabases()) {
    const site = siteOn(database.source)
    let django: DjangoAdmin | null = null
    try {
      await site.migrate()
      await site.groups.bulkCreate(Array.from({ length: GROUPS }, (_, index) => ({ name: `group ${index}` })))
      await site.users.createSuperuser({ username: 'root' })
      django = await startDjangoAdmin(database)
      let users = 1
      for (const size of SIZES) {
        for (; users < size; users += 20_000) await addUsers(site, users, Math.min(size, users + 20_000))
        users = size
        await site.internals.registry.database.execute(sql`analyze`)
        rows.push(...(await measure(site, django, database.engine, size)))
      }
    } finally {
      await django?.stop()
      await site.close()
      await database.drop()
    }
  }
  return rows
}

async function addUsers(site: Site, from: number, to: number): Promise<void> {
  await site.users.bulkCreate(
    Array.from({ length: to - from }, (_, index) => ({
      username: `user${String(from + index).padStart(7, '0')}`,
      email: `user${from + index}@example.com`,
      isStaff: index % 100 === 0,
    })),
  )
}

async function measure(site: Site, django: DjangoAdmin | null, engine: string, size: number): Promise<Row[]> {
  const admin = site.admin()
  const client = createClient(site, (request) => admin.fetch(request))
  await client.loginAs(await site.users.get({ username: 'root' }))
  const middle = await site.users.get({ username: `user${String(Math.floor(size / 2)).padStart(7, '0')}` })
  const list = '/admin/auth/user/'
  /** What, where here, and where at Django if its address is another. */
  const pages: readonly (readonly [what: string, path: string, atDjango?: string])[] = [
    ['list, first page', list],
    ['list, last page', `${list}?p=-1`, `${list}?p=${Math.ceil(size / PAGE)}`],
    ['list, backwards', `${list}?o=-1`],
    ['search, one name', `${list}?q=${middle.username}`],
    ['search, what many begin with', `${list}?q=user`],
    ['search, what few contain', `${list}?q=${middle.username.slice(-4)}@example`],
    ['filter, staff', `${list}?is_staff=1`, `${list}?is_staff__exact=1`],
    ['change page', `${list}${middle.id}/change/`],
    ['groups, first page', '/admin/auth/group/'],
  ]
  const rows: Row[] = []
  for (const [what, path, atDjango = path] of pages) {
    const { milliseconds, bytes, statements, block } = await best(site, () => client.get(path))
    const title = `${engine}, ${size.toLocaleString('en')} users: ${what}`
    rows.push({ what: `${title} (${sized(statements, bytes)}, loop held ${block.toFixed(0)} ms)`, value: milliseconds, unit: 'ms' })
    if (django === null) continue
    const other = await django.open(atDjango, DJANGO_TIMES)
    rows.push({
      what: `${' '.repeat(title.length - what.length)}Django ${django.release} (${sized(other.statements, other.bytes)})`,
      value: other.milliseconds,
      unit: 'ms',
      ratio: other.milliseconds / milliseconds,
    })
  }
  return rows
}

function sized(statements: number, bytes: number): string {
  return `${statements} statements, ${Math.round(bytes / 1000)} kB`
}

/** The median of several tries, and how long the event loop was held at most. */
async function best(site: Site, ask: () => Promise<Response>): Promise<{ milliseconds: number; bytes: number; statements: number; block: number }> {
  const times: number[] = []
  let bytes = 0
  let statements = 0
  let block = 0
  for (let round = 0; round < TIMES; round++) {
    let last = performance.now()
    const heart = setInterval(() => {
      block = Math.max(block, performance.now() - last - 5)
      last = performance.now()
    }, 5)
    statements = 0
    const stop = site.internals.registry.database.onStatement(() => (statements += 1))
    const begun = performance.now()
    const response = await ask()
    const body = await response.arrayBuffer()
    times.push(performance.now() - begun)
    // What was done without a turn of the loop has held it to the end.
    block = Math.max(block, performance.now() - last - 5)
    stop()
    clearInterval(heart)
    if (response.status !== 200) throw new Error(`The page answered ${response.status}.`)
    bytes = body.byteLength
  }
  return { milliseconds: times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0, bytes, statements, block }
}
