/**
 * What objects and signals of a site are wired to: what a user object reaches through its site, and whom an application may listen to.
 * @module
 */

import type { BaseUser } from './accounts/base-user.js'
import type { UserServices } from './accounts/user-services.js'
import type { LoginFailed } from './authentication/authenticate.js'
import type { LockedOut } from './authentication/lockouts.js'
import type { LoggedIn, LoggedOut } from './authentication/login.js'
import { Signal } from './base/signals.js'
import type { Keys } from './crypto/keys.js'
import { sessionAuthFallbackHashes, sessionAuthHash } from './crypto/session-auth-hash.js'
import type { EmailChanged, EmailVerified } from './emails/emails.js'
import type { InvitationEvent } from './emails/invitations.js'
import type { Passwords } from './passwords/settings.js'
import { passwordChanged } from './passwords/validators/validate.js'
import type { PermissionsChanged } from './site.js'

/** The signals of one site. */
export function createSignals() {
  return {
    userLoginFailed: new Signal<LoginFailed>(),
    userLockedOut: new Signal<LockedOut>(),
    userLoggedIn: new Signal<LoggedIn>(),
    userLoggedOut: new Signal<LoggedOut>(),
    passwordChanged: new Signal<{ readonly user: BaseUser }>(),
    emailVerified: new Signal<EmailVerified>(),
    emailChanged: new Signal<EmailChanged>(),
    newDevice: new Signal<LoggedIn>(),
    invitationCreated: new Signal<InvitationEvent>(),
    invitationUsed: new Signal<InvitationEvent>(),
    permissionsChanged: new Signal<PermissionsChanged>(),
  }
}

interface ServiceParts {
  readonly keys: Keys
  readonly passwords: Passwords
  readonly questions: UserServices['permissions']
  readonly signals: ReturnType<typeof createSignals>
}

/** What user objects reach through their site. */
export function servicesOfUsers({ keys, passwords, questions, signals }: ServiceParts): UserServices {
  return {
    permissions: questions,
    passwords: {
      make: async (raw) => passwords.service.make(raw),
      check: async (raw, encoded, save = async () => false) => (await passwords.service.verifyAndUpgrade(raw, encoded, save)).ok,
      isKnown: (encoded) => passwords.service.identify(encoded) !== null,
      spend: async (raw) => passwords.service.spend(raw),
      changed: async (raw, user) => {
        await passwordChanged(raw, user, { validators: passwords.validators })
        await signals.passwordChanged.send({ user: user as BaseUser })
      },
    },
    sessionAuthHash: (encoded) => sessionAuthHash(encoded, keys.current),
    sessionAuthFallbackHashes: (encoded) => sessionAuthFallbackHashes(encoded, keys),
  }
}
