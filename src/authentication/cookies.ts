/**
 * The two cookies of a site: their names, which over HTTPS keep neighbours and plain HTTP from setting them, and their attributes.
 * @module
 */

import type { Clock } from '../base/clock.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { serializeCookie } from '../protection/cookies.js'
import type { RequestSession } from '../sessions/request-session.js'
import type { SessionSettings } from '../sessions/settings.js'
import type { SiteRequest } from './site-request.js'

/** What an application may say of its protection against forged requests. */
export interface CsrfOptions {
  /** Origins besides the site's own that may send forms: `https://pay.example`, `https://*.example`. Django's `CSRF_TRUSTED_ORIGINS`. */
  readonly trustedOrigins?: readonly string[]
  /** Default `csrftoken`, over HTTPS on a site of its own `__Host-csrftoken`. */
  readonly cookieName?: string
  /** In seconds; default 52 weeks. */
  readonly cookieAge?: number
  readonly cookieDomain?: string | null
  readonly cookiePath?: string
  readonly cookieSameSite?: 'Lax' | 'Strict' | 'None'
  /** Keeps scripts from reading the cookie; they then take the token from the page. Default false, as in Django. */
  readonly cookieHttpOnly?: boolean
  /** Keeps the secret in the session instead of a cookie. Default false. Django's `CSRF_USE_SESSIONS`. */
  readonly useSessions?: boolean
  /** Tells which requests need no token: those that carry their own proof, such as a signed webhook. */
  readonly exempt?: (request: SiteRequest) => boolean
}

/** The same with every default filled in. */
export interface CsrfSettings {
  readonly trustedOrigins: readonly string[]
  readonly cookieName: string
  readonly cookieAge: number
  readonly cookieDomain: string | null
  readonly cookiePath: string
  readonly cookieSameSite: 'Lax' | 'Strict' | 'None'
  readonly cookieHttpOnly: boolean
  readonly useSessions: boolean
  readonly exempt: ((request: SiteRequest) => boolean) | null
}

/** Django's 52 weeks. */
const CSRF_COOKIE_AGE = 31_449_600

/** Fills in the defaults; throws `ImproperlyConfigured` for what would never match, or fail only when a form is sent. */
export function settleCsrf(options: CsrfOptions): CsrfSettings {
  const trustedOrigins: unknown = options.trustedOrigins ?? []
  const exempt: unknown = options.exempt ?? null
  const strange = Array.isArray(trustedOrigins) ? trustedOrigins.find((one) => !isOrigin(one)) : trustedOrigins
  if (strange !== undefined)
    throw new ImproperlyConfigured(
      `csrf.trustedOrigins has “${String(strange)}”. Write a list of origins: ["https://pay.example", "https://*.example"].`,
    )
  if (exempt !== null && typeof exempt !== 'function')
    throw new ImproperlyConfigured("csrf.exempt is no function. Pass one: (request) => request.path === '/webhooks/pay'.")
  return {
    trustedOrigins: options.trustedOrigins ?? [],
    cookieName: options.cookieName ?? 'csrftoken',
    cookieAge: options.cookieAge ?? CSRF_COOKIE_AGE,
    cookieDomain: options.cookieDomain ?? null,
    cookiePath: options.cookiePath ?? '/',
    cookieSameSite: options.cookieSameSite ?? 'Lax',
    cookieHttpOnly: options.cookieHttpOnly ?? false,
    useSessions: options.useSessions ?? false,
    exempt: options.exempt ?? null,
  }
}

/** As browsers write origins: scheme and host, and no slash behind it. */
function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z][a-z\d+.-]*:\/\/[^/?#\\\s]+$/.test(value)
}

/** The names of a site's cookies. */
export class CookieNames {
  readonly #session: readonly [overHttp: string, overHttps: string]
  readonly #csrf: readonly [overHttp: string, overHttps: string]

  constructor(sessions: SessionSettings, csrf: CsrfSettings, isShared: boolean) {
    this.#session = [sessions.cookieName, sessions.cookieSecure === false ? sessions.cookieName : prefixed(sessions.cookieName, isShared, sessions)]
    this.#csrf = [csrf.cookieName, prefixed(csrf.cookieName, isShared, csrf)]
    // Written once now: what no cookie can be is a mistake of the settings, not of the first visitor.
    serializeCookie(this.session(true), '', attributesOf(sessions, true))
    serializeCookie(this.csrf(true), '', csrfAttributesOf(csrf, true))
  }

  session(isSecure: boolean): string {
    return this.#session[isSecure ? 1 : 0]
  }

  csrf(isSecure: boolean): string {
    return this.#csrf[isSecure ? 1 : 0]
  }
}

/** The text of `Set-Cookie` for a session that was saved. */
export function sessionCookie(names: CookieNames, settings: SessionSettings, isSecure: boolean, session: RequestSession): string {
  const lasting = session.getExpireAtBrowserClose() ? {} : { maxAge: Math.max(0, session.getExpiryAge()), expires: session.getExpiryDate() }
  return serializeCookie(names.session(isSecure), session.cookie ?? '', { ...attributesOf(settings, isSecure), ...lasting })
}

/** The text that takes the session cookie back: the attributes must be those it was set with. */
export function deletedSessionCookie(names: CookieNames, settings: SessionSettings, isSecure: boolean): string {
  return serializeCookie(names.session(isSecure), '', { ...attributesOf(settings, isSecure), maxAge: 0, expires: new Date(0) })
}

/** The text of `Set-Cookie` for the secret of CSRF tokens. */
export function csrfCookie(names: CookieNames, settings: CsrfSettings, isSecure: boolean, secret: string, clock: Clock): string {
  return serializeCookie(names.csrf(isSecure), secret, { ...csrfAttributesOf(settings, isSecure), maxAge: settings.cookieAge, clock })
}

function csrfAttributesOf(settings: CsrfSettings, isSecure: boolean) {
  return {
    path: settings.cookiePath,
    ...(settings.cookieDomain === null ? {} : { domain: settings.cookieDomain }),
    secure: isSecure,
    httpOnly: settings.cookieHttpOnly,
    sameSite: settings.cookieSameSite,
  }
}

function attributesOf(settings: SessionSettings, isSecure: boolean) {
  return {
    path: settings.cookiePath,
    ...(settings.cookieDomain === null ? {} : { domain: settings.cookieDomain }),
    httpOnly: settings.cookieHttpOnly,
    secure: settings.cookieSecure === 'auto' ? isSecure : settings.cookieSecure,
    sameSite: settings.cookieSameSite,
  }
}

/** Browsers take `__Host-` only over HTTPS, for the whole of one host; a Django knows its own names. */
function prefixed(name: string, isShared: boolean, { cookieDomain, cookiePath }: { cookieDomain: string | null; cookiePath: string }): string {
  return isShared || name.startsWith('__') || cookieDomain !== null || cookiePath !== '/' ? name : `__Host-${name}`
}
