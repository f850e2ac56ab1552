/**
 * What an application may say of its security events, and the defaults.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

const DAY = 86_400

/** How long events are kept: long enough to look back when something is found out late, no longer than they are of use. In seconds. */
export const RETENTION = 90 * DAY

/** What an application may say of the table of events. */
export interface EventOptions {
  /** How long events are kept, in seconds; `portcullis clearsessions` removes older ones. Default: 90 days. */
  readonly retention?: number
}

/** Where the log goes. */
export interface SecurityLog {
  /** Takes one event: a line of JSON without its end. What it throws, or its promise, is told to `onError` and changes nothing else. */
  write(line: string): unknown
}

/** The same with every default filled in; null for what is switched off. */
export interface EventSettings {
  readonly retention: number | null
  readonly log: SecurityLog | null
}

/** A line on standard error for every event. */
const standardError: SecurityLog = { write: (line) => process.stderr.write(`${line}\n`) }

/** Fills in the defaults; an `ImproperlyConfigured` names what could not work. */
export function settleEvents(options: { readonly events?: EventOptions | false; readonly securityLog?: SecurityLog | false }): EventSettings {
  const { events = {}, securityLog } = options
  const retention = events === false ? null : (events.retention ?? RETENTION)
  if (retention !== null && (!Number.isSafeInteger(retention) || retention < 1))
    throw new ImproperlyConfigured(`events.retention is ${retention}. Pass seconds, at least 1, or leave it out for 90 days.`)
  // At work and in tests nobody reads it, and the table has the same.
  const usual = process.env['NODE_ENV'] === 'production' ? standardError : null
  return { retention, log: securityLog === undefined ? usual : securityLog === false ? null : securityLog }
}
