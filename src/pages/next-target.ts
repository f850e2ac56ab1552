/**
 * Where to go on after a login, a registration or a logout: `next`, as far as it leads nowhere else (W-1).
 * @module
 */

import type { Refusal } from '../authentication/refusal.js'
import type { SiteRequest } from '../authentication/site-request.js'
import { safeRedirectTarget } from '../protection/safe-redirects.js'
import { NEXT_FIELD } from '../forms/form-input.js'

/** Whose target: a visit to an account page, or to the admin. */
export interface Asking {
  readonly request: SiteRequest
  refuse(refusal: Refusal): Promise<Response>
}

/**
 * Gives the checked target of a request, empty where there is none. What the body says counts, also when it is not safe: it never falls
 * back to the address, which somebody else may have written. Where it was sent more than once, which one counts would depend on who reads
 * (K2): then it gives the refusal to answer with.
 */
export async function nextTarget(visit: Asking, allowedHosts: readonly string[]): Promise<string | Response> {
  const { request } = visit
  const inAddress = request.query.getAll(NEXT_FIELD)
  const inBody = request.method === 'POST' ? ((await request.readBody()).fields.get(NEXT_FIELD) ?? null) : null
  if (inAddress.length > 1 || (inBody !== null && inBody.length > 1))
    return visit.refuse({ status: 400, code: 'bad_request', reason: 'several values of next' })
  const [given] = inBody ?? inAddress
  const text = typeof given === 'string' ? given : null
  // A link that is followed on HTTPS stays there. The page that sent the visitor here is never a target (F5).
  return safeRedirectTarget(text, { host: request.host, allowedHosts, requireHttps: request.isSecure }) ?? ''
}
