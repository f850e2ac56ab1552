/**
 * A new password for who knows the present one.
 * @module
 */

import { answerWithForm } from '../form-data.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'

/** Shows the form. */
export async function showPasswordChange(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return answerWithForm(visit, 'passwordChange', visit.site.forms.passwordChange().blank(visit.request), {})
}

/** Sets the new password: this session goes on under a new key, all others end (7.4.3). */
export async function changePassword(visit: Visit): Promise<Response> {
  const { request, site } = visit
  if (visit.user === null) return visit.askToLogIn()
  const outcome = await saveForm(await site.forms.passwordChange().bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'passwordChange', outcome.form, {})
  // Somebody else was faster, so this login does not count any more either.
  if (outcome.saved === null) return visit.askToLogIn()
  await site.sessions.endAll(outcome.saved, { except: request })
  await site.updateSessionAuthHash(request, outcome.saved)
  site.passwordChanged?.(outcome.saved, request)
  if (visit.wantsJson) return visit.json({ csrfToken: await visit.freshCsrfToken() })
  return visit.redirect(`${visit.base}/password_change/done/`)
}

/** Says that it is done. */
export async function passwordChangeDone(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return visit.wantsJson ? visit.json({ csrfToken: visit.request.csrfToken() }) : visit.page('passwordChangeDone', {})
}
