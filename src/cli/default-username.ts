/**
 * A username to suggest: that of the account this process runs under, written as Django writes it.
 * @module
 */

import { lower } from '../base/text.js'
import { unicodeUsernameValidator } from '../accounts/names.js'
import type { Site } from './command.js'

/** Django's own user, on `auth_user`. Another model's names may mean something else, so none is suggested for it. */
const DJANGOS_USER = 'auth.User'

/** What is left of a name in ASCII, without spaces and in lower case. Empty where nothing usable is left. */
export function plainUsername(systemUser: string): string {
  const ascii = systemUser.normalize('NFKD').replaceAll(/[^\0-\x7f]/g, '')
  const plain = lower(ascii.replaceAll(' ', ''))
  return unicodeUsernameValidator(plain) === null ? plain : ''
}

/** The username to suggest, or an empty text where there is none or it is taken. */
export async function suggestedUsername(site: Site, systemUser: string | null): Promise<string> {
  if (systemUser === null || site.internals.user.label !== DJANGOS_USER) return ''
  const plain = plainUsername(systemUser)
  return plain === '' || (await site.users.exists({ username: plain } as never)) ? '' : plain
}
