/**
 * The error for a parameter that is no value.
 * @module
 */

import { PortcullisError } from '../../base/errors.js'

/**
 * Makes the error for a parameter no engine could store as what it is. Drivers would guess instead: NULL for `undefined`, and for an
 * object on MySQL a piece of SQL. The value itself may be a secret and is not shown.
 */
export function refuseParameter(index: number, value: unknown): PortcullisError {
  const values = 'Pass a string, a finite number, a bigint, boolean, Date, Uint8Array or null; for JSON, JSON.stringify it.'
  return new PortcullisError(`Parameter ${index + 1} of a statement is ${kindOf(value)}. ${value === undefined ? 'Pass null for NULL.' : values}`)
}

function kindOf(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
