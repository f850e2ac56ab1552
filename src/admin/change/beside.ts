/**
 * Names that were sent and that this form does not take: somebody wrote them there by hand, or lost a right meanwhile (I11). JSON is refused for
 * any of them; a browser's form is told of those that are fields of the object, and none of them changes anything.
 * @module
 */

import { snakeCase } from '../../database/meta.js'
import type { SentForm } from './admin-form.js'
import { QUERY } from './choices.js'

/** What a form of ours sends besides its fields. */
const OURS = /^_[a-z]+(?:-.*)?$/

/** Every such name. */
export function namesBeside({ submission, record, inlines }: SentForm): string[] {
  const relations = new Set(record.relations.map((one) => one.wireName))
  const prefixes = inlines.map((one) => `${one.set.prefix}-`)
  return submission.run.beside.filter(
    (name) =>
      !relations.has(name) &&
      !OURS.test(name) &&
      !prefixes.some((one) => name.startsWith(one)) &&
      !name.endsWith(QUERY) &&
      !name.endsWith(`${QUERY}_shown`),
  )
}

/** Those that are fields of the object, by property. */
export function fieldsBeside(form: SentForm): string[] {
  const { meta } = form.admin
  const sent = new Set(namesBeside(form))
  const names = [...meta.columns.map((one) => one.name), ...meta.relations.map((one) => one.name)]
  return names.filter((name) => sent.has(snakeCase(name)))
}
