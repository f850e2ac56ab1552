/**
 * Composes mails and addresses: the mailer, notices, proofs and changes of addresses.
 * @module
 */

import type { BaseUser } from './accounts/base-user.js'
import type { GroupManager } from './accounts/group.js'
import type { AnyUserClass } from './accounts/user.js'
import type { UserManager } from './accounts/user-manager.js'
import type { DeviceSessions } from './authentication/device-sessions.js'
import type { LoggedIn } from './authentication/login.js'
import type { ResetLinks } from './authentication/reset-links.js'
import type { SiteRequest } from './authentication/site-request.js'
import type { Clock } from './base/clock.js'
import { ImproperlyConfigured } from './base/errors.js'
import type { Keys } from './crypto/keys.js'
import { Manager } from './database/manager.js'
import type { ModelRegistry } from './database/registry.js'
import { EmailChanges } from './emails/email-changes.js'
import { EmailConfirmation } from './emails/email-confirmation.js'
import { EmailLinks } from './emails/email-links.js'
import { emailMigrations, emailModels } from './emails/email-models.js'
import { InvitationRow, invitationMigrations } from './emails/invitation-model.js'
import { Invitations } from './emails/invitations.js'
import { Emails } from './emails/emails.js'
import { UnlockLinks } from './authentication/unlock-links.js'
import type { Lockouts } from './authentication/lockouts.js'
import { UnlockMails } from './emails/unlock-mails.js'
import type { SiteEvents } from './events/events.js'
import { SecurityNotices } from './emails/notices.js'
import { settleRegistration } from './emails/registration-settings.js'
import { Registrations } from './emails/registrations.js'
import { settleEmails, settleNotices } from './emails/settings.js'
import { VerifiedEmails } from './emails/verified-emails.js'
import { createMailer, type Mailer } from './mail/mailer.js'
import type { PersonalDataPart } from './personal-data/part.js'
import type { SiteLimits } from './protection/rate-limits/site-limits.js'
import type { RequestSettings } from './settings/request-settings.js'
import type { RequestSideOptions, SiteSignals, SiteTypes } from './site.js'

/** What they are made of. */
export interface EmailSideParts {
  readonly options: Pick<RequestSideOptions, 'mail' | 'emails' | 'lockouts' | 'notices' | 'registration' | 'requireVerifiedEmail' | 'timeZone'>
  readonly settings: RequestSettings
  readonly registry: ModelRegistry
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly groups: GroupManager
  readonly keys: Keys
  readonly clock: Clock
  readonly resetLinks: ResetLinks
  readonly sessions: DeviceSessions
  readonly signals: Pick<
    SiteSignals<SiteTypes>,
    'emailVerified' | 'emailChanged' | 'newDevice' | 'userLockedOut' | 'invitationCreated' | 'invitationUsed'
  >
  readonly limits: () => SiteLimits | null
  readonly lockouts: Lockouts
  /** Whether there are pages that a mailed link can lead to. */
  readonly hasPages: () => boolean
  readonly onError: (error: unknown) => void
  readonly events: Pick<SiteEvents, 'note'>
  findRequest(request: unknown): SiteRequest | null
}

