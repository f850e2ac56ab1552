/**
 * A database that cannot be asked now: what its drivers say then, in one word of ours.
 * @module
 */

import { ServiceUnavailable } from '../../base/errors.js'
import { isLostConnection, isOutage, wordsOf } from '../../base/outage.js'
import type { Dialect } from './dialect.js'
import { foreignText } from './foreign-text.js'
import { missingTable } from './missing-table.js'

/**
 * What it is that passes. `away`: no connection, or a server that says no. `lost`: the connection ended with a statement under way, and nobody
 * knows whether that was done. `contended`: others are in the way, and nothing was done.
 */
export type Outage = 'away' | 'lost' | 'contended'

/** In seconds. A server is back after some five; whoever lost against another may come again at once. */
const RETRY_AFTER: Readonly<Record<Outage, number>> = { away: 5, lost: 5, contended: 1 }

/** The error that says “later”; `what` is what an engine's own codes say of it, null where they say nothing. */
export function unavailable(error: unknown, what: Outage | null): ServiceUnavailable | null {
  const outage = what ?? (isLostConnection(error) ? 'lost' : isOutage(error) ? 'away' : null)
  if (outage === null) return null
  const said = outage === 'contended' ? 'Others are at work on the same rows of the database' : 'The database cannot be asked now'
  const details = { retryAfter: RETRY_AFTER[outage], isUncertain: outage === 'lost', cause: error }
  return new ServiceUnavailable(`${said}: ${wordsOf(error)}`, details)
}

/** A driver's error in our words, where there are some. */
export function translated(dialect: Dialect, error: unknown): unknown {
  if (error instanceof ServiceUnavailable) return error
  return dialect.asIntegrityError(error) ?? dialect.asUnavailable(error) ?? missingTable(error) ?? foreignText(error) ?? error
}
