/**
 * What a user object asks of layers that stand further right: hashing with the site's settings, permission questions, keyed hashes.
 * Stated here as interfaces; `portcullis.ts` hands in the answers.
 * @module
 */

import type { Secret } from '../base/secret.js'
import type { ServiceKey } from '../database/registry.js'

/** A password as it comes in: text, or text wrapped so that no log shows it. */
export type RawPassword = string | Secret<string>

/** Anyone who may be asked about: a user, or nobody in particular. */
export interface Visitor {
  readonly pk: unknown
  readonly isAuthenticated: boolean
  readonly isActive: boolean
  getUsername(): string
}

/** The site's hashers. */
export interface PasswordHashing {
  /** Django's encoded form with the preferred hasher; null gives an unusable password. Throws `ValidationError` above 4,096 bytes. */
  make(raw: RawPassword | null): Promise<string>
  /**
   * Tells whether `raw` is the password. Where the stored form is out of date and the password right, `save` is given the new form and
   * the one it replaces, to write it only where the old one still stands.
   */
  check(raw: RawPassword, encoded: string, save?: (encoded: string, replaces: string) => Promise<boolean>): Promise<boolean>
  /** Whether a stored form can be read by one of the site's hashers. */
  isKnown(encoded: string): boolean
  /** One full hash for nothing, so that an unknown user costs what a known one costs. */
  spend(raw: RawPassword): Promise<void>
  /** Tells the validators that a password was set, as Django does after saving. */
  changed(raw: RawPassword, user: Visitor): Promise<void>
}

/** The permission questions, answered by every backend in order. */
export interface PermissionQuestions {
  hasPerm(who: Visitor, permission: string, object?: unknown): Promise<boolean>
  hasPerms(who: Visitor, permissions: readonly string[], object?: unknown): Promise<boolean>
  hasModulePerms(who: Visitor, appLabel: string): Promise<boolean>
  getUserPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
  getGroupPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
  getAllPermissions(who: Visitor, object?: unknown): Promise<ReadonlySet<string>>
}

/** Everything a user object needs of its site. */
export interface UserServices {
  readonly passwords: PasswordHashing
  readonly permissions: PermissionQuestions
  /** The hash that ties a session to a password column (K-13), in hexadecimal, 64 characters. */
  sessionAuthHash(encoded: string): string
  /** The same for each retired key, newest first. */
  sessionAuthFallbackHashes(encoded: string): string[]
}

/** Where a site keeps them. */
export const userServices: ServiceKey<UserServices> = { name: 'user services' }
