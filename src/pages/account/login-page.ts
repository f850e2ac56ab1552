/**
 * Logging in and out.
 * @module
 */

import { ImproperlyConfigured } from '../../base/errors.js'
import { answerWithForm } from '../form-data.js'
import { nextTarget } from '../next-target.js'
import { personData, visitorView } from '../people.js'
import type { Visit } from '../visit.js'

/** Shows the login form; sends on whoever is logged in already, if the site wants that (W-3). */
export async function showLogin(visit: Visit): Promise<Response> {
  const next = await nextTarget(visit, visit.pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  if (visit.pages.redirectAuthenticatedUser && visit.user !== null) return sendOn(visit, next)
  return answerWithForm(visit, 'login', visit.site.forms.authentication().blank(visit.request), { next })
}

/** Lets in whoever names the right password. */
export async function logIn(visit: Visit): Promise<Response> {
  const { request, site, pages } = visit
  const next = await nextTarget(visit, pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  const form = await site.forms.authentication().bind(request)
  if (!form.isValid) return answerWithForm(visit, 'login', form, { next })
  const user = form.getUser()
  await site.login(request, user)
  return welcome(visit, next === '' ? site.settings.loginRedirectUrl : next)
}

/** Answers somebody who has just been let in. */
export async function welcome(visit: Visit, target: string, status = 200): Promise<Response> {
  const { user, site } = visit
  if (!visit.wantsJson || user === null) return visit.redirect(target, status === 201 ? { notice: 'registered' } : {})
  const person = personData(user, await visitorView(site, user, `${visit.base}/media/`))
  return visit.json({ user: person, next: target, csrfToken: await visit.freshCsrfToken() }, { status })
}

/** Logs out whoever is there, and asks the browser to forget what it kept (14.3.1). */
export async function logOut(visit: Visit): Promise<Response> {
  const { request, site, pages } = visit
  const next = await nextTarget(visit, pages.allowedRedirectHosts)
  if (next instanceof Response) return next
  await site.logout(request)
  const headers = pages.clearSiteData === '' ? {} : { 'clear-site-data': pages.clearSiteData }
  const target = next === '' ? (site.settings.logoutRedirectUrl ?? '') : next
  if (visit.wantsJson) return visit.json({ next: target === '' ? null : target }, { headers })
  // A target that is this address itself would be fetched, and refused (W-5).
  return target === '' || target === request.target ? visit.page('loggedOut', {}, { headers }) : visit.redirect(target, { headers })
}

function sendOn(visit: Visit, next: string): Response {
  const target = next === '' ? visit.site.settings.loginRedirectUrl : next
  if (target === visit.request.target || target === visit.request.path) {
    throw new ImproperlyConfigured(
      'redirectAuthenticatedUser sends people from the login page to the login page. Let loginRedirectUrl lead elsewhere.',
    )
  }
  return visit.redirect(target)
}
