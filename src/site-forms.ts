/**
 * Composes what forms stand on: mails, stored files, and the forms themselves.
 * @module
 */

import type { BaseUser } from './accounts/base-user.js'
import { canonicalAddress } from './accounts/email-address.js'
import type { ProfileManager } from './accounts/profiles.js'
import type { AnyUserClass } from './accounts/user.js'
import type { UserManager } from './accounts/user-manager.js'
import type { Credentials } from './authentication/backend.js'
import { linkBase } from './authentication/link-base.js'
import type { ResetLinks } from './authentication/reset-links.js'
import { SiteRequest } from './authentication/site-request.js'
import type { ErrorListener } from './base/error-listener.js'
import type { Clock } from './base/clock.js'
import type { Secret } from './base/secret.js'
import type { ModelRegistry } from './database/registry.js'
import type { SiteEvents } from './events/events.js'
import type { FileHooks } from './forms/file-input.js'
import type { PasswordReset } from './forms/form-site.js'
import { createForms, type SiteForms } from './forms/forms.js'
import type { Mailer } from './mail/mailer.js'
import type { PictureLimits } from './media/decode-picture.js'
import type { MediaStorage } from './media/storage.js'
import type { PasswordService } from './passwords/password-service.js'
import type { PasswordValidator } from './passwords/validators/validator.js'
import type { SiteLimits } from './protection/rate-limits/site-limits.js'
import type { RequestSettings } from './settings/request-settings.js'

/** What an application may say of uploaded pictures. */
export interface MediaOptions {
  /** Where they are kept: `fileSystemStorage('media')`, or a storage of the application's own. */
  readonly storage: MediaStorage
  /** How large a picture may be, and how large it is kept. */
  readonly limits?: PictureLimits
  /** Asked with the bytes as they were sent; false refuses them. For a scanner. */
  readonly scan?: (bytes: Uint8Array) => Promise<boolean>
}

/** What mails, files and forms are made of. */
export interface FormSideParts {
  readonly mailer: Mailer
  readonly media: MediaOptions | undefined
  readonly settings: RequestSettings
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly profiles: ProfileManager | null
  readonly passwords: PasswordService
  readonly passwordValidators: readonly PasswordValidator[]
  readonly resetLinks: ResetLinks
  readonly changesEmailByLink: boolean
  readonly reservedNames: readonly string[]
  readonly clock: Clock
  readonly authenticate: (request: unknown, credentials: Credentials) => Promise<BaseUser | null>
  /** Whether this is the password of somebody who is known already, under the same limits as a login. */
  readonly checkPassword: (request: unknown, user: BaseUser, password: Secret<string>) => Promise<boolean>
  /** What the site limits by itself; null where it limits nothing. */
  readonly limits: SiteLimits | null
  readonly onError: ErrorListener
  readonly events: Pick<SiteEvents, 'note'>
}

/** Makes them. */
export function composeForms(parts: FormSideParts): {
  readonly forms: SiteForms
  readonly media: MediaOptions | null
  readonly files: FileHooks | null
  /** Mails somebody a link to choose a new password, to the address of their account; false where they have none. */
  readonly mailResetLink: (user: BaseUser, request: unknown) => boolean
} {
  const { mailer, settings, registry, users, profiles, passwords, passwordValidators, resetLinks, clock, onError } = parts
  const media = parts.media ?? null
  const files = media === null ? null : fileHooks(media, settings, onError)
  const forms = createForms({
    registry,
    users,
    profiles,
    passwordValidators,
    resetLinks,
    files,
    changesEmailByLink: parts.changesEmailByLink,
    reservedNames: parts.reservedNames,
    emailChangeUrl: `${settings.accountsPath}/email/`,
    authenticate: parts.authenticate,
    checkPassword: parts.checkPassword,
    passwordSummary: (encoded) => passwords.safeSummary(encoded),
    ...(parts.limits === null ? {} : { maySendTo: mailboxLimit(parts.limits) }),
    logError: onError,
    sendPasswordReset: async (reset) => {
      parts.events.note('password_reset_requested', { target: reset.user, request: reset.request instanceof SiteRequest ? reset.request : null })
      queueReset(mailer, settings, resetLinks, clock, reset)
    },
  })
  return {
    forms,
    media,
    files,
    mailResetLink: (user, request) => {
      const email = (user as unknown as Readonly<Record<string, unknown>>)[users.model.emailField]
      if (typeof email !== 'string' || email === '') return false
      const reset = {
        user,
        email,
        uid: resetLinks.uidOf(user),
        token: resetLinks.makeToken(user),
        request: request instanceof SiteRequest ? request : null,
      }
      parts.events.note('password_reset_requested', { target: user, request: reset.request })
      queueReset(mailer, settings, resetLinks, clock, reset)
      return true
    },
  }
}

/** One box for all spellings of an address, whether anybody has it or not. */
function mailboxLimit({ mailbox }: SiteLimits): (address: string) => Promise<boolean> {
  return async (address) => (await mailbox.take(canonicalAddress(address) ?? address)).allowed
}

function queueReset(
  mailer: Mailer,
  settings: RequestSettings,
  links: ResetLinks,
  clock: Clock,
  { user, email, uid, token, request }: PasswordReset,
): void {
  const base = linkBase(settings, request)
  mailer.queueTemplate('passwordReset', {
    to: { address: email },
    purpose: 'passwordReset',
    reference: String(user.pk),
    context: {
      siteName: settings.siteName,
      userName: user.getUsername(),
      link: `${base}${settings.accountsPath}/reset/${uid}/${token}/`,
      validHours: Math.max(1, Math.floor(links.timeout / 3600)),
      requestedAt: clock.now(),
      email,
      uid,
      token,
    },
  })
}

function fileHooks({ storage, limits, scan }: MediaOptions, settings: RequestSettings, logError: ErrorListener): FileHooks {
  return {
    async prepare(file) {
      // Looked at before anything is kept; decoding is the only look that counts (J4).
      const { preparePicture } = await import('./media/save-picture.js')
      return preparePicture(file.bytes, { storage, ...(limits === undefined ? {} : { limits }), ...(scan === undefined ? {} : { scan }) })
    },
    remove: async (path) => void (await storage.delete(path)),
    url: (path) => `${settings.accountsPath}/media/${path}`,
    logError,
  }
}
