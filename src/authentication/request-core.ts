/**
 * How a request travels: host, session and user in one statement, password hash, forged requests; and back: the session saved, cookies and
 * headers set. Adapters call these steps; no framework is known here.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import type { BaseUser } from '../accounts/base-user.js'
import type { Clock } from '../base/clock.js'
import { ServiceUnavailable } from '../base/errors.js'
import { deriveKey } from '../crypto/hmac.js'
import type { Keys } from '../crypto/keys.js'
import type { EventRequest } from '../events/event.js'
import { readBody } from '../protection/body/read-body.js'
import { BodyProblem, type BodyLimits, type RequestData } from '../protection/body/request-data.js'
import { clientAddress, isTrustedProxy, trustedProxies, type TrustedProxies } from '../protection/client-address.js'
import { findCookie } from '../protection/cookies.js'
import { CSRF_FIELD, csrfProblem, isSafeMethod } from '../protection/csrf.js'
import { checkHost } from '../protection/host-check.js'
import { httpsRedirect, type HttpsRedirect } from '../protection/https-redirect.js'
import { ProxyHeaderWatch } from '../protection/proxy-headers.js'
import { securityHeaders, type SecurityHeaders, type SecurityHeaderSettings } from '../protection/security-headers.js'
import { RequestSession } from '../sessions/request-session.js'
import type { SessionRecords } from '../sessions/session-records.js'
import type { SessionStore, StoredSession } from '../sessions/session-store.js'
import type { SessionSettings } from '../sessions/settings.js'
import { overdue } from '../sessions/timeouts.js'
import type { RequestSettings } from '../settings/request-settings.js'
import { CookieNames, csrfCookie, deletedSessionCookie, sessionCookie, type CsrfSettings } from './cookies.js'
import { CsrfSecret } from './csrf-secret.js'
import type { BodySource, RequestHead } from './request-head.js'
import type { Refusal } from './refusal.js'
import type { SessionUsers } from './session-user.js'
import { SESSION_USER } from './session-user.js'
import { SiteRequest, type SiteRequestParts } from './site-request.js'
import { Visits } from './visits.js'

/** The native mode's name for CSRF secrets that follow from session keys. */
const CSRF_KEY_SALT = 'portcullis.csrf-secret-of-a-session'

/** What the core is made of. */
export interface RequestCoreParts {
  readonly settings: RequestSettings
  readonly sessions: SessionSettings
  readonly store: SessionStore
  readonly records: SessionRecords | null
  readonly users: SessionUsers
  readonly anonymousUser: AnonymousUser
  readonly keys: Keys
  readonly clock: Clock
  readonly csrf: CsrfSettings
  readonly headers: SecurityHeaderSettings
  readonly bodyLimits: BodyLimits
  /** Whether a Django shares cookies and sessions. */
  readonly isShared: boolean
  /** Told of what failed after the response was sent. */
  readonly onError: (error: unknown) => void
}

/** The response's head, as an adapter can change it. Names are lower-case. */
export interface ResponseHead {
  readonly status: number
  get(name: string): string | null | undefined
  set(name: string, value: string): void
  appendCookie(text: string): void
}

/** The steps of a site's requests. */
export class RequestCore {
  readonly #parts: RequestCoreParts
  readonly #proxies: TrustedProxies
  readonly #headers: SecurityHeaders
  readonly #toHttps: HttpsRedirect | null
  readonly #proxyHeaders: ProxyHeaderWatch
  readonly #names: CookieNames
  readonly #csrfKey
  readonly #hosts = new Map<string, string | null>()
  readonly visits: Visits

  constructor(parts: RequestCoreParts) {
    this.#parts = parts
    this.#proxies = trustedProxies(parts.settings.trustedProxies)
    this.#headers = securityHeaders(parts.headers)
    this.#toHttps = httpsRedirect(parts.settings)
    this.#proxyHeaders = new ProxyHeaderWatch(this.#proxies.length > 0, parts.onError)
    this.#names = new CookieNames(parts.sessions, parts.csrf, parts.isShared)
    this.#csrfKey = parts.isShared ? null : deriveKey(CSRF_KEY_SALT, parts.keys.current)
    this.visits = new Visits(parts)
  }

  get settings(): RequestSettings {
    return this.#parts.settings
  }

