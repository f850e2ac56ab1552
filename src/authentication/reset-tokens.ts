/**
 * Password reset tokens: stateless, and spent by being used. A link mailed by Django works here, and the reverse.
 * @module
 */

import { toBase36, fromBase36 } from '../base/encoding.js'
import { constantTimeCompare, saltedHmac } from '../crypto/hmac.js'
import type { Keys, SecretText } from '../crypto/keys.js'

/** Django's name for this use of the secret. Both sides must agree, or a link mailed by one fails on the other (K-3). */
const KEY_SALT = 'django.contrib.auth.tokens.PasswordResetTokenGenerator'

/** Tokens count seconds from here, on the clock of the site's time zone (K-2). */
const EPOCH = Date.UTC(2001, 0, 1)

/** Three days, as in Django. */
export const PASSWORD_RESET_TIMEOUT = 259_200

/** Longer numbers are no time of ours, and reading them would be work for nothing (G5). */
const LONGEST_TIMESTAMP = 13

/** The facts about a person that a new password, a login or a new address change, so that a used token stops matching (K-6). */
export interface TokenOwner {
  readonly pk: unknown
  /** The stored hash. */
  readonly password: string
  readonly lastLogin: Date | null
  readonly email: string
}

/** When, and on whose clock. */
export interface TokenTime {
  readonly now: Date
  /** Django's `TIME_ZONE`, an IANA name. Default UTC. */
  readonly timeZone?: string
}

/**
 * Makes the token of a reset link.
 *
 * @example
 * const token = makeResetToken(keys, user, { now: new Date() })
 */
export function makeResetToken(keys: Keys, owner: TokenOwner, time: TokenTime): string {
  return tokenFor(keys.current, owner, wallClockSeconds(time))
}

/**
 * Tells whether `token` was made for `owner` and is young enough. Retired keys count too: links mailed yesterday survive a change of key.
 *
 * @example
 * if (!checkResetToken(keys, user, token, { now: new Date() })) return page(linkNoLongerWorks())
 */
export function checkResetToken(keys: Keys, owner: TokenOwner | null, token: unknown, limits: TokenTime & { readonly timeout?: number }): boolean {
  const madeAt = typeof token === 'string' ? timestampOf(token) : null
  if (owner === null || madeAt === null) return false
  const genuine = keys.all.map((key) => constantTimeCompare(tokenFor(key, owner, madeAt), token as string)).includes(true)
  return genuine && wallClockSeconds(limits) - madeAt <= (limits.timeout ?? PASSWORD_RESET_TIMEOUT)
}

function tokenFor(key: SecretText, owner: TokenOwner, madeAt: number): string {
  const lastLogin = owner.lastLogin === null ? '' : owner.lastLogin.toISOString().slice(0, 19).replace('T', ' ')
  const facts = `${String(owner.pk)}${owner.password}${lastLogin}${madeAt}${owner.email}`
  return `${toBase36(madeAt)}-${everySecond(saltedHmac(KEY_SALT, facts, key).toString('hex'))}`
}

function timestampOf(token: string): number | null {
  const dash = token.indexOf('-')
  if (dash < 1 || dash > LONGEST_TIMESTAMP || token.includes('-', dash + 1)) return null
  const seconds = fromBase36(token.slice(0, dash))
  return seconds === null ? null : Number(seconds)
}

/** Half the digits are enough, and make a shorter link (K-1). */
function everySecond(digits: string): string {
  return digits.replaceAll(/(.)./g, '$1')
}

/** What a clock on the wall there shows, as seconds since 2001: it jumps when the clocks change, and Django's does too. */
function wallClockSeconds({ now, timeZone = 'UTC' }: TokenTime): number {
  return Math.floor((now.getTime() + offsetOf(now, timeZone) - EPOCH) / 1000)
}

function offsetOf(moment: Date, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  const parts = Object.fromEntries(
    formatter(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment.getTime() / 1000) * 1000
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than everything else here together. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  let known = formatters.get(timeZone)
  if (known === undefined) {
    known = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(timeZone, known)
  }
  return known
}
