/**
 * From HTTP to HTTPS: where a request that came without encryption is sent (M-10).
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'

/** What a site says of it. Django's settings of the same names, which begin with `SECURE_`. */
export interface HttpsRedirectSettings {
  readonly secureSslRedirect: boolean
  readonly secureRedirectExempt: readonly (RegExp | string)[]
  readonly secureSslHost: string | null
}

/** A name or an IPv6 address in brackets, then perhaps a port: all that may stand between `https://` and a path. */
const HOST = /^(?:[a-z\d.-]+|\[[a-f\d:.]+\])(?::\d{1,5})?$/i

/** Gives where a request goes instead; null where it may stay. `target` is path and query, as they came. */
export type HttpsRedirect = (host: string, target: string) => string | null

/**
 * Makes the redirect of one site; null for a site that has none.
 *
 * @throws ImproperlyConfigured for a host or a pattern that could not work
 * @example
 * const redirect = httpsRedirect({ secureSslRedirect: true, secureRedirectExempt: [/^health$/], secureSslHost: null })
 * redirect?.('shop.example', '/products/?page=2')   // 'https://shop.example/products/?page=2'
 */
export function httpsRedirect(settings: HttpsRedirectSettings): HttpsRedirect | null {
  const { secureSslHost } = settings
  if (secureSslHost !== null && !HOST.test(secureSslHost))
    throw new ImproperlyConfigured(`secureSslHost is “${secureSslHost}”. Pass a host without scheme or path: "shop.example".`)
  const exempt = settings.secureRedirectExempt.map(settledPattern)
  if (!settings.secureSslRedirect) return null
  return (host, target) => {
    const end = target.indexOf('?')
    // Without its first slash, as Django's patterns expect a path.
    const path = (end < 0 ? target : target.slice(0, end)).replace(/^\//, '')
    return exempt.some((pattern) => pattern.test(path)) ? null : `https://${secureSslHost ?? host}${target}`
  }
}

/** A pattern with `g` or `y` would remember where it stopped, and fit every other request. */
function settledPattern(pattern: RegExp | string): RegExp {
  try {
    return typeof pattern === 'string' ? new RegExp(pattern) : new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''))
  } catch (cause) {
    throw new ImproperlyConfigured(`secureRedirectExempt has “${String(pattern)}”, which is no pattern. Pass a RegExp: /^health$/.`, { cause })
  }
}
