/**
 * A column that holds the key of another table's row without being a foreign key: for tables of our own beside tables that are not.
 * @module
 */

import { Field } from './field.js'

/** A counted key is a whole number where another table points to it. */
const POINTING_KIND = { auto: 'integer', bigAuto: 'bigInteger' } as const

/** Makes the column for a key of this kind. */
export function pointingTo({ settings }: Field, { unique = false }: { readonly unique?: boolean } = {}): Field {
  const { kind, maxLength, maxDigits, decimalPlaces } = settings
  const pointing = kind in POINTING_KIND ? POINTING_KIND[kind as keyof typeof POINTING_KIND] : kind
  return new Field({ kind: pointing, maxLength, maxDigits, decimalPlaces, ...(unique ? { unique } : { index: true }) })
}
