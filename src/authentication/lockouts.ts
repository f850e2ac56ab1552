/**
 * Lockouts: every try at a password takes a place before anything is hashed, and there are only so many places. They are counted for the
 * account, for the address, and for both; browsers that the account was let in from before are counted by themselves.
 * @module
 */

import type { KeyObject } from 'node:crypto'
import type { BaseUser } from '../accounts/base-user.js'
import type { Clock } from '../base/clock.js'
import { TooManyRequests } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import { deriveKey, keyedName } from '../crypto/hmac.js'
import type { Keys } from '../crypto/keys.js'
import { addressKey } from '../protection/client-address.js'
import { accountName } from '../protection/lockouts/account-name.js'
import type { CounterName, CounterRule, Counters, StoredCounter, Taken } from '../protection/lockouts/counter-rule.js'
import { millisecondsOf, secondsUntil, type LockoutSettings } from '../protection/lockouts/rules.js'
import { Turns } from '../protection/lockouts/turns.js'
import type { Credentials } from './backend.js'
import { Attempt, type Place } from './lockout-attempt.js'
import { KnownDevices } from './lockout-devices.js'
import type { SiteRequest } from './site-request.js'

/** Names that somebody typed are passwords often enough: no table holds one. */
const KEY_SALT = 'portcullis.attempts'

/** What a wait is for. */
export type LockoutKind = 'account' | 'address' | 'account-address' | 'device'

/** What `userLockedOut` tells. */
export interface LockedOut {
  /** As it was typed; there need be no such account. */
  readonly username: string
  readonly address: string | null
  /** What was counted. */
  readonly kind: LockoutKind
  /** When the next try is let through. */
  readonly until: Date
  readonly request: unknown
}

/** A wait that stands. */
export interface Lockout {
  readonly kind: LockoutKind
  /** A keyed hash of the account's name; empty for an address by itself. `lockouts.isAbout` tells whose it is. */
  readonly account: string
  /** The network of the address; empty for an account by itself. */
  readonly address: string
  readonly tries: number
  readonly until: Date
  readonly lastTry: Date
}

/** Whose waits to end: an account by its name, or as `list()` gives it; or an address. */
export type LockoutSubject = { readonly username: string } | { readonly account: string } | { readonly address: string }

/** A wait for an account that its owner may end, as a link says it. */
export interface AccountWait {
  readonly kind: 'account' | 'account-address'
  /** The network of the tries; empty for an account from everywhere. */
  readonly network: string
  readonly until: Date
}

/** Lockouts as an application sees them. */
export interface SiteLockouts {
  /** The waits that stand, of everybody or of one account; those that end last come first, at most 200. */
  list(subject?: { readonly username?: string }): Promise<readonly Lockout[]>
  /** Ends all waits of an account, known or not, or of an address; tells how many counts were dropped. */
  unlock(subject: LockoutSubject): Promise<number>
  /** Tells whether a wait is about this account. */
  isAbout(lockout: Pick<Lockout, 'account'>, username: string): boolean
  /** Removes counts that are over, those of rate limits too; tells how many. `portcullis clearsessions` calls it. */
  clearExpired(): Promise<number>
}

/** What lockouts are made of. */
export interface LockoutParts {
  readonly settings: LockoutSettings
  readonly counters: Counters
  readonly keys: Keys
  readonly clock: Clock
  readonly usernameField: string
  readonly accountOf: ((credentials: Readonly<Record<string, unknown>>) => string | null) | null
  readonly userLockedOut: Signal<LockedOut>
  /** Whether the caller has a transaction open. */
  readonly isInTransaction: () => boolean
  /** The site's view of whatever `authenticate` was given; null where there is none. */
  findRequest(request: unknown): SiteRequest | null
}

/** How many waits a list shows. */
export const MOST_LISTED = 200

