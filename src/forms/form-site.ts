/**
 * What forms need of the site they belong to. `portcullis.ts` hands it in.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { ProfileManager } from '../accounts/profiles.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import type { Credentials } from '../authentication/backend.js'
import type { Secret } from '../base/secret.js'
import type { ModelRegistry } from '../database/registry.js'
import type { SummaryItem } from '../passwords/hasher.js'
import type { PasswordValidator } from '../passwords/validators/validator.js'
import type { FileHooks } from './file-input.js'
import type { FormRequest } from './form-types.js'

/** A reset link that is to be mailed. */
export interface PasswordReset {
  readonly user: BaseUser
  /** The stored address, never the one that was typed (B1). */
  readonly email: string
  /** The user's key as the link carries it. */
  readonly uid: string
  readonly token: string
  /** Who asked. */
  readonly request: FormRequest | null
}

/** The parts of a site that forms reach for. */
export interface FormSite {
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  /** Null on a site without a profile model. */
  readonly profiles: ProfileManager | null
  readonly passwordValidators: readonly PasswordValidator[]
  readonly resetLinks: { uidOf(user: BaseUser): string; makeToken(user: BaseUser): string }
  /** Where files go; null where the site stores none. */
  readonly files: FileHooks | null
  /** Whether people may log in with their address too. Then nobody takes another's address for a name (B6). */
  readonly isEmailLogin?: boolean
  /** Names that nobody takes for themselves. */
  readonly reservedNames?: readonly string[]
  /** Whether an address is changed by a link to the new one: then no form writes it. */
  readonly changesEmailByLink?: boolean
  /** Where an address is changed. */
  readonly emailChangeUrl?: string
  /** The one door. */
  authenticate(request: unknown, credentials: Credentials): Promise<BaseUser | null>
  /** Whether this is the password of somebody who is logged in, under the same limits as the door. */
  checkPassword(request: unknown, user: BaseUser, password: Secret<string>): Promise<boolean>
  /** What an administrator may see of a stored hash; null where it cannot be read. */
  passwordSummary(encoded: string): readonly SummaryItem[] | null
  /** Whether another mail may go to this address, which need be nobody's; asked once for each question. Without it: as many as you like. */
  maySendTo?(address: string): Promise<boolean>
  /**
   * Takes a reset link to be mailed: puts it into a queue and returns, so that asking about an address that nobody has takes as long (A5).
   * What it throws goes to `logError`; the form says the same in any case.
   */
  sendPasswordReset(reset: PasswordReset): Promise<void>
  /** The site's `onError`: hears of what went wrong behind an answer that does not show it. */
  logError?(error: unknown): void
}
