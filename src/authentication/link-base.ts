/**
 * What links in mails begin with: the configured address, never a name that a request brought (F7). Only a site that answers to nothing but
 * this machine's own names may do without one.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { RequestSettings } from '../settings/request-settings.js'
import { SiteRequest } from './site-request.js'

/** Gives the address; throws `ImproperlyConfigured` where there is none. */
export function linkBase(settings: RequestSettings, request: unknown): string {
  const base = findLinkBase(settings, request)
  if (base !== null) return base
  throw new ImproperlyConfigured(
    'A link was to be mailed, but `baseUrl` does not say where the site is reached. Pass it to portcullis(): "https://shop.example".',
  )
}

/** The same, and null where there is none. */
export function findLinkBase(settings: RequestSettings, request: unknown): string | null {
  if (settings.baseUrl !== null) return settings.baseUrl
  const isLocal = request instanceof SiteRequest && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(request.host)
  return isLocal ? `${request.scheme}://${request.host}` : null
}
