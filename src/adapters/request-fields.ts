/**
 * What a site adds to a framework's request: who is asking, their session, and tokens for forms.
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import type { RequestSession } from '../sessions/request-session.js'

/**
 * The same for the compiler. A framework whose requests are typed by declaration takes it once, for the whole application; `docs/adapters.md`
 * shows how.
 *
 * @example
 * const greet = ({ user }: RequestFields<typeof auth>) => `Hello ${user.getUsername()}`
 */
export interface RequestFields<A extends { readonly $types: { readonly Visitor: unknown } }> {
  /** Who is asking: a user of the site, or an `AnonymousUser`. */
  readonly user: A['$types']['Visitor']
  /** What is kept for this visitor from one request to the next. */
  readonly session: RequestSession
  /** A token for a form's hidden field `csrfmiddlewaretoken` or for the header `X-CSRFToken`. */
  csrfToken(): string
}

/** Adds them. User and session are looked up when somebody asks: an answer that depends on neither may be kept by caches (K1). */
export function addRequestFields(target: object, opened: SiteRequest): void {
  Object.defineProperties(target, {
    user: { get: () => opened.user, configurable: true, enumerable: true },
    session: { get: () => opened.session, configurable: true, enumerable: true },
    csrfToken: { value: () => opened.csrfToken(), configurable: true },
  })
}
