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
  return answerWithForm(visit, 'register', await pages.register.form.blank(request), { next })
}

/** Makes the account, and lets its owner in. */
export async function register(visit: Visit): Promise<Response> {
  const { request, site, pages } = visit
  if (pages.register === null) return closed(visit)
  const next = await nextTarget(visit, pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  await site.limits?.registration.enforce(addressOf(request))
  const { emails, settings } = site.emailSide
  // Before anything is made: an account whose link cannot be mailed would be nobody's.
  if (settings.verification) emails.baseFor(request)
  const outcome = await saveForm(await pages.register.form.bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'register', outcome.form, { next })
  if (settings.verification) await emails.welcome(outcome.saved, request)
  // The same whether the address was free or is somebody's (A7).
  if (settings.required) return visit.wantsJson ? visit.json({ accepted: true }, { status: 201 }) : visit.redirect(`${visit.base}/register/done/`)
  await site.login(request, outcome.saved, { backend: site.backend })
  return welcome(visit, next === '' ? (pages.register.successUrl ?? site.settings.loginRedirectUrl) : next, 201)
}

/** Says what to expect, where an account has to be confirmed first. */
export async function registerDone(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.page('mailSent', { kind: 'registration' })
}

function closed(visit: Visit): Promise<Response> | Response {
  return visit.wantsJson
    ? visit.jsonError(403, 'registration_closed', 'refused.registration_closed')
    : visit.page('registerClosed', {}, { status: 403 })
}
