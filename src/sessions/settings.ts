/**
 * What a site says of its sessions: the cookie, how long they last, and what of their keys is kept.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { SessionCache } from './session-cache.js'

/** Where sessions are kept. */
export type SessionStoreName = 'database' | 'cache' | 'cachedDatabase' | 'signedCookie' | 'memory'

/** What an application may say of its sessions. Django's settings of the same names begin with `SESSION_`. */
export interface SessionOptions extends SessionCookieOptions {
  /**
   * Where sessions are kept. `'database'`, the default, is Django's table. `'cache'` is a Redis, `'cachedDatabase'` both, `'signedCookie'`
   * the visitor's own cookie, `'memory'` this process, for tests. Django's `SESSION_ENGINE`.
   */
  readonly store?: SessionStoreName
  /** For `'cache'` and `'cachedDatabase'`: `redisCache(client)` of `portcullis/redis`, or anything with the same functions. */
  readonly cache?: SessionCache
}

/** How long sessions last, and how visitors carry them. */
export interface SessionCookieOptions {
  /** Default `sessionid`; over HTTPS, on a site that shares nothing with a Django, `__Host-sessionid`. */
  readonly cookieName?: string
  /** How long a session lasts after it was last changed, in seconds. Default two weeks. */
  readonly cookieAge?: number
  /** A domain whose hosts all get the cookie. Default: this host alone. */
  readonly cookieDomain?: string | null
  /** Default `/`. */
  readonly cookiePath?: string
  /** Whether browsers send the cookie over HTTPS only. Default `'auto'`: yes where the request came that way. */
  readonly cookieSecure?: 'auto' | boolean
  /** Keeps scripts from reading the cookie. Default true. */
  readonly cookieHttpOnly?: boolean
  /** Default `Lax`. */
  readonly cookieSameSite?: 'Lax' | 'Strict' | 'None'
  /** Whether sessions end with the browser unless they say otherwise. Default false. */
  readonly expireAtBrowserClose?: boolean
  /** Writes every session at every request, so that it lasts `cookieAge` from the last visit. Default false: reading writes nothing. */
  readonly saveEveryRequest?: boolean
  /** Ends a login that nobody used for so many seconds, to within five minutes. Default null: never. */
  readonly idleTimeout?: number | null
  /** Ends a login so many seconds after it was made, however busy it is. Default null: never. */
  readonly absoluteTimeout?: number | null
  /** What the table holds: a hash of each key, or the key itself, as a Django that shares the table needs it. Default `'hashed'`. */
  readonly keepKeys?: 'hashed' | 'plain'
}

/** The same with every default filled in. */
export type SessionSettings = Required<SessionCookieOptions>

/** Django's two weeks. */
const TWO_WEEKS = 1_209_600

/**
 * Fills in the defaults; throws `ImproperlyConfigured` for what could not work. `isShared`: a Django reads the same sessions.
 *
 * @example
 * const settings = settleSessions({ idleTimeout: 3600 })
 */
export function settleSessions(options: SessionCookieOptions = {}, { isShared = false }: { readonly isShared?: boolean } = {}): SessionSettings {
  const settings: SessionSettings = {
    cookieName: options.cookieName ?? 'sessionid',
    cookieAge: options.cookieAge ?? TWO_WEEKS,
    cookieDomain: options.cookieDomain ?? null,
    cookiePath: options.cookiePath ?? '/',
    cookieSecure: options.cookieSecure ?? 'auto',
    cookieHttpOnly: options.cookieHttpOnly ?? true,
    cookieSameSite: options.cookieSameSite ?? 'Lax',
    expireAtBrowserClose: options.expireAtBrowserClose ?? false,
    saveEveryRequest: options.saveEveryRequest ?? false,
    idleTimeout: options.idleTimeout ?? null,
    absoluteTimeout: options.absoluteTimeout ?? null,
    keepKeys: options.keepKeys ?? (isShared ? 'plain' : 'hashed'),
  }
  for (const name of ['cookieAge', 'idleTimeout', 'absoluteTimeout'] as const) {
    const seconds = settings[name]
    if (seconds !== null && !(Number.isSafeInteger(seconds) && seconds > 0))
      throw new ImproperlyConfigured(`sessions.${name} is ${String(seconds)}. Pass a whole number of seconds above 0.`)
  }
  // What RFC 6265 allows in a name; anything else would let one setting write other attributes.
  if (!/^[!#$%&'*+\-.^`|~\w]+$/.test(settings.cookieName))
    throw new ImproperlyConfigured(`sessions.cookieName is “${settings.cookieName}”. Use letters, digits, - and _.`)
  if (settings.cookieSameSite === 'None' && settings.cookieSecure === false)
    throw new ImproperlyConfigured('sessions.cookieSameSite is "None", which browsers take from secure cookies only. Leave cookieSecure as it is.')
  if (isShared && settings.keepKeys === 'hashed')
    throw new ImproperlyConfigured('sessions.keepKeys is "hashed", but the Django that shares the table looks for plain keys. Leave keepKeys out.')
  return settings
}
