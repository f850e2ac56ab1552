/**
 * `portcullis clearsessions`: deletes sessions that have expired, counts of tries and requests that are over, events older than they are
 * kept, and what is known of addresses of accounts that are gone. Run it once a day; nothing else removes them.
 * @module
 */

import type { CommandContext } from '../command.js'
import { done, type Outcome } from '../outcome.js'

/** Deletes in small parts, beside a site that runs. */
export async function clearSessions(context: CommandContext): Promise<Outcome> {
  const site = await context.site()
  const deleted = await site.sessions.clearExpired()
  const counters = await site.lockouts.clearExpired()
  const events = await site.events.clearExpired()
  const addresses = (await site.emails.clearExpired()) + (await site.invitations.clearExpired())
  const counts = counters === 0 ? '' : ` Cleared ${counters === 1 ? '1 counter' : `${counters} counters`} of tries and requests.`
  const old = events === 0 ? '' : ` Removed ${events === 1 ? '1 event' : `${events} events`} of long ago.`
  return done(`${deleted === 1 ? 'Deleted 1 session.' : `Deleted ${deleted} sessions.`}${counts}${old}`, { deleted, counters, events, addresses })
}
