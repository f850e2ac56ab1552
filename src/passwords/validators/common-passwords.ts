/**
 * The list of common passwords that comes with the package; docs/common-passwords.md tells where it is from.
 * @module
 */

import { brotliDecompressSync } from 'node:zlib'

import { PACKED } from './common-passwords-packed.js'

/** The codes of A, which drops nothing of the password before, and of Z, which drops all of it. */
const DROP_NONE = 65
const DROP_ALL = 90

/** Unpacks the list: some thirty milliseconds, and four megabytes for as long as the set is kept. */
export function commonPasswords(): ReadonlySet<string> {
  const text = brotliDecompressSync(Buffer.from(PACKED, 'base64')).toString()
  const passwords = new Set<string>()
  let last = ''
  // Sorted, and each written as a capital letter for how many characters of the one before drop off its end, and what follows instead.
  for (const [entry] of text.matchAll(/[A-Z][^A-Z]*/g)) {
    const code = entry.charCodeAt(0)
    last = (code === DROP_ALL ? '' : last.slice(0, last.length - (code - DROP_NONE))) + entry.slice(1)
    passwords.add(last)
  }
  return passwords
}
