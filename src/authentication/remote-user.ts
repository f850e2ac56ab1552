/**
 * A proxy with single sign-on in front of the site says who is there, in a header, with every request (M-3).
 * @module
 */

import { BaseUser } from '../accounts/base-user.js'
import { ImproperlyConfigured } from '../base/errors.js'
import type { Backend, Credentials } from './backend.js'
import type { Refusal } from './refusal.js'
import { RemoteUserBackend } from './remote-user-backend.js'
import type { SiteRequest } from './site-request.js'

/** What a site says of the proxy that knows its users. */
export interface RemoteUserHeader {
  /** The header that names the user, such as `x-remote-user`. Only from declared proxies; anybody else's counts as absent. */
  readonly header: string
  /** Keeps people logged in where the header is absent: for a proxy that only guards the login page. Default false. */
  readonly persistent?: boolean
}

/** Several headers arrive as one, with commas between them; control characters are in no name. */
const NO_NAME = /[,\p{Cc}]/u

/** What it is made of. */
export interface RemoteUserParts {
  readonly settings: RemoteUserHeader
  readonly trustedProxies: readonly string[]
  readonly backends: readonly Backend[]
  authenticate(request: unknown, credentials: Credentials): Promise<BaseUser | null>
  login(request: SiteRequest, user: BaseUser): Promise<void>
  logout(request: SiteRequest): Promise<void>
}

/** Logs in and out by a proxy's word. */
export class RemoteUser {
  readonly #parts: RemoteUserParts
  readonly #backend: RemoteUserBackend
  readonly #header: string

  constructor(parts: RemoteUserParts) {
    this.#parts = parts
    const backend = parts.backends.find((one) => one instanceof RemoteUserBackend)
    if (backend === undefined)
      throw new ImproperlyConfigured('remoteUser needs a backend: `authenticationBackends: [(site) => new RemoteUserBackend(site)]`.')
    if (parts.trustedProxies.length === 0)
      throw new ImproperlyConfigured('remoteUser needs `trustedProxies`: without them anybody could send the header and be anybody.')
    this.#header = readName(parts.settings.header)
    this.#backend = backend
  }

  /** Makes the visitor of a request the one that the proxy names. What names more than one, or no name at all, is refused (F11). */
  async apply(request: SiteRequest): Promise<Refusal | null> {
    const { visitor } = request
    const isRemote = visitor instanceof BaseUser && visitor.backend === this.#backend.path
    const name = request.isFromProxy ? request.header(this.#header) : undefined
    if (name === undefined || name === '') {
      if (isRemote && this.#parts.settings.persistent !== true) await this.#parts.logout(request)
      return null
    }
    if (NO_NAME.test(name)) return { status: 400, code: 'bad_request', reason: `${this.#header} names no one user` }
    if (visitor instanceof BaseUser && visitor.getUsername() === this.#backend.cleanUsername(name)) return null
    if (isRemote) await this.#parts.logout(request)
    const user = await this.#parts.authenticate(request, { remoteUser: name })
    if (user !== null) await this.#parts.login(request, user)
    return null
  }
}

/** Servers read `-` and `_` alike where they hand headers on as variables: a name with an underscore may be somebody else's header (F11). */
function readName(header: unknown): string {
  if (typeof header === 'string' && /^[a-z0-9-]+$/.test(header)) return header
  throw new ImproperlyConfigured(`remoteUser.header is “${String(header)}”. Use a name of small letters, digits and hyphens: "x-remote-user".`)
}
