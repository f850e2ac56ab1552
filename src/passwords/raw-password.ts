/**
 * A password as it comes in, and the bytes that are hashed. Never normalised, never trimmed: what was typed is the password.
 * @module
 */

import { problem, ValidationError, type Problem } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { hasLoneSurrogate } from '../base/text.js'

/** A password: text, text wrapped so that no log shows it, or its bytes. */
export type RawPassword = string | Uint8Array | Secret<string>

/** Longer ones are refused before hashing (C11): no one types them, and each costs time and memory before the first guess is checked. */
export const MAX_PASSWORD_BYTES = 4096

/** What makes a password impossible to hash, or null. */
export function unhashable(password: RawPassword): Problem | null {
  const plain: unknown = reveal(password)
  // A JSON body may hold anything; Node's own error would repeat a number in its message.
  if (typeof plain !== 'string' && !(plain instanceof Uint8Array)) return problem('invalid')
  const length = typeof plain === 'string' ? Buffer.byteLength(plain) : plain.byteLength
  if (length > MAX_PASSWORD_BYTES) return problem('max_length.password', { limit: MAX_PASSWORD_BYTES, length })
  // An encoder would write U+FFFD for half a surrogate pair, and then all such passwords would be one and the same.
  return typeof plain === 'string' && hasLoneSurrogate(plain) ? problem('invalid.password') : null
}

/** The bytes to hash; throws a `ValidationError` where there are none, or too many. */
export function passwordBytes(password: RawPassword): Uint8Array {
  const refusal = unhashable(password)
  if (refusal !== null) throw new ValidationError(refusal)
  const plain = reveal(password)
  return typeof plain === 'string' ? Buffer.from(plain) : plain
}

function reveal(password: RawPassword): string | Uint8Array {
  return password instanceof Secret ? password.reveal() : password
}
