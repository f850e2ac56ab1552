/**
 * How long a session lasts, by what it says of itself (SE-7): seconds after its last change, 0 until the browser is closed, or a moment.
 * @module
 */

import { DateTime } from '../base/date-time.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { SessionSettings } from './settings.js'

/** Django's name for it among the values. */
export const EXPIRY_NAME = '_session_expiry'

/** No `datetime` column holds a later moment; what is asked for beyond it is shortened to it. */
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59)
const FIRST_MOMENT = Date.UTC(1, 0, 1)

type Ages = Pick<SessionSettings, 'cookieAge' | 'expireAtBrowserClose'>

/** The stored form of what `setExpiry()` takes. */
export function writtenExpiry(value: number | Date): number | string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new ImproperlyConfigured('setExpiry() was given an invalid Date.')
    const within = value.getTime() > LAST_MOMENT ? new Date(LAST_MOMENT) : value.getTime() < FIRST_MOMENT ? new Date(FIRST_MOMENT) : value
    // As Python writes it; its older releases cannot read a Z.
    return new DateTime(within).toMicrosecondString().replace('Z', '+00:00')
  }
  if (!Number.isSafeInteger(value))
    throw new ImproperlyConfigured(`setExpiry() was given ${String(value)}. Pass whole seconds, a Date, or null for the usual time.`)
  return value
}

/** In how many whole seconds from `now` it expires, if it is saved now. */
export function expiryAge(written: unknown, now: Date, settings: Ages): number {
  const moment = momentOf(written)
  return moment === null ? secondsOf(written, settings) : Math.floor((moment.getTime() - now.getTime()) / 1000)
}

/** When it expires, if it is saved now. A browser that stays open keeps a session of 0 seconds for as long as others last. */
export function expiryDate(written: unknown, now: Date, settings: Ages): Date {
  const moment = momentOf(written)
  if (moment !== null) return moment
  const time = now.getTime() + secondsOf(written, settings) * 1000
  return new Date(Math.min(Math.max(time, FIRST_MOMENT), LAST_MOMENT))
}

/** Whether the cookie ends with the browser. */
export function expiresAtBrowserClose(written: unknown, settings: Ages): boolean {
  return written === undefined || written === null ? settings.expireAtBrowserClose : written === 0
}

function secondsOf(written: unknown, { cookieAge }: Ages): number {
  return typeof written === 'number' && Number.isFinite(written) && written !== 0 ? written : cookieAge
}

/** The moment that is written down; null where none is. Without an offset it is UTC. */
function momentOf(written: unknown): DateTime | null {
  return typeof written === 'string' ? DateTime.tryFrom(written) : null
}
