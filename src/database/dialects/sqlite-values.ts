/**
 * Values on SQLite: how JavaScript's are stored, and what a column's declared type makes of the stored ones.
 * @module
 */

import { DateTime, toDatabaseText } from '../../base/date-time.js'
import { refuseParameter } from './parameters.js'

/** What SQLite stores. */
export type StoredValue = string | number | bigint | null | Uint8Array

/** Makes a column's stored value the value everybody sees. */
export type ReadValue = (stored: StoredValue) => unknown

/** Declared types repeat; their readers are chosen once. */
const readers = new Map<string, ReadValue>()

/** Makes the stored form of parameters: Django's, so that what either writes the other finds. */
export function storedParameters(parameters: readonly unknown[]): StoredValue[] {
  return parameters.map((one, index) => storedForm(one, index))
}

/** How values of a column declared like this are read. `null` is the type of an expression. */
export function readerFor(declaredType: string | null): ReadValue {
  if (declaredType === null) return readNumber
  const known = readers.get(declaredType)
  if (known !== undefined) return known
  const reader = chooseReader(declaredType.toLowerCase())
  readers.set(declaredType, reader)
  return reader
}

function storedForm(value: unknown, index: number): StoredValue {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'number':
      if (Number.isNaN(value)) throw refuseParameter(index, value)
      // node:sqlite sends every number as a floating point one, and a text column would keep 5 as '5.0'.
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    case 'boolean':
      return value ? 1n : 0n
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (value instanceof Date) return momentText(value)
  }
  throw refuseParameter(index, value)
}

/** The rows of one bulk write are of one moment. */
let last: { readonly moment: Date; readonly time: number; readonly text: string } | null = null

function momentText(moment: Date): string {
  const time = moment.getTime()
  if (last?.moment !== moment || last.time !== time) last = { moment, time, text: toDatabaseText(moment) }
  return last.text
}

function chooseReader(declared: string): ReadValue {
  const type = declared.split('(', 1)[0]?.trimEnd()
  if (type === 'bool' || type === 'boolean') return readBoolean
  if (type === 'datetime' || type === 'timestamp') return readDateTime
  if (type === 'decimal' || type === 'numeric') return readDecimal
  return readNumber
}

/** Integers arrive as `bigint`, or those beyond 2^53 would lose digits without a word. */
function readNumber(stored: StoredValue): unknown {
  if (typeof stored !== 'bigint') return stored
  const number = Number(stored)
  return Number.isSafeInteger(number) ? number : stored
}

function readBoolean(stored: StoredValue): unknown {
  if (stored === 1n) return true
  return stored === 0n ? false : readNumber(stored)
}

function readDateTime(stored: StoredValue): unknown {
  return typeof stored === 'string' ? (DateTime.tryFrom(stored) ?? stored) : readNumber(stored)
}

/** SQLite computes decimals as floating point numbers, of which 15 digits hold; the other engines give text, and so do we. */
function readDecimal(stored: StoredValue): unknown {
  if (typeof stored === 'bigint') return String(stored)
  return typeof stored === 'number' ? plain(Number(stored.toPrecision(15))) : stored
}

/** Without an exponent, as far as a decimal column would have it. */
function plain(value: number): string {
  const text = String(value)
  return text.includes('e')
    ? value
        .toFixed(value < 1 && value > -1 ? 20 : 0)
        .replace(/(\.\d*?)0+$/, '$1') // rule: regex: of the digits of one number
        .replace(/\.$/, '')
    : text
}