  /** Checks the host and finds session and user: one statement with a cookie, none without. */
  async open(head: RequestHead, body: BodySource, raw: unknown): Promise<SiteRequest | Refusal> {
    const fromProxy = this.#isFromProxy(head)
    this.#proxyHeaders.look(head, fromProxy)
    const host = this.#checkedHost((fromProxy ? lastOf(head.header('x-forwarded-host')) : undefined) ?? head.header('host'))
    if (host === null) return { status: 400, code: 'bad_host', reason: `host ${String(head.header('host')).slice(0, 100)} is not among allowedHosts` }
    const isSecure = this.#isSecure(head, fromProxy)
    const location = isSecure ? null : (this.#toHttps?.(host, head.target) ?? null)
    if (location !== null) return { status: 301, code: 'https_required', location }
    const cookies = head.header('cookie')
    const cookie = cookies === undefined ? null : findCookie(cookies, this.#names.session(isSecure)).value
    const stored = cookie === null ? null : await this.#parts.store.load(cookie)
    const { clock, store, sessions } = this.#parts
    const session = new RequestSession({ store, clock, settings: sessions, cookie: stored === null ? null : cookie, stored })
    const user = stored === null ? null : await this.#userOf(session, stored)
    const request = new SiteRequest({
      head,
      raw,
      host,
      scheme: isSecure ? 'https' : 'http',
      isFromProxy: fromProxy,
      session,
      user: user ?? this.#parts.anonymousUser,
      csrf: this.#csrfSecret(cookies, isSecure, session),
      address: () => this.#addressOf(head),
      ...this.#bodyReader(head, body),
    })
    if (stored !== null && user !== null) this.visits.seen(request, stored)
    return request
  }

  /** Whether the visitor came over HTTPS: the socket says so, or a declared proxy (F10). */
  isSecure(head: RequestHead): boolean {
    return this.#isSecure(head, this.#isFromProxy(head))
  }

  #isSecure(head: RequestHead, fromProxy: boolean): boolean {
    return head.isEncrypted || (fromProxy && firstOf(head.header('x-forwarded-proto')) === 'https')
  }

  #isFromProxy({ socketAddress }: RequestHead): boolean {
    return this.#proxies.length > 0 && isTrustedProxy(socketAddress, this.#proxies)
  }

