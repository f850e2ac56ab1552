import { deflateSync } from 'node:zlib'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { toBase64Url } from '../base/encoding.js'
import { BadSignature } from './bad-signature.js'
import { decodePayload, encodePayload } from './payload.js'

const KEY_OF_PROTOTYPE = '{"__proto__":{"isStaff":true},"constructor":{"prototype":{"isStaff":true}}}'

describe('payload', () => {
  test('is compressed only where that saves more than the mark costs', () => {
    expect(encodePayload('short', { compress: true })).toBe(encodePayload('short'))
    expect(encodePayload('a'.repeat(1000), { compress: true })).toMatch(/^\.[\w-]{20,40}$/)
    expect(encodePayload('a'.repeat(1000))).not.toContain('.')
  })

  test('comes back as it went', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.boolean(), (value, compress) => {
        expect(decodePayload(encodePayload(value, { compress }))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('finding 6, J10: keeps `__proto__` a key like any other, and nothing inherits from it', () => {
    const read = decodePayload(encodePayload(JSON.parse(KEY_OF_PROTOTYPE))) as Record<string, unknown>
    expect(Object.hasOwn(read, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect('isStaff' in read).toBe(false)
    expect('isStaff' in {}).toBe(false)
    expect(JSON.stringify(read)).toBe(KEY_OF_PROTOTYPE)
  })

  test('does not unfold beyond the limit', () => {
    const bomb = `.${toBase64Url(deflateSync(Buffer.alloc(64 << 20, ' ')))}`
    expect(bomb.length).toBeLessThan(100_000)
    expect(() => decodePayload(bomb)).toThrow(BadSignature)
    const value = 'a'.repeat(5000)
    for (const compress of [true, false]) {
      const payload = encodePayload(value, { compress })
      expect(() => decodePayload(payload, { maxBytes: 5001 })).toThrow(BadSignature)
      expect(decodePayload(payload, { maxBytes: 5002 })).toBe(value)
    }
  })

  test('throws BadSignature, and nothing else, whatever it is given', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.uint8Array().map(toBase64Url),
      fc.uint8Array().map((bytes) => `.${toBase64Url(deflateSync(bytes))}`),
    )
    fc.assert(fc.property(garbage, (text) => onlyBadSignature(() => decodePayload(text))))
    onlyBadSignature(() => decodePayload(toBase64Url('['.repeat(1 << 20))))
  })
})

/** Runs it; an error other than BadSignature passes on and fails the test. */
function onlyBadSignature(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof BadSignature)) throw error
  }
}
