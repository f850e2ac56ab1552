/**
 * Doing what a mailed link about an address is for. Each happens once, whoever asks how often at the same time.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import { userServices } from '../accounts/user-services.js'
import type { DeviceSessions } from '../authentication/device-sessions.js'
import type { Clock } from '../base/clock.js'
import { UniqueViolation } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import { getRandomString } from '../crypto/random.js'
import type { EmailChanges } from './email-changes.js'
import type { EmailLinks, OpenedLink } from './email-links.js'
import type { EmailChanged, Emails, EmailVerified } from './emails.js'
import type { SecurityNotices } from './notices.js'
import type { EmailSettings } from './settings.js'
import type { VerifiedEmails } from './verified-emails.js'

/** What it is made of. */
export interface ConfirmationParts {
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly clock: Clock
  readonly settings: EmailSettings
  readonly sessions: DeviceSessions
  readonly emails: Emails
  readonly verified: VerifiedEmails
  readonly changes: EmailChanges
  readonly links: EmailLinks
  readonly notices: SecurityNotices
  readonly emailVerified: Signal<EmailVerified>
  readonly emailChanged: Signal<EmailChanged>
}

/** A password of this many letters and digits is nobody's to guess: 178 bits. */
const UNKNOWN_PASSWORD_LENGTH = 30

/** Undoes a transaction in which somebody else was faster. */
class Overtaken extends Error {}

/** Confirms what links are about. */
export class EmailConfirmation {
  readonly #parts: ConfirmationParts

  constructor(parts: ConfirmationParts) {
    this.#parts = parts
  }

  /** Does what a link is for; false where somebody else was faster, or the address has become somebody else's. */
  async confirm(link: OpenedLink, request: unknown): Promise<boolean> {
    switch (link.kind) {
      case 'verify':
        return this.#verify(link)
      case 'change':
        return this.#change(link, request)
      case 'revert':
        return this.#revert(link)
    }
  }

  /**
   * Saves what may write another address, and tells the owner of the old one, with the way back. Both are written together: nobody sees the new
   * address, and moves on from it, before the way back from it is there.
   */
  async saving<T>(user: BaseUser, request: unknown, save: () => Promise<T>): Promise<T> {
    const { notices, changes, users, emailChanged } = this.#parts
    const from = notices.addressOf(user)
    const isTold = from !== '' && notices.wants('emailChanged')
    const { saved, to, wayBack } = await users.registry.database.atomic(async () => {
      const result = await save()
      const pair = { from, to: notices.addressOf(user) }
      return { saved: result, to: pair.to, wayBack: isTold && pair.to !== from ? await changes.note(user.pk, pair, this.#since) : null }
    })
    if (from === to) return saved
    await emailChanged.send({ user, from, to, isReverted: false })
    if (isTold) this.#tell(user, { from, to }, wayBack, request)
    return saved
  }

  async #verify({ user, address, nonce }: OpenedLink & { kind: 'verify' }): Promise<boolean> {
    if (!(await this.#parts.verified.confirm(user.pk, address, nonce))) return false
    await this.#parts.emailVerified.send({ user, address })
    return true
  }

  async #change({ user, row }: OpenedLink & { kind: 'change' | 'revert' }, request: unknown): Promise<boolean> {
    const { changes, verified, emails } = this.#parts
    const { oldAddress: from, newAddress: to } = row
    let wayBack: string | null = null
    const isDone = await this.#undoing(async () => {
      const confirmed = await changes.confirm(row, this.#since)
      if (confirmed === null) throw new Overtaken()
      wayBack = confirmed.wayBack
      if ((await emails.holders(to, user)).length > 0) throw new Overtaken()
      // The link counts for an account as it is: a password set since it was opened ends it too.
      const expected = { [this.#emailField]: from, password: user.password }
      if (!(await this.#write(user, expected, { [this.#emailField]: to }))) throw new Overtaken()
      await verified.mark(user.pk, to)
    })
    if (!isDone) return false
    await this.#parts.emailChanged.send({ user, from, to, isReverted: false })
    await this.#parts.emailVerified.send({ user, address: to })
    if (from !== '') this.#tell(user, { from, to }, wayBack, request)
    return true
  }

  /**
   * Puts the old address back, takes away the password, which somebody else may know, and ends every session. Its owner chooses a new password
   * by a link to reset it; the page leads there.
   */
  async #revert({ user, row }: OpenedLink & { kind: 'change' | 'revert' }): Promise<boolean> {
    const { changes, verified, sessions, users } = this.#parts
    const { passwords } = users.registry.service(userServices)
    const password = await passwords.make(getRandomString(UNKNOWN_PASSWORD_LENGTH))
    const [from, to] = [this.#parts.notices.addressOf(user), row.oldAddress]
    const isDone = await this.#undoing(async () => {
      if (!(await changes.revert(row))) throw new Overtaken()
      if (!(await this.#write(user, {}, { [this.#emailField]: to, password }))) throw new Overtaken()
      await verified.mark(user.pk, to)
    })
    if (!isDone) return false
    await sessions.endAll(user)
    await this.#parts.emailChanged.send({ user, from, to, isReverted: true })
    await this.#parts.emailVerified.send({ user, address: to })
    return true
  }

  #tell(user: BaseUser, pair: { readonly from: string; readonly to: string }, wayBack: string | null, request: unknown): void {
    const { links, notices, settings } = this.#parts
    const validDays = Math.max(1, Math.floor(settings.revertTimeout / 86_400))
    const link = wayBack === null ? null : links.pathTo('revert', user, wayBack, pair)
    notices.emailChanged(user, request, { ...pair, link, validDays })
  }

  /** A way back that began before this is closed. */
  get #since(): Date {
    return new Date(this.#parts.clock.now().getTime() - this.#parts.settings.revertTimeout * 1000)
  }

  get #emailField(): string {
    return this.#parts.users.model.emailField
  }

  async #write(user: BaseUser, expected: object, values: object): Promise<boolean> {
    return this.#parts.users.compareAndSet(user, expected as never, values as never)
  }

  /** All or nothing; false where somebody else was faster, or has the address by now on a site where only one may. */
  async #undoing(work: () => Promise<void>): Promise<boolean> {
    try {
      await this.#parts.users.registry.database.atomic(work)
      return true
    } catch (error) {
      if (error instanceof Overtaken || error instanceof UniqueViolation) return false
      throw error
    }
  }
}
