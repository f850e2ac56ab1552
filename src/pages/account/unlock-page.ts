/**
 * Behind the mailed link that ends a lockout.
 * @module
 */

import type { OpenedUnlock } from '../../authentication/unlock-links.js'
import type { Visit } from '../visit.js'
import { MailedLink } from './mailed-link.js'

const link = new MailedLink<OpenedUnlock>({
  keptUnder: '_portcullis_unlock',
  form: '/unlock/',
  open: async ({ site }, uid, last) => (await site.unlockLinks?.open(uid, last)) ?? null,
  voidPage: async (visit, options) => visit.page('unlock', { isValid: false, username: '' }, options),
})

/** A visit by the link itself. */
export const openUnlockLink = link.arrive

/** The page that the link leads to. */
export async function showUnlock(visit: Visit): Promise<Response> {
  const found = await link.find(visit)
  if (found === null) return link.refuse(visit)
  const about = { isValid: true, username: found.user.getUsername() }
  return visit.wantsJson ? visit.json({ ...about, csrfToken: visit.request.csrfToken() }) : visit.page('unlock', about)
}

/** Ends the wait. Of many who do at once, one succeeds. */
export async function unlock(visit: Visit): Promise<Response> {
  const { request, site, base } = visit
  await link.limit(visit)
  const found = await link.find(visit)
  if (found === null || (await site.unlockLinks?.confirm(found, request)) !== true) return link.refuse(visit)
  await link.forgetWhole(visit)
  return visit.wantsJson ? visit.json({ unlocked: true, loginUrl: visit.urls.login }) : visit.redirect(`${base}/unlock/done/`)
}

/** Says that it is done. */
export async function unlockDone(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ loginUrl: visit.urls.login }) : visit.page('unlocked', {})
}
