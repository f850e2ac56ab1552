/**
 * Logins that end by themselves: after nobody used them for a while, or after they have lasted long enough (ASVS 7.3.1, 7.3.2).
 * @module
 */

import type { SessionRecordRow } from './session-store.js'
import type { SessionSettings } from './settings.js'

/** Why a login is over. */
export type Overdue = 'idle' | 'absolute'

/**
 * Tells whether a login is over, and by which limit; null where it is not. A session without a record has no login that we know of.
 *
 * `lastSeen` is noted every few minutes only: a login may be ended so much earlier than its last visit would have it, never later.
 *
 * @example
 * overdue({ idleTimeout: 3600, absoluteTimeout: null }, record, clock.now())   // 'idle' after an hour without a visit
 */
export function overdue(
  settings: Pick<SessionSettings, 'idleTimeout' | 'absoluteTimeout'>,
  record: Pick<SessionRecordRow, 'created' | 'lastSeen'> | null,
  now: Date,
): Overdue | null {
  if (record === null) return null
  const { idleTimeout, absoluteTimeout } = settings
  if (absoluteTimeout !== null && secondsSince(record.created, now) > absoluteTimeout) return 'absolute'
  return idleTimeout !== null && secondsSince(record.lastSeen, now) > idleTimeout ? 'idle' : null
}

function secondsSince(moment: Date, now: Date): number {
  return (now.getTime() - moment.getTime()) / 1000
}