/** Makes them. */
export function composeEmails(parts: EmailSideParts) {
  const { options, settings, registry, users, keys, clock, resetLinks, signals, limits, findRequest } = parts
  const { meta, emailField } = users.model
  if (meta.primaryKey === null) throw new ImproperlyConfigured(`${users.model.label} declares no fields and cannot be a user.`)
  const mailer = createMailer({ ...options.mail, clock, timeZone: options.timeZone ?? 'UTC' })
  const emailSettings = settleEmails(options.emails, options.requireVerifiedEmail)
  if (emailSettings.verification && !meta.column.has(emailField))
    throw new ImproperlyConfigured(`${users.model.label} has no column for an address, so none can be proven. Switch emails.verification off.`)
  const notices = new SecurityNotices({
    mailer,
    settings,
    clock,
    emailField,
    wanted: settleNotices(options.notices, options.mail !== undefined),
    limits,
  })
  const addressOf = (user: BaseUser): string => notices.addressOf(user)
  const models = emailModels(registry.valueField(meta, meta.primaryKey.field))
  const verified = new VerifiedEmails(new Manager(registry, models.Email), clock)
  const changes = new EmailChanges(new Manager(registry, models.EmailChange), clock)
  const links = new EmailLinks({ keys, clock, settings: emailSettings, resetLinks, verified, changes, addressOf })
  const emails = new Emails({
    users,
    settings: emailSettings,
    requestSettings: settings,
    mailer,
    clock,
    verified,
    changes,
    links,
    limits,
    emailVerified: signals.emailVerified,
    addressOf,
    findRequest,
  })
  const confirmation = new EmailConfirmation({ ...parts, ...signals, settings: emailSettings, emails, verified, changes, links, notices })
  const registration = settleRegistration(options.registration)
  if (registration.mode === 'private' && !meta.column.has(emailField))
    throw new ImproperlyConfigured(`${users.model.label} has no column for an address, which a private registration begins with.`)
  const made = {
    ...signals,
    keys,
    clock,
    users,
    mailer,
    emails,
    verified,
    requestSettings: settings,
    settings: emailSettings,
    groups: parts.groups,
    rows: new Manager(registry, InvitationRow),
  }
  const invitations = new Invitations({ ...made, mode: registration.mode, timeout: registration.invitationTimeout })
  const { unlockLinks, unlockMails } = composeUnlocking(parts, mailer, addressOf)
  return {
    mailer,
    unlockLinks,
    idle: async (): Promise<void> => {
      await unlockMails?.idle()
      await mailer.idle()
    },
    close: async (): Promise<void> => {
      await unlockMails?.close()
      await mailer.close()
    },
    emails,
    invitations,
    registrations: new Registrations(made),
    registration,
    links,
    confirmation,
    settings: emailSettings,
    migrations: [...emailMigrations(models), ...invitationMigrations],
    personalData: personalEmails({ verified, changes, invitations: made.rows, addressOf }),
    /** For the door; null where whoever knows the password is let in. */
    admits: emailSettings.required ? async (user: BaseUser | null, request: unknown) => emails.admits(user, request) : null,
    tellPasswordChanged: (user: BaseUser, request: unknown): void => notices.passwordChanged(user, request),
    newDevice: async (login: LoggedIn): Promise<void> => {
      await signals.newDevice.send(login)
      notices.newDevice(login.user, login.request)
    },
  }
}

/** Links that end lockouts, where they can be mailed and the site wants them. */
function composeUnlocking(parts: EmailSideParts, mailer: Mailer, addressOf: (user: BaseUser) => string) {
  const { options, users, keys, clock, resetLinks, lockouts, signals, events } = parts
  const { lockouts: wanted } = options
  const isOn = wanted !== false && (wanted?.unlockByMail ?? options.mail !== undefined) && users.meta.column.has(users.model.emailField)
  if (!isOn) return { unlockLinks: null, unlockMails: null }
  const unlockLinks = new UnlockLinks({
    keys,
    clock,
    resetLinks,
    lockouts,
    ended: (user, { kind }, request) => events.note('unlocked', { target: user, request, data: { kind, by: 'link' } }),
  })
  const unlockMails = new UnlockMails({ ...parts, mailer, links: unlockLinks, addressOf })
  signals.userLockedOut.connect((event) => unlockMails.lockedOut(event))
  return { unlockLinks, unlockMails }
}

interface AddressTables {
  readonly verified: VerifiedEmails
  readonly changes: EmailChanges
  readonly invitations: Manager
  addressOf(user: BaseUser): string
}

/** What is held about somebody's addresses. */
function personalEmails({ verified, changes, invitations, addressOf }: AddressTables): PersonalDataPart {
  // Only under an address that they have proven: anybody may write somebody else's into their own account.
  const invited = async (user: BaseUser): Promise<object> => {
    const row = await verified.find(user.pk)
    const address = addressOf(user)
    const isProven = row !== null && row.verifiedAt !== null && row.address === address && address !== ''
    return { email: { in: isProven ? [address] : [] } }
  }
  return {
    name: 'emails',
    export: async (user) => ({
      verified: (await verified.findAll([user.pk])).map(({ address, verifiedAt }) => ({ address, verifiedAt })),
      changes: (await changes.ofUser(user.pk)).map(({ oldAddress, newAddress, askedAt, changedAt, revertedAt }) => ({
        oldAddress,
        newAddress,
        askedAt,
        changedAt,
        revertedAt,
      })),
      invitations: ((await invitations.filter((await invited(user)) as never)) as unknown as InvitationRow[]).map(({ email, created, usedAt }) => ({
        email,
        created,
        usedAt,
      })),
    }),
    erase: async (user) => {
      // One that is open is not what the account was made with, and goes on standing.
      await invitations.delete({ ...(await invited(user)), usedAt: { isNull: false } } as never)
      await verified.forget([user.pk])
      await changes.forget(user.pk)
    },
  }
}
