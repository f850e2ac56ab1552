/**
 * Node's requests as the core reads them: a thin view, no web `Request` is built.
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { BodySource, RequestHead } from '../authentication/request-head.js'
import type { RequestData } from '../protection/body/request-data.js'

/** What frameworks on Node add to its requests. */
export interface FrameworkRequest extends IncomingMessage {
  /** The target as it came, where a mount path was cut off `url`. */
  originalUrl?: string
  /** What a body parser left. */
  body?: unknown
}

/** The head of a Node request. */
export class NodeHead implements RequestHead {
  readonly method: string
  readonly target: string
  readonly #request: IncomingMessage

  /** `url` is the target as it came, for a framework that keeps it elsewhere. */
  constructor(request: FrameworkRequest, url: string = request.originalUrl ?? request.url ?? '/') {
    this.#request = request
    this.method = request.method ?? 'GET'
    this.target = targetOf(url)
  }

  get socketAddress(): string | null {
    return this.#request.socket.remoteAddress ?? null
  }

  get isEncrypted(): boolean {
    return (this.#request.socket as { readonly encrypted?: boolean }).encrypted === true
  }

  header(name: string): string | undefined {
    // Node keeps the first of several Host headers and says nothing of the others; both are refused (F7).
    if (name === 'host') return hostsOf(this.#request)
    const value = this.#request.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
}

/** The body of a Node request: what a parser left on it, or the stream itself. */
export function nodeBody(request: FrameworkRequest, parsed: () => unknown = () => request.body): BodySource {
  const isRead = (): boolean => request.readableEnded || request.readableDidRead
  return {
    stream: () => (isRead() ? null : unread(request)),
    parsed: () => {
      const body = parsed()
      return isRead() || isFilled(body) ? body : undefined
    },
  }
}

/** The fields of a form as body parsers leave them: a text for each name, or a list of texts. */
export function plainFields(data: RequestData): Record<string, unknown> {
  const fields = Object.create(null) as Record<string, unknown>
  for (const [name, values] of data.fields) fields[name] = values.length === 1 ? values[0] : values
  return fields
}

/** The bytes of a request. One that is refused half way keeps its socket, by which the answer goes. */
export function unread(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) }
}

/** Express 4 leaves an empty object where nothing was parsed. */
function isFilled(body: unknown): boolean {
  return body !== undefined && body !== null && (typeof body !== 'object' || Object.keys(body).length > 0)
}

/**
 * A proxy's form, `GET http://shop.example/path`, names a host that nobody checked: the path alone counts (F9). Whatever routers may read
 * otherwise, such as `*private` or `http://shop.example:private`, is the name of no page: least of all of the one at `/`.
 */
function targetOf(url: string): string {
  if (url.startsWith('/')) return url
  const rest = /^https?:\/\/(?:[\w.-]+|\[[\d.:a-f]+\])(?::\d+)?((?:[/?].*)?)$/i.exec(url)?.[1] ?? url
  return rest.startsWith('/') ? rest : `/${rest}`
}

function hostsOf(request: IncomingMessage): string | undefined {
  const { host } = request.headers
  const { rawHeaders } = request
  let found = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && /^host$/i.test(name)) found += 1
  }
  return found > 1 ? `${host}, ${host}` : (host ?? (request.headers as { ':authority'?: string })[':authority'])
}
