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

/** Where a request keeps what its fields are read from. */
const openedRequest: unique symbol = Symbol('what the site knows of this request')

interface FilledRequest {
  readonly [openedRequest]: SiteRequest
}

/** The same functions for all requests: an object that gets functions of its own becomes slow for everybody who reads anything of it. */
const USER: PropertyDescriptor & ThisType<FilledRequest> = {
  get() {
    return this[openedRequest].user
  },
  configurable: true,
  enumerable: true,
}
const SESSION: PropertyDescriptor & ThisType<FilledRequest> = {
  get() {
    return this[openedRequest].session
  },
  configurable: true,
  enumerable: true,
}
const CSRF_TOKEN: PropertyDescriptor & ThisType<FilledRequest> = {
  // Good by itself too: whoever takes it out of the request calls it without one.
  get() {
    const opened = this[openedRequest]
    return () => opened.csrfToken()
  },
  configurable: true,
}

/** Adds them. User and session are looked up when somebody asks: an answer that depends on neither may be kept by caches (K1). */
export function addRequestFields(target: object, opened: SiteRequest): void {
  Object.defineProperty(target, openedRequest, { value: opened, configurable: true })
  Object.defineProperty(target, 'user', USER)
  Object.defineProperty(target, 'session', SESSION)
  Object.defineProperty(target, 'csrfToken', CSRF_TOKEN)
}
