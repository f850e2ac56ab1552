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
    const name = this.#nameIn(request)
    if (name === null) {
      if (!this.agrees(request)) await this.#parts.logout(request)
      return null
    }
    if (NO_NAME.test(name)) return { status: 400, code: 'bad_request', reason: `${this.#header} names no one user` }
    if (visitor instanceof BaseUser && this.agrees(request)) return null
    if (this.#isOurs(visitor)) await this.#parts.logout(request)
    const user = await this.#parts.authenticate(request, { remoteUser: name })
    if (user !== null) await this.#parts.login(request, user)
    return null
  }

  /** Whether the proxy's word leaves the visitor who they are, for where nobody can be logged in or out. Who is nobody stays nobody. */
  agrees(request: SiteRequest): boolean {
    const { visitor } = request
    if (!(visitor instanceof BaseUser)) return true
    const name = this.#nameIn(request)
    if (name === null) return !this.#isOurs(visitor) || this.#parts.settings.persistent === true
    return !NO_NAME.test(name) && visitor.getUsername() === this.#backend.cleanUsername(name)
  }

  #nameIn(request: SiteRequest): string | null {
    const name = request.isFromProxy ? request.header(this.#header) : undefined
    return name === undefined || name === '' ? null : name
  }

  #isOurs(visitor: unknown): boolean {
    return visitor instanceof BaseUser && visitor.backend === this.#backend.path
  }
}

/** Servers read `-` and `_` alike where they hand headers on as variables: a name with an underscore may be somebody else's header (F11). */
function readName(header: unknown): string {
  if (typeof header === 'string' && /^[a-z0-9-]+$/.test(header)) return header
  throw new ImproperlyConfigured(`remoteUser.header is “${String(header)}”. Use a name of small letters, digits and hyphens: "x-remote-user".`)
}