/** The lockouts of a site. */
export class Lockouts {
  readonly #parts: LockoutParts
  readonly #key: KeyObject
  readonly #devices: KnownDevices
  readonly #turns = new Turns()
  /** Under which name somebody has just been let in, which may be an address of mail. */
  readonly #letIn = new WeakMap<SiteRequest, string>()

  constructor(parts: LockoutParts) {
    this.#parts = parts
    this.#key = deriveKey(KEY_SALT, parts.keys.current)
    this.#devices = new KnownDevices({ keys: parts.keys, clock: parts.clock, age: parts.settings.deviceAge })
  }

  /**
   * Takes a place for one try; throws `TooManyRequests` where there is none left. Null for credentials that are no try at a password of
   * anybody: nothing is guessed with them.
   */
  async reserve(request: unknown, credentials: Credentials): Promise<Attempt | null> {
    const typed = this.#nameIn(credentials)
    return typed === null ? null : this.#reserve(request, typed)
  }

  /** The same for somebody who is known already and shows their password once more. */
  async reserveFor(request: unknown, user: BaseUser): Promise<Attempt> {
    return this.#reserve(request, user.getUsername())
  }

  /** Has this browser known for the account from now on; the login calls it. True where it was new to the account. */
  remember(request: SiteRequest, user: BaseUser): boolean {
    const typed = this.#letIn.get(request)
    const accounts = [user.getUsername(), ...(typed === undefined ? [] : [typed])].map((name) => this.#accountOf(name))
    return this.#devices.remember(request, [...new Set(accounts)])
  }

  /** Ends all waits of an account, known or not, or of an address; tells how many counts were dropped. */
  async unlock(subject: LockoutSubject): Promise<number> {
    if ('username' in subject) return this.#parts.counters.forgetAll({ account: this.#accountOf(subject.username) })
    if ('account' in subject) return subject.account === '' ? 0 : this.#parts.counters.forgetAll({ account: subject.account })
    return this.#parts.counters.forgetAll({ address: networkOf(subject.address) ?? subject.address })
  }

  /** The waits that stand, of everybody or of one account; those that end last come first, at most 200. */
  async list(subject: { readonly username?: string } = {}): Promise<readonly Lockout[]> {
    const of = subject.username === undefined ? {} : { account: this.#accountOf(subject.username) }
    const found = await this.#parts.counters.waiting(millisecondsOf(this.#parts.clock), { ...of, limit: MOST_LISTED })
    return found.map(shown)
  }

  /** Tells whether a wait is about this account. */
  isAbout(lockout: Pick<Lockout, 'account'>, username: string): boolean {
    return lockout.account === this.#accountOf(username)
  }

  /** The network that tries from an address are counted by; empty for an account from everywhere. */
  networkFor(kind: AccountWait['kind'], address: string | null): string {
    return kind === 'account' ? '' : (networkOf(address) ?? '')
  }

  /**
   * Ends one wait of an account, if it stands as it did: of many who do at once, one succeeds. Whoever does it from elsewhere has their own
   * tries forgotten too; nobody else's, or a link for one network would hand out a new hundred tries to all.
   */
  async endWait(username: string, { kind, network, until }: AccountWait, from: string | null): Promise<boolean> {
    const { counters } = this.#parts
    const account = this.#accountOf(username)
    if (!(await counters.forgetWaiting(this.#counter(kind, { account, address: network }), until.getTime()))) return false
    await counters.forget(this.#counter('account-address', { account, address: networkOf(from) ?? '' }))
    return true
  }

  /** The keyed hash by which an account is counted: one for all spellings of its name. */
  accountKey(username: string): string {
    return this.#accountOf(username)
  }

  /** Removes counts that are over; tells how many. */
  async clearExpired(): Promise<number> {
    return this.#parts.counters.clearExpired(millisecondsOf(this.#parts.clock))
  }

  async #reserve(request: unknown, typed: string): Promise<Attempt> {
    const { counters, clock } = this.#parts
    const found = this.#parts.findRequest(request)
    const wanted = this.#countersFor(found, typed)
    const leave = await this.#turnOf(wanted)
    const now = millisecondsOf(clock)
    const places: Place[] = []
    try {
      for (const [name, rule] of wanted) {
        const taken = await counters.take(name, rule, now)
        if (!taken.admitted) await this.#refuse(places, taken, now)
        places.push({ name, taken })
      }
    } catch (error) {
      leave()
      throw error
    }
    return new Attempt({
      counters,
      places,
      leave,
      failed: async () => this.#tell(places, { username: typed, address: found?.address ?? null, request }, now),
      succeeded: () => {
        if (found !== null) this.#letIn.set(found, typed)
      },
    })
  }

  /** Of all places that a count has, those whose tries nobody has judged yet hold a quarter at most: the rest is for several processes. */
  async #turnOf([first]: readonly (readonly [CounterName, CounterRule])[]): Promise<() => void> {
    // Who waits in a transaction may hold what those who are inside wait for: the only connection.
    if (first === undefined || this.#parts.isInTransaction()) return () => undefined
    const [{ counter }, { limit }] = first
    return this.#turns.enter(counter, Math.max(1, Math.floor(limit / 4)))
  }

  /** What was no guess is not counted as one. */
  async #refuse(places: readonly Place[], { freeAt }: Taken, now: number): Promise<never> {
    for (const { name, taken } of places) await this.#parts.counters.giveBack(name, taken)
    throw new TooManyRequests('Too many tries to log in.', { retryAfter: secondsUntil(freeAt, now), code: 'locked' })
  }

  /** A known device has a count of its own, and no other: what strangers do is not held against it. */
  #countersFor(request: SiteRequest | null, typed: string): readonly (readonly [CounterName, CounterRule])[] {
    const { settings } = this.#parts
    const account = this.#accountOf(typed)
    const device = request === null ? null : this.#devices.find(request, account)
    if (device !== null) return [[this.#counter('device', { account, address: '' }, device), settings.knownDevice]]
    const address = networkOf(request?.address ?? null)
    const both = this.#counter('account-address', { account, address: address ?? '' })
    return [
      // The address first: a script that is slowed down takes no places of the accounts it is after.
      ...(address === null ? [] : ([[this.#counter('address', { account: '', address }), settings.address]] as const)),
      [both, settings.accountAndAddress],
      [this.#counter('account', { account, address: '' }), settings.account],
    ]
  }

  async #tell(places: readonly Place[], event: Pick<LockedOut, 'username' | 'address' | 'request'>, now: number): Promise<void> {
    for (const { name, taken } of places) {
      if (taken.freeAt > now) await this.#parts.userLockedOut.send({ ...event, kind: name.kind as LockoutKind, until: new Date(taken.freeAt) })
    }
  }

  /** Whose password these credentials try; null where there is no name, or nothing to guess. */
  #nameIn(credentials: Credentials): string | null {
    const { accountOf, usernameField } = this.#parts
    if (accountOf !== null) return accountOf(credentials)
    if (credentials['password'] === undefined || credentials['password'] === null) return null
    const name = credentials.username ?? credentials[usernameField] ?? credentials['email']
    // An empty name is nobody's (C9).
    return (typeof name === 'string' && name !== '') || typeof name === 'number' || typeof name === 'bigint' ? String(name) : null
  }

  #accountOf(typed: string): string {
    return keyedName(this.#key, 'account', accountName(typed))
  }

  #counter(kind: LockoutKind, { account, address }: { readonly account: string; readonly address: string }, more = ''): CounterName {
    return { counter: keyedName(this.#key, kind, account, address, more), kind, account, address }
  }
}

function shown({ kind, account, address, tries, freeAt, seen }: StoredCounter): Lockout {
  return { kind: kind as LockoutKind, account, address, tries, until: new Date(freeAt), lastTry: new Date(seen) }
}

function networkOf(address: string | null): string | null {
  return address === null ? null : addressKey(address)
}
