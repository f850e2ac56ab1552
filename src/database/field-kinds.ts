/**
 * What each kind of field accepts, how it is written and how it is read back. One row a kind.
 *
 * `accept` is the storage check every write passes (SQLite would not refuse what is too long, H-16); forms check more, in `validation.ts`.
 * @module
 */

import { codePointLength } from '../base/text.js'
import { DateTime } from '../base/date-time.js'
import { problem, ValidationError } from '../base/errors.js'
import type { MessageKey, MessageParams } from '../base/messages.js'
import type { FieldKind, FieldSettings } from './field.js'

/** How values of one kind are handled. */
export interface KindRules {
  /** The value as it will be stored, or throws what `refuse` makes. */
  accept(value: unknown, settings: FieldSettings, refuse: Refuse): unknown
  /** The value as the driver takes it. */
  write(value: never, engine: StoredForm): unknown
  /** The value as the object has it. */
  read(raw: never, settings: FieldSettings): unknown
}

/** The one difference between engines that values show: PostgreSQL stores UUIDs as such, the others as 32 hexadecimal digits. */
export interface StoredForm {
  readonly uuidAsHex: boolean
}

/** Makes the error for a refused value. */
export type Refuse = (key: MessageKey, params?: MessageParams) => ValidationError

const same = (value: unknown): unknown => value

const text: KindRules = {
  accept(value, settings, refuse) {
    if (typeof value !== 'string' || !value.isWellFormed()) throw refuse('invalid')
    // PostgreSQL has no U+0000 in text; the other engines must not hold what it could not (DM-15).
    if (value.includes('\0')) throw refuse('null_characters_not_allowed')
    if (settings.maxLength !== null && value.length > settings.maxLength) {
      const length = codePointLength(value)
      if (length > settings.maxLength) throw refuse('max_length', { limit: settings.maxLength, length })
    }
    return value
  },
  write: same,
  read: same,
}

const truth: KindRules = {
  accept(value, _settings, refuse) {
    if (typeof value !== 'boolean') throw refuse('invalid')
    return value
  },
  write: same,
  // An application's own Kysely may hand us the 0 and 1 that SQLite and MySQL store.
  read: (raw: unknown) => raw === true || raw === 1 || raw === 1n,
}

function whole(lowest: number, highest: number): KindRules {
  return {
    accept(value, _settings, refuse) {
      if (typeof value !== 'number' || !Number.isInteger(value)) throw refuse('invalid')
      if (value < lowest) throw refuse('min_value', { limit: lowest })
      if (value > highest) throw refuse('max_value', { limit: highest })
      return value
    },
    write: same,
    read: (raw: unknown) => Number(raw),
  }
}

const INT64 = 2n ** 63n

const bigWhole: KindRules = {
  accept(value, _settings, refuse) {
    const number = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
    if (typeof number !== 'bigint') throw refuse('invalid')
    if (number < -INT64) throw refuse('min_value', { limit: String(-INT64) })
    if (number >= INT64) throw refuse('max_value', { limit: String(INT64 - 1n) })
    return number
  },
  write: same,
  read: (raw: bigint | number | string) => BigInt(raw),
}

const DECIMAL = /^[+-]?(\d*)(?:\.(\d*))?$/

const decimal: KindRules = {
  accept(value, settings, refuse) {
    const written = typeof value === 'number' ? String(value) : value
    const parts = typeof written === 'string' && written.length <= 1100 ? DECIMAL.exec(written) : null
    if (parts === null || `${parts[1]}${parts[2] ?? ''}` === '') throw refuse('invalid')
    const wholePart = (parts[1] ?? '').replace(/^0+/, '')
    const fraction = (parts[2] ?? '').replace(/0+$/, '') // rule: regex: of at most 1,100 characters
    const places = settings.decimalPlaces ?? 0
    const digits = settings.maxDigits ?? 0
    if (fraction.length > places) throw refuse('max_decimal_places', { limit: places })
    if (wholePart.length > digits - places) throw refuse('max_whole_digits', { limit: digits - places })
    const sign = String(written).startsWith('-') && `${wholePart}${fraction}` !== '' ? '-' : ''
    return `${sign}${wholePart || '0'}${places > 0 ? `.${fraction.padEnd(places, '0')}` : ''}`
  },
  write: same,
  read: (raw: unknown, settings) => toPlaces(raw, settings.decimalPlaces ?? 0),
}

