/**
 * What is held about whoever asks, as a file: for who is logged in and knows the password, so that a browser left open gives away no more than
 * its pages show.
 * @module
 */

import { answerWithForm } from '../form-data.js'
import { saveForm } from '../saved.js'
import type { Visit } from '../visit.js'

/** One name for everybody: nothing of a person or a site stands in a header, or in a list of downloads. */
const FILE = {
  'content-disposition': 'attachment; filename="my-data.json"',
  'x-content-type-options': 'nosniff',
} as const

/** Says what the file holds, and asks for the password. */
export async function showData(visit: Visit): Promise<Response> {
  if (visit.user === null) return visit.askToLogIn()
  return answerWithForm(visit, 'personalData', visit.site.forms.presentPassword().blank(visit.request), {})
}

/** Sends the file. */
export async function sendData(visit: Visit): Promise<Response> {
  const { user, request, site } = visit
  if (user === null) return visit.askToLogIn()
  const outcome = await saveForm(await site.forms.presentPassword().bind(request))
  if ('form' in outcome) return answerWithForm(visit, 'personalData', outcome.form, {})
  // After the password: whoever does not know it uses up nothing of the owner's.
  await site.limits?.personalData.enforce(String(user.pk))
  const data = await site.personalData.export(user)
  site.events?.note('data_exported', { actor: user, target: user, request })
  return visit.json(data, { headers: FILE })
}
