/**
 * Composes what counts: lockouts, and limits of requests.
 * @module
 */

import { Lockouts, type LockedOut, type LockoutSubject, type SiteLockouts } from './authentication/lockouts.js'
import { requestLimit, type RequestLimit, type RequestLimitOptions } from './authentication/request-limits.js'
import type { SiteRequest } from './authentication/site-request.js'
import type { Clock } from './base/clock.js'
import type { Signal } from './base/signals.js'
import type { Keys } from './crypto/keys.js'
import type { Database } from './database/database.js'
import { attemptMigrations } from './protection/lockouts/attempt-model.js'
import { SteadyCounters } from './protection/lockouts/counter-store.js'
import { DatabaseCounters } from './protection/lockouts/database-counters.js'
import { settleLockouts } from './protection/lockouts/rules.js'
import { RateLimits } from './protection/rate-limits/rate-limiter.js'
import { makeSiteLimits } from './protection/rate-limits/site-limits.js'
import type { RequestSideOptions } from './site.js'

/** What it is made of. */
export interface ProtectionParts {
  readonly options: Pick<RequestSideOptions, 'lockouts' | 'rateLimits'>
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly usernameField: string
  readonly userLockedOut: Signal<LockedOut>
  readonly onError: (error: unknown) => void
  /** Told of waits that were ended. */
  readonly unlocked: (subject: LockoutSubject, count: number) => void
  /** The site's view of a framework's request; null where there is none. */
  findRequest(request: unknown): SiteRequest | null
  requestOf(request: object): SiteRequest
}

/** Makes it. `lockouts.unlock` and its neighbours work on a site that locks nobody out too: another process of it may. */
export function composeProtection({
  options,
  database,
  keys,
  clock,
  usernameField,
  userLockedOut,
  onError,
  unlocked,
  findRequest,
  requestOf,
}: ProtectionParts) {
  const lockoutOptions = options.lockouts === false ? {} : (options.lockouts ?? {})
  const limitOptions = options.rateLimits === false ? {} : (options.rateLimits ?? {})
  const attempts = lockoutOptions.store?.open('attempts') ?? new DatabaseCounters(database, 'portcullis_attempt')
  const requests = limitOptions.store?.open('limits') ?? new DatabaseCounters(database, 'portcullis_rate_limit')
  const lockouts = new Lockouts({
    isInTransaction: () => database.isInAtomic,
    settings: settleLockouts(lockoutOptions),
    counters: new SteadyCounters(attempts, onError),
    keys,
    clock,
    usernameField,
    accountOf: lockoutOptions.accountOf ?? null,
    userLockedOut,
    findRequest,
  })
  const limits = new RateLimits({ counters: new SteadyCounters(requests, onError), keys, clock })
  return {
    /** As an application sees them. */
    lockouts: {
      list: async (subject) => lockouts.list(subject),
      unlock: async (subject) => {
        const count = await lockouts.unlock(subject)
        unlocked(subject, count)
        return count
      },
      isAbout: (lockout, username) => lockouts.isAbout(lockout, username),
      clearExpired: async () => (await lockouts.clearExpired()) + (await limits.clearExpired()),
    } satisfies SiteLockouts,
    /** For the door; null on a site that counts no tries. */
    counting: options.lockouts === false ? null : lockouts,
    lockoutsOfSite: lockouts,
    accountKey: (username: string) => lockouts.accountKey(username),
    siteLimits: options.rateLimits === false ? null : makeSiteLimits(limits, limitOptions),
    rateLimit: (name: string, rule: RequestLimitOptions): RequestLimit => requestLimit(limits.make(name, rule), rule, requestOf),
    migrations: attemptMigrations,
  }
}
