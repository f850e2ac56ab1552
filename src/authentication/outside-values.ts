/**
 * Keys and usernames as they arrive from outside: text from sessions, links and forms, for columns that may hold numbers.
 * @module
 */

import type { ColumnMeta, ModelMeta } from '../database/meta.js'
import type { ModelRegistry } from '../database/registry.js'

const NUMBERS: ReadonlySet<string> = new Set(['auto', 'bigAuto', 'integer', 'smallInteger', 'positiveSmallInteger', 'bigInteger'])
/**
 * As databases and Django write whole numbers of up to 64 bits. One spelling for each: `042` would be counted as tries for an account of its
 * own, and reach that of 42 (B8).
 */
const WHOLE = /^(?:0|-?[1-9]\d{0,18})$/

/**
 * The value to look for in this column; null where it cannot be in there, whoever sent it. A text column takes text only: `0`, `null` or
 * `{ gt: '' }` from a JSON body is nobody's name (B10).
 *
 * @example
 * readOutside(registry, meta, column, '42')   // 42
 */
export function readOutside(registry: ModelRegistry, meta: ModelMeta, column: ColumnMeta, value: unknown): string | number | bigint | null {
  if (!NUMBERS.has(registry.valueField(meta, column.field).settings.kind)) return typeof value === 'string' ? value : null
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value !== 'string' || !WHOLE.test(value)) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}
