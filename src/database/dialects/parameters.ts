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
  const what = value === 'NaN' ? 'NaN' : value === undefined ? 'undefined' : Array.isArray(value) ? 'an array' : typeof value === 'object' ? `an object (${value?.constructor?.name ?? 'no class'})` : `a ${typeof value}`
  const remedy = value === undefined ? 'Pass null for NULL.' : 'Pass a string, number, bigint, boolean, Date, Uint8Array or null; for JSON, JSON.stringify it.'
  return new PortcullisError(`Parameter ${index + 1} of a statement is ${what}. ${remedy}`)
}
