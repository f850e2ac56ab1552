/**
 * How tries are counted: so many, then a wait, then as many again and a longer wait. The same rule as a function here, as one statement of
 * SQL in `database-counters.ts`, and as a script for Redis.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'

/** A rule for one kind of counter. */
export interface CounterRule {
  /** So many tries are let through before there is a wait. */
  readonly limit: number
  /** The waits, in seconds, after `limit` tries, after twice as many, and so on; the last one comes again and again. None: until the window ends. */
  readonly waits: readonly number[]
  /** After so many seconds without a try that was let through, and without a wait, the count begins anew. Without waits: the window's length. */
  readonly memory: number
}

/** What is kept of a counter. Times are in milliseconds since 1970. */
export interface CounterState {
  readonly tries: number
  /** Nothing is let through before. 0: there is no wait. */
  readonly freeAt: number
  /** The count begins anew from here on. */
  readonly forgetAt: number
}

/** What became of one try. */
export interface Taken {
  readonly admitted: boolean
  /** Which try it is, of those let through. 0 where it was not. */
  readonly number: number
  /** When the next may come: for a try that was refused, and for one that is followed by a wait; else 0. */
  readonly freeAt: number
}

/** What a counter is called, and what is noted with it so that it can be found again. Nothing of it is a name that somebody typed. */
export interface CounterName {
  /** 64 letters. */
  readonly counter: string
  /** What is counted: `account`, `address`, … */
  readonly kind: string
  /** A keyed hash of the account's name; empty where none is concerned. */
  readonly account: string
  /** The address or network; empty where none is concerned. */
  readonly address: string
}

/** A counter as it stands. */
export interface StoredCounter extends CounterName, CounterState {
  /** When the last try came. */
  readonly seen: number
}

/** Where tries are counted. Every function is one step that nobody comes between. */
export interface Counters {
  /** Counts one try, if it may come. */
  take(name: CounterName, rule: CounterRule, now: number): Promise<Taken>
  /** Undoes a try that was let through: it was no guess. */
  giveBack(name: CounterName, taken: Taken): Promise<void>
  /** Forgets one counter. */
  forget(name: CounterName): Promise<void>
  /** Forgets one counter if it still waits until that moment; of many who do at once, one is told that it did. */
  forgetWaiting(name: CounterName, freeAt: number): Promise<boolean>
  /** Forgets all counters of an account, or of an address; tells how many. */
  forgetAll(of: { readonly account: string } | { readonly address: string }): Promise<number>
  /** Counters that wait now, those that wait longest first. */
  waiting(now: number, options: { readonly account?: string; readonly limit: number }): Promise<readonly StoredCounter[]>
  /** Removes what would begin anew anyway; tells how much. */
  clearExpired(now: number): Promise<number>
}

/** The longest wait or memory that a rule may have: a year. */
const LONGEST = 31_536_000

/** Checks a rule; an `ImproperlyConfigured` names the setting. */
export function checkRule(setting: string, rule: CounterRule): CounterRule {
  const isWhole = (value: number, most: number): boolean => Number.isSafeInteger(value) && value >= 1 && value <= most
  if (!isWhole(rule.limit, 1_000_000))
    throw new ImproperlyConfigured(`${setting}: the limit is ${rule.limit}. Pass a whole number of tries, at least 1.`)
  for (const seconds of [...rule.waits, rule.memory]) {
    if (!isWhole(seconds, LONGEST)) throw new ImproperlyConfigured(`${setting}: ${seconds} are no seconds to wait. Pass whole numbers of at least 1.`)
  }
  return rule
}

/** How long to wait after this try, in milliseconds; 0 for not at all. Only for rules that have waits. */
export function waitAfter({ limit, waits }: CounterRule, number: number): number {
  if (number % limit !== 0) return 0
  return (waits[Math.min(number / limit, waits.length) - 1] ?? 0) * 1000
}

/** Counts one try: what became of it, and what the counter is then; null where it stays as it is. */
export function countTry(state: CounterState | null, rule: CounterRule, now: number): { readonly taken: Taken; readonly state: CounterState | null } {
  if (state !== null && state.freeAt > now) return { taken: { admitted: false, number: 0, freeAt: state.freeAt }, state: null }
  // Where all tries were given back, the window begins with the next one.
  const isNew = state === null || state.forgetAt <= now || state.tries === 0
  const number = isNew ? 1 : state.tries + 1
  const memory = rule.memory * 1000
  if (rule.waits.length === 0) {
    const forgetAt = isNew ? now + memory : state.forgetAt
    const freeAt = number >= rule.limit ? forgetAt : 0
    return { taken: { admitted: true, number, freeAt }, state: { tries: number, freeAt, forgetAt } }
  }
  const wait = waitAfter(rule, number)
  const freeAt = wait === 0 ? 0 : now + wait
  return { taken: { admitted: true, number, freeAt }, state: { tries: number, freeAt, forgetAt: now + wait + memory } }
}

/** What the counter is when a try that was let through is given back. */
export function uncount(state: CounterState, taken: Taken): CounterState {
  return { ...state, tries: Math.max(0, state.tries - 1), freeAt: state.freeAt === taken.freeAt ? 0 : state.freeAt }
}
