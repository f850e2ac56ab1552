/**
 * A form as templates see it: plain data. Where it came from, and what becomes of it, a template need not know.
 * @module
 */

import { NEXT_FIELD } from '../forms/form-input.js'
import { NON_FIELD_ERRORS, type BlankForm, type FieldView, type FormError, type InvalidForm } from '../forms/form-types.js'
import { CSRF_FIELD } from '../protection/csrf.js'

/** A form. */
export interface FormView {
  readonly fields: readonly FieldView[]
  /** What is wrong with the whole, not with one field. */
  readonly errors: readonly FormError[]
  /** Whether a file goes with it, so that it must be sent in parts. */
  readonly isMultipart: boolean
  /** What is sent along unseen, the CSRF token apart. */
  readonly hidden: readonly (readonly [name: string, value: string])[]
}

/** The names that the pages fill in themselves: the token is the page's, and `next` is shown only as it was checked. */
const OURS: ReadonlySet<string> = new Set([CSRF_FIELD, NEXT_FIELD])

/** Makes the plain data of a form; `next` is where to go on afterwards, checked, and empty for nowhere in particular. */
export function formView(form: BlankForm | InvalidForm<object>, next = ''): FormView {
  return {
    fields: form.fields,
    errors: form.isBound ? ((form.errors as Readonly<Record<string, readonly FormError[]>>)[NON_FIELD_ERRORS] ?? []) : [],
    isMultipart: form.isMultipart,
    hidden: [...form.hidden.filter(([name]) => !OURS.has(name)), ...(next === '' ? [] : [[NEXT_FIELD, next] as const])],
  }
}
