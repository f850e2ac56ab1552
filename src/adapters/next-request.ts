/**
 * Next's requests as the core reads them. Next tells of no socket, and of a host and a scheme that any client may have made up, so the head
 * says what was declared: the site's `baseUrl`, or that a proxy stands in front.
 * @module
 */

import type { BodySource, RequestHead } from '../authentication/request-head.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { RequestSettings } from '../settings/request-settings.js'

/** Makes the heads of one site. */
export class NextHeads {
  /** An address among the trusted proxies, in place of the socket's. */
  readonly #proxy: string | null
  readonly #secureHost: string | null

  constructor({ trustedProxies, baseUrl, secureSslRedirect }: RequestSettings, behindProxy: boolean) {
    const [network] = trustedProxies
    if (behindProxy && network === undefined)
      throw new ImproperlyConfigured('forNext() was told `behindProxy`, but the site has no `trustedProxies`. Declare them.')
    if (secureSslRedirect && !behindProxy)
      throw new ImproperlyConfigured(
        'secureSslRedirect is on, but Next does not tell how a request came. Name the proxy in front: `trustedProxies`, and forNext(auth, { behindProxy: true }).',
      )
    this.#proxy = behindProxy ? (network?.split('/')[0] ?? null) : null
    // Where plain requests are sent to HTTPS, the proxy alone says which are plain.
    this.#secureHost = baseUrl?.startsWith('https:') === true && !secureSslRedirect ? new URL(baseUrl).host : null
  }

  /** The head of a route handler's request. */
  of(request: Request): RequestHead {
    const { pathname, search } = new URL(request.url)
    return this.#head(request.method, pathname + search, request.headers)
  }

  /** The same, with a slash at the end of its path. */
  withSlash(request: Request): RequestHead {
    const { pathname, search } = new URL(request.url)
    return this.#head(request.method, `${pathname}${isWhole(pathname) ? '' : '/'}${search}`, request.headers)
  }

  /** Of the request that a server component or an action is part of: Next tells neither method nor path. */
  here(headers: Pick<Headers, 'get'>): RequestHead {
    return this.#head('GET', '/', headers)
  }

  #head(method: string, target: string, headers: Pick<Headers, 'get'>): RequestHead {
    return {
      method,
      target,
      header: (name) => {
        const value = headers.get(name) ?? undefined
        // `cookies().set()` writes a colon in this way, which stands in signed sessions.
        return name === 'cookie' ? value?.replaceAll('%3A', ':') : value
      },
      socketAddress: this.#proxy,
      isEncrypted: this.#secureHost !== null && headers.get('host') === this.#secureHost,
    }
  }
}

/** A copy is read, so that the handler finds the body unread. */
export function nextBody(request: Request | null): BodySource {
  return { stream: () => (request === null || request.bodyUsed ? null : request.clone().body), parsed: () => undefined }
}

/** Files, such as pictures, have no slash. */
function isWhole(path: string): boolean {
  return path.endsWith('/') || path.slice(path.lastIndexOf('/')).includes('.')
}
