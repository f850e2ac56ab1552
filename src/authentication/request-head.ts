/**
 * What the core reads of a request: its head, through the thinnest view an adapter can give, and its body only when somebody asks.
 * @module
 */

/** The head of a request. */
export interface RequestHead {
  readonly method: string
  /** Path and query as they came, such as `/products/?page=2`. */
  readonly target: string
  /** A header by its lower-case name; of several, all, joined with `, `. */
  header(name: string): string | undefined
  /** The other end of the socket, which may be a proxy. */
  readonly socketAddress: string | null
  /** Whether the socket itself is encrypted. */
  readonly isEncrypted: boolean
}

/** The body of a request, unread. */
export interface BodySource {
  /** The bytes as they arrive; null when somebody has read them. */
  stream(): AsyncIterable<Uint8Array> | null
  /** What a parser before us made of them; undefined where there was none. */
  parsed(): unknown
}

/** A request without a body. */
export const noBody: BodySource = { stream: () => null, parsed: () => undefined }

/** The head and body of a web `Request`; the socket is known to the server only. */
export function headOf(request: Request, connection: { readonly address?: string | null; readonly isEncrypted?: boolean } = {}): RequestHead {
  const url = new URL(request.url)
  const target = url.pathname + url.search
  return {
    method: request.method,
    target,
    // What a server made without a Host header of its own carries its host in the URL.
    header: (name) => request.headers.get(name) ?? (name === 'host' ? url.host : undefined),
    socketAddress: connection.address ?? null,
    isEncrypted: connection.isEncrypted ?? url.protocol === 'https:',
  }
}

/** The body of a web `Request`. */
export function bodyOf(request: Request): BodySource {
  return { stream: () => (request.bodyUsed ? null : request.body), parsed: () => undefined }
}
