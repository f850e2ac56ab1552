/**
 * A part of what is held about somebody: what it is, and how it is erased. Each ability of a site brings its own, and so does an application.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'

/** What an erasure is told. */
export interface Erasure {
  /** Stands in place of the person's name in whatever must stay. */
  readonly pseudonym: string
}

/**
 * One part of what is held about somebody.
 *
 * @example
 * const letters = new Map<unknown, string>()
 * const newsletter: PersonalDataPart = {
 *   name: 'newsletter',
 *   export: async (user) => letters.get(user.pk) ?? null,
 *   erase: async (user) => void letters.delete(user.pk),
 * }
 */
export interface PersonalDataPart<U extends BaseUser = BaseUser> {
  /** Names the part in the export: letters, digits, - and _. */
  readonly name: string
  /** What is held about this user: anything that JSON can hold. */
  export?(user: U): Promise<unknown>
  /** Deletes it, or takes the person out of it. Runs in the transaction of the erasure, before the account goes; throwing undoes everything. */
  erase?(user: U, erasure: Erasure): Promise<void>
}
