/**
 * Another address in place of the present one, for who knows the password; and the link to confirm the present one once more.
 * @module
 */

import type { BaseUser } from '../../accounts/base-user.js'
import { answerWithForm, type ShownForm } from '../form-data.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'

/** Shows the present address, and the form. */
export async function showEmailChange(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return show(visit, visit.user, visit.site.forms.emailChange().blank(visit.request))
}

/** Has a link mailed to the new address. The answer is the same whether that is free or somebody's (A7). */
export async function changeEmail(visit: Visit): Promise<Response> {
  const { user, request, site } = visit
  if (user === null) return visit.askToLogIn()
  const outcome = await saveForm(await site.forms.emailChange().bind(request))
  if ('form' in outcome) return show(visit, user, outcome.form)
  await site.emailSide.emails.change(user, outcome.saved, request)
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.redirect(`${visit.base}/email/done/`)
}

/** Says what to expect. */
export async function emailChangeDone(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return visit.wantsJson ? visit.json({ accepted: true }) : visit.page('mailSent', { kind: 'change' })
}

/** Mails the link to confirm the present address once more. */
export async function resendVerification(visit: Visit): Promise<Response> {
  const { user, request, site } = visit
  if (user === null) return visit.askToLogIn()
  const isSent = await site.emailSide.emails.sendVerification(user, request)
  return visit.wantsJson ? visit.json({ sent: isSent }) : visit.redirect(`${visit.base}/email/`, { notice: isSent ? 'link-sent' : 'link-not-sent' })
}

async function show(visit: Visit, user: BaseUser, form: ShownForm): Promise<Response> {
  const { site, base } = visit
  const email = String((user as unknown as Readonly<Record<string, unknown>>)[site.user.emailField] ?? '')
  const isVerified = await site.emailSide.emails.isVerified(user)
  return answerWithForm(visit, 'emailChange', form, { email, isVerified, resend: `${base}/email/resend/` })
}
