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
  const outcome = await saveForm(await pages.register.form.bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'register', outcome.form, { next })
  await site.login(request, outcome.saved, { backend: site.backend })
  return welcome(visit, next === '' ? (pages.register.successUrl ?? site.settings.loginRedirectUrl) : next, 201)
}

function closed(visit: Visit): Promise<Response> | Response {
  return visit.wantsJson
    ? visit.jsonError(403, 'registration_closed', 'refused.registration_closed')
    : visit.page('registerClosed', {}, { status: 403 })
}
