/**
 * Tokens for one purpose: proof in a link that this site offered this act to this person, for as long as the facts stand.
 * Every token of ours is made here (Django's reset link keeps Django's form), so that none works in another's place.
 * @module
 */

import { systemClock, type Clock } from '../base/clock.js'
import { fromBase36, toBase36 } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { hasLoneSurrogate } from '../base/text.js'
import { constantTimeCompare, lengthPrefixed, saltedHmac } from './hmac.js'
import type { Keys, SecretText } from './keys.js'

const KEY_SALT = 'portcullis.purpose-tokens'
/** The second it was made in base 36, and 43 letters of signature. */
const TOKEN = /^([0-9a-z]{1,11})-([A-Za-z0-9_-]{43})$/
/** Two servers' clocks may differ by this many seconds; a token from further ahead would outlive its limit. */
const CLOCK_SKEW = 60

/** What a token stands for. Maker and checker must say the same. */
export interface TokenMeaning {
  /** The one act it allows, such as `email-change`. Never use a name twice. */
  readonly purpose: string
  /** Whom or what it is about: usually a user's key as text. */
  readonly subject: string
  /** The facts it depends on. When one of them changes, for instance because the token was used, the token is void. */
  readonly context?: readonly string[]
}

/**
 * Makes a token.
 *
 * @example
 * const token = makeToken(keys, { purpose: 'email-change', subject: String(user.id), context: [user.email, newAddress] })
 */
export function makeToken(keys: Keys, meaning: TokenMeaning, options: { clock?: Clock } = {}): string {
  if (meaning.purpose === '') throw new ImproperlyConfigured('A token needs a purpose. Name the one act it allows, such as "email-change".')
  const stamp = toBase36(seconds(options.clock))
  return `${stamp}-${signatureOf(stamp, meaning, keys.current)}`
}

/**
 * Tells whether `token` was made for exactly this meaning, by any of the keys, at most `maxAge` seconds ago.
 * Takes anything: what comes from outside need not be text.
 *
 * @example
 * const meaning = { purpose: 'email-change', subject: String(user.id), context: [user.email, newAddress] }
 * if (!checkToken(keys, token, meaning, { maxAge: 86400 })) return page(linkNoLongerWorks())
 */
export function checkToken(keys: Keys, token: unknown, meaning: TokenMeaning, limits: { maxAge: number; clock?: Clock }): boolean {
  const parts = typeof token === 'string' ? TOKEN.exec(token) : null
  const [, stamp = '', given = ''] = parts ?? []
  const madeAt = fromBase36(stamp)
  if (madeAt === null || hasLoneSurrogate(messageOf(stamp, meaning))) return false
  const isGenuine = keys.all.some((key) => constantTimeCompare(signatureOf(stamp, meaning, key), given))
  const age = seconds(limits.clock) - madeAt
  return isGenuine && age <= limits.maxAge && age >= -CLOCK_SKEW
}

function signatureOf(stamp: string, meaning: TokenMeaning, key: SecretText): string {
  return saltedHmac(KEY_SALT, messageOf(stamp, meaning), key).toString('base64url')
}

function messageOf(stamp: string, { purpose, subject, context = [] }: TokenMeaning): string {
  return lengthPrefixed([purpose, subject, stamp, ...context])
}

function seconds(clock: Clock = systemClock): number {
  return Math.floor(clock.now().getTime() / 1000)
}
