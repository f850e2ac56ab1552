/**
 * What the account pages need of the site they belong to. `portcullis.ts` hands it in.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { ProfileManager } from '../accounts/profiles.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { DeviceSessions } from '../authentication/device-sessions.js'
import type { RequestHandler } from '../authentication/handle.js'
import type { ResetLinks } from '../authentication/reset-links.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { UnlockLinks } from '../authentication/unlock-links.js'
import type { Clock } from '../base/clock.js'
import type { EmailConfirmation } from '../emails/email-confirmation.js'
import type { EmailLinks } from '../emails/email-links.js'
import type { Invitations } from '../emails/invitations.js'
import type { RegistrationSettings } from '../emails/registration-settings.js'
import type { Registrations } from '../emails/registrations.js'
import type { Emails } from '../emails/emails.js'
import type { EmailSettings } from '../emails/settings.js'
import type { SiteEvents } from '../events/events.js'
import type { SiteForms } from '../forms/forms.js'
import type { MediaStorage } from '../media/storage.js'
import type { PersonalDataService } from '../personal-data/personal-data.js'
import type { SiteLimits } from '../protection/rate-limits/site-limits.js'
import type { RequestSettings } from '../settings/request-settings.js'

/** What pages need of addresses. */
export interface PagesEmails {
  readonly emails: Emails
  readonly links: EmailLinks
  readonly confirmation: EmailConfirmation
  readonly settings: EmailSettings
  readonly registration: RegistrationSettings
  readonly registrations: Registrations
  readonly invitations: Invitations
}

/** The parts of a site that pages reach for. */
export interface PagesSite {
  readonly settings: RequestSettings
  readonly requests: RequestHandler
  readonly forms: SiteForms
  readonly user: AnyUserClass
  /** Null on a site without a profile model. */
  readonly profiles: ProfileManager | null
  readonly sessions: DeviceSessions
  readonly resetLinks: ResetLinks
  /** Where pictures are kept; null where the site keeps none. */
  readonly storage: MediaStorage | null
  readonly clock: Clock
  readonly emailSide: PagesEmails
  /** Links that end lockouts; null where none are mailed. */
  readonly unlockLinks: UnlockLinks | null
  readonly personalData: Pick<PersonalDataService, 'export'>
  /** What the site limits by itself; null where it limits nothing. */
  readonly limits?: SiteLimits | null
  /** The backend that vouches for somebody who has just registered, or proven their address. */
  readonly backend: string
  login(request: SiteRequest, user: BaseUser, how?: { readonly backend?: string }): Promise<void>
  logout(request: SiteRequest): Promise<void>
  updateSessionAuthHash(request: SiteRequest, user: BaseUser): Promise<void>
  /** Has a browser known that its user has proven to be theirs: tries from it are counted apart. */
  rememberDevice?(user: BaseUser, request: SiteRequest): void
  /** Where what happens is noted. */
  readonly events?: Pick<SiteEvents, 'note'>
  /** Told that an account's password was changed by its owner: a mail says so. */
  passwordChanged?(user: BaseUser, request: SiteRequest): void
}
