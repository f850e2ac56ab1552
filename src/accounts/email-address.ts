/**
 * E-mail addresses of accounts: how they are stored, and when two are the same.
 * @module
 */

import { caseFold } from '../base/case-folding.js'
import { EMAIL_MAX_LENGTH } from '../base/email-address.js'
import { isLongerThan, lower, NORMALIZABLE, nfkc, strip } from '../base/text.js'

/**
 * Lower-cases the domain, which has no case, and trims; what stands before the last @ is its owner's to spell.
 * Without an @, and beyond any address's length, the text comes back as it is.
 *
 * @example
 * normalizeEmail(' Ada@Example.COM ')   // 'Ada@example.com'
 */
export function normalizeEmail(email: string | null | undefined): string {
  const given = email ?? ''
  if (given.length > NORMALIZABLE) return given
  const text = strip(given)
  const at = text.lastIndexOf('@')
  return at < 0 ? given : text.slice(0, at + 1) + lower(text.slice(at + 1))
}

/**
 * Tells whether two addresses are one, whatever their case and spelling. A database that compares more loosely may answer a
 * query for `mıke@…` with the row of `mike@…`: ask again here before anything is mailed.
 *
 * @example
 * isSameAddress('Straße@example.com', 'STRASSE@EXAMPLE.COM')   // true
 */
export function isSameAddress(a: string, b: string): boolean {
  const canonical = canonicalAddress(a)
  return canonical !== null && canonical === canonicalAddress(b)
}

/** Gives the one spelling under which an address is counted and compared; null for what is too long to be one. */
export function canonicalAddress(address: string): string | null {
  if (isLongerThan(address, EMAIL_MAX_LENGTH)) return null
  const plain = nfkc(address)
  return plain === null || isLongerThan(plain, EMAIL_MAX_LENGTH) ? null : caseFold(plain)
}
