/**
 * `portcullis explain USER PERM`: why somebody may or may not.
 * @module
 */

import type { CommandContext } from '../command.js'
import { Refusal } from '../errors.js'
import { done, no, type Outcome } from '../outcome.js'

/** Answers as `hasPerm` would, with the reasons; exit code 1 when the answer is no. */
export async function explain(context: CommandContext, username: string, permission: string): Promise<Outcome> {
  const site = await context.site()
  const user = await site.users.find({ [site.internals.user.usernameField]: username } as never)
  if (user === null) throw new Refusal(`There is no user “${username}”.`)
  const explanation = await site.explain(user, permission)
  const outcome = explanation.granted ? done : no
  return outcome(explanation.render(), { granted: explanation.granted, explanation })
}
