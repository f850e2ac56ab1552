/**
 * `portcullis changepassword [username]`: sets a password that is typed twice, with three tries.
 * @module
 */

import { messageFor } from '../../base/messages.js'
import type { Secret } from '../../base/secret.js'
import type { CommandContext } from '../command.js'
import { Refusal } from '../errors.js'
import { complaintsAbout } from '../new-password.js'
import { done, no, type Outcome } from '../outcome.js'
import type { Terminal } from '../terminal.js'

/** Django's. */
const TRIES = 3

/** Sets the password of the user of this name; without one, of the account this process runs under. */
export async function changePassword(context: CommandContext, username: string | undefined): Promise<Outcome> {
  const name = username ?? context.systemUser
  if (name === null || name === '') throw new Refusal('Name the user: the system does not say who you are.')
  const site = await context.site()
  const user = await site.users.find({ [site.internals.user.usernameField]: name } as never)
  if (user === null) throw new Refusal(`There is no user “${name}”.`)
  const { terminal } = context
  terminal.tell(`A new password for “${name}”.`)
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const password = await askNotEmpty(terminal, 'Password')
    const again = await askNotEmpty(terminal, 'Password (again)')
    const complaints = password.reveal() === again.reveal() ? await complaintsAbout(site, password, user) : [messageFor('password_mismatch')]
    if (complaints.length === 0) {
      await user.setPassword(password.reveal())
      return done(`The password of “${name}” has been changed.`, { user: { pk: user.pk, username: user.getUsername() } })
    }
    terminal.tell(complaints.join('\n'))
  }
  return no(`Given up after ${TRIES} tries: the password of “${name}” stays as it is.`, {
    error: { code: 'refused', message: `Given up after ${TRIES} tries.` },
  })
}

/** Nothing typed means: leave it. */
async function askNotEmpty(terminal: Terminal, question: string): Promise<Secret<string>> {
  const typed = await terminal.askSecret(question)
  if (typed.reveal() === '') throw new Refusal('Nothing was typed: the password stays as it is.')
  return typed
}
