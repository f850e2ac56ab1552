/**
 * A password is not made of digits alone.
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { messageFor, type Catalogue } from '../../base/messages.js'
import { isDigit } from '../../base/text.js'
import type { PasswordValidator } from './validator.js'

/** Refuses passwords that are digits of any script throughout. NIST counts this as a composition rule and advises against such. */
export class NumericPasswordValidator implements PasswordValidator {
  validate(password: string): Problem | null {
    return isDigit(password) ? problem('password_entirely_numeric') : null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_entirely_numeric', {}, translation)
  }
}
