/**
 * A password has a least number of characters.
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { messageFor, type Catalogue } from '../../base/messages.js'
import { codePointLength } from '../../base/text.js'
import { checkCost } from '../hasher.js'
import { MAX_PASSWORD_BYTES } from '../raw-password.js'
import type { PasswordValidator } from './validator.js'

/** Django's. NIST asks for 15 where nothing but the password is asked for. */
const DEFAULT_LENGTH = 8

/**
 * Refuses passwords of fewer than `minLength` characters (code points).
 *
 * @example
 * new MinimumLengthValidator({ minLength: 12 })
 */
export class MinimumLengthValidator implements PasswordValidator {
  readonly minLength: number

  constructor(options: { readonly minLength?: number } = {}) {
    this.minLength = checkCost('minLength', options.minLength ?? DEFAULT_LENGTH, 0, MAX_PASSWORD_BYTES)
  }

  validate(password: string): Problem | null {
    return codePointLength(password) < this.minLength ? problem('password_too_short', { minLength: this.minLength }) : null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_too_short', { minLength: this.minLength }, translation)
  }
}
