/**
 * A value as a text that may stand in a cookie or a link: JSON, compressed where that is shorter, in base64url.
 * @module
 */

import { deflateSync, inflateSync } from 'node:zlib'

import { fromBase64Url, toBase64Url } from '../base/encoding.js'
import { pythonJson } from '../base/python-json.js'
import { BadSignature } from './bad-signature.js'

/** Marks a compressed payload; no letter of base64url. */
const COMPRESSED = '.'
/** A payload may unfold to this many bytes: more than any session or link needs, and too few to stop the process for long. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Encodes a value. With `compress`, it is compressed if that saves more than one byte, which is what the mark costs.
 *
 * @example
 * encodePayload({ id: 1 })   // 'eyJpZCI6MX0'
 */
export function encodePayload(value: unknown, options: { compress?: boolean } = {}): string {
  const json = Buffer.from(pythonJson(value), 'latin1')
  if (options.compress !== true) return toBase64Url(json)
  const compressed = deflateSync(json)
  return compressed.length < json.length - 1 ? COMPRESSED + toBase64Url(compressed) : toBase64Url(json)
}

/**
 * Decodes what `encodePayload` or Django made. Throws `BadSignature` for anything else, and where it unfolds to more than
 * `maxBytes` (4 MiB unless said otherwise). Call it only for text whose signature has been checked.
 */
export function decodePayload(payload: string, options: { maxBytes?: number } = {}): unknown {
  const isCompressed = payload.startsWith(COMPRESSED)
  const bytes = fromBase64Url(isCompressed ? payload.slice(1) : payload)
  if (bytes === null) throw new BadSignature('The signature is right, but what it signs is not base64url.')
  const maxBytes = options.maxBytes ?? MAX_BYTES
  if (bytes.length > maxBytes) throw new BadSignature(`The signature is right, but what it signs is longer than ${maxBytes} bytes.`)
  try {
    const json = isCompressed ? inflateSync(bytes, { maxOutputLength: maxBytes }) : bytes
    // JSON.parse makes `__proto__` an ordinary property, so what is read cannot change what objects inherit.
    return JSON.parse(json.toString('latin1'))
  } catch (cause) {
    throw new BadSignature('The signature is right, but what it signs cannot be read.', { cause })
  }
}
