/**
 * Saves a form that was valid a moment ago: what the database refuses in the end is an error of the form, not of the site.
 * @module
 */

import { ValidationError } from '../base/errors.js'
import type { BoundForm, InvalidForm } from '../forms/form-types.js'

/** What became of a form. */
export type Outcome<Saved> = { readonly saved: Saved } | { readonly form: InvalidForm<object> }

/** Saves a form if it is valid, within `around` if there is anything. */
export async function saveForm<Saved>(
  form: BoundForm<object, Saved>,
  around: (save: () => Promise<Saved>) => Promise<Saved> = async (save) => save(),
): Promise<Outcome<Saved>> {
  if (!form.isValid) return { form }
  try {
    return { saved: await around(async () => form.save()) }
  } catch (error) {
    if (error instanceof ValidationError) return { form: form.refused(error) }
    throw error
  }
}
