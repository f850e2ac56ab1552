/**
 * The headers that every page carries: no foreign script, no frame, no guessed type, no referrer to others.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** What a page may load: this site's own files, and nothing written into the page itself. Pictures may also stand in the text (`data:`). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** For how long, and for what, browsers shall use HTTPS only. Not on by default: it cannot be taken back. */
export interface StrictTransport {
  readonly seconds: number
  readonly includeSubdomains?: boolean
  /** Asks to be built into browsers, which want a year and all subdomains. */
  readonly preload?: boolean
}

/** What a site may change of its headers. */
export interface SecurityHeaderOptions {
  readonly strictTransport?: StrictTransport | null
  /** Another content policy, or null for none. */
  readonly contentSecurityPolicy?: string | null
}

/** The headers of one site, by lower-case name. */
export interface SecurityHeaders {
  readonly overHttp: ReadonlyMap<string, string>
  /** With `strict-transport-security`, which counts over HTTPS only. */
  readonly overHttps: ReadonlyMap<string, string>
}

/** A year: less is not taken into the browsers' lists. */
const PRELOAD_SECONDS = 31_536_000

/**
 * Makes a site's headers, once; each is set on a response that does not have it yet.
 *
 * @example
 * const headers = securityHeaders({ strictTransport: { seconds: 3600 } })
 * const response = new Response('Hello', { headers: Object.fromEntries(headers.overHttps) })
 */
export function securityHeaders(options: SecurityHeaderOptions = {}): SecurityHeaders {
  const { strictTransport = null, contentSecurityPolicy = CONTENT_SECURITY_POLICY } = options
  const overHttp = new Map([
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
  ])
  if (contentSecurityPolicy !== null) overHttp.set('content-security-policy', singleLine(contentSecurityPolicy))
  const overHttps = new Map(overHttp)
  if (strictTransport !== null && strictTransport.seconds !== 0) overHttps.set('strict-transport-security', strictTransportText(strictTransport))
  return { overHttp, overHttps }
}

function strictTransportText({ seconds, includeSubdomains = false, preload = false }: StrictTransport): string {
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new ImproperlyConfigured(`strictTransport.seconds is ${seconds}. Pass a whole number of seconds, such as 3600.`)
  }
  if (preload && (!includeSubdomains || seconds < PRELOAD_SECONDS)) {
    throw new ImproperlyConfigured('strictTransport.preload needs includeSubdomains and at least 31536000 seconds.')
  }
  return `max-age=${seconds}${includeSubdomains ? '; includeSubDomains' : ''}${preload ? '; preload' : ''}`
}

function singleLine(policy: string): string {
  if (!/^[ -~]+$/.test(policy)) throw new ImproperlyConfigured('contentSecurityPolicy must be one line of ASCII. Pass null for no policy.')
  return policy
}
