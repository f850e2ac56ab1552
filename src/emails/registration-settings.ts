/**
 * What an application may say of registration, and the defaults.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** How accounts come to be. */
export type RegistrationMode = 'open' | 'private' | 'invitation' | 'closed'

/** What an application may say of registration. */
export interface RegistrationOptions {
  /**
   * `open`: whoever fills in the form has an account, as in Django. `private`: a link to the form is mailed first, so that no answer tells who
   * has an account. `invitation`: whoever was invited. `closed`: nobody. Default `open`.
   */
  readonly mode?: RegistrationMode
  /** Names that nobody registers with, nor what looks like one of them. Default: `RESERVED_NAMES`; `[]`: none. */
  readonly reservedNames?: readonly string[]
  /** Seconds an invitation counts that says nothing else. Default 604,800, a week. */
  readonly invitationTimeout?: number
}

/** The same, settled. */
export interface RegistrationSettings {
  readonly mode: RegistrationMode
  readonly reservedNames: readonly string[]
  readonly invitationTimeout: number
}

/**
 * Names that pass for those who run a site, its machines (RFC 2142), or parts of it.
 *
 * @example
 * const options = { registration: { reservedNames: [...RESERVED_NAMES, 'harbour'] } }
 */
export const RESERVED_NAMES: readonly string[] = [
  'abuse account accounts admin administrator anonymous api auth billing daemon django everyone guest help helpdesk hostmaster info',
  'login logout mail mailer-daemon me moderator nobody noc noreply no-reply null official operator owner password portcullis',
  'postmaster register root sales security service signup staff superuser support sysadmin system undefined webmaster www',
].flatMap((line) => line.split(' '))

const MODES: ReadonlySet<string> = new Set<RegistrationMode>(['open', 'private', 'invitation', 'closed'])
const A_WEEK = 604_800

/** Fills in the defaults. */
export function settleRegistration(options: RegistrationOptions = {}): RegistrationSettings {
  const { mode = 'open', reservedNames = RESERVED_NAMES, invitationTimeout = A_WEEK } = options
  if (!MODES.has(mode)) throw new ImproperlyConfigured(`registration.mode is “${String(mode)}”. It is one of: ${[...MODES].join(', ')}.`)
  if (!Number.isInteger(invitationTimeout) || invitationTimeout < 60)
    throw new ImproperlyConfigured(`registration.invitationTimeout is ${invitationTimeout}. Pass whole seconds, at least 60.`)
  return { mode, reservedNames, invitationTimeout }
}
