/**
 * What an application may say of addresses and notices, and the defaults.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** A day: how long NIST lets a mailed link live (SP 800-63B-4, 4.2.2). */
const A_DAY = 86_400
/** Long enough for somebody who was away over a weekend, short enough that an abandoned mailbox is no key for ever. */
const A_WEEK = 7 * A_DAY

/** What an application may say of addresses. */
export interface EmailOptions {
  /**
   * Addresses are proven by a mailed link: of new accounts, and before another address takes the place of the present one. Default false,
   * as in Django.
   */
  readonly verification?: boolean
  /** Seconds a link to confirm an address counts. Default 86,400, a day. */
  readonly timeout?: number
  /** Seconds during which the owner of the address that was there before may have it back. Default 604,800, a week. */
  readonly revertTimeout?: number
}

/** The notices that a site mails by itself. Each is on where `mail` is configured, unless it is `false`. */
export interface NoticeOptions {
  readonly passwordChanged?: boolean
  readonly emailChanged?: boolean
  readonly newDevice?: boolean
}

/** The name of a notice. */
export type NoticeName = keyof NoticeOptions

/** Addresses, settled. */
export interface EmailSettings {
  readonly verification: boolean
  /** Whether nobody logs in with a password before their address is proven. */
  readonly required: boolean
  readonly timeout: number
  readonly revertTimeout: number
}

/** Fills in the defaults. */
export function settleEmails(options: EmailOptions = {}, required = false): EmailSettings {
  if (required && options.verification === false)
    throw new ImproperlyConfigured('requireVerifiedEmail asks for what `emails.verification: false` switches off. Leave one of the two out.')
  const { verification = required, timeout = A_DAY, revertTimeout = A_WEEK } = options
  for (const [name, value] of Object.entries({ timeout, revertTimeout })) {
    if (!Number.isInteger(value) || value < 60) throw new ImproperlyConfigured(`emails.${name} is ${value}. Pass whole seconds, at least 60.`)
  }
  return { verification, required, timeout, revertTimeout }
}

/** Fills in the defaults. */
export function settleNotices(options: NoticeOptions | false | undefined, isMailConfigured: boolean): Required<NoticeOptions> {
  const given = options === false ? { passwordChanged: false, emailChanged: false, newDevice: false } : (options ?? {})
  return { passwordChanged: isMailConfigured, emailChanged: isMailConfigured, newDevice: isMailConfigured, ...withoutGaps(given) }
}

function withoutGaps(options: NoticeOptions): NoticeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
