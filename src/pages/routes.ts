/**
 * Which page answers which path. Paths are compared as they came, byte by byte, and nothing in them is decoded: what looks like a page
 * without being one (`//login/`, `/%6cogin/`, `/login;x`) is nothing (F9, C10).
 * @module
 */

import type { BodyLimits } from '../protection/body/request-data.js'
import { DEFAULT_BODY_LIMITS, UPLOAD_BODY_LIMITS } from '../protection/body/request-data.js'
import { sendData, showData } from './account/data-page.js'
import { changeEmail, emailChangeDone, resendVerification, showEmailChange } from './account/email-page.js'
import { emailLinkPages } from './account/email-link-page.js'
import { logIn, logOut, showLogin } from './account/login-page.js'
import { changePassword, passwordChangeDone, showPasswordChange } from './account/password-change-page.js'
import { askForReset, passwordResetDone, showPasswordReset } from './account/password-reset-page.js'
import { saveProfile, showProfile } from './account/profile-page.js'
import { register, registerDone, showRegister } from './account/register-page.js'
import { registrationPages } from './account/registration-link-page.js'
import { confirm, resetComplete, showConfirm } from './account/reset-confirm-page.js'
import { endSessions, showSessions } from './account/sessions-page.js'
import { openUnlockLink, showUnlock, unlock, unlockDone } from './account/unlock-page.js'
import type { Visit } from './visit.js'

/** Answers a visit. */
export type Handler = (visit: Visit) => Promise<Response>

/** A page: what it does for each method. HEAD is GET without a body. */
export interface Route {
  /** Django's name of the address. */
  readonly name: string
  readonly GET?: Handler
  readonly POST?: Handler
  readonly limits?: BodyLimits
  /** Whether it is there only where passwords are reset by mail. */
  readonly isReset?: boolean
  /** Whether it is there only where addresses are proven by links. */
  readonly isEmail?: boolean
  /** Whether it is there only where lockouts are ended by mailed links. */
  readonly isUnlock?: boolean
}

const [verifying, changing, reverting] = [emailLinkPages('verify'), emailLinkPages('change'), emailLinkPages('revert')]
const [registering, invited] = [registrationPages('registration'), registrationPages('invitation')]

/** Pages by what follows the base. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/login/', { name: 'login', GET: showLogin, POST: logIn }],
  ['/logout/', { name: 'logout', POST: logOut }],
  ['/register/', { name: 'register', GET: showRegister, POST: register, limits: UPLOAD_BODY_LIMITS }],
  ['/profile/', { name: 'profile', GET: showProfile, POST: saveProfile, limits: UPLOAD_BODY_LIMITS }],
  ['/password_change/', { name: 'password_change', GET: showPasswordChange, POST: changePassword }],
  ['/password_change/done/', { name: 'password_change_done', GET: passwordChangeDone }],
  ['/password_reset/', { name: 'password_reset', GET: showPasswordReset, POST: askForReset, isReset: true }],
  ['/password_reset/done/', { name: 'password_reset_done', GET: passwordResetDone, isReset: true }],
  ['/reset/done/', { name: 'password_reset_complete', GET: resetComplete, isReset: true }],
  ['/register/done/', { name: 'register_done', GET: registerDone }],
  ['/register/account/', { name: 'register_account', GET: registering.GET, POST: registering.POST, limits: UPLOAD_BODY_LIMITS }],
  ['/invitation/', { name: 'invitation', GET: invited.GET, POST: invited.POST, limits: UPLOAD_BODY_LIMITS }],
  ['/email/', { name: 'email_change', GET: showEmailChange, POST: changeEmail, isEmail: true }],
  ['/email/done/', { name: 'email_change_done', GET: emailChangeDone, isEmail: true }],
  ['/email/resend/', { name: 'email_resend', POST: resendVerification, isEmail: true }],
  ['/email/verify/', { name: 'email_verify', GET: verifying.GET, POST: verifying.POST, isEmail: true }],
  ['/email/verify/done/', { name: 'email_verify_done', GET: verifying.done, isEmail: true }],
  ['/email/change/', { name: 'email_confirm', GET: changing.GET, POST: changing.POST, isEmail: true }],
  ['/email/change/done/', { name: 'email_confirm_done', GET: changing.done, isEmail: true }],
  // There wherever an address changed: whoever is to have one back may not be able to do without.
  ['/email/revert/', { name: 'email_revert', GET: reverting.GET, POST: reverting.POST }],
  ['/email/revert/done/', { name: 'email_revert_done', GET: reverting.done }],
  ['/unlock/', { name: 'unlock', GET: showUnlock, POST: unlock, isUnlock: true }],
  ['/unlock/done/', { name: 'unlock_done', GET: unlockDone, isUnlock: true }],
  ['/sessions/', { name: 'sessions', GET: showSessions }],
  ['/sessions/end/', { name: 'end_sessions', POST: endSessions }],
  ['/data/', { name: 'personal_data', GET: showData, POST: sendData }],
])

/** Pages behind links, by what stands before the two parts of a link: whatever is in them, the page says that a link does not work (W-7). */
const LINKS: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['reset', { name: 'password_reset_confirm', GET: showConfirm, POST: confirm, isReset: true }],
  ['register', { name: 'register_link', GET: registering.arrive }],
  ['invitation', { name: 'invitation_link', GET: invited.arrive }],
  ['email/verify', { name: 'email_verify_link', GET: verifying.arrive, isEmail: true }],
  ['email/change', { name: 'email_confirm_link', GET: changing.arrive, isEmail: true }],
  ['unlock', { name: 'unlock_link', GET: openUnlockLink, isUnlock: true }],
  ['email/revert', { name: 'email_revert_link', GET: reverting.arrive }],
])
const LINK_PATH = /^\/(reset|unlock|register|invitation|email\/(?:verify|change|revert))\/([^/]+)\/([^/]+)\/$/

/** A page that was found. */
export interface Found {
  readonly route: Route
  readonly parameters: readonly string[]
}

/** Finds the page for what follows the base. */
export function findRoute(rest: string): Found | null {
  const route = ROUTES.get(rest)
  if (route !== undefined) return { route, parameters: [] }
  const [, before = '', ...parameters] = LINK_PATH.exec(rest) ?? []
  const behindLink = LINKS.get(before)
  return behindLink === undefined ? null : { route: behindLink, parameters }
}

/** Whether a slash is all that is missing. Django's `APPEND_SLASH`. */
export function lacksSlash(rest: string): boolean {
  return ROUTES.has(`${rest}/`)
}

/** The methods a page answers to, for `Allow`. */
export function allowedMethods({ GET, POST }: Route): string {
  return [...(GET === undefined ? [] : ['GET', 'HEAD']), ...(POST === undefined ? [] : ['POST']), 'OPTIONS'].join(', ')
}

/** How much the body of a page may hold. */
export function limitsOf({ limits = DEFAULT_BODY_LIMITS }: Route): BodyLimits {
  return limits
}

/** Every page, for `portcullis routes`. */
export function routes(): readonly (readonly [path: string, route: Route])[] {
  return [...ROUTES, ...[...LINKS].map(([before, route]) => [`/${before}/<uidb64>/<token>/`, route] as const)]
}
