/**
 * Where to go on after a login, a registration or a logout: `next`, as far as it leads nowhere else (W-1).
 * @module
 */

import type { SiteRequest } from '../authentication/site-request.js'
import { safeRedirectTarget } from '../protection/safe-redirects.js'
import { NEXT_FIELD } from '../forms/form-input.js'

/** What `next` says; `'several'` where it was sent more than once, and which one counts would depend on who reads (K2). */
export type NextTarget = { readonly target: string } | 'several'

/**
 * Gives the checked target of a request, empty where there is none. What the body says counts, also when it is not safe: it never falls
 * back to the address, which somebody else may have written.
 */
export async function nextTarget(request: SiteRequest, allowedHosts: readonly string[]): Promise<NextTarget> {
  const inAddress = request.query.getAll(NEXT_FIELD)
  const inBody = request.method === 'POST' ? ((await request.readBody()).fields.get(NEXT_FIELD) ?? null) : null
  if (inAddress.length > 1 || (inBody !== null && inBody.length > 1)) return 'several'
  const [given] = inBody ?? inAddress
  const text = typeof given === 'string' ? given : null
  // A link that is followed on HTTPS stays there. The page that sent the visitor here is never a target (F5).
  return { target: safeRedirectTarget(text, { host: request.host, allowedHosts, requireHttps: request.isSecure }) ?? '' }
}
