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

/** So many accounts with one address are a household; more are somebody's flood of mail. */
const MOST_ACCOUNTS = 100

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
  const where = { [emailField]: { iexact: address } }
  const found = meta.column.has(emailField) ? await users.filter(where as never, { limit: MOST_ACCOUNTS }) : []
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
