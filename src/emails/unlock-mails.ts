/**
 * Tells the owner of an account that it is locked out, with a link that ends it. Whose account it is, if anybody's, is looked up after the
 * response, and the same is done for a name that nobody has, so that no answer and no work tells who exists (A6).
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { canonicalAddress } from '../accounts/email-address.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { findLinkBase } from '../authentication/link-base.js'
import type { AccountWait, LockedOut, Lockouts } from '../authentication/lockouts.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { UnlockLinks } from '../authentication/unlock-links.js'
import type { Clock } from '../base/clock.js'
import { messageFor } from '../base/messages.js'
import { WorkQueue, type Failure } from '../mail/mail-queue.js'
import type { Mailer } from '../mail/mailer.js'
import { accountName } from '../protection/lockouts/account-name.js'
import type { SiteLimits } from '../protection/rate-limits/site-limits.js'
import type { RequestSettings } from '../settings/request-settings.js'

/** What these mails are made of. */
export interface UnlockMailParts {
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly settings: RequestSettings
  readonly mailer: Mailer
  readonly links: UnlockLinks
  readonly lockouts: Lockouts
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** Null where nothing is limited. */
  readonly limits: () => SiteLimits | null
  /** Whether there are pages that a link can lead to. */
  readonly hasPages: () => boolean
  findRequest(request: unknown): SiteRequest | null
  addressOf(user: BaseUser): string
}

/** A lockout that its owner is to be told of. */
interface Job {
  readonly typed: string
  readonly wait: AccountWait
  readonly base: string
  readonly address: string | null
  readonly lockedAt: Date
}

/** Long enough for the response to leave first; in milliseconds. */
const AFTER = 100
/** Whoever guesses at thousands of accounts gets no thousands of queries in line; owners of the rest wait, or reset their password. */
const MOST_WAITING = 500
const CLOSE_WITHIN = 5000
/** Longer names are nobody's. */
const LONGEST_NAME = 254

/** The mails of a site. */
export class UnlockMails {
  readonly #parts: UnlockMailParts
  readonly #queue: WorkQueue<Job, Failure>

  constructor(parts: UnlockMailParts) {
    this.#parts = parts
    this.#queue = new WorkQueue<Job, Failure>({
      limit: MOST_WAITING,
      concurrency: 1,
      startAfter: AFTER,
      retryAfter: [],
      attempt: async (job) => this.#attempt(job),
      gaveUp: () => undefined,
    })
  }

  /** Hears that a try was the last for a while. Waits for nothing. */
  lockedOut({ username, kind, until, address, request }: LockedOut): void {
    const { settings, clock, lockouts, hasPages, findRequest } = this.#parts
    const base = findLinkBase(settings, findRequest(request))
    if ((kind !== 'account' && kind !== 'account-address') || base === null || !hasPages() || username.length > LONGEST_NAME) return
    const wait = { kind, network: lockouts.networkFor(kind, address), until }
    this.#queue.add({ typed: username, wait, base, address, lockedAt: clock.now() })
  }

  /** Settles when all are looked after. */
  async idle(): Promise<void> {
    await this.#queue.idle()
  }

  /** The same for the last time. */
  async close(): Promise<void> {
    await this.#queue.close(CLOSE_WITHIN)
  }

  async #attempt(job: Job): Promise<null> {
    try {
      await this.#mail(job)
    } catch (error) {
      this.#parts.onError(error)
    }
    return null
  }

  async #mail({ typed, wait, base, address, lockedAt }: Job): Promise<void> {
    const { settings, mailer, links, limits, addressOf } = this.#parts
    const user = await this.#ownerOf(typed)
    const email = user === null ? '' : addressOf(user)
    // A box of its own: who locks an account on purpose must not use up its owner's links for a new password. Nobody's name has one too.
    const box = `unlock:${email === '' ? accountName(typed) : (canonicalAddress(email) ?? email)}`
    const isAllowed = (await limits()?.mailbox.take(box))?.allowed ?? true
    if (user === null || email === '' || !isAllowed) return
    mailer.queueTemplate('accountLocked', {
      to: { address: email },
      reference: String(user.pk),
      context: {
        siteName: settings.siteName,
        userName: user.getUsername(),
        link: `${base}${settings.accountsPath}/${links.pathTo(user, wait)}`,
        address: address ?? messageFor('mail.new_device.no_address'),
        lockedAt,
        until: wait.until,
      },
    })
  }

  /** Whose account a name that was typed is of; null for nobody's, and for one that nobody can log in to with a password. */
  async #ownerOf(typed: string): Promise<BaseUser | null> {
    const { users } = this.#parts
    const where = { [users.model.usernameField]: users.normalizeUsername(typed) }
    const [found] = await users.filter(where as never, { limit: 1 })
    // A database may find somebody who is called otherwise.
    if (found === undefined || accountName(found.getUsername()) !== accountName(typed)) return null
    return found.isActive && found.hasUsablePassword() ? found : null
  }
}
