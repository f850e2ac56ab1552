/**
 * A request that is not let through, as a fact: what status, what code, where to instead. Adapters and pages give it a body.
 * @module
 */

import type { MessageKey } from '../base/messages.js'
import { messageFor } from '../base/messages.js'
import type { SiteRequest } from './site-request.js'

/** Why a request was not let through, for programs. */
export type RefusalCode =
  | 'bad_request'
  | 'bad_host'
  | 'https_required'
  | 'session_interrupted'
  | 'login_required'
  | 'permission_denied'
  | 'csrf_failed'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'locked'
  | 'server_error'
  | 'unavailable'

/** A request that is not let through. */
export interface Refusal {
  readonly status: 301 | 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503
  readonly code: RefusalCode
  /** Where a browser is sent instead: the login page. A JSON client gets status and code. */
  readonly location?: string
  /** More for the response: `allow`, `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the log alone; no page shows it. */
  readonly reason?: string
}

/** Makes the page of a refusal, for browsers. Pages do; without them it is a line of text. */
export type RefusalPage = (refusal: Refusal, request: SiteRequest | null) => Promise<string>

/** The sentence for a refusal, which says nothing of the reason. */
export function refusalMessage(refusal: Refusal): string {
  return messageFor(`refused.${refusal.code}` satisfies MessageKey)
}

/** What the answer to a refusal is made for. */
export interface RefusalAudience {
  readonly wantsJson: boolean
  readonly method: string
  readonly request: SiteRequest | null
}

/**
 * Makes the response: JSON with status and code for programs; for browsers the way to the login page, or a page.
 */
export async function refusalResponse(refusal: Refusal, audience: RefusalAudience, page: RefusalPage | null): Promise<Response> {
  const headers = new Headers({ 'cache-control': 'no-store', ...refusal.headers })
  const { status, location } = refusal
  // Programs too: what they want is at the other address.
  if (refusal.code === 'https_required' && location !== undefined) {
    headers.set('location', location)
    return new Response(null, { status, headers })
  }
  if (audience.wantsJson) {
    headers.set('content-type', 'application/json; charset=utf-8')
    const body = { error: { code: refusal.code, message: refusalMessage(refusal), ...(location === undefined ? {} : { loginUrl: location }) } }
    return new Response(audience.method === 'HEAD' ? null : JSON.stringify(body), { status, headers })
  }
  if (location !== undefined) {
    headers.set('location', location)
    // A form is not sent to the login page again: the browser is to fetch it.
    return new Response(null, { status: audience.method === 'GET' || audience.method === 'HEAD' ? 302 : 303, headers })
  }
  if (page === null) {
    headers.set('content-type', 'text/plain; charset=utf-8')
    return new Response(`${refusalMessage(refusal)}\n`, { status, headers })
  }
  headers.set('content-type', 'text/html; charset=utf-8')
  const html = await page(refusal, audience.request)
  return new Response(audience.method === 'HEAD' ? null : html, { status, headers })
}
