/**
 * A password is not one of those that everybody has, and that are tried first.
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { messageFor, type Catalogue } from '../../base/messages.js'
import { lower, strip } from '../../base/text.js'
import { MAX_PASSWORD_BYTES } from '../raw-password.js'
import type { PasswordValidator } from './validator.js'

/** Options of `CommonPasswordValidator`. */
export interface CommonPasswordOptions {
  /** Another list than the one that comes with the package, in lower case. */
  readonly passwords?: Iterable<string>
}

/**
 * Refuses passwords on a list of common ones, in whatever case and with whatever white space around them.
 *
 * @example
 * new CommonPasswordValidator({ passwords: (await readFile('banned.txt', 'utf8')).split('\n') })
 */
export class CommonPasswordValidator implements PasswordValidator {
  readonly #own: ReadonlySet<string> | null

  constructor(options: CommonPasswordOptions = {}) {
    this.#own = options.passwords === undefined ? null : new Set(Array.from(options.passwords, (one) => strip(one)).filter((one) => one !== ''))
  }

  async validate(password: string): Promise<Problem | null> {
    if (password.length > MAX_PASSWORD_BYTES) return null
    const passwords = this.#own ?? (await listedPasswords())
    return passwords.has(strip(lower(password))) ? problem('password_too_common') : null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_too_common', {}, translation)
  }
}

let listed: Promise<ReadonlySet<string>> | undefined

/** The list that comes with the package: unpacked once, when the first password is set, not when the package is loaded. */
function listedPasswords(): Promise<ReadonlySet<string>> {
  return (listed ??= import('./common-passwords.js').then(({ commonPasswords }) => commonPasswords()))
}
