/**
 * Which hasher made a stored value.
 * @module
 */

import type { Hasher } from './hasher.js'
import { passwordHashers } from './password-hashers.js'

/** Every built-in hasher, to recognise with; nobody computes with these. */
const EVERY_HASHER = passwordHashers({ accepted: ['pbkdf2_sha256', 'pbkdf2_sha1', 'argon2', 'bcrypt_sha256', 'bcrypt', 'scrypt', 'md5'] })

/**
 * Names the algorithm of a stored value, as Django reads it: the text before the first `$`, but for two unsalted forms of long ago.
 *
 * @example
 * algorithmOf('pbkdf2_sha256$1000000$…')   // 'pbkdf2_sha256'
 */
export function algorithmOf(encoded: string): string | null {
  if ((encoded.length === 32 && !encoded.includes('$')) || (encoded.length === 37 && encoded.startsWith('md5$$'))) return 'unsalted_md5'
  if (encoded.length === 46 && encoded.startsWith('sha1$$')) return 'unsalted_sha1'
  const end = encoded.indexOf('$')
  return end < 0 ? null : encoded.slice(0, end)
}

/**
 * Finds the hasher of a stored value among `hashers` (every built-in one by default); null when it is none of theirs or cannot be read.
 *
 * @example
 * identifyHasher(user.password)?.algorithm   // 'argon2'
 */
export function identifyHasher(encoded: string, hashers: readonly Hasher[] = EVERY_HASHER): Hasher | null {
  const algorithm = algorithmOf(encoded)
  const hasher = hashers.find((one) => one.algorithm === algorithm)
  return hasher === undefined || hasher.decode(encoded) === null ? null : hasher
}
