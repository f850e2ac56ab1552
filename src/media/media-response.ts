/**
 * Answers a request for a picture: as the picture it is and nothing else, to this site's own pages and nobody else's.
 * @module
 */

import { fromStorage, isStoredName, type MediaStorage } from './storage.js'

/** The head of a request, as far as a picture needs it. */
export interface MediaRequest {
  readonly method: string
  /** A header by its lower-case name. */
  header(name: string): string | null | undefined
}

/** On every answer, also where there is no picture. */
const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  // Opened by itself it is a document without rights, should anything ever take it for one.
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const

const PICTURE_HEADERS = {
  ...SAFE_HEADERS,
  // Always this one: by what type a client sent it, or a storage kept it, decides nothing (J5).
  'content-type': 'image/webp',
  // Always this name: a name from outside could end the header or name a program (J6).
  'content-disposition': 'inline; filename="picture.webp"',
  // A name is given once and never again, so what it names never changes. Private: it was shown to somebody who may see it.
  'cache-control': 'private, max-age=31536000, immutable',
} as const

/**
 * Gives the picture that is stored under `name`, exactly as `newPictureName` made it; 404 for anything else.
 *
 * @example
 * const response = await mediaResponse(storage, 'profile_pics/7w0fvkzq2m8s4c1x5b3nj9rtyd.webp', {
 *   method: request.method,
 *   header: (name) => request.headers.get(name),
 * })
 */
export async function mediaResponse(storage: MediaStorage, name: string, request: MediaRequest): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, { allow: 'GET, HEAD' })
  // Another site that shows it would learn who is logged in here (ASVS 3.5.8).
  if (request.header('sec-fetch-site') === 'cross-site') return refusal(403)
  const found = isStoredName(name) ? await fromStorage(async () => storage.open(name)) : null
  if (found === null) return refusal(404)
  const etag = `"${name.slice(name.lastIndexOf('/') + 1, -'.webp'.length)}"`
  const headers = { ...PICTURE_HEADERS, etag }
  const sized = { ...headers, 'content-length': String(found.size) }
  const isKnown = namesTag(request.header('if-none-match'), etag)
  if (!isKnown && request.method === 'GET') return new Response(found.body, { headers: sized })
  await release(found.body)
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(null, { headers: sized })
}

function refusal(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...SAFE_HEADERS, 'cache-control': 'no-store', ...headers } })
}

/** Whether the browser has it already. A weak tag is the same picture. */
function namesTag(header: string | null | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => {
    const tag = one.trim()
    return tag === '*' || tag === etag || tag === `W/${etag}`
  })
}

/** A stream that nobody will read holds a file or a connection. */
async function release(body: Uint8Array | ReadableStream): Promise<void> {
  if (body instanceof ReadableStream) await body.cancel()
}
