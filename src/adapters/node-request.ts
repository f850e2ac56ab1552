/**
 * Node's requests as the core reads them: a thin view, no web `Request` is built.
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { BodySource, RequestHead } from '../authentication/request-head.js'

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

  constructor(request: FrameworkRequest) {
    this.#request = request
    this.method = request.method ?? 'GET'
    this.target = targetOf(request.originalUrl ?? request.url ?? '/')
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
export function nodeBody(request: FrameworkRequest): BodySource {
  return {
    stream: () => (request.readableEnded || request.readableDidRead ? null : request),
    parsed: () => (request.readableEnded || request.readableDidRead || isFilled(request.body) ? request.body : undefined),
  }
}

/** Express 4 leaves an empty object where nothing was parsed. */
function isFilled(body: unknown): boolean {
  return body !== undefined && body !== null && (typeof body !== 'object' || Object.keys(body).length > 0)
}

/** A proxy's form, `GET http://shop.example/path`, names a host that nobody checked: the path alone counts (F9). */
function targetOf(url: string): string {
  if (url.startsWith('/')) return url
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(url)?.[1]
  return rest === undefined || rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`
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
