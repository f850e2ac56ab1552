/**
 * Bytes and numbers as text. Decoders are strict: each value has one spelling, and every other spelling is null.
 * @module
 */

import { PortcullisError } from './errors.js'
import { hasLoneSurrogate } from './text.js'

/** Django's order of the 62 letters: digits, capitals, small letters. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CANONICAL_BASE36 = /^(?:0|[1-9a-z][0-9a-z]{0,10})$/
const BASE62_NUMBER = /^-?[0-9A-Za-z]*$/
const CANONICAL_HEX = /^(?:[0-9a-f]{2})*$/
const BASE64_LETTER = /[A-Za-z0-9+/_-]/
/** Far more than the longest key of a user comes to in base64, so that a reader who is sent a megabyte has little work. */
const LONGEST_UID = 2048

/** Text holds half of a surrogate pair, and so has no UTF-8 form. */
export class UnencodableText extends PortcullisError {}

/**
 * Encodes text as UTF-8. Throws `UnencodableText` where `Buffer.from` would write a replacement character: two different
 * texts must never have the same signature.
 *
 * @example
 * encodeUtf8('é')   // <Buffer c3 a9>
 */
export function encodeUtf8(text: string): Buffer {
  if (hasLoneSurrogate(text)) throw new UnencodableText('The text holds half of a surrogate pair and cannot be written as UTF-8.')
  return Buffer.from(text, 'utf8')
}

/** Encodes bytes, or text as UTF-8, in base64url without padding. */
export function toBase64Url(bytes: Uint8Array | string): string {
  return (typeof bytes === 'string' ? encodeUtf8(bytes) : asBuffer(bytes)).toString('base64url')
}

/**
 * Decodes base64url without padding; null for anything that `toBase64Url` does not write.
 *
 * @example
 * fromBase64Url('NDI')    // <Buffer 34 32>
 * fromBase64Url('NDI=')   // null
 */
export function fromBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

/**
 * Decodes the user part of a reset link as Django does: padding is added by length, characters outside the alphabet count
 * for nothing, and only an impossible number of letters is null. A person may have copied a line break along.
 *
 * @example
 * decodeUid('N!D I')   // <Buffer 34 32>
 */
export function decodeUid(text: string): Buffer | null {
  if (text.length > LONGEST_UID || hasLoneSurrogate(text)) return null
  const padding = '='.repeat(Buffer.byteLength(text) % 4)
  const letters = readLetters(text + padding)
  return letters === null ? null : Buffer.from(letters, 'base64')
}

/** Writes a whole number of at least 0 in base 36. */
export function toBase36(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number of at least 0.`)
  return value.toString(36)
}

/** Reads a whole number in base 36 as `toBase36` writes it; null for any other text. */
export function fromBase36(text: string): number | null {
  if (!CANONICAL_BASE36.test(text)) return null
  const value = Number.parseInt(text, 36)
  return Number.isSafeInteger(value) ? value : null
}

/**
 * Writes a whole number in base 62, as Django writes the time of a signature.
 *
 * @example
 * toBase62(1717243200)   // '1sDNOy'
 */
export function toBase62(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number.`)
  let rest = Math.abs(value)
  let text = ''
  do {
    text = BASE62.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  } while (rest > 0)
  return value < 0 ? `-${text}` : text
}

/**
 * Reads a whole number in base 62; null for anything else. Leading zeros are allowed and a lone `-` is 0, because Django reads
 * them so and what it signed must be read alike.
 */
export function fromBase62(text: string): number | null {
  if (text === '' || !BASE62_NUMBER.test(text)) return null
  const negative = text.startsWith('-')
  let value = 0
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    value = value * 62 + BASE62.indexOf(text.charAt(i))
    if (!Number.isSafeInteger(value)) return null
  }
  return negative && value > 0 ? -value : value
}

/** Writes bytes as hexadecimal digits in lower case. */
export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex')
}

/** Reads hexadecimal digits in lower case; null for anything else. */
export function fromHex(text: string): Buffer | null {
  return CANONICAL_HEX.test(text) ? Buffer.from(text, 'hex') : null
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The base64 letters of `text`, by the rules of Python's `binascii`: what is none counts for nothing. Null if they end inside a byte. */
function readLetters(text: string): string | null {
  let letters = ''
  let signs = 0
  for (const character of text) {
    if (BASE64_LETTER.test(character)) {
      letters += character
      signs = 0
    } else if (character === '=' && letters.length % 4 >= 2) {
      signs++
      // Padding that fills up a group of four ends the text; any other is skipped.
      if ((letters.length % 4) + signs >= 4) return letters
    }
  }
  return letters.length % 4 === 0 ? letters : null
}
