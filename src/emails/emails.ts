/**
 * The addresses of a site's users: whether they were proven, and how another takes the place of the present one.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { canonicalAddress, normalizeEmail } from '../accounts/email-address.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { linkBase } from '../authentication/link-base.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { Clock } from '../base/clock.js'
import { validateEmail } from '../base/email-address.js'
import { problem, TooManyRequests, ValidationError } from '../base/errors.js'
import { pause } from '../base/pause.js'
import type { Signal } from '../base/signals.js'
import type { Mailer } from '../mail/mailer.js'
import { isMailAddress } from '../mail/message.js'
import type { SiteLimits } from '../protection/rate-limits/site-limits.js'
import type { RequestSettings } from '../settings/request-settings.js'
import { holdersOf, isOnlyClaimed, type AddressHolder } from './address-holders.js'
import type { EmailChanges } from './email-changes.js'
import type { EmailLinks } from './email-links.js'
import type { EmailSettings } from './settings.js'
import type { VerifiedEmails } from './verified-emails.js'

/** So many rows at once when old ones are cleared away. */
const ROWS_AT_ONCE = 500

/** What `emailVerified` tells. */
export interface EmailVerified<U = BaseUser> {
  readonly user: U
  readonly address: string
}

/** What `emailChanged` tells. */
export interface EmailChanged<U = BaseUser> {
  readonly user: U
  readonly from: string
  readonly to: string
  /** Whether the owner of the old address had it back. */
  readonly isReverted: boolean
}

/** What they are made of. */
export interface EmailParts {
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly settings: EmailSettings
  readonly requestSettings: RequestSettings
  readonly mailer: Mailer
  readonly clock: Clock
  readonly verified: VerifiedEmails
  readonly changes: EmailChanges
  readonly links: EmailLinks
  readonly limits: () => SiteLimits | null
  readonly emailVerified: Signal<EmailVerified>
  addressOf(user: BaseUser): string
  findRequest(request: unknown): SiteRequest | null
}

/** The addresses of a site's users; `U` is its user. */
export class Emails<U extends BaseUser = BaseUser> {
  readonly #parts: EmailParts

  constructor(parts: EmailParts) {
    this.#parts = parts
  }

  /** Whether nobody logs in with a password before their address is proven. */
  get isRequired(): boolean {
    return this.#parts.settings.required
  }

  /**
   * Tells whether somebody has proven their present address. What was proven of another one does not count.
   *
   * @example
   * if (!(await auth.emails.isVerified(user))) await auth.emails.sendVerification(user, request)
   */
  async isVerified(user: U): Promise<boolean> {
    const address = this.#parts.addressOf(user)
    const row = await this.#parts.verified.find(user.pk)
    return address !== '' && row !== null && row.verifiedAt !== null && row.address === address
  }

  /** Takes somebody's present address for proven, as after a proof of another kind. */
  async markVerified(user: U): Promise<void> {
    const address = this.#parts.addressOf(user)
    if (address === '' || (await this.isVerified(user))) return
    await this.#parts.verified.mark(user.pk, address)
    await this.#parts.emailVerified.send({ user, address })
  }

