/**
 * `portcullis invite EMAIL`: makes an invitation, and prints its link.
 * @module
 */

import type { CommandContext } from '../command.js'
import { Misuse } from '../errors.js'
import { done, no, type Outcome } from '../outcome.js'

/** What the command may be told. */
export interface InviteCommandOptions {
  readonly group?: readonly string[]
  readonly days?: string
  readonly mail?: boolean
  readonly list?: boolean
  readonly revoke?: string
}

const A_DAY = 86_400

/** Invites; or shows who is invited; or takes an invitation back. */
export async function invite(context: CommandContext, email: string | undefined, options: InviteCommandOptions): Promise<Outcome> {
  const site = await context.site()
  if (options.list === true) {
    const invitations = await site.invitations.list()
    const lines = invitations.map((one) => `${one.id}  ${one.email}  until ${one.expires.toISOString()}`)
    return done(lines.length === 0 ? 'Nobody is invited.' : lines.join('\n'), { invitations })
  }
  if (options.revoke !== undefined) {
    const revoked = await site.invitations.revoke(options.revoke)
    return revoked ? done('The invitation was taken back.', { revoked }) : no('There is no such invitation, or it was used.', { revoked })
  }
  if (email === undefined) throw new Misuse('Name the address to invite. --list shows who is invited.')
  const days = options.days === undefined ? null : Number(options.days)
  if (days !== null && !(days > 0 && days <= 3650)) throw new Misuse(`--days is a number above 0, such as 7; got ${String(options.days)}.`)
  const { link, id, expires, groups } = await site.invitations.create({
    email,
    groups: options.group ?? [],
    ...(days === null ? {} : { expires: Math.round(days * A_DAY) }),
    mail: options.mail === true,
  })
  return done(`${link}\nWhoever has this link makes the account of ${email}, once, until ${expires.toISOString()}.`, {
    id,
    email,
    link,
    expires,
    groups,
  })
}
