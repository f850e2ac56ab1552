/**
 * Values on PostgreSQL: told to the driver statement by statement, so that the application's own settings stay as they are.
 * @module
 */

import { DateTime, toDatabaseText } from '../../base/date-time.js'
import { refuseParameter } from './parameters.js'

/** Makes a value of the text PostgreSQL sends. */
export type ReadText = (text: string) => unknown

/** What the driver asks for each column: `pg`'s `types`. */
export interface TypeParsers {
  getTypeParser(oid: number, format?: string): (value: never) => unknown
}

const asIs: ReadText = (text) => text

/** By type number, of `pg_type`. What is missing here the client reads as it would anyway. */
const READERS: ReadonlyMap<number, ReadText> = new Map<number, ReadText>([
  [16, (text) => text === 't'], // bool
  [17, readBytes], // bytea
  [20, readInteger], // int8
  [21, Number], // int2
  [23, Number], // int4
  [26, Number], // oid
  [700, Number], // float4
  [701, Number], // float8
  [1114, readMoment], // timestamp: without a zone it is UTC, as on the other engines
  [1184, readMoment], // timestamptz
  [18, asIs],
  [19, asIs],
  [25, asIs],
  [1042, asIs],
  [1043, asIs], // text of all kinds
  [114, asIs],
  [3802, asIs], // json, jsonb: whoever declared the column parses it
  [1082, asIs],
  [1083, asIs],
  [1266, asIs], // date, time
  [1700, asIs], // numeric
  [2950, asIs], // uuid
])

/** The readers of every column, with those of `client` for types we have no opinion on. */
export function typeParsersFor(client: { getTypeParser?(oid: number, format?: string): unknown }): TypeParsers {
  const clients = (oid: number, format?: string): ReadText => (client.getTypeParser?.(oid, format) as ReadText | undefined) ?? asIs
  return { getTypeParser: (oid, format) => (format === 'binary' ? undefined : READERS.get(oid)) ?? clients(oid, format) }
}

/** Makes parameters the driver sends as they are meant. Arrays and objects are the driver's: PostgreSQL has types for them. */
export function postgresParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((one, index) => sentForm(one, index))
}

function sentForm(value: unknown, index: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'object':
      if (value instanceof Date) return momentText(value)
      if (Array.isArray(value)) return value.map((one) => sentForm(one, index))
      return value
    default:
      throw refuseParameter(index, value)
  }
}

/** With an offset, so that the connection's time zone does not matter. Years beyond 1 to 9999 are PostgreSQL's own to write. */
function momentText(moment: Date): string {
  if (moment instanceof DateTime && moment.isInfinite) return moment.getTime() > 0 ? 'infinity' : '-infinity'
  const year = moment.getUTCFullYear()
  if (Number.isNaN(year) || (year >= 1 && year <= 9999)) return `${toDatabaseText(moment)}+00`
  // Four hundred years are a whole number of weeks and leap years: the rest of the text is the same.
  const sameRest = new Date(moment).setUTCFullYear(2000 + (((year % 400) + 400) % 400))
  const within = new DateTime(sameRest, moment instanceof DateTime ? moment.microsecond : 0)
  const rest = `${toDatabaseText(within).slice(4)}+00`
  return year > 9999 ? `${year}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`
}

function readMoment(text: string): unknown {
  // A server with another DateStyle writes what nobody can read for certain: it stays text.
  return DateTime.tryFrom(text) ?? text
}

function readInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function readBytes(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex')
}
