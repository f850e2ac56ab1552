/**
 * Sets of rules that have a name.
 * @module
 */

import { CommonPasswordValidator } from './common.js'
import { MinimumLengthValidator } from './minimum-length.js'
import { NumericPasswordValidator } from './numeric.js'
import { UserAttributeSimilarityValidator } from './similarity.js'
import { SiteWordsValidator } from './site-words.js'
import type { PasswordValidator } from './validator.js'

/**
 * `django` is what Django's project template sets up: similarity, eight characters, common passwords, digits only. `nist` follows
 * SP 800-63B-4 for a password without a second factor: fifteen characters, no rule of composition, and nothing like the site's own name.
 */
export type PasswordPolicy = 'django' | 'nist'

/** NIST's least length where the password is all there is. */
const NIST_LENGTH = 15

/** What a policy is told of the site. */
export interface PolicyOptions {
  /** Its name and host: `nist` refuses passwords that are like them. Django has no such rule, so `django` has none. */
  readonly siteWords?: readonly string[]
}

/**
 * Makes the validators of a policy, in the order their findings are told.
 *
 * @example
 * const validators = policyValidators('nist')
 */
export function policyValidators(policy: PasswordPolicy = 'django', { siteWords = [] }: PolicyOptions = {}): readonly PasswordValidator[] {
  if (policy === 'django')
    return [new UserAttributeSimilarityValidator(), new MinimumLengthValidator(), new CommonPasswordValidator(), new NumericPasswordValidator()]
  return [
    new UserAttributeSimilarityValidator(),
    new MinimumLengthValidator({ minLength: NIST_LENGTH }),
    new CommonPasswordValidator(),
    ...(siteWords.length === 0 ? [] : [new SiteWordsValidator(siteWords)]),
  ]
}
