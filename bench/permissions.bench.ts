/**
 * The first and the second `hasPerm` of a user, and the first of a user who was asked about in an earlier request, at 1,000, 100,000 and
 * 1,000,000 users (five groups each, 10,000 groups), with statement counts, against a hand-written EXISTS on the same database.
 * @module
 */

import { sql } from 'kysely'
import { model, portcullis, charField } from '../src/index.js'
import type { DatabaseSource } from '../src/database/dialects/dialect.js'
import { createDatabases } from './databases.js'
import type { Row } from './run.js'

export const name = 'permissions'

const GROUPS = 10_000
const GROUPS_EACH = 5
const SIZES = (process.env['BENCH_USERS'] ?? '1000,100000,1000000').split(',').map(Number)
const SAMPLE = 2000
/** As many as a busy site sees in a while, again and again. */
const REGULARS = 200
const ROUNDS = 7

class Product extends model('shop.Product', {
  fields: { name: charField({ maxLength: 80 }) },
  permissions: { publish_product: 'Can publish products' },
}) {}
const siteOn = (database: DatabaseSource) =>
  portcullis({ secretKey: 'a key for measuring, of no use for anything else: 0123456789', database, models: [Product] })
type Site = ReturnType<typeof siteOn>

export async function run(): Promise<Row[]> {
  const rows: Row[] = []
  for (const { engine, source, drop } of await createDatabases()) {
    const site = siteOn(source)
    try {
      await site.migrate()
      await makeGroups(site)
      let users = 0
      for (const size of SIZES) {
        await addUsers(site, users, size)
        users = size
        await analyze(site)
        rows.push(...(await measure(site, engine, size)))
      }
    } finally {
      await site.close()
      await drop()
    }
  }
  return rows
}

async function measure(site: Site, engine: string, size: number): Promise<Row[]> {
  const ids = Array.from({ length: SAMPLE }, (_, index) => 1 + Math.floor((index * size) / SAMPLE))
  const regulars = ids.slice(0, REGULARS)
  const permission = await site.permissions.get('shop.publish_product')
  const { database } = site.internals.registry
  const exists = (user: { readonly id: number }) =>
    database.execute(
      sql`select exists (select 1 from auth_user_user_permissions where user_id = ${user.id} and permission_id = ${permission.id}) or exists (select 1 from auth_group_permissions gp join auth_user_groups ug on ug.group_id = gp.group_id where ug.user_id = ${user.id} and gp.permission_id = ${permission.id}) as found`,
    )
  let statements = 0
  const stop = database.onStatement(() => {
    statements += 1
  })
  const questions = ['hand-written EXISTS', 'first hasPerm', 'second hasPerm', 'first hasPerm of a user asked about before'] as const
  const taken = questions.map((question) => ({ question, times: [] as number[], each: 0 }))
  // In turns, on objects loaded anew: whoever comes first in a round finds the pages of the database cold.
  for (let round = 0; round < ROUNDS; round++) {
    const people = await site.users.filter({ id: { in: ids } })
    const again = await site.users.filter({ id: { in: regulars } })
    for (const user of await site.users.filter({ id: { in: regulars } })) await user.hasPerm('shop.add_product')
    const asked = [
      async () => microseconds(again, (user) => user.hasPerm('shop.publish_product')),
      async () => microseconds(people, exists),
      async () => microseconds(people, (user) => user.hasPerm('shop.publish_product')),
      async () => microseconds(people, (user) => user.hasPerm('shop.add_product')),
    ]
    for (const [index, ask] of asked.entries()) {
      const one = taken[(index + questions.length - 1) % questions.length]
      const before = statements
      one?.times.push(await ask())
      if (one !== undefined) one.each = (statements - before) / (index === 0 ? again : people).length
    }
  }
  stop()
  const [compared = 0] = taken.map((one) => median(one.times))
  return taken.map(({ question, times, each }): Row => {
    const value = median(times)
    return { what: `${engine}, ${size.toLocaleString('en')} users: ${question}, ${each} statements`, value, unit: 'µs', ratio: value / compared }
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

async function microseconds<T>(list: readonly T[], ask: (one: T) => Promise<unknown>): Promise<number> {
  const start = performance.now()
  for (const one of list) await ask(one)
  return ((performance.now() - start) * 1000) / list.length
}

async function makeGroups(site: Site): Promise<void> {
  const groups = await site.groups.bulkCreate(Array.from({ length: GROUPS }, (_, index) => ({ name: `group ${index}` })))
  const permissions = await site.permissions.all()
  const pairs = groups.flatMap((group, index) =>
    [0, 1, 2].map((step) => [group.id, (permissions[(index * 7 + step) % permissions.length] as (typeof permissions)[0]).id] as const),
  )
  await insertPairs(site, 'auth_group_permissions', ['group_id', 'permission_id'], pairs)
}

async function addUsers(site: Site, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 20_000) {
    const end = Math.min(to, start + 20_000)
    const made = await site.users.bulkCreate(Array.from({ length: end - start }, (_, index) => ({ username: `user${start + index}` })))
    await insertPairs(
      site,
      'auth_user_groups',
      ['user_id', 'group_id'],
      made.flatMap((user, index) =>
        Array.from({ length: GROUPS_EACH }, (_, step) => [user.id, 1 + (((start + index) * 13 + step * 1999) % GROUPS)] as const),
      ),
    )
  }
}

async function insertPairs(
  site: Site,
  table: string,
  columns: readonly [string, string],
  pairs: readonly (readonly [number, number])[],
): Promise<void> {
  const { database } = site.internals.registry
  await database.atomic(async () => {
    for (let start = 0; start < pairs.length; start += 10_000) {
      const tuples = pairs.slice(start, start + 10_000).map(([a, b]) => sql`(${sql.lit(a)}, ${sql.lit(b)})`)
      await database.execute(sql`insert into ${sql.table(table)} (${sql.ref(columns[0])}, ${sql.ref(columns[1])}) values ${sql.join(tuples)}`)
    }
  })
}

async function analyze(site: Site): Promise<void> {
  await site.internals.registry.database.execute(sql`analyze`)
}
