/**
 * Forms for programs: what there is to fill in, and what was wrong.
 * @module
 */

import type { BlankForm, InvalidForm } from '../forms/form-types.js'
import { formView } from './form-view.js'
import type { Visit, AnswerOptions, OwnProps } from './visit.js'
import type { PageName } from './templates.js'

/** A form that can be shown: nobody has filled it in, or something is wrong with it. */
export type ShownForm = BlankForm | InvalidForm<object>

/** The names of pages with a form. */
export type FormPage = { [N in PageName]: 'form' extends keyof OwnProps<N> ? N : never }[PageName]

/** What a form asks for, as data. Values are those that the page would show. */
export function formData(form: BlankForm): readonly object[] {
  return form.fields.map(({ name, label, type, isRequired, helpTexts, choices, file, value, isChecked }) => ({
    name,
    label,
    type,
    required: isRequired,
    helpTexts,
    value: type === 'checkbox' ? isChecked : type === 'file' ? (file?.url ?? null) : value,
    ...(choices.length === 0 ? {} : { choices: choices.map((one) => ({ value: one.value, label: one.label })) }),
  }))
}

/**
 * Answers with a form: the page, or its data with a token; what is wrong with 422, and the form again. `more` is what the page and the data
 * tell besides; `next` where to go on afterwards.
 */
export async function answerWithForm<N extends FormPage>(
  visit: Visit,
  page: N,
  form: ShownForm,
  more: Omit<OwnProps<N>, 'form'> & { readonly next?: string },
  options: AnswerOptions = {},
): Promise<Response> {
  const status = form.isBound ? 422 : (options.status ?? 200)
  if (!visit.wantsJson) {
    const own = { ...more, form: formView(form, more.next) }
    return visit.page(page, own as unknown as OwnProps<N>, { ...options, status })
  }
  if (form.isBound) return visit.json(form.toJSON(), { ...options, status })
  return visit.json({ csrfToken: visit.request.csrfToken(), fields: formData(form), ...more }, { ...options, status })
}
