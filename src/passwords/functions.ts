/**
 * Passwords as plain functions, for a script or a program without a site.
 * @module
 */

import type { HashingOptions } from './pool.js'
import { PasswordService, type MakeOptions, type Verdict } from './password-service.js'
import type { RawPassword } from './raw-password.js'

/** Which hashers and pool to use, if not the defaults. */
export interface ServiceChoice {
  readonly service?: PasswordService | undefined
}

/**
 * Makes the value for a password column, in Django's format; null gives one that no password matches.
 * Throws `ValidationError` above 4,096 bytes.
 *
 * @example
 * await makePassword('correct horse battery staple')   // 'argon2$argon2id$v=19$m=19456,t=2,p=1$…'
 */
export function makePassword(password: RawPassword | null, options: MakeOptions & ServiceChoice = {}): Promise<string> {
  return chosen(options).make(password, options)
}

/**
 * Tells whether `password` is the one behind `encoded`: false for any stored value that cannot be read, never an error.
 *
 * @example
 * await checkPassword('guess', 'pbkdf2_sha256$1000000$…')   // false
 */
export function checkPassword(password: RawPassword | null, encoded: string | null, options: HashingOptions & ServiceChoice = {}): Promise<boolean> {
  return chosen(options).check(password, encoded, options)
}

/**
 * Like `checkPassword`, and tells whether the stored hash should be replaced.
 *
 * @example
 * const { ok, mustUpdate } = await verifyPassword(password, encoded)
 */
export function verifyPassword(password: RawPassword | null, encoded: string | null, options: HashingOptions & ServiceChoice = {}): Promise<Verdict> {
  return chosen(options).verify(password, encoded, options)
}

/**
 * Tells whether a new hash would look different from `encoded`: another algorithm, other costs, a longer salt.
 *
 * @example
 * mustUpdate('md5$salt$…')   // true
 */
export function mustUpdate(encoded: string, options: ServiceChoice = {}): boolean {
  return chosen(options).mustUpdate(encoded)
}

let native: PasswordService | undefined

function chosen(options: ServiceChoice): PasswordService {
  return options.service ?? (native ??= new PasswordService())
}
