/**
 * Keys of objects in addresses, escaped as Django's admin escapes them (AD-27), so that either admin's links open at the other.
 * @module
 */

/** What would mean something in an address, and the mark itself. */
const SPECIAL = /[":/_#?;@&=+$,[\]<>%\n\\]/g

/**
 * Writes a key for an address.
 *
 * @example
 * quoteKey('a/b_c')   // 'a_2Fb_5Fc'
 */
export function quoteKey(key: string): string {
  const quoted = key.replaceAll(SPECIAL, (sign) => `_${sign.charCodeAt(0).toString(16).padStart(2, '0').replaceAll(/[a-f]/g, upper)}`)
  // What is left beyond ASCII, blanks and controls go as bytes.
  return quoted.replaceAll(/[^!-~]/gu, (sign) => encodeURIComponent(sign.isWellFormed() ? sign : '�'))
}

/** The escapes that Django reads back; any other underline is one. */
const ESCAPES = /_(22|3A|2F|5F|23|3F|3B|40|26|3D|2B|24|2C|5B|5D|3C|3E|25|0A|5C)/g

/** Reads a key from an address; null where it is no such text. */
export function unquoteKey(text: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    return null
  }
  return decoded.replaceAll(ESCAPES, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function upper(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) - 32)
}
