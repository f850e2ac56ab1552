/**
 * What is wrong, for programs: by Django's names, those of rows with the row's prefix.
 * @module
 */

import type { Problem } from '../../base/errors.js'
import { errorOf } from '../../forms/view.js'
import { NON_FIELD_ERRORS, type FormError } from '../../forms/form-types.js'
import { isFilledIn } from './inline-submit.js'
import type { SentForm } from './admin-form.js'
import type { FoundProblems } from './form-page.js'
import type { Submission } from './submission.js'

/** The errors of a form. */
export function jsonErrors(form: SentForm, found?: FoundProblems): { readonly errors: Readonly<Record<string, readonly FormError[]>> } {
  const errors = Object.create(null) as Record<string, FormError[]>
  const put = (name: string, one: Problem): void => void (errors[name] ??= []).push(errorOf(one))
  const rows = form.inlines.flatMap((one) => one.rows).filter((one) => one.row !== null || isFilledIn(one))
  for (const at of [form.submission, ...rows.flatMap((one) => one.submission ?? [])]) {
    const more = found !== undefined && (found.at ?? form.submission) === at ? found.problems : []
    for (const one of [...at.run.problems, ...more]) put(nameOf(at, one.field), one)
  }
  for (const one of form.problems) put(NON_FIELD_ERRORS, one)
  return { errors }
}

function nameOf({ form }: Submission, field: string | null): string {
  if (field === null) return NON_FIELD_ERRORS
  return form.columnNamed(field)?.field.wireName ?? form.relationNamed(field)?.wireName ?? field
}
