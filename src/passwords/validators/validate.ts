/**
 * Puts a new password through every rule, and tells people the rules beforehand.
 * @module
 */

import { ValidationError, type Problem } from '../../base/errors.js'
import { escapeHtml } from '../../base/html.js'
import type { Catalogue } from '../../base/messages.js'
import { Secret } from '../../base/secret.js'
import { unhashable } from '../raw-password.js'
import { policyValidators, type PasswordPolicy } from './policies.js'
import type { PasswordContext, PasswordValidator } from './validator.js'

/** Which rules, and for whom. */
export interface ValidatePasswordOptions {
  /** Who the password is for; it must not resemble them. */
  readonly user?: object | null | undefined
  /** What people call the user's properties. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** The rules. Default: those of `policy`. */
  readonly validators?: readonly PasswordValidator[] | undefined
  /** Default: `django`. */
  readonly policy?: PasswordPolicy | undefined
}

/**
 * Throws a `ValidationError` with everything that is wrong with a new password, in the order of the rules.
 *
 * @example
 * await validatePassword('john1980', { user: john })   // password_too_similar
 */
export async function validatePassword(password: string | Secret<string>, options: ValidatePasswordOptions = {}): Promise<void> {
  const problems = await passwordProblems(password, options)
  if (problems.length > 0) throw new ValidationError(problems)
}

/** Finds everything that is wrong with a new password; an empty list when nothing is. */
export async function passwordProblems(password: string | Secret<string>, options: ValidatePasswordOptions = {}): Promise<readonly Problem[]> {
  // What can never be stored is not worth comparing with anything, and may be very long (C11).
  const refusal = unhashable(password)
  if (refusal !== null) return [refusal]
  const plain = password instanceof Secret ? password.reveal() : password
  const context: PasswordContext = { user: options.user ?? null, labels: options.labels ?? {} }
  const problems: Problem[] = []
  for (const validator of chosen(options)) {
    const found = await validator.validate(plain, context)
    if (found !== null) problems.push(found)
  }
  return problems
}

/** Tells every validator that listens that a password was set. Called after it was saved. */
export async function passwordChanged(
  password: string | Secret<string>,
  user: object,
  options: Pick<ValidatePasswordOptions, 'validators' | 'policy'> = {},
): Promise<void> {
  const plain = password instanceof Secret ? password.reveal() : password
  for (const validator of chosen(options)) await validator.passwordChanged?.(plain, user)
}

/**
 * The rules as sentences, in order.
 *
 * @example
 * passwordHelpTexts(policyValidators('nist'))
 */
export function passwordHelpTexts(validators: readonly PasswordValidator[] = policyValidators(), translation?: Catalogue): string[] {
  return validators.map((validator) => validator.helpText(translation))
}

/** The rules as an HTML list, escaped; empty when there are none. */
export function passwordHelpHtml(validators: readonly PasswordValidator[] = policyValidators(), translation?: Catalogue): string {
  const items = passwordHelpTexts(validators, translation).map((text) => `<li>${escapeHtml(text)}</li>`)
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

function chosen(options: Pick<ValidatePasswordOptions, 'validators' | 'policy'>): readonly PasswordValidator[] {
  return options.validators ?? policyValidators(options.policy)
}
