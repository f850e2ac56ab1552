/**
 * A client that logs in, for `portcullis attack`: speaks to loopback and to nothing else, from any of loopback's addresses, with cookies.
 * @module
 */

import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { cookieHeader, keepCookie } from '../base/cookie-jar.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { Misuse } from './errors.js'

/** What a login page answered: let in, judged and refused, not even looked at, or anything else. */
export type Verdict = 'let in' | 'wrong' | 'refused' | 'other'

/** Longest answer that is read, and longest wait for one. */
const MOST_BYTES = 1_000_000
const TIMEOUT = 30_000

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The target, checked to be this machine. Throws `Misuse` for any other. */
export function loopbackTarget(text: string): { readonly host: string; readonly port: number; readonly origin: string; readonly name: string } {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.protocol !== 'http:' || url.username !== '')
    throw new Misuse('--url is the address of a site on this machine: http://127.0.0.1:8000.')
  const isLoopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)
  if (!isLoopback) throw new Misuse(`${url.hostname} is not this machine. This command attacks loopback only: 127.0.0.1, [::1] or localhost.`)
  // Not looked up: a name could lead anywhere.
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, '')
  return { host, port: url.port === '' ? 80 : Number(url.port), origin: url.origin, name: url.host }
}

/** One browser without scripts, at one address. */
export class AttackClient {
  readonly #target: ReturnType<typeof loopbackTarget>
  readonly #login: string
  readonly #agent: Agent
  readonly #cookies = new Map<string, string>()
  #token: string | null = null

  constructor(target: ReturnType<typeof loopbackTarget>, login: string, localAddress: string | null) {
    this.#target = target
    this.#login = login
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ...(localAddress === null ? {} : { localAddress }) })
  }

  /** Tries one name and password. */
  async logIn(username: string, password: string): Promise<Verdict> {
    this.#token ??= await this.#freshToken()
    const answer = await this.#send('POST', JSON.stringify({ username, password }))
    if (answer.status === 403) this.#token = null
    if (answer.status === 200) return 'let in'
    if (answer.status === 422) return 'wrong'
    return answer.status === 429 || answer.status === 503 ? 'refused' : 'other'
  }

  /** Forgets the login, and stays the same browser. */
  logOut(): void {
    for (const name of this.#cookies.keys()) if (!name.endsWith('portcullis_device')) this.#cookies.delete(name)
    this.#token = null
  }

  close(): void {
    this.#agent.destroy()
  }

  async #freshToken(): Promise<string> {
    const { status, body } = await this.#send('GET')
    const token = status === 200 ? tokenIn(body) : null
    if (token === null) throw new Misuse(`There is no login page of portcullis at ${this.#target.origin}${this.#login}: it answered ${status}.`)
    return token
  }

  async #send(method: 'GET' | 'POST', body = ''): Promise<Answer> {
    const { host, port, origin, name } = this.#target
    const cookie = cookieHeader(this.#cookies)
    const headers = {
      host: name,
      accept: 'application/json',
      origin,
      ...(cookie === null ? {} : { cookie }),
      ...(method === 'GET'
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), 'x-csrftoken': this.#token ?? '' }),
    }
    const answer = await new Promise<Answer>((resolve, reject) => {
      const sent = request({ host, port, method, path: this.#login, headers, agent: this.#agent, timeout: TIMEOUT }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          text += part
          if (text.length > MOST_BYTES) response.destroy(new ImproperlyConfigured('The site answers a login with more than a megabyte.'))
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
        response.on('error', reject)
      })
      sent.on('timeout', () => sent.destroy(new Misuse(`The site did not answer for ${TIMEOUT / 1000} seconds.`)))
      sent.on('error', reject)
      sent.end(body)
    })
    for (const text of answer.headers['set-cookie'] ?? []) keepCookie(this.#cookies, text)
    return answer
  }
}

function tokenIn(body: string): string | null {
  try {
    const { csrfToken } = JSON.parse(body) as { readonly csrfToken?: unknown }
    return typeof csrfToken === 'string' ? csrfToken : null
  } catch {
    return null
  }
}
