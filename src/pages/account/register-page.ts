/**
 * Making an account of one's own.
 * @module
 */

import { addressOf } from '../../authentication/request-limits.js'
import { answerWithForm } from '../form-data.js'
import { nextTarget } from '../next-target.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'
import { welcome } from './login-page.js'

/** Shows the form. */
export async function showRegister(visit: Visit): Promise<Response> {
  const { request, pages } = visit
  if (pages.register === null) return closed(visit)
  const next = await nextTarget(visit, pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  const form = pages.register.mode === 'private' ? visit.site.forms.registrationRequest() : pages.registerForm
  return answerWithForm(visit, 'register', await form.blank(request), { next, step: pages.register.mode === 'private' ? 'address' : 'account' })
}

/** Makes the account, and lets its owner in. */
export async function register(visit: Visit): Promise<Response> {
  const { request, site, pages } = visit
  if (pages.register === null) return closed(visit)
  const next = await nextTarget(visit, pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  await site.limits?.registration.enforce(addressOf(request))
  if (pages.register.mode === 'private') return mailLink(visit, next)
  const { emails, settings } = site.emailSide
  // Before anything is made: an account whose link cannot be mailed would be nobody's.
  if (settings.verification) emails.baseFor(request)
  const outcome = await saveForm(await pages.registerForm.bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'register', outcome.form, { next, step: 'account' })
  if (settings.verification) await emails.welcome(outcome.saved, request)
  // The same whether the address was free or is somebody's (A7).
  if (settings.required) return visit.wantsJson ? visit.json({ accepted: true }, { status: 201 }) : visit.redirect(`${visit.base}/register/done/`)
  await site.login(request, outcome.saved, { backend: site.backend })
  return welcome(visit, next === '' ? (pages.registerSuccessUrl ?? site.settings.loginRedirectUrl) : next, 201)
}

/** Says what to expect, where an account has to be confirmed first. */
export async function registerDone(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.page('mailSent', { kind: 'registration' })
}

/** Mails a link to the form, or tells the owner of the address that there is an account: the answer is the same (A7). */
async function mailLink(visit: Visit, next: string): Promise<Response> {
  const { request, site } = visit
  const outcome = await saveForm(await site.forms.registrationRequest().bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'register', outcome.form, { next, step: 'address' })
  await site.emailSide.registrations.ask(outcome.saved, request)
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.redirect(`${visit.base}/register/done/`)
}

function closed(visit: Visit): Promise<Response> | Response {
  const isByInvitation = visit.site.emailSide.registration.mode === 'invitation'
  if (!visit.wantsJson) return visit.page('registerClosed', { isByInvitation }, { status: 403 })
  return isByInvitation
    ? visit.jsonError(403, 'invitation_only', 'refused.invitation_only')
    : visit.jsonError(403, 'registration_closed', 'refused.registration_closed')
}
