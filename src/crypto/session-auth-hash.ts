/**
 * The hash that ties a session to a password: once the password changes, every session made before it is void.
 * @module
 */

import type { KeyObject } from 'node:crypto'

import type { Secret } from '../base/secret.js'
import { constantTimeCompare, deriveKey, hmac } from './hmac.js'
import type { Keys, SecretText } from './keys.js'

/** Django's name for this use of the secret, whatever the user's class. */
const KEY_SALT = 'django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash'

/** The keys of this use, derived once: every request with a session asks for one. They go when the site's secrets go. */
const derivedKeys = new WeakMap<Secret<string>, KeyObject>()

/** Whether a session's hash is good. By a retired key it is, but should be replaced by `newHash` in a session with a new key. */
export type SessionAuthVerdict =
  | { readonly isValid: true; readonly via: 'current' }
  | { readonly isValid: true; readonly via: 'fallback'; readonly newHash: string }
  | { readonly isValid: false }

/**
 * Computes the hash to store in a session: 64 hexadecimal digits from the stored password hash.
 *
 * @example
 * session['_auth_user_hash'] = sessionAuthHash(user.password, keys.current)
 */
export function sessionAuthHash(encodedPassword: string, secret: SecretText): string {
  return hmac(keyFrom(secret), encodedPassword).toString('hex')
}

/** Computes the same by each retired key, in order (U-13). */
export function sessionAuthFallbackHashes(encodedPassword: string, keys: Keys): string[] {
  return keys.fallbacks.map((key) => sessionAuthHash(encodedPassword, key))
}

/**
 * Tells whether the hash found in a session belongs to the password as it is now, by the current key or a fallback.
 *
 * @example
 * const verdict = verifySessionAuthHash(session['_auth_user_hash'], user.password, keys)
 * if (!verdict.isValid) await session.flush()
 */
export function verifySessionAuthHash(found: unknown, encodedPassword: string, keys: Keys): SessionAuthVerdict {
  // Sessions hold any JSON; nothing but text is compared.
  if (typeof found !== 'string' || found === '') return { isValid: false }
  const current = sessionAuthHash(encodedPassword, keys.current)
  if (constantTimeCompare(current, found)) return { isValid: true, via: 'current' }
  const isOld = keys.fallbacks.some((key) => constantTimeCompare(sessionAuthHash(encodedPassword, key), found))
  return isOld ? { isValid: true, via: 'fallback', newHash: current } : { isValid: false }
}

function keyFrom(secret: SecretText): KeyObject {
  if (typeof secret === 'string') return deriveKey(KEY_SALT, secret)
  const known = derivedKeys.get(secret)
  if (known !== undefined) return known
  const key = deriveKey(KEY_SALT, secret)
  derivedKeys.set(secret, key)
  return key
}
