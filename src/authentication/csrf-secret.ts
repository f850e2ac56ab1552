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

  /** What a token must match; null where there is none, or more than one (E5). */
  get stored(): string | null {
    const { readCookies, inSession } = this.#parts
    const kept = this.#fresh ?? this.#bound() ?? (inSession ? this.#fromSession() : null)
    if (kept !== null || inSession || this.#rotated) return kept
    const { value, count } = readCookies()
    return count === 1 ? value : null
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
    if (this.#parts.inSession) this.#parts.session.delete(SESSION_KEY)
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
    if (this.#parts.inSession) this.#parts.session.set(SESSION_KEY, this.#fresh)
    return this.#fresh
  }

  /** The secret that follows from the key of a session that somebody is logged in by. */
  #bound(): string | null {
    const { session, sessionKey } = this.#parts
    if (sessionKey === null || session.cookie === null || !session.has('_auth_user_id')) return null
    const bytes = hmac(sessionKey, session.cookie)
    return Array.from(bytes, (byte) => ALPHANUMERIC.charAt(byte % ALPHANUMERIC.length)).join('')
  }

  #fromSession(): string | null {
    const value = this.#parts.session.get(SESSION_KEY)
    return typeof value === 'string' ? value : null
  }
}
