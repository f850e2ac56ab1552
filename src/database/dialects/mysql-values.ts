/**
 * Values on MySQL and MariaDB: told to the driver statement by statement, so that the application's own settings stay as they are.
 * @module
 */

import { DateTime, toDatabaseText } from '../../base/date-time.js'
import { refuseParameter } from './parameters.js'

/** A column of a row, as `mysql2` shows it to `typeCast`. */
export interface MysqlField {
  readonly type: string
  readonly length: number
  /** `json` for a column that MariaDB declares so; its type is that of a text. */
  readonly extendedFormat?: string | undefined
  string(encoding?: string): string | null
  buffer(): Uint8Array | null
}

/** Reads one value; `next` reads it as the pool was told to. */
export type TypeCast = (field: MysqlField, next: () => unknown) => unknown

/** The reader for connections whose time zone is UTC by our doing, or (`isOurs` false) is whatever the application chose. */
export function typeCastFor(isOurs: boolean): TypeCast {
  return (field, next) => {
    if (field.extendedFormat === 'json') return field.string('utf8')
    switch (field.type) {
      case 'TINY':
        return field.length === 1 ? read(field, (text) => text !== '0') : read(field, Number)
      case 'SHORT':
      case 'LONG':
      case 'INT24':
      case 'YEAR':
      case 'FLOAT':
      case 'DOUBLE':
        return read(field, Number)
      case 'LONGLONG':
        return read(field, readInteger)
      case 'DECIMAL':
      case 'NEWDECIMAL':
      case 'DATE':
      case 'NEWDATE':
      case 'TIME':
        return field.string('ascii')
      case 'DATETIME':
        return read(field, (text) => DateTime.tryFrom(text))
      case 'TIMESTAMP':
        // Shown in the connection's time zone, which only the pool that set it knows.
        return isOurs ? read(field, (text) => DateTime.tryFrom(text)) : asDateTime(next())
      case 'JSON':
        return field.string('utf8')
      default:
        return next()
    }
  }
}

/** Makes parameters the driver writes as the values they are; an object or array it would turn into SQL of its own. */
export function mysqlParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((one, index) => sentForm(one, index))
}

function sentForm(value: unknown, index: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw refuseParameter(index, value)
      return value
    case 'boolean':
      return value ? 1 : 0
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      if (value instanceof Date) return toDatabaseText(value)
  }
  throw refuseParameter(index, value)
}

function read<T>(field: MysqlField, from: (text: string) => T): T | null {
  const text = field.string('ascii')
  return text === null ? null : from(text)
}

function readInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function asDateTime(value: unknown): unknown {
  return value instanceof Date || typeof value === 'string' ? DateTime.from(value) : value
}
