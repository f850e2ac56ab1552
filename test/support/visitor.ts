/**
 * A visitor with cookies, as a browser keeps them: what a site sets comes back with the next request.
 * @module
 */

import { cookieHeader, keepCookie } from '../../src/base/cookie-jar.js'

/** Answers a request: `auth.handle` with a handler, pages, or `fetch` to a server. */
export type Send = (request: Request) => Promise<Response>

/** What a request may say besides its path. */
export interface VisitOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams | FormData
}

/** Somebody at a browser without scripts. */
export class Visitor {
  readonly cookies: Map<string, string>
  readonly #send: Send
  readonly #origin: string

  /** Several visitors with the same `cookies` are one browser at several sites of one host. */
  constructor(send: Send, origin = 'http://localhost', cookies = new Map<string, string>()) {
    this.#send = send
    this.#origin = origin
    this.cookies = cookies
  }

  /** Another browser that holds the same cookies: what a thief has. */
  copy(): Visitor {
    const other = new Visitor(this.#send, this.#origin)
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    return other
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.request(path, { headers: { accept: 'text/html', ...headers } })
  }

  /** As a program would: asks for JSON. */
  async getJson(path: string): Promise<Response> {
    return this.request(path, { headers: { accept: 'application/json' } })
  }

  /** Sends a form with the token of the cookie, which a bare secret is too. */
  async post(path: string, fields: Readonly<Record<string, string>> = {}, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.csrfSecret ?? '', ...fields })
    return this.request(path, { method: 'POST', body, headers: { accept: 'text/html', origin: this.#origin, ...headers } })
  }

  /** Sends JSON with the token in the header. */
  async postJson(path: string, value: unknown): Promise<Response> {
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      origin: this.#origin,
      ...(this.csrfSecret === null ? {} : { 'x-csrftoken': this.csrfSecret }),
    }
    return this.request(path, { method: 'POST', body: JSON.stringify(value), headers })
  }

  async request(path: string, { method = 'GET', headers = {}, body }: VisitOptions = {}): Promise<Response> {
    const cookie = cookieHeader(this.cookies)
    const request = new Request(new URL(path, this.#origin), {
      method,
      redirect: 'manual',
      headers: { host: new URL(this.#origin).host, ...(cookie === null ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const response = await this.#send(request)
    for (const text of response.headers.getSetCookie()) keepCookie(this.cookies, text)
    return response
  }

  /** The cookie that tokens are made from. */
  get csrfSecret(): string | null {
    return this.cookies.get('csrftoken') ?? this.cookies.get('__Host-csrftoken') ?? null
  }

  get sessionCookie(): string | null {
    return this.cookies.get('sessionid') ?? this.cookies.get('__Host-sessionid') ?? null
  }
}
