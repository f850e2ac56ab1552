/**
 * How many guesses are let through: the numbers, each with its reason, and what an application may say instead.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import type { Clock } from '../../base/clock.js'
import { checkRule, type CounterRule } from './counter-rule.js'
import type { CounterStore } from './counter-store.js'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** One account from one address: somebody who has forgotten a password has five tries, somebody who guesses has thirty in the first day. */
export const ACCOUNT_AND_ADDRESS: CounterRule = { limit: 5, waits: [5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY], memory: DAY }

/**
 * One account from everywhere, known devices apart: 100 tries, then a day of none (NIST SP 800-63B-4, 3.2.2). A count is kept until a day has
 * passed without a try, so that no 24 hours hold more, wherever they begin.
 */
export const ACCOUNT: CounterRule = { limit: 100, waits: [DAY, 2 * DAY], memory: DAY }

/** One address, whatever the account: it is slowed down and never shut out, because many people may share it (C9). */
export const ADDRESS: CounterRule = { limit: 20, waits: [30, MINUTE, 2 * MINUTE], memory: HOUR }

/** One account from one browser that has been let in before: counted by itself, so that nobody else's tries stand in its way. */
export const KNOWN_DEVICE: CounterRule = { limit: 10, waits: [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY], memory: DAY }

/** How long a browser stays known after it was let in: half a year, in seconds. */
export const DEVICE_AGE = 180 * DAY

/** How often one rule lets somebody try, and for how long it then does not. Left out, a number stays what it is. */
export interface LockoutRule {
  /** Tries before there is a wait. */
  readonly limit?: number
  /** Seconds to wait after so many tries, after twice as many, and so on; the last wait comes again and again. */
  readonly waits?: readonly number[]
  /** Seconds without a try after which the count begins anew. */
  readonly memory?: number
}

/** What an application may say of lockouts. */
export interface LockoutOptions {
  /** One account from one address. Default: 5 tries, then 5 minutes, 15 minutes, 1, 4, 12 and 24 hours. */
  readonly accountAndAddress?: LockoutRule
  /** One account from all unknown devices together. Default: 100 tries, then a day. */
  readonly account?: LockoutRule
  /** One address with all its accounts. Default: 20 tries, then half a minute, 1 and 2 minutes. */
  readonly address?: LockoutRule
  /** One account from one browser that was let in before. Default: 10 tries, then 1, 5, 15 minutes, 1, 4 and 24 hours. */
  readonly knownDevice?: LockoutRule
  /** How long a browser stays known, in seconds. Default: 180 days. 0: no browser is. */
  readonly deviceAge?: number
  /** Which account credentials are for, where a backend of the application's own reads them: one text for all spellings; null for none. */
  readonly accountOf?: (credentials: Readonly<Record<string, unknown>>) => string | null
  /**
   * Whoever's account is locked out is mailed a link that ends it. Default: on where `mail` is configured and the site has account pages.
   */
  readonly unlockByMail?: boolean
  /** Where tries are counted. Default: in the database. */
  readonly store?: CounterStore
}

/** The same with every default filled in. */
export interface LockoutSettings {
  readonly accountAndAddress: CounterRule
  readonly account: CounterRule
  readonly address: CounterRule
  readonly knownDevice: CounterRule
  readonly deviceAge: number
}

/** Fills in the defaults; an `ImproperlyConfigured` names what could not work. */
export function settleLockouts(options: LockoutOptions): LockoutSettings {
  const rule = (name: 'accountAndAddress' | 'account' | 'address' | 'knownDevice', usual: CounterRule): CounterRule => {
    const settled = checkRule(`lockouts.${name}`, { ...usual, ...options[name] })
    if (settled.waits.length === 0)
      throw new ImproperlyConfigured(`lockouts.${name}.waits is empty: nobody would ever wait. Pass seconds, or leave it out.`)
    return settled
  }
  const deviceAge = options.deviceAge ?? DEVICE_AGE
  if (!Number.isSafeInteger(deviceAge) || deviceAge < 0) throw new ImproperlyConfigured(`lockouts.deviceAge is ${deviceAge}. Pass seconds, or 0.`)
  return {
    accountAndAddress: rule('accountAndAddress', ACCOUNT_AND_ADDRESS),
    account: rule('account', ACCOUNT),
    address: rule('address', ADDRESS),
    knownDevice: rule('knownDevice', KNOWN_DEVICE),
    deviceAge,
  }
}

/** Seconds until `freeAt`, rounded up to ten seconds or, above a minute, to a whole one: the exact moment is nobody's business. */
export function secondsUntil(freeAt: number, now: number): number {
  const seconds = Math.max(1, Math.ceil((freeAt - now) / 1000))
  const step = seconds <= MINUTE ? 10 : MINUTE
  return Math.ceil(seconds / step) * step
}

/** The clock's present moment in milliseconds. */
export function millisecondsOf(clock: Clock): number {
  return clock.now().getTime()
}
