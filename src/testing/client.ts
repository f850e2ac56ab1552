/**
 * A visitor for tests: keeps cookies as a browser does, sends the token that forms need, and can be logged in without a password.
 * @module
 */

import type { AnyVisitor } from '../authentication/site-request.js'
import type { BaseUser } from '../accounts/base-user.js'
import { cookieHeader, keepCookie } from '../base/cookie-jar.js'
import type { Portcullis, SiteTypes, UserIn } from '../site.js'

/** What answers: the address of a server, or a function such as `auth.pages().fetch` or a framework's own `fetch`. */
export type ClientTarget = string | URL | ((request: Request) => Response | Promise<Response>)

/** What a request may say besides method and path. */
export interface ClientOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Fields of a form, sent urlencoded. */
  readonly form?: Readonly<Record<string, string>>
  /** A form with files. */
  readonly formData?: FormData
  /** A value to send as JSON; the answer is asked for as JSON too. */
  readonly json?: unknown
  /** Follows redirects within the target. Default false: a test wants to see them. */
  readonly follow?: boolean
}

/** Most sites lead on once or twice; more is a circle. */
const MOST_REDIRECTS = 5

/** Somebody who visits a site in a test. */
export class TestClient<U = BaseUser> {
  /** What the visitor's cookie jar holds, by name. */
  readonly cookies = new Map<string, string>()
  readonly #target: ClientTarget
  readonly #origin: string
  readonly #logIn: (user: U, origin: string) => Promise<readonly string[]>

  constructor(parts: {
    readonly target: ClientTarget
    readonly origin: string
    readonly logIn: (user: U, origin: string) => Promise<readonly string[]>
  }) {
    this.#target = parts.target
    this.#origin = parts.origin
    this.#logIn = parts.logIn
  }

  /** Logs in through the site's own door, without a password and without hashing. */
  async loginAs(user: U): Promise<void> {
    for (const cookie of await this.#logIn(user, this.#origin)) keepCookie(this.cookies, cookie)
  }

  async get(path: string, options: ClientOptions = {}): Promise<Response> {
    return this.request('GET', path, options)
  }

  async post(path: string, options: ClientOptions = {}): Promise<Response> {
    return this.request('POST', path, options)
  }

  /** Sends a request with the cookies and, where it changes something, the token; keeps the cookies that come back. */
  async request(method: string, path: string, options: ClientOptions = {}): Promise<Response> {
    const { body, type } = bodyOf(options)
    const cookie = cookieHeader(this.cookies)
    const headers = new Headers({
      accept: options.json === undefined ? 'text/html' : 'application/json',
      ...(type === null ? {} : { 'content-type': type }),
      ...(cookie === null ? {} : { cookie }),
      ...(isSafe(method) ? {} : { origin: this.#origin, ...tokenHeader(this.csrfToken) }),
      ...options.headers,
    })
    const url = new URL(path, this.#origin)
    const response = await this.#send(new Request(url, { method, headers, redirect: 'manual', ...(body === null ? {} : { body }) }))
    for (const cookie of response.headers.getSetCookie()) keepCookie(this.cookies, cookie)
    return options.follow === true ? this.#followed(response, url, MOST_REDIRECTS) : response
  }

  /** What scripts read from the cookie: good as a token. Null before the first page with a form. */
  get csrfToken(): string | null {
    return this.cookies.get('csrftoken') ?? this.cookies.get('__Host-csrftoken') ?? null
  }

  async #send(request: Request): Promise<Response> {
    return typeof this.#target === 'function' ? this.#target(request) : fetch(request)
  }

  async #followed(response: Response, from: URL, left: number): Promise<Response> {
    const location = response.headers.get('location')
    if (location === null || response.status < 300 || response.status > 399) return response
    if (left === 0) throw new Error(`${from.pathname} leads in a circle.`)
    const next = new URL(location, from)
    if (next.origin !== from.origin) return response
    const answer = await this.request('GET', next.pathname + next.search)
    return this.#followed(answer, next, left - 1)
  }
}

/**
 * Makes a visitor of a site.
 *
 * @example
 * const client = createClient(auth, 'http://127.0.0.1:8000')
 * await client.loginAs(user)
 * const response = await client.post('/products', { form: { name: 'Gear wheel' } })
 */
export function createClient<S extends SiteTypes>(auth: Portcullis<S>, target: ClientTarget): TestClient<UserIn<S>> {
  const origin = typeof target === 'function' ? (auth.internals.settings.baseUrl ?? 'http://localhost') : new URL(target).origin
  const logIn = async (user: UserIn<S>, at: string): Promise<readonly string[]> => {
    const host = new URL(at).host
    const response = await auth.handle(new Request(at, { headers: { host } }), async (request) => {
      const door = auth as unknown as { login(request: object, user: AnyVisitor, how: { backend: string }): Promise<void> }
      await door.login(request, user as unknown as AnyVisitor, { backend: user.backend ?? auth.internals.backends[0]?.path ?? '' })
      return new Response(null, { status: 204 })
    })
    if (response.status !== 204) throw new Error(`The site refused to log in at ${host} (${response.status}). Is it among allowedHosts?`)
    return response.headers.getSetCookie()
  }
  return new TestClient({ target, origin, logIn })
}

function bodyOf({ form, formData, json }: ClientOptions): { readonly body: string | FormData | null; readonly type: string | null } {
  if (json !== undefined) return { body: JSON.stringify(json), type: 'application/json' }
  if (formData !== undefined) return { body: formData, type: null }
  if (form !== undefined) return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' }
  return { body: null, type: null }
}

function tokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { 'x-csrftoken': token }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}
