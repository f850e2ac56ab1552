/**
 * `portcullis unlock USER`: ends the waits that too many tries to log in brought.
 * @module
 */

import type { CommandContext, Site } from '../command.js'
import { Misuse } from '../errors.js'
import { done, no, type Outcome } from '../outcome.js'

/** What the command may be told. */
export interface UnlockCommandOptions {
  readonly address?: string
  readonly list?: boolean
}

/** Drops every count of the account, known or not, and of the address; or shows who waits. */
export async function unlock(context: CommandContext, username: string | undefined, options: UnlockCommandOptions): Promise<Outcome> {
  if (options.list !== true && username === undefined && options.address === undefined)
    throw new Misuse('Name whose waits to end: a user, or an address with --address. --list shows who waits.')
  const site = await context.site()
  if (options.list === true) return list(site, username)
  const ofUser = username === undefined ? 0 : await site.lockouts.unlock({ username })
  const ofAddress = options.address === undefined ? 0 : await site.lockouts.unlock({ address: options.address })
  const dropped = ofUser + ofAddress
  const whose = [username, options.address].filter((one) => one !== undefined).join(' and ')
  if (dropped === 0) return no(`Nothing was counted for ${whose}.`, { dropped })
  return done(`Unlocked ${whose}: ${dropped === 1 ? '1 count was' : `${dropped} counts were`} dropped.`, { dropped })
}

async function list(site: Site, username: string | undefined): Promise<Outcome> {
  const lockouts = await site.lockouts.list(username === undefined ? {} : { username })
  const lines = lockouts.map(({ kind, account, address, tries, until }) => {
    const who = [address, account === '' ? '' : `account ${account.slice(0, 8)}`].filter((one) => one !== '').join(', ')
    return `${until.toISOString()}  ${kind}  ${who}  ${tries} tries`
  })
  return done(lines.length === 0 ? 'Nobody waits.' : lines.join('\n'), { lockouts })
}
