/**
 * Names that nobody registers with: those that pass for the people who run a site, and those that mix alphabets to look like another (B7).
 * Accounts that are there keep theirs, and staff may give any.
 * @module
 */

import { problem, type Problem } from '../base/errors.js'
import type { FormValues } from './definition.js'
import type { FormSite } from './form-site.js'
import { mixesAlphabets, skeletonOf } from './look-alikes.js'

/** What is wrong with the name among these values, where there is one. An address is no name. */
export function nameProblems({ users, reservedNames = [] }: FormSite, values: Readonly<FormValues>): Problem[] {
  const { usernameField, emailField } = users.model
  const name = values[usernameField]
  if (typeof name !== 'string' || usernameField === emailField) return []
  const read = skeletonOf(name)
  if (reservedNames.some((one) => skeletonOf(one) === read)) return [problem('invalid.reserved_name', {}, usernameField)]
  return mixesAlphabets(name) ? [problem('invalid.mixed_scripts', {}, usernameField)] : []
}
