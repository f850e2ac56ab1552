/**
 * Asking for a new password: twice, unseen, and not blank.
 * @module
 */

import type { Secret } from '../base/secret.js'
import { messageFor } from '../base/messages.js'
import { strip } from '../base/text.js'
import type { Site } from './command.js'
import { isValidationError } from './describe-error.js'
import type { Terminal } from './terminal.js'

/** What the person typed: a password, or the sentence that says why it is none. */
export type Typed = { readonly password: Secret<string> } | { readonly complaint: string }

/** Asks twice. White space alone is no password, and the two must be the same. */
export async function askTwice(terminal: Terminal): Promise<Typed> {
  const password = await terminal.askSecret('Password')
  const again = await terminal.askSecret('Password (again)')
  if (password.reveal() !== again.reveal()) return { complaint: messageFor('password_mismatch') }
  if (strip(password.reveal()) === '') return { complaint: messageFor('blank.password') }
  return { password }
}

/** What the site's validators say against a password for somebody with these values; empty when they accept it. */
export async function complaintsAbout(site: Site, password: Secret<string>, about: object): Promise<readonly string[]> {
  try {
    await site.validatePassword(password.reveal(), about)
    return []
  } catch (error) {
    if (!isValidationError(error)) throw error
    return error.messages
  }
}
