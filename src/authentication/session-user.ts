/**
 * Whose session this is. The session names a user, the backend that let them in, and a hash of the password they had then; a user who has
 * another password now, or may no longer come in, is nobody here.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { verifySessionAuthHash } from '../crypto/session-auth-hash.js'
import type { Keys } from '../crypto/keys.js'
import type { RequestSession } from '../sessions/request-session.js'
import type { StoredSession } from '../sessions/session-store.js'
import type { Backend } from './backend.js'
import { ModelBackend } from './model-backend.js'

/** Django's names in the data of a session (L-1). Only `login.ts` writes a user there. */
export const SESSION_USER = '_auth_user_id'
export const SESSION_BACKEND = '_auth_user_backend'
export const SESSION_HASH = '_auth_user_hash'

/** So many hashes that were found right are remembered, so that a busy visitor costs one look-up and no HMAC. */
const MOST_REMEMBERED = 10_000

/** What finds the users of sessions. */
export interface SessionUsersParts {
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly backends: readonly Backend[]
  readonly keys: Keys
}

/** Finds the users of a site's sessions. */
export class SessionUsers {
  readonly #parts: SessionUsersParts
  readonly #backends: ReadonlyMap<string, Backend>
  /** The hash that was right, by the password column it was right for. The column is read every time, so a new password shows at once. */
  readonly #right = new Map<string, string>()

  constructor(parts: SessionUsersParts) {
    this.#parts = parts
    this.#backends = new Map(parts.backends.map((one) => [one.path, one]))
  }

  /**
   * The user of a session, or null. A session whose hash belongs to another password ends here (L-7); one whose user is gone or switched
   * off is kept (L-6), and one signed with a retired key is signed anew.
   */
  async find(session: RequestSession, stored: StoredSession): Promise<BaseUser | null> {
    const key = stored.values[SESSION_USER]
    const path = stored.values[SESSION_BACKEND]
    const backend = typeof path === 'string' ? this.#backends.get(path) : undefined
    if (key === undefined || key === null || backend === undefined) return null
    const user = this.#joined(backend, key, stored) ?? (await backend.getUser?.(key)) ?? null
    if (user === null) return null
    user.backend = backend.path
    return (await this.#isCurrent(session, user)) ? user : null
  }

  /** The user that came with the session in one statement, where this backend would find the same one. */
  #joined(backend: Backend, key: unknown, { owner }: StoredSession): BaseUser | null {
    // A backend that finds users its own way is asked.
    if (owner === null || !(backend instanceof ModelBackend) || backend.getUser !== ModelBackend.prototype.getUser) return null
    const user = this.#parts.users.load(owner)
    // The device list may be wrong about whose session it is; the session itself decides.
    return String(user.pk) === String(key) && backend.userCanAuthenticate(user) ? user : null
  }

  async #isCurrent(session: RequestSession, user: BaseUser): Promise<boolean> {
    const found = session.get(SESSION_HASH)
    if (typeof found === 'string' && this.#right.get(user.password) === found) return true
    const verdict = verifySessionAuthHash(found, user.password, this.#parts.keys)
    if (!verdict.isValid) {
      await session.flush()
      return false
    }
    if (verdict.via === 'fallback') {
      await session.renew(SESSION_HASH, verdict.newHash)
      return true
    }
    if (this.#right.size >= MOST_REMEMBERED) this.#right.clear()
    this.#right.set(user.password, found as string)
    return true
  }
}
