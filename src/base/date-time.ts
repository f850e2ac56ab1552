/**
 * A moment to the microsecond. Databases that Django writes hold six digits, a JavaScript `Date` three; what is read and
 * written back must not lose the rest (DM-12).
 * @module
 */

/** The last moment a `Date` can hold. PostgreSQL's `infinity` is read as this, its `-infinity` as the first. */
const LAST = 8.64e15

/** `2026-11-23 08:15:00.123456+05:30`, its parts: date, time, fraction, offset, era. `T` may stand for the space, `Z` for the offset. */
const WRITTEN = /^(\d{4,6})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?( BC)?$/

/**
 * A `Date` that keeps the microseconds beyond the millisecond. It is a `Date` in every other respect; setting it to another
 * time drops them.
 *
 * @example
 * const read = DateTime.from('2026-11-23 08:15:00.123456')
 * read.getMilliseconds()      // 123
 * read.microsecond            // 456
 * read.toDatabaseText()       // '2026-11-23 08:15:00.123456'
 */
export class DateTime extends Date {
  readonly #microsecond: number
  /** The time the microseconds belong to: once it is another, they are gone. */
  readonly #belongsTo: number

  /** `microsecond` are those beyond the millisecond, 0 to 999; left out, a `DateTime` gives its own. */
  constructor(value: Date | number | string = Date.now(), microsecond: number = value instanceof DateTime ? value.microsecond : 0) {
    super(value)
    const fits = Number.isInteger(microsecond) && microsecond >= 0 && microsecond <= 999
    if (!fits) throw new RangeError(`Microseconds beyond the millisecond are 0 to 999, not ${microsecond}.`)
    this.#microsecond = microsecond
    this.#belongsTo = this.getTime()
  }

  /** The microseconds beyond the millisecond, 0 to 999. */
  get microsecond(): number {
    return this.getTime() === this.#belongsTo ? this.#microsecond : 0
  }

  /** Whether it stands for PostgreSQL's `infinity` or `-infinity`. */
  get isInfinite(): boolean {
    return Math.abs(this.getTime()) === LAST
  }

  /**
   * A `DateTime` of what a driver gave: a `Date`, or the text databases write, `2026-11-23 08:15:00[.123456][+05:30]`. Without an
   * offset it is UTC; digits beyond the sixth are cut. Throws a `RangeError` for anything else, a thirteenth month or a zero date too.
   */
  static from(value: Date | string): DateTime {
    if (typeof value !== 'string') return value instanceof DateTime ? value : new DateTime(value)
    const read = DateTime.tryFrom(value)
    if (read === null) throw new RangeError(`“${value.slice(0, 60)}” is not a date and time.`)
    return read
  }

  /** The same for text, with null where it is no moment: MySQL's zero dates, for one. */
  static tryFrom(text: string): DateTime | null {
    return usualMoment(text) ?? anyMoment(text)
  }

  /**
   * `2026-11-23 08:15:00.123456`: UTC, a space, six digits or none. Byte for byte what Django stores on SQLite, where moments
   * are compared as text (DM-10). Throws a `RangeError` outside the years 1 to 9999, which no `datetime` column has.
   */
  toDatabaseText(): string {
    return toDatabaseText(this)
  }

  /** ISO 8601 with all six digits: `2026-11-23T08:15:00.123456Z`. (`toISOString` and JSON keep three, as every `Date` does.) */
  toMicrosecondString(): string {
    return `${this.toISOString().slice(0, -1)}${String(this.microsecond).padStart(3, '0')}Z`
  }
}

/** Any form that a database writes. */
function anyMoment(text: string): DateTime | null {
  const parts = WRITTEN.exec(text)
  if (parts === null) return text === 'infinity' ? new DateTime(LAST) : text === '-infinity' ? new DateTime(-LAST) : null
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z', era] = parts
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6))
  const moment = new Date(0)
  // 1 BC is the year 0 to everyone but people. setUTCFullYear takes years below 100 as they are; Date.UTC would add 1900.
  moment.setUTCFullYear(era === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day))
  if (moment.getUTCMonth() !== Number(month) - 1 || moment.getUTCDate() !== Number(day)) return clampedOrNull(moment, month, day)
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  moment.setUTCHours(Number(hour), Number(minute), Number(second), Math.floor(micros / 1000))
  const time = moment.getTime() - offsetMilliseconds(offset)
  return Number.isNaN(new Date(time).getTime()) ? new DateTime(Math.sign(time) * LAST) : new DateTime(time, micros % 1000)
}

/**
 * The form that Django's databases hold, by far the most frequent, read digit by digit: `2026-11-23 08:15:00`, with six digits more or none,
 * and the `+00` of PostgreSQL or none. Null for any other, and for what may be none.
 */
function usualMoment(text: string): DateTime | null {
  const end = text.endsWith('+00') ? text.length - 3 : text.length
  if (end !== 19 && end !== 26) return null
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':' || (text[10] !== ' ' && text[10] !== 'T')) return null
  if (end === 26 && text[19] !== '.') return null
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  const micros = end === 19 ? 0 : twoDigits(text, 20) * 10_000 + twoDigits(text, 22) * 100 + twoDigits(text, 24)
  // A letter makes NaN, of which no comparison holds. Early years are left to the slow way.
  const isUsual = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59 && micros >= 0
  if (!isUsual) return null
  const moment = new DateTime(Date.UTC(year, month - 1, day, hour, minute, second, Math.trunc(micros / 1000)), micros % 1000)
  return day <= 28 || moment.getUTCDate() === day ? moment : null
}

/** NaN for anything but two digits. */
function twoDigits(text: string, at: number): number {
  const [first, second] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return first >= 0 && first <= 9 && second >= 0 && second <= 9 ? first * 10 + second : Number.NaN
}

/** The text a database gets for a moment: see `DateTime.toDatabaseText`. A plain `Date` has no microseconds. */
export function toDatabaseText(moment: Date): string {
  const year = moment.getUTCFullYear()
  if (Number.isNaN(year)) throw new RangeError('An invalid Date cannot be stored.')
  if (year < 1 || year > 9999) throw new RangeError(`The year ${year} cannot be stored: databases hold the years 1 to 9999.`)
  const iso = moment.toISOString()
  const fraction = iso.slice(20, 23) + (moment instanceof DateTime ? String(moment.microsecond).padStart(3, '0') : '000')
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction === '000000' ? '' : `.${fraction}`}`
}

/** A day that does not exist is null; one beyond what a `Date` holds, its end. */
function clampedOrNull(moment: Date, month: string, day: string): DateTime | null {
  const exists = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31
  return Number.isNaN(moment.getTime()) && exists ? new DateTime(LAST) : null
}

function offsetMilliseconds(offset: string): number {
  if (offset === 'Z') return 0
  const digits = offset.slice(1).replaceAll(':', '')
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4) || 0) * 60 + Number(digits.slice(4, 6) || 0)
  return (offset.startsWith('-') ? -seconds : seconds) * 1000
}