  /**
   * Mails somebody a link to confirm their present address; false where there is none, where it was confirmed already, and where there were
   * too many such mails. The link is confirmed on a page, by a form: a mail scanner that opens it changes nothing.
   */
  async sendVerification(user: U, request: unknown = null): Promise<boolean> {
    const { verified } = this.#parts
    const address = this.#parts.addressOf(user)
    if (address === '') return false
    const base = this.#base(request)
    const known = await verified.find(user.pk)
    if (known?.address === address && known.verifiedAt !== null) return false
    if (!(await this.#mayAsk(user)) || !(await this.mayMail(address))) return false
    const nonce = await verified.begin(user.pk, address, known)
    if (nonce === null) return false
    this.#mailVerification(base, user, address, nonce)
    return true
  }

  /**
   * Has a link mailed to another address, which takes the present one's place when it is confirmed. One that is somebody else's gets no link:
   * its owner is told. Both answer and cost the same (A7). Asks for no password; do that first.
   *
   * @throws ValidationError where it is no address, or the present one; TooManyRequests where this user asked too often
   * @example
   * await auth.emails.change(user, 'ada@new.example', request)
   */
  async change(user: U, address: string, request: unknown = null): Promise<void> {
    const { changes, links, mailer, limits, settings } = this.#parts
    const [from, to] = [this.#parts.addressOf(user), normalizeEmail(address)]
    this.checkNew(user, to)
    const base = this.#base(request)
    const asked = await limits()?.verification.take(String(user.pk))
    if (asked?.allowed === false) throw new TooManyRequests('Too many mails about the address of one account.', { retryAfter: asked.retryAfter })
    const mayMail = await this.mayMail(to)
    const holders = await this.holders(to, user)
    const publicId = await changes.ask(user.pk, { from, to })
    if (!mayMail) return
    if (holders.length > 0) return this.tellHolders(base, holders)
    const context = {
      ...this.#about(user, `${base}/${links.pathTo('change', user, publicId, { from, to })}`),
      email: to,
      validHours: hours(settings),
    }
    mailer.queueTemplate('emailChange', { to: { address: to }, reference: String(user.pk), context })
  }

  /** Forgets changes that no link leads back from any more, and proofs of accounts that are gone; tells how many. `portcullis clearsessions` calls it. */
  async clearExpired(): Promise<number> {
    const { changes, clock, settings, verified, users } = this.#parts
    let cleared = await changes.clearBefore(new Date(clock.now().getTime() - (settings.timeout + settings.revertTimeout) * 1000))
    for (let rows = await verified.after(0, ROWS_AT_ONCE); rows.length > 0; rows = await verified.after(rows.at(-1)?.pk, ROWS_AT_ONCE)) {
      const found = await users.filter({ pk: { in: rows.map((one) => asKey(one.userKey)) } } as never)
      const living = new Set(found.map((one) => String(one.pk)))
      const gone = rows.map((one) => one.userKey).filter((key) => !living.has(String(key)))
      await verified.forget(gone)
      cleared += gone.length
      await pause()
    }
    return cleared
  }

  /** @internal Throws what is wrong with an address that is to take the present one's place. */
  checkNew(user: BaseUser, address: string): void {
    const { emailField } = this.#parts.users.model
    const wrong = isMailAddress(address) ? validateEmail(address) : problem('invalid.email')
    if (wrong !== null) throw new ValidationError({ ...wrong, field: emailField })
    if (address === this.#parts.addressOf(user)) throw new ValidationError(problem('same_address', {}, emailField))
  }

  /**
   * @internal Begins with the address of an account that was made a moment ago. An address that is somebody else's gets no link, and its owner
   * is told; the statements are the same (A7).
   */
  async welcome(user: BaseUser, request: unknown): Promise<void> {
    const address = this.#parts.addressOf(user)
    if (address === '') return
    const base = this.#base(request)
    const nonce = await this.#parts.verified.beginNew(user.pk, address)
    const holders = await this.holders(address, user)
    if (!(await this.mayMail(address))) return
    if (holders.length > 0) this.tellHolders(base, holders)
    else this.#mailVerification(base, user, address, nonce)
  }

  /** @internal Whether somebody's address is proven, and for null the same work: what a login asks where it must be. */
  async admits(user: BaseUser | null, request: unknown): Promise<boolean> {
    const row = await this.#parts.verified.find(user?.pk ?? null)
    if (user === null) return false
    const address = this.#parts.addressOf(user)
    if (address !== '' && row !== null && row.verifiedAt !== null && row.address === address) return true
    this.#remind(user, address, request)
    return false
  }

  /** @internal Whether another mail may go to this address, which need be nobody's: one box for all its spellings. */
  async mayMail(address: string): Promise<boolean> {
    return (await this.#parts.limits()?.mailbox.take(canonicalAddress(address) ?? address))?.allowed ?? true
  }

  /** @internal Who else has an address, in two statements. */
  async holders(address: string, except: BaseUser | null): Promise<readonly AddressHolder[]> {
    return holdersOf(this.#parts, address, except)
  }

  /** @internal Tells the owner of an address that somebody wanted it; one mail, whoever else has it too. */
  tellHolders(base: string, [first]: readonly AddressHolder[]): void {
    if (first === undefined) return
    const context = this.#about(first.user, `${base}/login/`)
    this.#parts.mailer.queueTemplate('accountExists', { to: { address: first.address }, reference: String(first.user.pk), context })
  }

  /** @internal What links begin with, the path of the account pages with it. */
  baseFor(request: unknown): string {
    return this.#base(request)
  }

  /**
   * Whoever knows the password and has not confirmed the address gets the link once more. All of it is done after the response, which does not
   * show it.
   */
  #remind(user: BaseUser, address: string, request: unknown): void {
    const { verified, mailer } = this.#parts
    if (address === '') return
    let nonce: string | null = null
    mailer.queueTemplate('emailVerification', {
      to: { address },
      reference: String(user.pk),
      isWanted: async () => {
        if (!(await this.#mayAsk(user)) || !(await this.mayMail(address))) return false
        const holders = await this.holders(address, user)
        // An address that was somebody else's before is not this account's to prove.
        const known = await verified.find(user.pk)
        if (holders.length > 0 && isOnlyClaimed(user, address, known)) return false
        // It may have been proven since the login.
        nonce = await verified.begin(user.pk, address, known)
        return nonce !== null
      },
      context: () => this.#verification(this.#base(request), user, address, nonce ?? ''),
    })
  }

  async #mayAsk(user: BaseUser): Promise<boolean> {
    return (await this.#parts.limits()?.verification.take(String(user.pk)))?.allowed ?? true
  }

  #mailVerification(base: string, user: BaseUser, address: string, nonce: string): void {
    const context = this.#verification(base, user, address, nonce)
    this.#parts.mailer.queueTemplate('emailVerification', { to: { address }, reference: String(user.pk), context })
  }

  #verification(base: string, user: BaseUser, address: string, nonce: string) {
    const { links, settings } = this.#parts
    return { ...this.#about(user, `${base}/${links.pathToVerify(user, address, nonce)}`), email: address, validHours: hours(settings) }
  }

  #about(user: BaseUser, link: string) {
    return { siteName: this.#parts.requestSettings.siteName, userName: user.getUsername(), link }
  }

  #base(request: unknown): string {
    const { requestSettings, findRequest } = this.#parts
    return `${linkBase(requestSettings, findRequest(request))}${requestSettings.accountsPath}`
  }
}

/** A counted key is a number of a table of users and a bigint of one that points there. */
function asKey(userKey: unknown): unknown {
  return typeof userKey === 'bigint' ? Number(userKey) : userKey
}

function hours({ timeout }: EmailSettings): number {
  return Math.max(1, Math.floor(timeout / 3600))
}
