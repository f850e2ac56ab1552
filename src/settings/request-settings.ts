/**
 * What a site needs to know to answer requests: by which names it may be called, who stands in front of it, where people log in.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** What an application may say of its requests. */
export interface RequestOptions {
  /** Where the site is reached from outside, such as `https://shop.example`: links in mails are made from it. */
  readonly baseUrl?: string
  /** What people call the site; pages and mails name it. Default: the host of `baseUrl`. */
  readonly siteName?: string
  /**
   * Names the site answers to: `shop.example`, `.shop.example` for all below it, `*` for any. Default: the host of `baseUrl`, and this
   * machine's own names (`localhost`, `127.0.0.1`, `[::1]`). Django's `ALLOWED_HOSTS`.
   */
  readonly allowedHosts?: readonly string[]
  /** Networks of the proxies in front, such as `10.0.0.0/8`. Only they are believed about addresses and HTTPS. Default: none. */
  readonly trustedProxies?: readonly string[]
  /**
   * Sends requests over plain HTTP to HTTPS, with 301. Default false. Behind a proxy, declare it in `trustedProxies` and have it send
   * `X-Forwarded-Proto`: otherwise every request seems to be plain and is sent round in circles. Django's `SECURE_SSL_REDIRECT`.
   */
  readonly secureSslRedirect?: boolean
  /** Paths that are answered over plain HTTP all the same, without their first slash: `[/^health$/]`. Django's `SECURE_REDIRECT_EXEMPT`. */
  readonly secureRedirectExempt?: readonly (RegExp | string)[]
  /** The host that plain requests are sent to. Default: the one they were for. Django's `SECURE_SSL_HOST`. */
  readonly secureSslHost?: string | null
  /** The login page. Default `/accounts/login/`. Django's `LOGIN_URL`. */
  readonly loginUrl?: string
  /** Where a login leads without `next`. Default `/accounts/profile/`. Django's `LOGIN_REDIRECT_URL`. */
  readonly loginRedirectUrl?: string
  /** Where a logout leads without `next`; null shows a page. Default null. Django's `LOGOUT_REDIRECT_URL`. */
  readonly logoutRedirectUrl?: string | null
}

/** The same with every default filled in. */
export interface RequestSettings {
  /** Without a slash at its end; null where none was given. */
  readonly baseUrl: string | null
  readonly siteName: string
  readonly allowedHosts: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly secureSslRedirect: boolean
  readonly secureRedirectExempt: readonly (RegExp | string)[]
  readonly secureSslHost: string | null
  readonly loginUrl: string
  /** Where the account pages are, without a slash at the end: the folder of the login page. */
  readonly accountsPath: string
  readonly loginRedirectUrl: string
  readonly logoutRedirectUrl: string | null
}

/** This machine, under the names that reach it alone. */
const LOOPBACK = ['localhost', '.localhost', '127.0.0.1', '[::1]']

/** Fills in the defaults; throws `ImproperlyConfigured` for what could not work. */
export function settleRequests(options: RequestOptions): RequestSettings {
  const loginUrl = options.loginUrl ?? '/accounts/login/'
  const base = options.baseUrl === undefined ? null : readBase(options.baseUrl)
  return {
    baseUrl: base === null ? null : base.href.replace(/\/$/, ''),
    siteName: options.siteName ?? base?.host ?? 'This site',
    allowedHosts: options.allowedHosts ?? [...(base === null ? [] : [base.hostname]), ...LOOPBACK],
    trustedProxies: options.trustedProxies ?? [],
    secureSslRedirect: options.secureSslRedirect ?? false,
    secureRedirectExempt: options.secureRedirectExempt ?? [],
    secureSslHost: options.secureSslHost ?? null,
    loginUrl,
    accountsPath: loginUrl.replace(/[?#].*$/s, '').replace(/\/[^/]*\/?$/, ''),
    loginRedirectUrl: options.loginRedirectUrl ?? '/accounts/profile/',
    logoutRedirectUrl: options.logoutRedirectUrl ?? null,
  }
}

/** What the site is called, for rules that know it: the name it was given, and its host. */
export function siteWordsOf({ siteName, baseUrl }: Pick<RequestOptions, 'siteName' | 'baseUrl'>): readonly string[] {
  const host = baseUrl !== undefined && URL.canParse(baseUrl) ? new URL(baseUrl).hostname : undefined
  return [siteName, host].filter((one) => one !== undefined)
}

function readBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ImproperlyConfigured(`baseUrl is “${text}”. Pass where the site is reached from outside, such as "https://shop.example".`)
  }
  return url
}
