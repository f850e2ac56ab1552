/**
 * Every store of sessions on every kind of database: a shop, the store, and a visitor's way through it.
 * @module
 */

import { describe } from 'vitest'
import { redisCache } from '../../src/redis.js'
import type { FixedClock } from '../../src/base/clock.js'
import type { RandomSource } from '../../src/crypto/random.js'
import type { Database } from '../../src/database/database.js'
import { RecordTable } from '../../src/sessions/record-table.js'
import { RequestSession } from '../../src/sessions/request-session.js'
import type { SessionCache } from '../../src/sessions/session-cache.js'
import { SessionRecords } from '../../src/sessions/session-records.js'
import type { SessionStore, SessionValues } from '../../src/sessions/session-store.js'
import { settleSessions, type SessionCookieOptions, type SessionSettings, type SessionStoreName } from '../../src/sessions/settings.js'
import { makeStore } from '../../src/sessions/stores.js'
import type { TestEngine } from './databases.js'
import { connectRedis, hasRedis } from './redis.js'
import { eachShop, type Shop } from './shop.js'

/** A store on a shop's database. */
export interface SessionRig {
  readonly shop: Shop
  readonly database: Database
  readonly clock: FixedClock
  readonly settings: SessionSettings
  readonly store: SessionStore
  readonly records: SessionRecords
  readonly warnings: string[]
  /** A request that comes with this cookie. */
  visit(cookie?: string | null): Promise<RequestSession>
  /** A new session with these values; its cookie. */
  visitor(values?: SessionValues): Promise<string>
}

/** What a rig may be made with. */
export interface RigOptions extends SessionCookieOptions {
  readonly random?: RandomSource
  readonly cache?: SessionCache
}

/** Puts a store on a shop. */
export function rigOn(shop: Shop, name: SessionStoreName, { random, cache, ...options }: RigOptions = {}): SessionRig {
  const { registry, user, keys } = shop.internals
  const { database } = registry
  const clock = registry.clock as FixedClock
  const settings = settleSessions(options)
  const key = user.meta.primaryKey
  if (key === null) throw new Error('Users have a key.')
  const table = new RecordTable(registry, key.field)
  const warnings: string[] = []
  const store = makeStore({
    name,
    cache,
    settings,
    database,
    keys,
    clock,
    records: table,
    owner: { table: user.meta.table, keyColumn: key.column, selectList: (alias) => shop.users.selectList(alias) },
    onWarning: (warning) => warnings.push(warning.code),
    onError: () => undefined,
    ...(random === undefined ? {} : { random }),
  })
  const visit = async (cookie: string | null = null): Promise<RequestSession> =>
    new RequestSession({ store, clock, settings, cookie, stored: cookie === null ? null : await store.load(cookie) })
  const visitor = async (values: SessionValues = { cart: ['mug'] }): Promise<string> => {
    const session = await visit()
    session.update(values)
    await session.save()
    return session.cookie ?? ''
  }
  return { shop, database, clock, settings, store, records: new SessionRecords(table, store), warnings, visit, visitor }
}

/**
 * Runs `tests` for every store on every kind of database that answers; those that need a Redis only where one does.
 *
 * @example
 * eachStore((rig) => {
 *   test('knows no strangers', async () => expect(await (await rig()).store.load('x'.repeat(32))).toBeNull())
 * })
 */
export function eachStore(tests: (rig: (options?: RigOptions) => Promise<SessionRig>, store: SessionStoreName, engine: TestEngine) => void): void {
  const names: SessionStoreName[] = ['database', 'signedCookie', 'memory', ...(hasRedis ? (['cache', 'cachedDatabase'] as const) : [])]
  eachShop((open, engine) => {
    describe.each(names)('%s', (name) => {
      const cache = name === 'cache' || name === 'cachedDatabase' ? redisCache(connectRedis()) : undefined
      tests(async (options = {}) => rigOn(await open(), name, { ...(cache === undefined ? {} : { cache }), ...options }), name, engine)
    })
  })
}
