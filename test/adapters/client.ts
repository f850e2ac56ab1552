/**
 * A client that says exactly what it is told to, over a socket or to a function, and a visitor with cookies who uses it.
 * @module
 */

import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { cookieHeader, keepCookie } from '../../src/base/cookie-jar.js'

/** A request, word by word. */
export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array>
}

/** An answer whose head has arrived. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Sends a request. */
export type Send = (request: RawRequest) => Promise<RawAnswer>

/** Sends over a socket, from another address of loopback where one is given. */
export function overSocket(port: number, localAddress?: string): Send {
  return ({ method, target, headers, body }) =>
    new Promise((resolve, reject) => {
      const bytes = body === undefined ? Buffer.alloc(0) : isBytes(body) ? Buffer.from(body as string) : null
      const length = body === undefined || bytes === null ? [] : ['content-length', String(bytes.length)]
      const said = [...headers.flat(), ...length]
      const from = localAddress === undefined ? {} : { localAddress }
      const outgoing = httpRequest({ host: '127.0.0.1', port, method, path: target, setHost: false, agent: false, headers: said, ...from })
      outgoing.on('response', (incoming) => {
        const answered = new Headers()
        for (let index = 0; index < incoming.rawHeaders.length; index += 2)
          answered.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
        resolve({ status: incoming.statusCode ?? 0, headers: answered, chunks: incoming })
      })
      outgoing.on('error', reject)
      if (bytes !== null) outgoing.end(bytes)
      else Readable.from(body as AsyncIterable<Uint8Array>).pipe(outgoing)
    })
}

/** Sends to a function that takes web requests. */
export function toFunction(answer: (request: Request) => Promise<Response>): Send {
  return async ({ method, target, headers, body }) => {
    const host = headers.find(([name]) => name === 'host')?.[1] ?? 'localhost'
    const init = body === undefined ? {} : { body: isBytes(body) ? body : ReadableStream.from(body), duplex: 'half' }
    // What no URL can say, a server says with a name of its own, and the header as it came.
    const base = /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? `http://${host}` : 'http://localhost'
    const response = await answer(
      new Request(new URL(target, base), {
        method,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
        ...init,
      } as RequestInit),
    )
    return { status: response.status, headers: response.headers, chunks: response.body ?? ReadableStream.from([]) }
  }
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
  json(): unknown
}

/** What a visitor may say besides the path. */
export interface Visit {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RawRequest['body']
}

/** Somebody with cookies, as a browser keeps them. */
export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #send: Send
  readonly #headers: Readonly<Record<string, string>>

  /** `headers` go with every request. */
  constructor(send: Send, headers: Readonly<Record<string, string>> = {}) {
    this.#send = send
    this.#headers = { host: 'localhost', accept: 'text/html', ...headers }
  }

  /** Sends a request; gives the answer as soon as its head is there. */
  async open(target: string, { method = 'GET', headers = {}, body }: Visit = {}): Promise<RawAnswer> {
    const cookie = cookieHeader(this.cookies)
    const said = { ...this.#headers, ...(cookie === null ? {} : { cookie }), ...headers }
    const answer = await this.#send({ method, target, headers: Object.entries(said), ...(body === undefined ? {} : { body }) })
    for (const text of answer.headers.getSetCookie()) keepCookie(this.cookies, text)
    return answer
  }

  async request(target: string, visit: Visit = {}): Promise<Answer> {
    const { status, headers, chunks } = await this.open(target, visit)
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    const bytes = Buffer.concat(parts)
    const text = bytes.toString()
    return { status, headers, bytes, text, json: () => JSON.parse(text) as unknown }
  }

  async get(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request(target, { headers })
  }

  async getJson(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request(target, { headers: { accept: 'application/json', ...headers } })
  }

  /** Sends a form, with the token in it. */
  async post(target: string, fields: Readonly<Record<string, string>> = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.token, ...fields }).toString()
    return this.request(target, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body })
  }

  /** Sends JSON, with the token in a header. */
  async postJson(target: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const said = { accept: 'application/json', 'content-type': 'application/json', 'x-csrftoken': this.token, ...headers }
    return this.request(target, { method: 'POST', headers: said, body: JSON.stringify(value) })
  }

  /** Sends `multipart/form-data`. */
  async postMultipart(target: string, form: FormData, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const made = new Request('http://localhost/', { method: 'POST', body: form })
    const body = new Uint8Array(await made.arrayBuffer())
    return this.request(target, { method: 'POST', headers: { 'content-type': made.headers.get('content-type') ?? '', ...headers }, body })
  }

  /** The secret in the cookie, which counts as a token. */
  get token(): string {
    return [...this.cookies].find(([name]) => name.endsWith('csrftoken'))?.[1] ?? ''
  }
}

function isBytes(body: NonNullable<RawRequest['body']>): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array
}
