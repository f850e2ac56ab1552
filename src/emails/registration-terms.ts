/**
 * What an account is made on by somebody who came by a mailed link: the address that the link proves, and the one use of it.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'

/** The terms. A form that makes accounts takes them beside its request. */
export interface RegistrationTerms {
  /** The proven address: shown, and not to be changed. */
  readonly email: string
  /**
   * Makes the account in one transaction with the use of the link: all or nothing.
   *
   * @throws ValidationError `invalid_link` where somebody else was faster
   */
  accept(make: () => Promise<BaseUser>): Promise<BaseUser>
}
