/**
 * An account that must stay without its person: what each column then holds.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { ColumnMeta, ModelMeta } from '../database/meta.js'

/** Flags that an erased account has lost. */
const LOST = new Set(['isActive', 'isStaff', 'isSuperuser'])
/** What tells nobody who it was, and the history needs. */
const KEPT = new Set(['dateJoined'])
const TEXTS = new Set(['char', 'text', 'email', 'url', 'slug', 'file', 'image'])

/** What replaces every value of an account but its key and its password. `usernameField` and unique texts hold the pseudonym. */
export function anonymousValues(meta: ModelMeta, usernameField: string, pseudonym: string): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const column of meta.columns) {
    if (column.field.settings.primaryKey || column.name === 'password' || KEPT.has(column.name)) continue
    values[column.name] = column.name === usernameField ? pseudonymIn(column, pseudonym) : emptyValue(meta, column, pseudonym)
  }
  return values
}

function emptyValue(meta: ModelMeta, column: ColumnMeta, pseudonym: string): unknown {
  const { settings } = column.field
  if (LOST.has(column.name)) return false
  if (settings.null) return null
  if (TEXTS.has(settings.kind)) return settings.unique ? pseudonymIn(column, pseudonym) : ''
  if (settings.kind === 'boolean') return false
  if (settings.hasDefault && typeof settings.default !== 'function' && !settings.unique) return settings.default
  throw new ImproperlyConfigured(
    `${meta.label}.${column.name} cannot be emptied, so an account whose history must stay cannot be erased. Let the column be null, or give it a default.`,
  )
}

/** A name in the form of its column: an address for one that holds addresses. */
function pseudonymIn({ field }: ColumnMeta, pseudonym: string): string {
  const { kind, maxLength } = field.settings
  if (kind === 'email') return `${pseudonym}@erased.invalid`
  return maxLength === null ? pseudonym : pseudonym.slice(-maxLength)
}
