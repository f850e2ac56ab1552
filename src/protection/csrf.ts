/**
 * Protection against forged requests: a request that changes something must come from this site's own pages.
 * The browser's own word (Fetch Metadata, Origin, Referer) is asked first, the masked token second; both must agree.
 * Usable alone: it knows no user and no site.
 * @module
 */

import { doesTokenMatch, newCsrfSecret, secretOf, tokenFormatProblem, type TokenFormatProblem } from './csrf-tokens.js'
import { splitUrl } from './split-url.js'

/** Where a form carries its token: Django's name, which the other framework on the same site reads too. */
export const CSRF_FIELD = 'csrfmiddlewaretoken'

/** Methods that change nothing, spelt as HTTP has them. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Whether a method changes nothing. Another spelling is another method.
 *
 * @example
 * isSafeMethod('get')   // false
 */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method)
}

/** What tells who sent a request. */
export interface CsrfSender {
  /** As the browser sees it: what a declared proxy says, or else the connection's own. */
  readonly scheme: 'http' | 'https'
  /** The checked host, with its port where it is not the scheme's own. */
  readonly host: string
  /** Looks a header up by its lower-case name. */
  header(name: string): string | null | undefined
}

/** What the decision reads of a request. A method in a header or a field does not count, nor does a content type. */
export interface CsrfRequest extends CsrfSender {
  readonly method: string
  /** What the cookie or the session holds. */
  readonly storedSecret: string | null | undefined
  /** The field `csrfmiddlewaretoken` of a form's body, never of the URL. */
  readonly formToken?: string | null | undefined
}

/** Whom else to believe. */
export interface CsrfOptions {
  /** Origins besides the request's own: `https://pay.example`, or `https://*.example` for a domain and all below it. */
  readonly trustedOrigins?: readonly string[]
}

/** Why a request was refused. */
export type CsrfReason =
  | 'cross-site'
  | 'origin-not-trusted'
  | 'referer-missing'
  | 'referer-malformed'
  | 'referer-insecure'
  | 'referer-not-trusted'
  | 'secret-missing'
  | `secret-${TokenFormatProblem}`
  | 'token-missing'
  | `${'form' | 'header'}-token-${TokenFormatProblem | 'incorrect'}`

/**
 * Tells why a request must be refused; null when it may go on.
 *
 * @example
 * const secret = newCsrfSecret()
 * const post = { method: 'POST', scheme: 'http', host: 'shop.example', header: () => null, storedSecret: secret } as const
 * csrfProblem({ ...post, formToken: secret })   // null, as with its masked form
 * csrfProblem(post)                              // 'token-missing'
 */
export function csrfProblem(request: CsrfRequest, options: CsrfOptions = {}): CsrfReason | null {
  if (isSafeMethod(request.method)) return null
  return senderProblem(request, options.trustedOrigins ?? []) ?? tokenProblem(request)
}

/**
 * Gives the secret to keep for a visitor: the stored one, a new one in place of a malformed one, null where none was stored.
 *
 * @example
 * const secret = usableSecret(cookie) ?? newCsrfSecret()
 */
export function usableSecret(stored: string | null | undefined): string | null {
  if (stored === null || stored === undefined) return null
  return tokenFormatProblem(stored) === null ? secretOf(stored) : newCsrfSecret()
}

/**
 * The first half of `csrfProblem`: whether the request comes from the site itself, for what carries no token.
 *
 * @example
 * const action = { scheme: 'https', host: 'shop.example', header: (name: string) => (name === 'origin' ? 'https://evil.example' : null) } as const
 * senderProblem(action, [])   // 'origin-not-trusted'
 */
export function senderProblem(request: CsrfSender, trusted: readonly string[]): CsrfReason | null {
  const origin = request.header('origin')
  // An empty or a “null” origin is one that the browser hides, not one that is absent.
  if (origin === null || origin === undefined)
    return fetchSiteProblem(request) ?? (request.scheme === 'https' ? refererProblem(request, trusted) : null)
  if (isTrustedOrigin(origin, trusted)) return null
  if (origin !== `${request.scheme}://${request.host}`) return 'origin-not-trusted'
  return fetchSiteProblem(request)
}

/** Scripts cannot set this header. Old browsers, and all over plain HTTP, do not send it. */
function fetchSiteProblem(request: CsrfSender): CsrfReason | null {
  const site = request.header('sec-fetch-site') ?? 'none'
  return site === 'same-origin' || site === 'none' ? null : 'cross-site'
}

function isTrustedOrigin(origin: string, trusted: readonly string[]): boolean {
  if (trusted.some((entry) => !entry.includes('*') && entry === origin)) return true
  const given = splitUrl(origin)
  return given !== null && trusted.some((entry) => entry.includes('*') && isBelow(given, entry))
}

function isBelow(given: { scheme: string; host: string }, entry: string): boolean {
  const pattern = splitUrl(entry)
  return pattern !== null && pattern.scheme === given.scheme && isSameDomain(given.host, hostPattern(pattern.host))
}

/** Over HTTPS a request without an origin must name its page: another host on the network could have set the cookie over plain HTTP. */
function refererProblem(request: CsrfSender, trusted: readonly string[]): CsrfReason | null {
  const referer = request.header('referer')
  if (referer === null || referer === undefined) return 'referer-missing'
  const page = splitUrl(referer)
  if (page === null || page.scheme === '' || page.host === '') return 'referer-malformed'
  if (!/^https$/i.test(page.scheme)) return 'referer-insecure'
  const hosts = trusted.map((entry) => hostPattern(splitUrl(entry)?.host ?? ''))
  return [...hosts, request.host].some((host) => isSameDomain(page.host, host)) ? null : 'referer-not-trusted'
}

function hostPattern(host: string): string {
  return host.startsWith('*') ? host.slice(1) : host
}

/** `.example` stands for the domain and all below it. */
function isSameDomain(host: string, pattern: string): boolean {
  if (pattern === '') return false
  return host === pattern || (pattern.startsWith('.') && (host.endsWith(pattern) || host === pattern.slice(1)))
}

function tokenProblem(request: CsrfRequest): CsrfReason | null {
  const stored = request.storedSecret
  if (stored === null || stored === undefined) return 'secret-missing'
  const storedProblem = tokenFormatProblem(stored)
  if (storedProblem !== null) return `secret-${storedProblem}`
  const form = request.method === 'POST' ? (request.formToken ?? '') : ''
  const [source, token] = form === '' ? (['header', request.header('x-csrftoken')] as const) : (['form', form] as const)
  if (token === null || token === undefined) return 'token-missing'
  const problem = tokenFormatProblem(token)
  if (problem !== null) return `${source}-token-${problem}`
  return doesTokenMatch(token, secretOf(stored)) ? null : `${source}-token-incorrect`
}
