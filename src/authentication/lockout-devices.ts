/**
 * Browsers that an account was let in from: a signed cookie says so, for each account by itself. Whoever has one is counted apart, so that
 * nobody who hammers an account from elsewhere shuts its owner out.
 * @module
 */

import type { Clock } from '../base/clock.js'
import type { Keys } from '../crypto/keys.js'
import { checkToken, makeToken } from '../crypto/purpose-tokens.js'
import { getRandomString } from '../crypto/random.js'
import { findCookie, serializeCookie } from '../protection/cookies.js'
import type { SiteRequest } from './site-request.js'

/** The cookie's name; over HTTPS with `__Host-` before it, so that no neighbour can set it. */
export const DEVICE_COOKIE = 'portcullis_device'

/** So many people share a browser; the one who was there longest ago is forgotten first. */
const MOST_ACCOUNTS = 5

/** A device's id for one account, and the token that proves it. */
const ENTRY = /^([A-Za-z0-9]{22})\.([0-9a-z]{1,11}-[A-Za-z0-9_-]{43})$/

/** What known devices are told by. */
export interface DeviceParts {
  readonly keys: Keys
  readonly clock: Clock
  /** In seconds; 0: no device is known. */
  readonly age: number
}

/** The known devices of a site. */
export class KnownDevices {
  readonly #parts: DeviceParts

  constructor(parts: DeviceParts) {
    this.#parts = parts
  }

  /** The id of this browser for an account; null where it was never let in, or too long ago. */
  find(request: SiteRequest, account: string): string | null {
    for (const [id, token] of this.#entries(request)) if (this.#isGenuine(account, id, token)) return id
    return null
  }

  /** Has the browser remember that these accounts, the same person's under two names, were let in. True where it knew none of them. */
  remember(request: SiteRequest, accounts: readonly string[]): boolean {
    const { keys, clock, age } = this.#parts
    if (age === 0) return false
    const isNew = accounts.every((account) => this.find(request, account) === null)
    const entries = this.#entries(request)
    const others = entries.filter(([id, token]) => !accounts.some((account) => this.#isGenuine(account, id, token)))
    const own = accounts.map((account): Entry => {
      // The same id as before: a stolen cookie gets no count of its own by logging in again.
      const id = this.find(request, account) ?? getRandomString(22)
      return [id, makeToken(keys, meaning(account, id), { clock })]
    })
    const value = [...own, ...others]
      .slice(0, MOST_ACCOUNTS)
      .map((entry) => entry.join('.'))
      .join('~')
    const attributes = { maxAge: age, clock, httpOnly: true, secure: request.isSecure, sameSite: 'Lax' } as const
    request.newCookies.push(serializeCookie(nameFor(request), value, attributes))
    return isNew
  }

  #entries(request: SiteRequest): Entry[] {
    const { value, count } = findCookie(request.header('cookie'), nameFor(request))
    if (value === null || count !== 1 || this.#parts.age === 0) return []
    return value
      .split('~', MOST_ACCOUNTS)
      .map((text) => ENTRY.exec(text))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]))
  }

  #isGenuine(account: string, id: string, token: string): boolean {
    const { keys, clock, age } = this.#parts
    return checkToken(keys, token, meaning(account, id), { maxAge: age, clock })
  }
}

type Entry = readonly [id: string, token: string]

function meaning(account: string, id: string) {
  return { purpose: 'known-device', subject: account, context: [id] }
}

function nameFor(request: SiteRequest): string {
  return request.isSecure ? `__Host-${DEVICE_COOKIE}` : DEVICE_COOKIE
}
