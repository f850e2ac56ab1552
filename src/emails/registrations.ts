/**
 * Registering by a link, on a site whose registration tells nothing: who wants an account names an address, and whether that has one already
 * only its mailbox learns. Nothing is kept of who never comes back.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { canonicalAddress } from '../accounts/email-address.js'
import type { Clock } from '../base/clock.js'
import { decodeUid, toBase64Url } from '../base/encoding.js'
import { problem, UniqueViolation, ValidationError } from '../base/errors.js'
import type { Signal } from '../base/signals.js'
import { checkToken, makeToken, type TokenMeaning } from '../crypto/purpose-tokens.js'
import type { Keys } from '../crypto/keys.js'
import { getRandomString } from '../crypto/random.js'
import type { Manager } from '../database/manager.js'
import type { Mailer } from '../mail/mailer.js'
import { isMailAddress } from '../mail/message.js'
import type { RequestSettings } from '../settings/request-settings.js'
import { NAMED_TOKEN, PUBLIC_ID } from './email-models.js'
import type { Emails, EmailVerified } from './emails.js'
import type { InvitationRow } from './invitation-model.js'
import type { RegistrationTerms } from './registration-terms.js'
import type { EmailSettings } from './settings.js'
import type { VerifiedEmails } from './verified-emails.js'

/** What they are made of. */
export interface RegistrationParts {
  readonly keys: Keys
  readonly clock: Clock
  readonly settings: EmailSettings
  readonly requestSettings: RequestSettings
  readonly mailer: Mailer
  readonly emails: Emails
  readonly verified: VerifiedEmails
  readonly rows: Manager<typeof InvitationRow>
  readonly emailVerified: Signal<EmailVerified>
}

/** Registrations by link. */
export class Registrations {
  readonly #parts: RegistrationParts

  constructor(parts: RegistrationParts) {
    this.#parts = parts
  }

  /** Mails the link to an address, or tells its owner that there is an account already. Both answer and cost the same (A7). */
  async ask(address: string, request: unknown): Promise<void> {
    const { emails, mailer, requestSettings, settings } = this.#parts
    const base = emails.baseFor(request)
    const mayMail = await emails.mayMail(address)
    const holders = await emails.holders(address, null)
    if (!mayMail) return
    if (holders.length > 0) return emails.tellHolders(base, holders)
    const nonce = getRandomString(PUBLIC_ID.length, PUBLIC_ID.alphabet)
    const token = makeToken(this.#parts.keys, meaning(address, nonce), { clock: this.#parts.clock })
    mailer.queueTemplate('registration', {
      to: { address },
      context: {
        siteName: requestSettings.siteName,
        userName: address,
        link: `${base}/register/${toBase64Url(address)}/${nonce}.${token}/`,
        validHours: Math.max(1, Math.floor(settings.timeout / 3600)),
      },
    })
  }

  /** The terms of a link; null where it does not count. */
  async open(encoded: unknown, last: unknown): Promise<RegistrationTerms | null> {
    const { keys, clock, settings, rows, emails } = this.#parts
    const [, nonce = '', token = ''] = (typeof last === 'string' ? NAMED_TOKEN.exec(last) : null) ?? []
    const address = typeof encoded === 'string' && encoded.length <= LONGEST_ADDRESS ? decodeUid(encoded)?.toString('utf8') : undefined
    if (address === undefined || !isMailAddress(address)) return null
    if (!checkToken(keys, token, meaning(address, nonce), { maxAge: settings.timeout, clock })) return null
    if (await rows.exists({ publicId: nonce })) return null
    if ((await emails.holders(address, null)).length > 0) return null
    return { email: address, accept: async (make) => this.#accept(address, nonce, make) }
  }

  async #accept(address: string, nonce: string, make: () => Promise<BaseUser>): Promise<BaseUser> {
    const { rows, emails, verified, emailVerified } = this.#parts
    const { database } = rows.registry
    const user = await database.atomic(async () => {
      await database.atomic(async () => this.#claim(address, nonce)).catch(refuseSecond)
      if ((await emails.holders(address, null)).length > 0) throw new ValidationError(problem('invalid_link'))
      const made = await make()
      await verified.mark(made.pk, address)
      return made
    })
    await emailVerified.send({ user, address })
    return user
  }

  /** The row is the use: of many at once the database lets one in. It is forgotten when the link is too old anyway. */
  async #claim(email: string, publicId: string): Promise<void> {
    const { clock, rows, settings } = this.#parts
    const now = clock.now()
    const expires = new Date(now.getTime() + settings.timeout * 1000)
    await rows.create({ publicId, email, groups: [], invitedBy: '', created: now, expires, usedAt: now })
  }
}

/** Base64 makes four letters of three bytes, and a character may have four bytes. */
const LONGEST_ADDRESS = 1_800

function refuseSecond(error: unknown): never {
  throw error instanceof UniqueViolation ? new ValidationError(problem('invalid_link')) : error
}

function meaning(address: string, nonce: string): TokenMeaning {
  return { purpose: 'registration', subject: canonicalAddress(address) ?? address, context: [address, nonce] }
}
