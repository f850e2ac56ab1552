/**
 * Behind a reset link. The first visit moves the token out of the address into the session, so that no log, no history and no page that
 * is linked to gets to see it (14.2.1); from then on every step asks the token itself again, not a mark that somebody was here (G1).
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { messageFor } from '../../base/messages.js'
import { answerWithForm } from '../form-data.js'
import { personData, visitorView } from '../people.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'
import { NO_REFERRER } from './mailed-link.js'

/** Django's name in the session (W-7), so that a link opened at one may be used at the other. */
const SESSION_TOKEN = '_password_reset_token'
/** What stands in the address instead of the token. Django's. */
const INSTEAD = 'set-password'

/** Shows the form, or that the link does not work. */
export async function showConfirm(visit: Visit): Promise<Response> {
  const opened = await open(visit)
  if (opened instanceof Response) return opened
  const { user, address } = opened
  return answerWithForm(visit, 'passwordResetConfirm', visit.site.forms.setPassword().blank(visit.request, { user }), usernameOf(user), {
    action: address,
  })
}

/** Sets the new password. Of many who do at once, one succeeds (G2). */
export async function confirm(visit: Visit): Promise<Response> {
  const opened = await open(visit)
  if (opened instanceof Response) return opened
  const { user, address } = opened
  const outcome = await saveForm(await visit.site.forms.setPassword().bind(visit.request, { user }))
  if ('form' in outcome) return answerWithForm(visit, 'passwordResetConfirm', outcome.form, usernameOf(user), { action: address })
  return outcome.saved === null ? invalid(visit) : finish(visit, outcome.saved)
}

/** Says that it is done. */
export async function resetComplete(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ loginUrl: visit.urls.login }) : visit.page('passwordResetComplete', {})
}

/** Finds whose link it is. An answer instead, where the token is still in the address or the link does not work. */
async function open(visit: Visit): Promise<{ readonly user: BaseUser; readonly address: string } | Response> {
  const { request, site, parameters } = visit
  // The token, or what stands in its place.
  const [uid = '', last = ''] = parameters
  const user = await site.resetLinks.find(uid)
  if (user === null) return invalid(visit, last)
  // Made of what was read, not of what was sent: the address is shown in the page.
  const address = `${visit.base}/reset/${site.resetLinks.uidOf(user)}/${INSTEAD}/`
  if (last === INSTEAD) {
    const kept = request.session.get(SESSION_TOKEN)
    return site.resetLinks.checkToken(user, kept) ? { user, address } : invalid(visit, last)
  }
  if (!site.resetLinks.checkToken(user, last)) return invalid(visit, last)
  request.session.set(SESSION_TOKEN, last)
  if (visit.wantsJson) return visit.json({ isValid: true, url: address }, { headers: NO_REFERRER })
  return visit.redirect(address, { headers: NO_REFERRER })
}

async function finish(visit: Visit, user: BaseUser): Promise<Response> {
  const { request, site, pages } = visit
  request.session.delete(SESSION_TOKEN)
  // A session that held nothing else has no more use.
  if (request.session.keys().length === 0) await request.session.flush()
  // Whoever is logged in to this account here is logged out like everywhere else.
  if (visit.user !== null && String(visit.user.pk) === String(user.pk)) await site.logout(request)
  await site.sessions.endAll(user)
  // The link came to this very address: it is tied to it.
  if (site.emailSide.settings.verification) await site.emailSide.emails.markVerified(user)
  site.passwordChanged?.(user, request)
  site.events?.note('password_reset', { target: user, request })
  // Whether the account is switched off is no business of who has the link; but it does not open the door (W-8).
  const letIn = pages.passwordReset?.loginAfterwards === true && user.isActive
  if (letIn) await site.login(request, user, { backend: site.backend })
  // Whoever has the link has the mailbox: while strangers use up the tries at the account, this browser is let in (NIST 3.2.2).
  else site.rememberDevice?.(user, request)
  if (!visit.wantsJson) return visit.redirect(letIn ? site.settings.loginRedirectUrl : `${visit.base}/reset/done/`)
  const person = letIn ? { user: personData(user, await visitorView(site, user, `${visit.base}/media/`)) } : {}
  return visit.json({ ...person, loginUrl: visit.urls.login, csrfToken: await visit.freshCsrfToken() })
}

/** The same for whatever is wrong: nobody, another's, used, too old, made up (W-7, W-10). */
async function invalid(visit: Visit, last = INSTEAD): Promise<Response> {
  const isForm = visit.request.method === 'POST'
  const headers = last === INSTEAD ? {} : NO_REFERRER
  if (visit.wantsJson && isForm) {
    return visit.json({ errors: { __all__: [{ code: 'invalid_link', message: messageFor('invalid_link') }] } }, { status: 422, headers })
  }
  if (visit.wantsJson) return visit.json({ isValid: false }, { headers })
  // To a stranger: a form to log out by, on a page that sends no origin, would be refused.
  return visit.page('passwordResetConfirm', { form: null, username: '' }, { headers, asStranger: last !== INSTEAD })
}

function usernameOf(user: BaseUser): { readonly username: string } {
  return { username: user.getUsername() }
}
