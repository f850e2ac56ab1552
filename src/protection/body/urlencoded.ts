/**
 * `application/x-www-form-urlencoded`, flat: `a[b]` is a name of four letters. Only `&` separates (K2).
 * @module
 */

import { decodeUtf8, type FormBuilder } from './form-builder.js'

const AMPERSAND = 0x26
const PERCENT = 0x25
const PLUS = 0x2b
const SPACE = 0x20
const EQUALS = 0x3d

/** Reads all pairs into `form`, in order, each as often as it was sent. */
export function parseUrlencoded(bytes: Buffer, form: FormBuilder): void {
  for (let start = 0; start < bytes.length;) {
    const next = bytes.indexOf(AMPERSAND, start)
    const end = next === -1 ? bytes.length : next
    if (end > start) {
      const pair = bytes.subarray(start, end)
      const equals = pair.indexOf(EQUALS)
      const nameEnd = equals === -1 ? pair.length : equals
      form.addField(decode(pair.subarray(0, nameEnd)), decode(pair.subarray(nameEnd + 1)))
    }
    start = end + 1
  }
}

/** As browsers decode: a percent sign without two digits behind it stands for itself. */
function decode(encoded: Buffer): string {
  const decoded = Buffer.allocUnsafe(encoded.length)
  let size = 0
  for (let at = 0; at < encoded.length; at++) {
    const byte = encoded[at] ?? 0
    const value = byte === PERCENT ? hexValue(encoded[at + 1], encoded[at + 2]) : -1
    if (value !== -1) at += 2
    decoded[size++] = value !== -1 ? value : byte === PLUS ? SPACE : byte
  }
  return decodeUtf8(decoded.subarray(0, size))
}

function hexValue(high: number | undefined, low: number | undefined): number {
  const [first, second] = [digitValue(high), digitValue(low)]
  return first === -1 || second === -1 ? -1 : 16 * first + second
}

function digitValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
