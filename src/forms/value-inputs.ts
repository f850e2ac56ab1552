/**
 * Fields whose values are more than text: numbers, days and times, truth, choices, JSON. What arrives is text from a form, and the value
 * itself from JSON.
 * @module
 */

import { DateTime } from '../base/date-time.js'
import { hasLoneSurrogate, hasNullCharacter, strip } from '../base/text.js'
import type { MessageKey } from '../base/messages.js'
import { onlyValue, refused, type Choice, type ControlType, type FieldInput, type FormField } from './form-field.js'
import { emptyOr, settled, typedText, writeText, type FieldNames } from './text-inputs.js'

/** What a field with one value is told. */
export interface ValueInputOptions extends FieldNames {
  /** What an empty field means. */
  readonly empty: unknown
}

/** How text becomes a value of one kind; undefined where it is none. */
type Reader = (text: string) => unknown

/** A whole number of up to 64 bits, as databases write it; zeros behind a point are allowed, as in Django. */
const WHOLE = /^([+-]?\d{1,19})(?:\.0{0,19})?$/
const FLOAT = /^[+-]?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:e[+-]?\d{1,4})?$/i
/** What `datetime-local` sends, and ISO 8601: a day, a time, perhaps an offset. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?(?:Z|[+-]\d{2}:?\d{2})?$/
/** Longer than any number, day or time: not worth reading. */
const LONGEST = 1000
/** JSON within JSON beyond this is no data of a form's. */
const DEEPEST = 100

/** A whole number, as a number where it is exact and as a bigint beyond. */
export function wholeNumberInput(options: ValueInputOptions & { readonly min?: number }): FormField {
  const { min } = options
  return valueInput(options, 'number', 'invalid.whole_number', readWhole, { step: 1, ...(min === undefined ? {} : { min }) })
}

/** A decimal number, kept as text so that no digit is lost. */
export function decimalInput(options: ValueInputOptions & { readonly decimalPlaces: number }): FormField {
  const step = options.decimalPlaces === 0 ? 1 : `0.${'1'.padStart(options.decimalPlaces, '0')}`
  return valueInput(options, 'number', 'invalid.number', (text) => (FLOAT.test(text) && !/e/i.test(text) ? text : undefined), { step })
}

/** A number of floating point. */
export function floatInput(options: ValueInputOptions): FormField {
  return valueInput(options, 'number', 'invalid.number', (text) => (FLOAT.test(text) ? Number(text) : undefined), { step: 'any' })
}

/** A day: `2026-11-23`. */
export function dateInput(options: ValueInputOptions): FormField {
  // PostgreSQL has no year 0.
  return valueInput(options, 'date', 'invalid.date', (text) => (text.startsWith('0000') ? undefined : text), {})
}

/** A moment. A form's is read as UTC and shown to the second; a value that is sent back as it was shown keeps its microseconds. */
export function dateTimeInput(options: ValueInputOptions): FormField {
  const field = valueInput(options, 'datetime-local', 'invalid.datetime', readMoment, { step: 1 })
  return { ...field, write: (value) => (value instanceof Date ? shownMoment(value) : writeText(value)) }
}

/** A UUID, and whatever else is text to people and checked by the model. */
export function plainInput(options: ValueInputOptions): FormField {
  return valueInput(options, 'text', 'invalid', (text) => text, {})
}

/** JSON as text, or from JSON any value. */
export function jsonInput(options: ValueInputOptions): FormField {
  return {
    ...settled(options),
    type: 'textarea',
    attributes: { spellcheck: 'false', ...options.attributes },
    read: (input) => {
      // A list of texts and numbers arrives as several values; here it is one.
      const isList = input.kind === 'json' && input.values.length > 1
      const value = isList ? input.values : onlyValue(input)
      if (value === null || (typeof value === 'string' && strip(value) === '')) return emptyOr(options, options.empty)
      const parsed = typeof value === 'string' ? parseJson(value) : value
      if (parsed === undefined || !isStorable(parsed, DEEPEST)) throw refused('invalid.json')
      return parsed
    },
    write: (value) => (value === null || value === undefined ? '' : (JSON.stringify(value, null, 2) ?? '')),
  }
}

