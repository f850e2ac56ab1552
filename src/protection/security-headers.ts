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

/** What browsers know, and Django takes (security.E023). */
const REFERRER_POLICIES = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const

/** What a page tells other sites of where a visitor came from. */
export type ReferrerPolicy = (typeof REFERRER_POLICIES)[number]

/** security.E024. */
const OPENER_POLICIES = ['same-origin', 'same-origin-allow-popups', 'unsafe-none'] as const

/** Whether windows of other sites may reach a page that they opened. */
export type OpenerPolicy = (typeof OPENER_POLICIES)[number]

/** What a site may change of its headers. Django's settings of the same names begin with `SECURE_`. */
export interface SecurityHeaderOptions {
  /** For so many seconds browsers use HTTPS only. Default 0, no such header: it cannot be taken back. */
  readonly hstsSeconds?: number
  /** Also for all names below this one. Default false. */
  readonly hstsIncludeSubdomains?: boolean
  /** Asks to be built into browsers, which want a year and all subdomains. Default false. */
  readonly hstsPreload?: boolean
  /** Keeps browsers from guessing what a file is. Default true. */
  readonly contentTypeNosniff?: boolean
  /** One policy, or several of which a browser takes the last that it knows; null for none. Default `same-origin`. */
  readonly referrerPolicy?: ReferrerPolicy | readonly ReferrerPolicy[] | null
  /** Default `same-origin`; null for none. */
  readonly crossOriginOpenerPolicy?: OpenerPolicy | null
  /** Who may show a page in a frame; null leaves it to the content policy. Default `DENY`. Django's `X_FRAME_OPTIONS`. */
  readonly xFrameOptions?: 'DENY' | 'SAMEORIGIN' | null
  /** Another content policy, or null for none. Django's `SECURE_CSP`. */
  readonly contentSecurityPolicy?: string | null
  /** A content policy that browsers report on and do not enforce. Default none. Django's `SECURE_CSP_REPORT_ONLY`. */
  readonly contentSecurityPolicyReportOnly?: string | null
}

/** The same with every default filled in. */
export interface SecurityHeaderSettings extends Required<Omit<SecurityHeaderOptions, 'referrerPolicy'>> {
  readonly referrerPolicy: readonly ReferrerPolicy[]
}

/** The headers of one site, by lower-case name. */
export interface SecurityHeaders {
  readonly overHttp: ReadonlyMap<string, string>
  /** With `strict-transport-security`, which counts over HTTPS only. */
  readonly overHttps: ReadonlyMap<string, string>
}

/** A year: less is not taken into the browsers' lists. */
const PRELOAD_SECONDS = 31_536_000

/** Fills in the defaults; throws `ImproperlyConfigured` for what no browser would accept. */
export function settleSecurityHeaders(options: SecurityHeaderOptions = {}): SecurityHeaderSettings {
  const policy = options.referrerPolicy === undefined ? 'same-origin' : options.referrerPolicy
  const settings: SecurityHeaderSettings = {
    hstsSeconds: options.hstsSeconds ?? 0,
    hstsIncludeSubdomains: options.hstsIncludeSubdomains ?? false,
    hstsPreload: options.hstsPreload ?? false,
    contentTypeNosniff: options.contentTypeNosniff ?? true,
    referrerPolicy: policy === null ? [] : typeof policy === 'string' ? [policy] : policy,
    crossOriginOpenerPolicy: options.crossOriginOpenerPolicy === undefined ? 'same-origin' : options.crossOriginOpenerPolicy,
    xFrameOptions: options.xFrameOptions === undefined ? 'DENY' : options.xFrameOptions,
    contentSecurityPolicy: options.contentSecurityPolicy === undefined ? CONTENT_SECURITY_POLICY : options.contentSecurityPolicy,
    contentSecurityPolicyReportOnly: options.contentSecurityPolicyReportOnly ?? null,
  }
  refuseUnknown(options)
  refuseHsts(settings)
  for (const one of settings.referrerPolicy) oneOf('referrerPolicy', one, REFERRER_POLICIES)
  if (settings.crossOriginOpenerPolicy !== null) oneOf('crossOriginOpenerPolicy', settings.crossOriginOpenerPolicy, OPENER_POLICIES)
  if (settings.xFrameOptions !== null) oneOf('xFrameOptions', settings.xFrameOptions, ['DENY', 'SAMEORIGIN'])
  for (const name of ['contentSecurityPolicy', 'contentSecurityPolicyReportOnly'] as const) singleLine(name, settings[name])
  return settings
}

