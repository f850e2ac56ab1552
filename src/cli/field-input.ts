/**
 * Typed text as the value of a model's field: read by the field's kind, checked as a form would.
 * @module
 */

import { DateTime } from '../base/date-time.js'
import { problem, ValidationError } from '../base/errors.js'
import type { MessageKey } from '../base/messages.js'
import { lower } from '../base/text.js'
import type { FieldKind } from '../database/field.js'
import type { ColumnMeta } from '../database/meta.js'
import type { AnyModelClass } from '../database/model.js'
import { cleanValue } from '../database/validation.js'
import type { Site } from './command.js'

const YES = new Set(['true', 't', 'yes', 'y', '1', 'on'])
const NO = new Set(['false', 'f', 'no', 'n', '0', 'off'])

/**
 * Reads what was typed for a field of `model`. Of a relation that is the key of an object, which must exist.
 *
 * @throws ValidationError with Django's codes
 * @example
 * await readField(site, Member, column, '42')   // 42
 */
export async function readField(site: Site, model: AnyModelClass, column: ColumnMeta, text: string): Promise<unknown> {
  const { registry } = site.internals
  const { kind } = registry.valueField(model.meta, column.field).settings
  const read = readText(kind, text)
  if (read === NOT_READ) throw new ValidationError(problem(REFUSALS[kind] ?? 'invalid', {}, column.name))
  const value = await cleanValue(registry, model.meta, column, read)
  const { to } = column.field.settings
  if (to === null || value === null) return value
  const target = registry.targetOf(model.meta, to)
  if (!(await site.objects(target).exists({ pk: value } as never))) throw new ValidationError(problem('invalid_choice', { value: text }, column.name))
  return value
}

/** What people are told a foreign key is the key of: `Company.id`; null for any other field. */
export function relationHint(site: Site, model: AnyModelClass, column: ColumnMeta): string | null {
  const { to } = column.field.settings
  if (to === null) return null
  const target = site.internals.registry.targetOf(model.meta, to).meta
  return `${target.name}.${target.primaryKey?.name ?? 'id'}`
}

const NOT_READ = Symbol('no value of this kind')

const REFUSALS: Partial<Record<FieldKind, MessageKey>> = { dateTime: 'invalid.datetime', json: 'invalid.json' }

function readText(kind: FieldKind, typed: string): unknown {
  switch (kind) {
    case 'char':
    case 'text':
    case 'email':
    case 'url':
    case 'slug':
    case 'file':
    case 'image':
      return typed
    default: {
      const text = typed.trim()
      return text === '' ? null : readValue(kind, text)
    }
  }
}

function readValue(kind: FieldKind, text: string): unknown {
  switch (kind) {
    case 'boolean':
      return YES.has(lower(text)) ? true : NO.has(lower(text)) ? false : NOT_READ
    case 'auto':
    case 'bigAuto':
    case 'integer':
    case 'smallInteger':
    case 'positiveSmallInteger':
    case 'bigInteger':
      return /^[+-]?\d{1,20}$/.test(text) ? wholeNumber(BigInt(text.replace('+', ''))) : NOT_READ
    case 'float':
      return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NOT_READ
    case 'dateTime':
      return DateTime.tryFrom(text) ?? NOT_READ
    case 'json':
      return readJson(text)
    default:
      // Decimals, dates and UUIDs are text here too; their rules read it.
      return text
  }
}

/** A number where it is exact: keys of 64 bits are `bigint`, all others numbers, and both take these. */
function wholeNumber(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return NOT_READ
  }
}
