/**
 * Whose form it is: who is named, or else who is asking.
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { FormRequest } from './form-types.js'

/** The user that a form is about. */
export function userOf(given: Readonly<Record<string, unknown>>, request: FormRequest | null): BaseUser {
  const user = given['user'] ?? request?.user
  if (user instanceof BaseUser) return user
  throw new ImproperlyConfigured('This form is about a user: bind it to the request of somebody who is logged in, or pass { user }.')
}
