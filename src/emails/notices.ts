/**
 * Notices to the owner of an account: what happened to it, to be told by mail, so that somebody who is not its owner cannot act unseen
 * (ASVS 6.3.7). None holds a link that does something by itself, but the one that brings an old address back.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import { canonicalAddress } from '../accounts/email-address.js'
import { findLinkBase } from '../authentication/link-base.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { Clock } from '../base/clock.js'
import { messageFor } from '../base/messages.js'
import type { Mailer, TemplateMessage } from '../mail/mailer.js'
import { maskAddress } from '../mail/message.js'
import { deviceName } from '../protection/device-name.js'
import type { SiteLimits } from '../protection/rate-limits/site-limits.js'
import type { RequestSettings } from '../settings/request-settings.js'
import type { NoticeName, NoticeOptions } from './settings.js'

/** What notices are made of. */
export interface NoticeParts {
  readonly mailer: Mailer
  readonly settings: RequestSettings
  readonly clock: Clock
  readonly emailField: string
  readonly wanted: Required<NoticeOptions>
  /** Null where nothing is limited. */
  readonly limits: () => SiteLimits | null
}

/** The notices of a site. */
export class SecurityNotices {
  readonly #parts: NoticeParts

  constructor(parts: NoticeParts) {
    this.#parts = parts
  }

  /** Whoever did not change their password themselves must hear that somebody did. */
  passwordChanged(user: BaseUser, request: unknown): void {
    const about = this.#about(user, request, 'password_reset/')
    this.#send('passwordChanged', 'passwordChanged', user, this.addressOf(user), {
      ...about,
      changedAt: this.#parts.clock.now(),
    })
  }

  /** Somebody was let in from a browser that is new to the account. */
  newDevice(user: BaseUser, request: SiteRequest): void {
    this.#send('newDevice', 'newDevice', user, this.addressOf(user), {
      ...this.#about(user, request, 'sessions/'),
      device: deviceName(request.header('user-agent') ?? '').name,
      address: request.address ?? messageFor('mail.new_device.no_address'),
      seenAt: this.#parts.clock.now(),
    })
  }

  /** The address is another now. Goes to the old one, with the way back if there is one. */
  emailChanged(
    user: BaseUser,
    request: unknown,
    change: { readonly from: string; readonly to: string; readonly link: string | null; readonly validDays: number },
  ): void {
    this.#send('emailChanged', 'emailChanged', user, change.from, {
      ...this.#about(user, request, change.link ?? 'login/'),
      email: maskAddress(change.to),
      changedAt: this.#parts.clock.now(),
      validDays: change.validDays,
      hasWayBack: change.link !== null,
    })
  }

  /** Whether somebody is told of a change of this kind. */
  wants(name: NoticeName): boolean {
    return this.#parts.wanted[name]
  }

  /** The address of an account; empty where it has none. */
  addressOf(user: BaseUser): string {
    const address = (user as unknown as Readonly<Record<string, unknown>>)[this.#parts.emailField]
    return typeof address === 'string' ? address : ''
  }

  #about(user: BaseUser, request: unknown, path: string) {
    const { settings } = this.#parts
    const base = findLinkBase(settings, request)
    return { siteName: settings.siteName, userName: user.getUsername(), link: base === null ? '' : `${base}${settings.accountsPath}/${path}` }
  }

  /** Without an address there is nobody to tell, and without a base nowhere to lead. */
  #send<Name extends NoticeName & ('passwordChanged' | 'newDevice' | 'emailChanged')>(
    name: Name,
    template: Name,
    user: BaseUser,
    address: string,
    context: Extract<TemplateMessage<Name>['context'], { readonly link: string }>,
  ): void {
    const { mailer, wanted, limits } = this.#parts
    if (!wanted[name] || address === '' || context.link === '') return
    // One box for all spellings, and for each kind of notice: many of one kind must not keep another back.
    const box = `${name}:${canonicalAddress(address) ?? address}`
    mailer.queueTemplate(template, {
      to: { address },
      reference: String(user.pk),
      context,
      isWanted: async () => (await limits()?.notices.take(box))?.allowed ?? true,
    })
  }
}
