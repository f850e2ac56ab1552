/**
 * Composes the layers into one site. The only file that knows them all, and the only one that constructs.
 * @module
 */

import { AnonymousUser } from './accounts/anonymous-user.js'
import type { BaseUser, PermittedUser } from './accounts/base-user.js'
import { checkModels } from './accounts/checks.js'
import { ContentType, ContentTypeManager } from './accounts/content-type.js'
import { createPermissions, declaredPermissionNames } from './accounts/create-permissions.js'
import { djangoApps } from './accounts/django-apps.js'
import { Group, GroupManager } from './accounts/group.js'
import { Permission, PermissionManager } from './accounts/permission.js'
import { ProfileManager } from './accounts/profiles.js'
import { User, type AnyUserClass } from './accounts/user.js'
import { UserManager } from './accounts/user-manager.js'
import { userServices, type PasswordHashing } from './accounts/user-services.js'
import { Authentication } from './authentication/authenticate.js'
import type { Backend } from './authentication/backend.js'
import { explain } from './authentication/explain.js'
import { ModelBackend } from './authentication/model-backend.js'
import { createPermissionQuestions } from './authentication/permission-questions.js'
import { findHolders } from './authentication/with-perm.js'
import { systemClock } from './base/clock.js'
import { ImproperlyConfigured } from './base/errors.js'
import { Signal } from './base/signals.js'
import { Keys } from './crypto/keys.js'
import { sessionAuthFallbackHashes, sessionAuthHash } from './crypto/session-auth-hash.js'
import { openDatabase } from './database/database.js'
import { Manager } from './database/manager.js'
import type { AnyModelClass } from './database/model.js'
import { ModelRegistry } from './database/registry.js'
import { createSchema } from './database/schema/schema.js'
import { createPasswords } from './passwords/settings.js'
import { validatePassword } from './passwords/validators/validate.js'
import { hasErrors, type SystemCheck } from './settings/checks.js'
import { checkSecretKeys, readSecretKeys } from './settings/secret-key.js'
import type { DefaultUser, GroupIn, PermissionIn, PermissionsChanged, Portcullis, SiteOptions, SiteTypes, UserIn } from './site.js'

/**
 * Makes a site: its users, groups and permissions, typed by the declared models. Opens nothing yet; the first query does.
 *
 * @throws ImproperlyConfigured when a setting is missing or contradicts another, naming it and the remedy
 * @example
 * const auth = portcullis({ secretKey: process.env.SECRET_KEY ?? '', database: sqlite('shop.db'), models: [Product] })
 * await auth.migrate()
 */
export function portcullis<
  U extends AnyUserClass = DefaultUser,
  const M extends readonly AnyModelClass[] = readonly [],
  P extends AnyModelClass = never,
  const N extends readonly string[] = readonly [],
>(options: SiteOptions<U, M, P, N>): Portcullis<{ user: U; models: M; profile: P; permissions: N }> {
  return new Site(options as SiteOptions<AnyUserClass, readonly AnyModelClass[], AnyModelClass, readonly string[]>) as never
}
