/**
 * Behind the mailed link that ends a lockout. As behind all of them, the first visit moves the token out of the address into the session
 * (14.2.1), a form does what the link is for (7.6.2), and every step asks the token itself again (G1).
 * @module
 */

import { addressOf } from '../../authentication/request-limits.js'
import type { OpenedUnlock } from '../../authentication/unlock-links.js'
import { messageFor } from '../../base/messages.js'
import type { Visit } from '../visit.js'

const SESSION_LINK = '_portcullis_unlock'
/** No address that holds a token is told to anybody. */
const NO_REFERRER = { 'referrer-policy': 'no-referrer' } as const

/** A visit by the link itself. */
export async function openUnlockLink(visit: Visit): Promise<Response> {
  const { request, site, parameters, base } = visit
  const [uid = '', last = ''] = parameters
  await site.limits?.confirmation.enforce(addressOf(request))
  if (((await site.unlockLinks?.open(uid, last)) ?? null) === null) return invalid(visit, NO_REFERRER)
  request.session.set(SESSION_LINK, `${uid}/${last}`)
  const address = `${base}/unlock/`
  return visit.wantsJson ? visit.json({ isValid: true, url: address }, { headers: NO_REFERRER }) : visit.redirect(address, { headers: NO_REFERRER })
}

/** The page that the link leads to. */
export async function showUnlock(visit: Visit): Promise<Response> {
  const link = await kept(visit)
  if (link === null) return invalid(visit)
  const about = { isValid: true, username: link.user.getUsername() }
  return visit.wantsJson ? visit.json({ ...about, csrfToken: visit.request.csrfToken() }) : visit.page('unlock', about)
}

/** Ends the wait. Of many who do at once, one succeeds. */
export async function unlock(visit: Visit): Promise<Response> {
  const { request, site, base } = visit
  await site.limits?.confirmation.enforce(addressOf(request))
  const link = await kept(visit)
  if (link === null || (await site.unlockLinks?.confirm(link, request)) !== true) return invalid(visit)
  request.session.delete(SESSION_LINK)
  // A session that held nothing else has no more use.
  if (request.session.keys().length === 0) await request.session.flush()
  return visit.wantsJson ? visit.json({ unlocked: true, loginUrl: visit.urls.login }) : visit.redirect(`${base}/unlock/done/`)
}

/** Says that it is done. */
export async function unlockDone(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ loginUrl: visit.urls.login }) : visit.page('unlocked', {})
}

async function kept({ request, site }: Visit): Promise<OpenedUnlock | null> {
  const found = request.session.get(SESSION_LINK)
  const [uid = '', last = ''] = typeof found === 'string' ? found.split('/') : []
  return uid === '' ? null : ((await site.unlockLinks?.open(uid, last)) ?? null)
}

/** The same for whatever is wrong: nobody, another's, used, the wait is over, made up. */
async function invalid(visit: Visit, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  if (visit.wantsJson && visit.request.method === 'POST')
    return visit.json({ errors: { __all__: [{ code: 'invalid_link', message: messageFor('invalid_link') }] } }, { status: 422, headers })
  if (visit.wantsJson) return visit.json({ isValid: false }, { headers })
  // To a stranger: a form to log out by, on a page that sends no origin, would be refused.
  return visit.page('unlock', { isValid: false, username: '' }, { headers, asStranger: headers === NO_REFERRER })
}
