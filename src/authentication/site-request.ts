/**
 * One request as the site knows it: who is asking, their session, and what the application may want of head and body.
 * @module
 */

import type { AnonymousUser } from '../accounts/anonymous-user.js'
import type { BaseUser } from '../accounts/base-user.js'
import type { BodyLimits, RequestData } from '../protection/body/request-data.js'
import type { RequestSession } from '../sessions/request-session.js'
import type { CsrfSecret } from './csrf-secret.js'
import type { RequestHead } from './request-head.js'

/** Who may be asking. */
export type AnyVisitor = BaseUser | AnonymousUser

/** What a request is made of, by the core. */
export interface SiteRequestParts {
  readonly head: RequestHead
  readonly raw: unknown
  readonly host: string
  readonly scheme: 'http' | 'https'
  readonly isFromProxy: boolean
  readonly session: RequestSession
  readonly user: AnyVisitor
  readonly csrf: CsrfSecret
  readonly address: () => string | null
  readonly readBody: (limits?: BodyLimits) => Promise<RequestData>
  /** What `readBody` gave, when somebody asked already. */
  readonly readData: () => Promise<RequestData> | null
}

/**
 * A request with its visitor. `user` is somebody with an account or an `AnonymousUser`; behind `loginRequired` it is a user.
 *
 * @example
 * const hello = async (request: typeof auth.$types.VisitorRequest) => new Response(`Hello ${request.user.getUsername() || 'stranger'}`)
 */
export class SiteRequest<V = AnyVisitor> {
  /** The request as the framework has it: a web `Request`, an `IncomingMessage`, … */
  readonly raw: unknown
  /** The host it was called by, checked, with its port. */
  readonly host: string
  /** As the visitor sees it: what a declared proxy says, or else the socket's own. */
  readonly scheme: 'http' | 'https'
  readonly #head: RequestHead
  readonly #parts: SiteRequestParts
  #user: AnyVisitor
  #sawSession = false
  /** @internal Whether somebody logged in during this request: the list of devices gets a new row. */
  hasLoggedIn = false
  /** @internal Texts of `Set-Cookie` for the response, beside session and token. */
  readonly newCookies: string[] = []
  #query: URLSearchParams | null = null
  #headers: Headers | null = null

  constructor(parts: SiteRequestParts) {
    this.#head = parts.head
    this.#parts = parts
    this.#user = parts.user
    this.raw = parts.raw
    this.host = parts.host
    this.scheme = parts.scheme
  }

  get method(): string {
    return this.#head.method
  }

  /** The path as it came, without the query; nothing in it is decoded. */
  get path(): string {
    const { target } = this.#head
    const end = target.indexOf('?')
    return end < 0 ? target : target.slice(0, end)
  }

  /** Path and query as they came. */
  get target(): string {
    return this.#head.target
  }

  /** The query, read flat: of several values of one name, `getAll` gives each. */
  get query(): URLSearchParams {
    const { target } = this.#head
    const start = target.indexOf('?')
    return (this.#query ??= new URLSearchParams(start < 0 ? '' : target.slice(start + 1)))
  }

  /** The whole address, as the visitor sees it. */
  get url(): string {
    return `${this.scheme}://${this.host}${this.#head.target}`
  }

  /** Whether the visitor reached the site over HTTPS. */
  get isSecure(): boolean {
    return this.scheme === 'https'
  }

  /** Whether a declared proxy sent the request: only then is its word believed. */
  get isFromProxy(): boolean {
    return this.#parts.isFromProxy
  }

  /** A header by its name in lower case; undefined where there is none. */
  header(name: string): string | undefined {
    return this.#head.header(name)
  }

  /** The client's address: the socket's, or what declared proxies say; null where there is no socket. */
  get address(): string | null {
    return this.#parts.address()
  }

  /** Who is asking. */
  get user(): V {
    this.#sawSession = true
    return this.#user as V
  }

  /** @internal The door puts another user here; nobody else does. */
  setUser(user: AnyVisitor): void {
    this.#sawSession = true
    this.#user = user
  }

  /** @internal Who is asking, without a note that the answer depends on it. */
  get visitor(): AnyVisitor {
    return this.#user
  }

  /** What is kept for this visitor from one request to the next. */
  get session(): RequestSession {
    this.#sawSession = true
    return this.#parts.session
  }

  /** @internal The session, without a note that the answer depends on it. */
  get heldSession(): RequestSession {
    return this.#parts.session
  }

  /** @internal Whether anybody looked at user or session: then the answer depends on the cookie. */
  get sawSession(): boolean {
    return this.#sawSession
  }

  /** @internal */
  get csrf(): CsrfSecret {
    return this.#parts.csrf
  }

  /** The token for a form's hidden field `csrfmiddlewaretoken` or for the header `X-CSRFToken`: another text each time, good as long as the login. */
  csrfToken(): string {
    return this.#parts.csrf.token()
  }

  /** Reads the body, bounded, once: a form (urlencoded or multipart) or JSON. Throws `BodyProblem` for what is too long, malformed or of another kind. */
  async readBody(limits?: BodyLimits): Promise<RequestData> {
    return this.#parts.readBody(limits)
  }

  /** @internal What was read of the body already; null where nobody asked. */
  get readData(): Promise<RequestData> | null {
    return this.#parts.readData()
  }

  /** Whether the client wants JSON: it says so, or sends it. A browser that follows a link or sends a form does not. */
  get wantsJson(): boolean {
    return wantsJson(this.#head)
  }

  /** @internal The head, for guards and forms that look at headers. */
  get head(): RequestHead {
    return this.#head
  }

  /** The headers of a web request, for handlers that are written for one. */
  get headers(): Headers {
    if (this.#headers === null) {
      const { raw } = this
      this.#headers = raw instanceof Request ? new Headers(raw.headers) : new Headers(entriesOf(raw))
    }
    return this.#headers
  }
}

/** Whether a client wants JSON: `Accept` names it and not HTML, or it sends JSON and names neither. */
export function wantsJson(head: Pick<RequestHead, 'header'>): boolean {
  const accept = head.header('accept') ?? ''
  if (accept.includes('text/html')) return false
  if (/\bapplication\/(?:[\w.-]+\+)?json\b/.test(accept)) return true
  return /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(head.header('content-type') ?? '')
}

/** The headers of Node's requests, which most frameworks' have too. */
function entriesOf(raw: unknown): [string, string][] {
  const { headers } = (raw ?? {}) as { readonly headers?: unknown }
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : Array.isArray(value) ? value.map((one): [string, string] => [name, String(one)]) : [],
  )
}