/**
 * Makes a site's headers, once; each is set on a response that does not have it yet.
 *
 * @example
 * const headers = securityHeaders(settleSecurityHeaders({ hstsSeconds: 3600 }))
 * const response = new Response('Hello', { headers: Object.fromEntries(headers.overHttps) })
 */
export function securityHeaders(settings: SecurityHeaderSettings): SecurityHeaders {
  const overHttp = new Map<string, string>()
  const add = (name: string, value: string | null): void => {
    if (value !== null && value !== '') overHttp.set(name, value)
  }
  add('x-content-type-options', settings.contentTypeNosniff ? 'nosniff' : null)
  add('x-frame-options', settings.xFrameOptions)
  add('referrer-policy', settings.referrerPolicy.join(','))
  add('cross-origin-opener-policy', settings.crossOriginOpenerPolicy)
  add('content-security-policy', settings.contentSecurityPolicy)
  add('content-security-policy-report-only', settings.contentSecurityPolicyReportOnly)
  const overHttps = new Map(overHttp)
  const { hstsSeconds, hstsIncludeSubdomains, hstsPreload } = settings
  if (hstsSeconds !== 0)
    overHttps.set(
      'strict-transport-security',
      `max-age=${hstsSeconds}${hstsIncludeSubdomains ? '; includeSubDomains' : ''}${hstsPreload ? '; preload' : ''}`,
    )
  return { overHttp, overHttps }
}

/** Every option there is: the compiler sees that none is missing. */
const OPTIONS: Readonly<Record<keyof SecurityHeaderOptions, true>> = {
  hstsSeconds: true,
  hstsIncludeSubdomains: true,
  hstsPreload: true,
  contentTypeNosniff: true,
  referrerPolicy: true,
  crossOriginOpenerPolicy: true,
  xFrameOptions: true,
  contentSecurityPolicy: true,
  contentSecurityPolicyReportOnly: true,
}

/** A slip of the pen would leave a site without the header it was to have. */
function refuseUnknown(options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name))
  if (unknown !== undefined) throw new ImproperlyConfigured(`securityHeaders has no option “${unknown}”. It has: ${Object.keys(OPTIONS).join(', ')}.`)
}

function refuseHsts({ hstsSeconds, hstsIncludeSubdomains, hstsPreload }: SecurityHeaderSettings): void {
  if (!Number.isSafeInteger(hstsSeconds) || hstsSeconds < 0)
    throw new ImproperlyConfigured(`securityHeaders.hstsSeconds is ${hstsSeconds}. Pass a whole number of seconds, such as 3600.`)
  if (hstsPreload && (!hstsIncludeSubdomains || hstsSeconds < PRELOAD_SECONDS))
    throw new ImproperlyConfigured(`securityHeaders.hstsPreload needs hstsIncludeSubdomains and at least ${PRELOAD_SECONDS} in hstsSeconds.`)
}

function oneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw new ImproperlyConfigured(`securityHeaders.${name} is “${value}”. Pass one of: ${known.join(', ')}.`)
}

function singleLine(name: string, policy: string | null): void {
  if (policy !== null && !/^[ -~]+$/.test(policy))
    throw new ImproperlyConfigured(`securityHeaders.${name} must be one line of ASCII. Pass null for no policy.`)
}
