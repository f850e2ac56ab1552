/**
 * Asking for a link to set a new password. The answer is the same whoever asks for whom.
 * @module
 */

import { addressOf } from '../../authentication/request-limits.js'
import { answerWithForm } from '../form-data.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'

/** Shows the form. */
export async function showPasswordReset(visit: Visit): Promise<Response> {
  return answerWithForm(visit, 'passwordReset', visit.site.forms.passwordReset().blank(visit.request), {})
}

/** Has links mailed, if there is anybody to mail them to. */
export async function askForReset(visit: Visit): Promise<Response> {
  await visit.site.limits?.passwordReset.enforce(addressOf(visit.request))
  const outcome = await saveForm(await visit.site.forms.passwordReset().bind(visit.request))
  if ('form' in outcome) return answerWithForm(visit, 'passwordReset', outcome.form, {})
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.redirect(`${visit.base}/password_reset/done/`)
}

/** Says what to expect. */
export async function passwordResetDone(visit: Visit): Promise<Response> {
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.page('passwordResetDone', {})
}
