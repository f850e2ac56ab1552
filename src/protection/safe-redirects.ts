/**
 * Safe redirects: whether a URL that came from outside may be sent on as a `Location`.
 * The decision is made on the text itself, split as RFC 3986 has it; a browser reads some texts otherwise, and those are refused too.
 * @module
 */

import { strip } from '../base/text.js'
import { splitUrl, withoutIgnored, type UrlParts } from './split-url.js'

/** Django's limit, in code points. */
const MAX_LENGTH = 2048

/** All that stands in a URL for itself. Everything else is percent-encoded on its way out, the backslash above all: browsers take it for a slash. */
const NOT_URL_TEXT = /[^A-Za-z0-9\-._~/#%[\]=:;$&()+,!?*@']/gu

/** Where a redirect may lead. */
export interface AllowedTargets {
  /** Hosts besides a URL without one, with their port, compared as they stand. */
  readonly allowedHosts: Iterable<string> | null
  /** Refuses `http://` too. Set it where the page itself came over HTTPS. */
  readonly requireHttps?: boolean
}

/**
 * Tells whether `url` stays on this site or leads to one of `allowedHosts`, over HTTP or HTTPS.
 * What passes is to be sent as it was given; `safeRedirectTarget` sees to that.
 *
 * @example
 * urlHasAllowedHostAndScheme('/profile/', { allowedHosts: ['shop.example'] })          // true
 * urlHasAllowedHostAndScheme('//evil.example', { allowedHosts: ['shop.example'] })     // false
 */
export function urlHasAllowedHostAndScheme(url: string | null | undefined, { allowedHosts, requireHttps = false }: AllowedTargets): boolean {
  if (typeof url !== 'string') return false
  const text = strip(url)
  if (text === '' || isTooLong(text)) return false
  const hosts = new Set(allowedHosts ?? [])
  // Browsers read a backslash as a slash, other software does not: both readings must be safe.
  return isAllowed(text, hosts, requireHttps) && isAllowed(text.replaceAll('\\', '/'), hosts, requireHttps)
}

/**
 * Gives the text to send as `Location`, or null where `url` is not safe: ASCII only, never beginning with two slashes,
 * and a path alone when it leads to `host` itself. The text that is given back is the text that was checked.
 *
 * @example
 * safeRedirectTarget('https://shop.example/cart', { host: 'shop.example', allowedHosts: [] })   // '/cart'
 * safeRedirectTarget('//evil.example', { host: 'shop.example', allowedHosts: [] })              // null
 */
export function safeRedirectTarget(url: string | null | undefined, { host, ...allowed }: AllowedTargets & { readonly host: string }): string | null {
  const targets = { ...allowed, allowedHosts: [host, ...(allowed.allowedHosts ?? [])] }
  if (typeof url !== 'string' || !urlHasAllowedHostAndScheme(url, targets)) return null
  const text = encodeForHeader(withoutIgnored(strip(url)))
  const parts = text === null ? null : splitUrl(text)
  if (text === null || parts === null) return null
  const target = parts.host === '' ? text : parts.host === host ? pathOf(parts) : `${parts.scheme || 'http'}://${parts.host}${parts.rest}`
  // A path of two slashes is a host to a browser, whoever made it one.
  return !target.startsWith('//') && urlHasAllowedHostAndScheme(target, targets) ? target : null
}

function isAllowed(text: string, hosts: ReadonlySet<string>, requireHttps: boolean): boolean {
  // Categories of control, format and unassigned characters: some browsers skip these at the start.
  if (/^\p{C}/u.test(text)) return false
  // Three slashes are two to a browser, which looks after it has dropped tabs and line ends; Django looks before.
  if (withoutIgnored(text).startsWith('///')) return false
  const parts = splitUrl(text)
  if (parts === null) return false
  if (parts.host === '') return parts.scheme === ''
  return hosts.has(parts.host) && (requireHttps ? /^https$/i : /^(?:https?)?$/i).test(parts.scheme)
}

function pathOf({ rest }: UrlParts): string {
  return rest.startsWith('/') ? rest : `/${rest}`
}

function encodeForHeader(text: string): string | null {
  if (/\p{Cs}/u.test(text)) return null
  return text.replace(NOT_URL_TEXT, encodeURIComponent)
}

function isTooLong(text: string): boolean {
  // Counted only where it can matter: a code point takes one or two units.
  return text.length > MAX_LENGTH && (text.length > 2 * MAX_LENGTH || Array.from(text).length > MAX_LENGTH)
}
