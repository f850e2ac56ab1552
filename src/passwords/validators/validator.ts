/**
 * What a password validator is: a rule that new passwords pass, and the sentence that says so beforehand.
 * @module
 */

import type { Problem } from '../../base/errors.js'
import type { Catalogue } from '../../base/messages.js'

/** Who the password is for, as far as a rule needs to know: an object whose properties are read by name. */
export interface PasswordContext {
  /** The user, saved or not; null where there is none yet. */
  readonly user: object | null
  /** What people call the user's properties, by property name, where a model names them otherwise. */
  readonly labels: Readonly<Record<string, string>>
}

/**
 * A rule for new passwords. The built-in ones are classes; an application's own is any object of this shape.
 *
 * @example
 * const noShopName: PasswordValidator = {
 *   validate: (password) => (/acme/i.test(password) ? customProblem('password_has_shop_name', 'Leave the name of the shop out.') : null),
 *   helpText: () => 'Leave the name of the shop out.',
 * }
 */
export interface PasswordValidator {
  /** Returns what is wrong, or null. */
  validate(password: string, context: PasswordContext): Problem | null | Promise<Problem | null>
  /** Says what to do, before anything is wrong. */
  helpText(translation?: Catalogue): string
  /** Hears of every password that was set, after it was saved, such as to remember its hash. */
  passwordChanged?(password: string, user: object): void | Promise<void>
}

/**
 * Makes a problem with an application's own code and sentence.
 *
 * @example
 * customProblem('password_has_shop_name', 'Leave the name of the shop out.')
 */
export function customProblem(code: string, message: string): Problem {
  return { code, key: 'invalid.schema', params: { message }, field: null }
}