/** SQLite keeps decimals as numbers of 15 digits, which is what Django keeps of them, and drops their last zeros. */
function toPlaces(raw: unknown, places: number): string {
  const text = typeof raw === 'number' ? String(Number(raw.toPrecision(15))) : String(raw)
  const [whole = '', fraction = ''] = text.split('.')
  if (!DECIMAL.test(text) || fraction.length > places) return Number(text).toFixed(places)
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
}

const float: KindRules = {
  accept(value, _settings, refuse) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse('invalid')
    return value
  },
  write: same,
  read: (raw: unknown) => Number(raw),
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

const day: KindRules = {
  accept(value, _settings, refuse) {
    if (typeof value !== 'string' || !DAY.test(value) || new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) !== value) throw refuse('invalid.date')
    return value
  },
  write: same,
  // Drivers of an application's own make midnight here of a day.
  read: (raw: unknown) => (raw instanceof Date ? localDay(raw) : String(raw)),
}

function localDay(date: Date): string {
  return [String(date.getFullYear()).padStart(4, '0'), ...[date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))].join(
    '-',
  )
}

const moment: KindRules = {
  accept(value, _settings, refuse) {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw refuse('invalid.datetime')
    return value
  },
  write: same,
  read: (raw: unknown) => DateTime.from(raw as string | Date),
}

const HEX = /^[0-9a-f]{32}$/

const uuid: KindRules = {
  accept(value, _settings, refuse) {
    const hex = typeof value === 'string' && value.length <= 36 ? hexDigits(value) : ''
    if (!HEX.test(hex)) throw refuse('invalid.uuid')
    return hyphenated(hex)
  },
  write: (value: string, engine) => (engine.uuidAsHex ? value.replaceAll('-', '') : value),
  read: (raw: unknown) => hyphenated(hexDigits(String(raw))),
}

const json: KindRules = {
  accept(value, _settings, refuse) {
    const written = writeJson(value)
    if (written === undefined) throw refuse('invalid.json')
    return value
  },
  write: (value: unknown) => JSON.stringify(value),
  read: (raw: unknown) => (typeof raw === 'string' ? (JSON.parse(raw) as unknown) : raw),
}

const auto = whole(1, 2 ** 31 - 1)

/** The rules of every kind; a relation's are those of the key it points to. */
export const kinds: Readonly<Record<Exclude<FieldKind, 'foreignKey' | 'oneToOne'>, KindRules>> = {
  auto,
  bigAuto: bigWhole,
  char: text,
  text,
  email: text,
  url: text,
  slug: text,
  file: text,
  image: text,
  boolean: truth,
  integer: whole(-(2 ** 31), 2 ** 31 - 1),
  smallInteger: whole(-32768, 32767),
  positiveSmallInteger: whole(0, 32767),
  bigInteger: bigWhole,
  decimal,
  float,
  date: day,
  dateTime: moment,
  uuid,
  json,
}

/** The rules of a model's implicit `id`: 64 bits in the database, a number here. */
export const implicitKeyRules: KindRules = whole(1, Number.MAX_SAFE_INTEGER)

/** Makes a `Refuse` for one field. */
export function refusing(field: string): Refuse {
  return (key, params) => new ValidationError(problem(key, params, field))
}

function hexDigits(value: string): string {
  return value.replaceAll('-', '').replaceAll(/[A-F]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 32))
}

function hyphenated(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