/** A box to tick. Not sent means not ticked; the words that switch it off are Django's. */
export function checkboxInput(options: FieldNames): FormField {
  return {
    ...settled(options),
    isRequired: false,
    type: 'checkbox',
    attributes: options.attributes ?? {},
    read: (input) => {
      const value = onlyValue(input)
      if (value === null) return false
      if (typeof value === 'boolean') return value
      if (typeof value !== 'string' || input.kind === 'json') throw refused('invalid.truth')
      return !OFF.has(value)
    },
    write: (value) => (value === true ? 'true' : 'false'),
  }
}

const OFF = new Set(['', 'false', 'False', '0', 'off'])

/** One of several values, each shown with its own words. */
export function choiceInput(
  options: ValueInputOptions & {
    readonly type: 'select' | 'radio'
    readonly choices: readonly (readonly [value: unknown, label: Choice['label']])[]
    /** The words for choosing nothing; null where something must be chosen and something is. */
    readonly none: Choice['label'] | null
  },
): FormField {
  const { type, choices, none } = options
  const written = choices.map(([value, label]) => ({ value: writeText(value), label }))
  return {
    ...settled(options),
    type,
    attributes: options.attributes ?? {},
    choices: none === null ? written : [{ value: '', label: none }, ...written],
    read: (input) => {
      const given = onlyValue(input)
      if (given === null || given === '') return emptyOr(options, options.empty)
      const chosen = choices.find(([value]) => (typeof given === 'string' ? writeText(value) === given : value === given))
      if (chosen === undefined) throw refused('invalid_choice', { value: shown(given) })
      return chosen[0]
    },
    write: writeText,
  }
}

/** A value that is text in a form: number, day, time. */
function valueInput(
  options: ValueInputOptions,
  type: Extract<ControlType, 'number' | 'date' | 'datetime-local' | 'text'>,
  invalid: MessageKey,
  reader: Reader,
  attributes: FormField['attributes'],
): FormField {
  return {
    ...settled(options),
    type,
    attributes: { ...attributes, ...options.attributes },
    read: (input) => {
      const text = strip(type === 'number' ? numberText(input, invalid) : typedText(input))
      if (text === '') return emptyOr(options, options.empty)
      const value = text.length > LONGEST ? undefined : reader(text)
      if (value === undefined || (typeof value === 'string' && (hasNullCharacter(value) || hasLoneSurrogate(value)))) throw refused(invalid)
      return value
    },
    write: writeText,
  }
}

/** A number from JSON is a number; anything else is text or refused. */
function numberText(input: FieldInput, invalid: MessageKey): string {
  const value = onlyValue(input)
  if (typeof value === 'number' && Number.isFinite(value))
    return Number.isInteger(value) && Number.isSafeInteger(value) ? String(value) : plainNumber(value)
  if (value !== null && typeof value !== 'string') throw refused(invalid)
  return value ?? ''
}

/** A number without an exponent where that is possible, so that decimals read it. */
function plainNumber(value: number): string {
  return Math.abs(value) < 1e21 && Math.abs(value) > 1e-6 ? String(value) : value.toExponential()
}

function readWhole(text: string): number | bigint | undefined {
  const digits = WHOLE.exec(text)?.[1]
  if (digits === undefined) return undefined
  // Databases know one zero only.
  const number = Number(digits) + 0
  return Number.isSafeInteger(number) ? number : BigInt(digits.replace('+', ''))
}

function readMoment(text: string): DateTime | undefined {
  const moment = MOMENT.test(text) ? DateTime.tryFrom(text) : null
  const year = moment?.getUTCFullYear() ?? 0
  // What no database holds, an offset may still lead to.
  return moment === null || year < 1 || year > 9999 ? undefined : moment
}

function shownMoment(moment: Date): string {
  const year = moment.getUTCFullYear()
  return year >= 1 && year <= 9999 ? moment.toISOString().slice(0, 19) : ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** PostgreSQL's JSON holds neither U+0000 nor half a surrogate pair; the other engines must not hold what it could not. */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !hasNullCharacter(value) && !hasLoneSurrogate(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  return Object.entries(value).every(([name, one]) => isStorable(name, depth) && isStorable(one, depth - 1))
}

/** The start of what was sent, for a message. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 60) : typeof value
}
