/**
 * Links by which the owner of an account ends a wait that others, or they themselves, have brought upon it. A link is for one account and one
 * wait, and is spent with it: no list of used links is kept, and none is good for the next wait.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { Clock } from '../base/clock.js'
import { fromBase36, toBase36 } from '../base/encoding.js'
import type { Keys } from '../crypto/keys.js'
import { checkToken, makeToken, type TokenMeaning } from '../crypto/purpose-tokens.js'
import { MOST_LISTED, type AccountWait, type Lockouts } from './lockouts.js'
import type { ResetLinks } from './reset-links.js'
import type { SiteRequest } from './site-request.js'

/** How long a mailed link lives at most, however long the wait: a day (NIST SP 800-63B-4, 4.2.2). In seconds. */
export const UNLOCK_TIMEOUT = 86_400

/** A wait: `a` for an account from everywhere, `n` for one from a network; the moment when it ends; the network. The token comes behind it. */
const WAIT = /^([an])([0-9a-z]{1,9})\.([0-9a-f:._]{0,49})$/

/** What a link is about, checked. */
export interface OpenedUnlock {
  readonly user: BaseUser
  readonly wait: AccountWait
}

/** What links are made of. */
export interface UnlockLinkParts {
  readonly keys: Keys
  readonly clock: Clock
  readonly resetLinks: ResetLinks
  readonly lockouts: Lockouts
  /** Told of a wait that was ended. */
  readonly ended: (user: BaseUser, wait: AccountWait, request: SiteRequest) => void
}

/** The links of a site. */
export class UnlockLinks {
  readonly #parts: UnlockLinkParts

  constructor(parts: UnlockLinkParts) {
    this.#parts = parts
  }

  /** The end of a link, below the account pages. */
  pathTo(user: BaseUser, wait: AccountWait): string {
    const { keys, clock, resetLinks } = this.#parts
    return `unlock/${resetLinks.uidOf(user)}/${waitText(wait)}.${makeToken(keys, meaning(user, wait), { clock })}/`
  }

  /** Finds what a link is about; null where it does not count, for whatever reason: made up, used, or the wait is over. */
  async open(uid: unknown, last: unknown): Promise<OpenedUnlock | null> {
    const { keys, clock, resetLinks, lockouts } = this.#parts
    const parts = typeof last === 'string' ? readLast(last) : null
    const user = parts === null ? null : await resetLinks.find(uid)
    if (parts === null || user === null || !user.isActive) return null
    const { wait, token } = parts
    if (!checkToken(keys, token, meaning(user, wait), { maxAge: UNLOCK_TIMEOUT, clock }) || wait.until <= clock.now()) return null
    const standing = await lockouts.list({ username: user.getUsername() })
    // Under attack from everywhere there are more than a list shows; ending the wait asks for this very one.
    const stands =
      standing.length >= MOST_LISTED ||
      standing.some((one) => one.kind === wait.kind && one.address === wait.network && one.until.getTime() === wait.until.getTime())
    return stands ? { user, wait } : null
  }

  /** Ends the wait; false where somebody did already. The browser that does it is known from then on: whoever has the link has the mailbox. */
  async confirm({ user, wait }: OpenedUnlock, request: SiteRequest): Promise<boolean> {
    const { lockouts, ended } = this.#parts
    if (!(await lockouts.endWait(user.getUsername(), wait, request.address))) return false
    lockouts.remember(request, user)
    ended(user, wait, request)
    return true
  }
}

/** The account by its name too: who is called otherwise by now has other counts. */
function meaning(user: BaseUser, { kind, network, until }: AccountWait): TokenMeaning {
  return { purpose: 'unlock', subject: String(user.pk), context: [user.getUsername(), kind, network, String(until.getTime())] }
}

/** A network has a slash, which a part of a path has not. */
function waitText({ kind, network, until }: AccountWait): string {
  return `${kind === 'account' ? 'a' : 'n'}${toBase36(until.getTime())}.${network.replace('/', '_')}`
}

function readLast(text: string): { readonly wait: AccountWait; readonly token: string } | null {
  const end = text.lastIndexOf('.')
  const [, kind = '', moment = '', network = ''] = WAIT.exec(text.slice(0, Math.max(0, end))) ?? []
  const until = fromBase36(moment)
  if (until === null) return null
  return {
    wait: { kind: kind === 'a' ? 'account' : 'account-address', network: network.replace('_', '/'), until: new Date(Number(until)) },
    token: text.slice(end + 1),
  }
}
