/**
 * What a form that changes an object starts from, and what of it is to be written.
 * @module
 */

import type { FormValues, Validation } from './definition.js'
import { FileChange } from './file-input.js'
import type { FormField } from './form-field.js'

/** The object's values under the names of these fields. */
export function valuesOf(object: object, fields: readonly FormField[]): FormValues {
  return Object.fromEntries(fields.map((one) => [one.name, (object as FormValues)[one.name]]))
}

/** The values of these fields that are others than before. Files are stored on their own. */
export function changesOf(run: Validation<never> | Validation<object>, fields: readonly FormField[]): FormValues {
  const changed = new Set(run.changed())
  const own = fields.filter((one) => changed.has(one.name) && !(run.values[one.name] instanceof FileChange))
  return Object.fromEntries(own.map((one) => [one.name, run.values[one.name]]))
}
