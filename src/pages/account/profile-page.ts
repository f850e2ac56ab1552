/**
 * A person's own page.
 * @module
 */

import { answerWithForm, formData, type ShownForm } from '../form-data.js'
import { momentOf, personData, visitorView } from '../people.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'
import type { BaseUser } from '../../accounts/base-user.js'

/** Shows what is known of the visitor, in a form. */
export async function showProfile(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return visit.wantsJson
    ? visit.json(await profileData(visit, visit.user))
    : show(visit, visit.user, await visit.pages.profileForm.blank(visit.request))
}

/** Keeps what was changed. */
export async function saveProfile(visit: Visit): Promise<Response> {
  const { user, request, pages, site } = visit
  if (user === null) return visit.askToLogIn()
  const { files } = await request.readBody()
  // Before the form is bound, which decodes: that is what costs, whether the picture is one or not.
  if ([...files.values()].flat().some((one) => one.size > 0)) await site.limits?.uploads.enforce(String(user.pk))
  const { confirmation } = site.emailSide
  const outcome = await saveForm(await pages.profileForm.bind(request), async (save) => confirmation.saving(user, request, save))
  if ('form' in outcome) return show(visit, user, outcome.form)
  return visit.wantsJson ? visit.json(await profileData(visit, user)) : visit.redirect(visit.urls.profile, { notice: 'profile-saved' })
}

async function show(visit: Visit, user: BaseUser, form: ShownForm): Promise<Response> {
  return answerWithForm(visit, 'profile', form, { dateJoined: momentOf(user, 'dateJoined'), lastLogin: momentOf(user, 'lastLogin') })
}

/** A new blank form has what is stored now, in the form in which it was stored. */
async function profileData(visit: Visit, user: BaseUser): Promise<object> {
  const form = await visit.pages.profileForm.blank(visit.request)
  return {
    user: personData(user, await visitorView(visit.site, user, `${visit.base}/media/`)),
    dateJoined: momentOf(user, 'dateJoined'),
    lastLogin: momentOf(user, 'lastLogin'),
    fields: formData(form),
    csrfToken: visit.request.csrfToken(),
  }
}
