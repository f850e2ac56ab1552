/**
 * Composes what keeps a site's sessions: the store that the application chose, the records of devices, and the migrations of both.
 * @module
 */

import type { ErrorListener } from '../base/error-listener.js'
import type { Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Keys } from '../crypto/keys.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import type { SessionWarning } from './encoding.js'
import { RecordTable } from './record-table.js'
import type { SessionOwner } from './session-lookup.js'
import { sessionMigrations } from './session-record-model.js'
import { SessionRecords } from './session-records.js'
import { settleSessions, type SessionOptions } from './settings.js'
import { makeStore } from './stores.js'

/** What a site's sessions are made from. */
export interface SiteSessionsParts {
  readonly options: SessionOptions
  readonly isShared: boolean
  readonly registry: ModelRegistry
  readonly keys: Keys
  readonly clock: Clock
  readonly owner: SessionOwner
  readonly user: AnyModelClass
  readonly onWarning: (warning: SessionWarning) => void
  readonly onError: ErrorListener
}

/** Makes them. */
export function composeSessions({ options, isShared, registry, keys, clock, owner, user, onWarning, onError }: SiteSessionsParts) {
  const settings = settleSessions(options, { isShared })
  const { primaryKey } = user.meta
  if (primaryKey === null) throw new ImproperlyConfigured(`${user.label} declares no fields and cannot be a user.`)
  const userKey = registry.valueField(user.meta, primaryKey.field)
  const table = new RecordTable(registry, userKey)
  const store = makeStore({
    name: options.store ?? 'database',
    cache: options.cache,
    database: registry.database,
    settings,
    keys,
    clock,
    owner,
    records: table,
    onWarning,
    onError,
  })
  return { settings, store, records: new SessionRecords(table, store), migrations: sessionMigrations(userKey) }
}