  /** What can be told of a request that was not opened. */
  sketch(head: RequestHead): EventRequest {
    return { path: head.target, address: this.#addressOf(head), header: (name) => head.header(name) }
  }

  #addressOf(head: RequestHead): string | null {
    return clientAddress({ socketAddress: head.socketAddress, forwardedFor: head.header('x-forwarded-for') }, this.#proxies)
  }

  /** Whether the visitor sent a session cookie that leads nowhere any more: it is to be taken back. */
  #hasStaleCookie(request: SiteRequest): boolean {
    const cookies = request.header('cookie')
    return cookies !== undefined && findCookie(cookies, this.#names.session(request.isSecure)).value !== null
  }

  /**
   * Tells what stands against a request that changes something; null when it may go on. Who sends it is judged by its head; the token
   * may be in the header `X-CSRFToken`, or in the body, which is then read (bounded).
   */
  async checkForgery(request: SiteRequest, limits?: BodyLimits): Promise<Refusal | null> {
    if (isSafeMethod(request.method) || this.#parts.csrf.exempt?.(request) === true) return null
    const facts = {
      method: request.method,
      scheme: request.scheme,
      host: request.host,
      header: (name: string) => request.header(name),
      storedSecret: request.csrf.expected,
    }
    const options = { trustedOrigins: this.#parts.csrf.trustedOrigins }
    // By the head alone first: nothing is read for a request that will be refused.
    const problem = csrfProblem(facts, options)
    if (problem === null) return null
    const mayBeInBody = problem === 'token-missing' && request.method === 'POST' && isForm(request.header('content-type'))
    if (!mayBeInBody) return { status: 403, code: 'csrf_failed', reason: problem }
    let data: RequestData
    try {
      data = await request.readBody(limits)
    } catch (error) {
      if (error instanceof BodyProblem) return bodyRefusal(error)
      throw error
    }
    const tokens = data.fields.get(CSRF_FIELD) ?? []
    const [token] = tokens
    const found = csrfProblem({ ...facts, formToken: tokens.length === 1 && typeof token === 'string' ? token : null }, options)
    return found === null ? null : { status: 403, code: 'csrf_failed', reason: found }
  }

  /** Whether the session must be saved before the response's head is sent. */
  mustSave(request: SiteRequest, status: number): boolean {
    if (status >= 500) return false
    const session = request.heldSession
    if (session.isEmpty) return false
    // A session that another request has given a new key is no longer under this one; only what was changed in it is worth a refusal.
    return session.modified || (this.#parts.sessions.saveEveryRequest && session.renewal !== 'overtaken')
  }

  /** Tells the site of an error that no response can tell of. */
  reportError(error: unknown): void {
    this.#parts.onError(error)
  }

  /** Saves the session. False: it was deleted meanwhile, and nothing is made anew (D5): answer 400. */
  async save(request: SiteRequest): Promise<boolean> {
    if ((await request.heldSession.save()) === 'gone') return false
    try {
      await this.visits.saved(request)
    } catch (error) {
      // Saved it is, and may be the session that a login was for. What the list of devices lacks, the next visit notes.
      if (!(error instanceof ServiceUnavailable)) throw error
      this.reportError(error)
    }
    return true
  }

  /** Sets cookies and headers on the response; call it once, after `save()`, before the head is sent. */
  writeHead(request: SiteRequest, head: ResponseHead): void {
    const session = request.heldSession
    const { isSecure } = request
    let personal = false
    let setsCookie = false
    if (session.isEmpty) {
      if (this.#hasStaleCookie(request)) {
        head.appendCookie(deletedSessionCookie(this.#names, this.#parts.sessions, isSecure))
        setsCookie = true
      }
    } else if (session.savedNow) {
      head.appendCookie(sessionCookie(this.#names, this.#parts.sessions, isSecure, session))
      setsCookie = true
    }
    const secret = request.csrf.cookieToSet()
    if (secret !== null) {
      head.appendCookie(csrfCookie(this.#names, this.#parts.csrf, isSecure, secret, this.#parts.clock))
      setsCookie = true
    }
    personal = request.sawSession && session.has(SESSION_USER)
    for (const text of request.newCookies) {
      head.appendCookie(text)
      setsCookie = true
    }
    if (request.sawSession || setsCookie) varyOnCookie(head)
    // A shared cache must keep neither a page about somebody nor a cookie (K1).
    if ((personal || setsCookie) && !isPrivate(head.get('cache-control'))) head.set('cache-control', 'private, no-store')
    this.writeSecurityHeaders(isSecure, head)
  }

  /** The headers that every response has, also one that was refused at the door. */
  writeSecurityHeaders(isSecure: boolean, head: ResponseHead): void {
    for (const [name, value] of isSecure ? this.#headers.overHttps : this.#headers.overHttp) {
      const there = head.get(name)
      if (there === null || there === undefined) head.set(name, value)
    }
  }

  #userOf(session: RequestSession, stored: StoredSession): Promise<BaseUser | null> | null {
    if (stored.values[SESSION_USER] === undefined) return null
    return this.#currentUser(session, stored)
  }

  async #currentUser(session: RequestSession, stored: StoredSession): Promise<BaseUser | null> {
    if (overdue(this.#parts.sessions, stored.record, this.#parts.clock.now()) !== null) {
      await session.flush()
      return null
    }
    return this.#parts.users.find(session, stored)
  }

  #csrfSecret(cookies: string | undefined, isSecure: boolean, session: RequestSession): CsrfSecret {
    const name = this.#names.csrf(isSecure)
    return new CsrfSecret({
      readCookies: () => (cookies === undefined ? { value: null, count: 0 } : findCookie(cookies, name)),
      session,
      sessionKey: this.#csrfKey,
      inSession: this.#parts.csrf.useSessions,
    })
  }

  #bodyReader(head: RequestHead, body: BodySource): Pick<SiteRequestParts, 'readBody' | 'readData'> {
    let reading: Promise<RequestData> | null = null
    return {
      readBody: (limits) =>
        (reading ??= readBody(
          { contentType: head.header('content-type'), contentLength: head.header('content-length'), stream: body.stream(), parsed: body.parsed() },
          { ...this.#parts.bodyLimits, ...limits },
        )),
      readData: () => reading,
    }
  }

  /** Sites are called by few names; the bound holds against those who invent some. */
  #checkedHost(given: string | undefined): string | null {
    const key = given ?? ''
    const known = this.#hosts.get(key)
    if (known !== undefined) return known
    const checked = checkHost(given, this.#parts.settings.allowedHosts)?.host ?? null
    if (this.#hosts.size >= 1000) this.#hosts.clear()
    this.#hosts.set(key, checked)
    return checked
  }
}

/** The refusal that a body means that could not be read. */
export function bodyRefusal(problem: BodyProblem): Refusal {
  const code = problem.status === 413 ? 'body_too_large' : problem.status === 415 ? 'unsupported_media_type' : 'bad_request'
  return { status: problem.status, code, reason: problem.code, headers: problem.status === 413 ? { connection: 'close' } : {} }
}

function isForm(contentType: string | undefined): boolean {
  return /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(contentType ?? '')
}

function varyOnCookie(head: ResponseHead): void {
  const vary = head.get('vary')
  if (vary === null || vary === undefined || vary === '') head.set('vary', 'Cookie')
  else if (vary !== '*' && !/(?:^|,)\s*cookie\s*(?:,|$)/i.test(vary)) head.set('vary', `${vary}, Cookie`)
}

function isPrivate(cacheControl: string | null | undefined): boolean {
  return /\b(?:private|no-store)\b/.test(cacheControl ?? '')
}

/** A chain of proxies writes one behind another; the first is what the visitor used. Only declared proxies are asked. */
function firstOf(value: string | undefined): string | undefined {
  return value?.split(',', 1)[0]?.trim()
}

function lastOf(value: string | undefined): string | undefined {
  return value?.split(',').at(-1)?.trim()
}
