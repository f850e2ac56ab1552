/**
 * The stores by the names that settings give them.
 * @module
 */

import type { ErrorListener } from '../base/error-listener.js'
import type { Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Keys } from '../crypto/keys.js'
import type { RandomSource } from '../crypto/random.js'
import type { Database } from '../database/database.js'
import { CacheStore } from './cache-store.js'
import { CachedDatabaseStore } from './cached-database-store.js'
import { DatabaseStore } from './database-store.js'
import { SessionEncoding, type SessionWarning } from './encoding.js'
import type { RecordTable } from './record-table.js'
import { MemoryCache, type SessionCache } from './session-cache.js'
import { SessionLookup, type SessionOwner } from './session-lookup.js'
import type { SessionStore } from './session-store.js'
import type { SessionSettings, SessionStoreName } from './settings.js'
import { COOKIE_SALT, SignedCookieStore } from './signed-cookie-store.js'

/** What a store is made of. */
export interface StoreParts {
  readonly name: SessionStoreName
  /** For the stores that use one. */
  readonly cache: SessionCache | undefined
  readonly settings: SessionSettings
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly owner: SessionOwner | null
  readonly records: RecordTable | null
  readonly onWarning: (warning: SessionWarning) => void
  /** Told of what is away and can be done without. */
  readonly onError: ErrorListener
  /** Only a test passes another than the system's. */
  readonly random?: RandomSource
}

const NAMES: readonly SessionStoreName[] = ['database', 'cache', 'cachedDatabase', 'signedCookie', 'memory']

/** Makes the store of this name. */
export function makeStore(parts: StoreParts): SessionStore {
  const { name, keys, clock, onWarning } = parts
  if (!NAMES.includes(name)) throw new ImproperlyConfigured(`sessions.store is “${String(name)}”. It can be: ${NAMES.join(', ')}.`)
  if (name === 'signedCookie') {
    // A visitor may put anything into a cookie: that is nothing to be told of.
    return new SignedCookieStore({ ...parts, encoding: new SessionEncoding({ keys, clock, salt: COOKIE_SALT, compress: true }) })
  }
  const encoding = new SessionEncoding({ keys, clock, onWarning })
  if (name === 'database') return new DatabaseStore({ ...parts, encoding })
  if (name === 'cachedDatabase') return new CachedDatabaseStore({ ...parts, encoding, cache: cacheOf(parts) })
  const lookup = parts.records === null ? null : new SessionLookup(parts)
  return new CacheStore({ ...parts, name, encoding, lookup, cache: name === 'memory' ? new MemoryCache(clock) : cacheOf(parts) })
}

function cacheOf({ name, cache }: StoreParts): SessionCache {
  if (cache !== undefined) return cache
  throw new ImproperlyConfigured(
    `sessions.store is "${name}", but no cache was given. Pass sessions.cache, such as redisCache(client) of portcullis/redis, or use "database".`,
  )
}
