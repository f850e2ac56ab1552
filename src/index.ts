/**
 * What an application imports.
 * @module
 */

export { portcullis } from './portcullis.js'
export type {
  BackendContext,
  GroupIn,
  PermissionIn,
  PermissionsChanged,
  Portcullis,
  SiteOptions,
  SiteSignals,
  SiteTypes,
  TablesIn,
  UserIn,
  VisitorIn,
} from './site.js'

export { AnonymousUser } from './accounts/anonymous-user.js'
export { BaseUser, FullUser, PermittedUser } from './accounts/base-user.js'
export { ContentType } from './accounts/content-type.js'
export { LogEntry } from './accounts/django-apps.js'
export { normalizeEmail } from './accounts/email-address.js'
export { Group, type NewGroup } from './accounts/group.js'
export { normalizeUsername } from './accounts/names.js'
export { Permission, type NewPermission } from './accounts/permission.js'
export type { PermissionOf } from './accounts/permission-names.js'
export { abstractBaseUser, abstractUser, User, type AnyUserClass, type NewUser, type UserOptions } from './accounts/user.js'
export type { WithPermOptions } from './accounts/user-manager.js'

export type { Answer, Backend, BackendReason, Credentials } from './authentication/backend.js'
export type { AccountStatus, BackendAnswer, Explanation, GroupReason } from './authentication/explanation.js'
export type { LockedOut, Lockout, LockoutKind, LockoutSubject, SiteLockouts } from './authentication/lockouts.js'
export type { RequestLimit, RequestLimitOptions } from './authentication/request-limits.js'
export { AllowAllUsersModelBackend, ModelBackend } from './authentication/model-backend.js'
export { AllowAllUsersRemoteUserBackend, RemoteUserBackend, type RemoteUserOptions } from './authentication/remote-user-backend.js'

export type {
  BlankForm,
  BoundForm,
  FieldView,
  FormClass,
  FormError,
  FormErrors,
  FormRequest,
  FormSource,
  InvalidForm,
  RenderOptions,
  ValidForm,
} from './forms/form-types.js'
export type { SiteForms } from './forms/forms.js'

export { model, Model, type AnyModelClass, type DeletedRows, type ModelInstance, type NewValues, type Relation } from './database/model.js'
export type { Label, ModelOptions } from './database/declaration.js'
export type { FieldOptions, FieldProblem, FieldValidator } from './database/field.js'
export {
  autoField,
  bigAutoField,
  bigIntegerField,
  booleanField,
  charField,
  dateField,
  dateTimeField,
  decimalField,
  emailField,
  fileField,
  floatField,
  foreignKey,
  imageField,
  integerField,
  jsonField,
  manyToManyField,
  oneToOneField,
  positiveSmallIntegerField,
  slugField,
  textField,
  urlField,
  uuidField,
} from './database/fields.js'
export { fromKysely, type ApplicationKysely } from './database/dialects/application-kysely.js'
export type { DatabaseSource } from './database/dialects/dialect.js'
export type { QueryOptions, Where } from './database/filters.js'
export type { Manager } from './database/manager.js'

export {
  DoesNotExist,
  ImproperlyConfigured,
  IntegrityError,
  MultipleObjectsReturned,
  PermissionDenied,
  PortcullisError,
  ServiceUnavailable,
  TooManyRequests,
  UniqueViolation,
  ValidationError,
  type Problem,
} from './base/errors.js'
export { FixedClock, systemClock, type Clock } from './base/clock.js'
export { DateTime } from './base/date-time.js'
export { calibrate, checkPassword, makePassword } from './passwords.js'
export { validatePassword } from './passwords/validators/validate.js'
export type { EventName, EventOutcome } from './events/event-names.js'
export type { EventPlace, EventQuery, StoredEvent } from './events/event-table.js'
export type { EventFacts, EventSubject, EventValue, SecurityEvent } from './events/event.js'
export type { SiteEvents } from './events/events.js'
export type { EventOptions, SecurityLog } from './events/settings.js'
export type { CounterStore } from './protection/lockouts/counter-store.js'
export { memoryCounters } from './protection/lockouts/counter-store.js'
export type { LockoutOptions, LockoutRule } from './protection/lockouts/rules.js'
export type { RateLimitAnswer, RateLimiter, RateLimitRule } from './protection/rate-limits/rate-limiter.js'
export type { RateLimitOptions } from './protection/rate-limits/site-limits.js'
export { safeRedirectTarget, urlHasAllowedHostAndScheme, type AllowedTargets } from './protection/safe-redirects.js'
export type { PasswordSettings } from './passwords/settings.js'
export type { Erasure, PersonalDataPart } from './personal-data/part.js'
export type { Erased, PersonalData, PersonalDataService } from './personal-data/personal-data.js'
export type { EmailChanged, Emails, EmailVerified } from './emails/emails.js'
export type { Invitation, InvitationEvent, Invitations, MadeInvitation, NewInvitation } from './emails/invitations.js'
export { RESERVED_NAMES, type RegistrationMode, type RegistrationOptions } from './emails/registration-settings.js'
export type { EmailOptions, NoticeOptions } from './emails/settings.js'
export { Session } from './sessions/session-model.js'
export { dumps, loads } from './signing.js'

export { BodyProblem, type BodyLimits, type RequestData, type UploadedFile } from './protection/body/request-data.js'
export { Secret } from './base/secret.js'
export { Signal, type Receiver } from './base/signals.js'

export type { RequestSession } from './sessions/request-session.js'
export type { SessionCache } from './sessions/session-cache.js'
export type { SessionOptions } from './sessions/settings.js'
