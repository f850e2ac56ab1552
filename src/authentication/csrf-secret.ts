/**
 * Where the secret behind CSRF tokens is kept for one visitor. Logged in on a native site it follows from the session's key, so that a
 * cookie planted by a neighbouring host counts for nothing (E5); otherwise it is in a cookie, as in Django, or in the session.
 * @module
 */

import { hmac } from '../crypto/hmac.js'
import { ALPHANUMERIC } from '../crypto/random.js'
import { usableSecret } from '../protection/csrf.js'
import { maskCsrfSecret, newCsrfSecret } from '../protection/csrf-tokens.js'
import type { KeyObject } from 'node:crypto'
import type { RequestSession } from '../sessions/request-session.js'
import { SESSION_USER } from './session-user.js'

/** Django's key for the secret in a session (M-8). */
const SESSION_KEY = '_csrftoken'

/** What the secret of one request is made from. */
export interface CsrfSecretParts {
  /** The cookie, and how many of its name came: more than one is a sign that somebody planted one (E5). */
  readonly readCookies: () => { readonly value: string | null; readonly count: number }
  readonly session: RequestSession
  /** Makes the secret of a session's key; null where cookies or sessions hold it. */
  readonly sessionKey: KeyObject | null
  readonly inSession: boolean
}

/** The secret of one request. */
export class CsrfSecret {
  readonly #parts: CsrfSecretParts
  #fresh: string | null = null
  #used = false
  #rotated = false

  constructor(parts: CsrfSecretParts) {
    this.#parts = parts
  }

  /** The secret as it is kept now; null where there is none, or more than one (E5). */
  get stored(): string | null {
    const { inSession } = this.#parts
    const kept = this.#fresh ?? this.#bound() ?? (inSession ? this.#fromSession() : null)
    return kept !== null || inSession || this.#rotated ? kept : this.#fromCookie()
  }

  /** What the token of this request must match. After a change of the secret key the form was made under the key that the session had. */
  get expected(): string | null {
    const { session, sessionKey, inSession } = this.#parts
    return sessionKey !== null && session.renewal !== null && !inSession ? this.#fromCookie() : this.stored
  }

  /** A masked token for one page. */
  token(): string {
    this.#used = true
    return maskCsrfSecret(this.#usable())
  }

  /** Forgets the secret at login and logout: what was learnt before is worth nothing after (E4). */
  rotate(): void {
    this.#rotated = true
    this.#fresh = null
    if (this.#parts.inSession || this.#parts.sessionKey !== null) this.#parts.session.delete(SESSION_KEY)
  }

  /** The value that the cookie must have now; null where it is right already or there is none. Asked after the session was saved. */
  cookieToSet(): string | null {
    if (this.#parts.inSession || !(this.#used || this.#rotated)) return null
    return this.#usable()
  }

  #usable(): string {
    const known = usableSecret(this.stored)
    if (known !== null) return known
    this.#fresh = newCsrfSecret()
    // The answer to a login may hold a token before the session has its new key, which it would follow from: then the session keeps the secret.
    if (this.#parts.inSession || this.#isBound()) this.#parts.session.set(SESSION_KEY, this.#fresh)
    return this.#fresh
  }

  /** The secret that follows from the key of a session that somebody is logged in by. */
  #bound(): string | null {
    const { session, sessionKey } = this.#parts
    if (sessionKey === null || !this.#isBound()) return null
    const kept = this.#fromSession()
    // Not of the cookie's text, which a store without rows changes with every save.
    const key = session.storedKey
    if (kept !== null || key === null) return kept
    const bytes = hmac(sessionKey, key)
    return Array.from(bytes, (byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length)).join('')
  }

  #fromCookie(): string | null {
    const { value, count } = this.#parts.readCookies()
    return count === 1 ? value : null
  }

  /** Whether somebody is logged in on a site of its own: then no cookie says what a token must match. */
  #isBound(): boolean {
    const { session, sessionKey } = this.#parts
    return sessionKey !== null && session.has(SESSION_USER)
  }

  #fromSession(): string | null {
    const value = this.#parts.session.get(SESSION_KEY)
    return typeof value === 'string' ? value : null
  }
}
