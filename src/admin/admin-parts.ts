/**
 * What the admin needs of the site it belongs to. `portcullis.ts` hands it in.
 * @module
 */

import type { BaseUser, PermittedUser } from '../accounts/base-user.js'
import type { ContentTypeManager } from '../accounts/content-type.js'
import type { GroupManager } from '../accounts/group.js'
import type { PermissionManager } from '../accounts/permission.js'
import type { ProfileManager } from '../accounts/profiles.js'
import type { AnyUserClass } from '../accounts/user.js'
import type { UserManager } from '../accounts/user-manager.js'
import type { Backend } from '../authentication/backend.js'
import type { DeviceSessions } from '../authentication/device-sessions.js'
import type { Explanation } from '../authentication/explanation.js'
import type { RequestHandler } from '../authentication/handle.js'
import type { SiteLockouts } from '../authentication/lockouts.js'
import type { ResetLinks } from '../authentication/reset-links.js'
import type { SiteRequest } from '../authentication/site-request.js'
import type { Clock } from '../base/clock.js'
import type { Manager } from '../database/manager.js'
import type { AnyModelClass } from '../database/model.js'
import type { ModelRegistry } from '../database/registry.js'
import type { SiteEvents } from '../events/events.js'
import type { FileHooks } from '../forms/file-input.js'
import type { SiteForms } from '../forms/forms.js'
import type { Mailer } from '../mail/mailer.js'
import type { PasswordService } from '../passwords/password-service.js'
import type { RequestSettings } from '../settings/request-settings.js'

/** The parts of a site that the admin reaches for. */
export interface AdminParts {
  readonly registry: ModelRegistry
  readonly settings: RequestSettings
  readonly requests: RequestHandler
  readonly user: AnyUserClass
  readonly users: UserManager<AnyUserClass, BaseUser>
  readonly groups: GroupManager
  readonly permissions: PermissionManager
  readonly contentTypes: ContentTypeManager
  /** Null on a site without a profile model. */
  readonly profiles: ProfileManager | null
  /** Asked in this order. */
  readonly backends: readonly Backend[]
  readonly sessions: DeviceSessions
  readonly resetLinks: ResetLinks
  readonly forms: SiteForms
  readonly files: FileHooks | null
  readonly mailer: Mailer
  readonly passwords: PasswordService
  readonly clock: Clock
  readonly events: SiteEvents
  readonly lockouts: SiteLockouts
  /** The manager of a model of the site. */
  objects(model: AnyModelClass): Manager
  atomic<T>(work: () => Promise<T>): Promise<T>
  explain(user: BaseUser, permission: string): Promise<Explanation>
  login(request: SiteRequest, user: BaseUser, how?: { readonly backend?: string }): Promise<void>
  logout(request: SiteRequest): Promise<void>
  updateSessionAuthHash(request: SiteRequest, user: BaseUser): Promise<void>
  /** Mails a reset link to this user's own address; false where they have none. */
  mailResetLink(user: BaseUser, request: SiteRequest): boolean
  /** Tells somebody by mail that their password was changed. */
  passwordChanged(user: BaseUser, request: SiteRequest): void
}

/** A member of staff who is using the admin. */
export type Staff = PermittedUser
