/**
 * Who else has an address. Django's table lets any number of accounts have one; where addresses are proven, one that is somebody's is no
 * longer free for others.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { isSameAddress } from '../accounts/email-address.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import type { EmailRow } from './email-models.js'
import type { VerifiedEmails } from './verified-emails.js'

/** So many accounts with one address are a household; more are read in turns, for among them may be the one that is real. */
const ACCOUNTS_AT_ONCE = 100

/** An account, with its address as it is stored. */
export interface AddressHolder {
  readonly user: BaseUser
  readonly address: string
}

/**
 * Finds who else has an address, in two statements whether anybody does or not (A7). An account that was registered with it, never confirmed it
 * and never got in does not count: otherwise whoever registers with other people's addresses would keep them out.
 */
export async function holdersOf(
  { users, verified }: { readonly users: UserManager<AnyUserClass, BaseUser>; readonly verified: VerifiedEmails },
  address: string,
  except: BaseUser | null,
): Promise<readonly AddressHolder[]> {
  const { emailField, meta } = users.model
  for (let after: unknown = null; ;) {
    const where = { [emailField]: { iexact: address }, ...(after === null ? {} : { pk: { gt: after } }) }
    const options = { orderBy: 'pk', limit: ACCOUNTS_AT_ONCE }
    const found = meta.column.has(emailField) ? await users.filter(where as never, options as never) : []
    const holders = await holdersAmong(found, { emailField, verified, address, except })
    if (holders.length > 0 || found.length < ACCOUNTS_AT_ONCE) return holders
    after = found.at(-1)?.pk
  }
}

interface Wanted {
  readonly emailField: string
  readonly verified: VerifiedEmails
  readonly address: string
  readonly except: BaseUser | null
}

async function holdersAmong(found: readonly BaseUser[], { emailField, verified, address, except }: Wanted): Promise<readonly AddressHolder[]> {
  const others = found
    .map((user) => ({ user, address: String((user as unknown as Readonly<Record<string, unknown>>)[emailField] ?? '') }))
    // Engines compare more loosely than addresses are the same (B1).
    .filter((one) => isSameAddress(one.address, address) && (except === null || String(one.user.pk) !== String(except.pk)))
  const known = await verified.findAll(others.map((one) => one.user.pk))
  const rows = new Map(known.map((row) => [String(row.userKey), row]))
  return others.filter(({ user, address: stored }) => {
    return !isOnlyClaimed(user, stored, rows.get(String(user.pk)) ?? null)
  })
}

/** Whether somebody registered with this address, and neither confirmed it nor ever got in. */
export function isOnlyClaimed(user: BaseUser, address: string, row: EmailRow | null): boolean {
  return row !== null && row.address === address && row.verifiedAt === null && (user.lastLogin ?? null) === null
}
