import { inspect } from 'node:util'

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { UnencodableText } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { constantTimeCompare, deriveKey, hmac, keyedName, lengthPrefixed, saltedHmac, type HashAlgorithm } from './hmac.js'

describe('saltedHmac', () => {
  test('hashes with a key of its own for each salt (K-9)', () => {
    const once = saltedHmac('a', 'value', 'secret')
    expect(saltedHmac('b', 'value', 'secret')).not.toEqual(once)
    expect(hmac(deriveKey('a', 'secret'), 'value')).toEqual(once)
    expect(once).toHaveLength(32)
  })

  test('keeps its key out of sight (K4)', () => {
    const key = deriveKey('a', 'secret')
    expect(inspect(key, { depth: 9, showHidden: true })).not.toContain(key.export().toString('hex').slice(0, 8))
  })

  test('refuses an unknown algorithm and names the known ones (K-10)', () => {
    expect(() => saltedHmac('a', 'b', 'c', 'sha3' as HashAlgorithm)).toThrow(ImproperlyConfigured)
    expect(() => saltedHmac('a', 'b', 'c', 'toString' as HashAlgorithm)).toThrow(/sha256/)
  })

  test('refuses text without a UTF-8 form, so that no two texts share a hash', () => {
    for (const [salt, value, secret] of [
      ['\ud800', '', 'k'],
      ['', '\udc00', 'k'],
      ['', '', '\ud800'],
    ] as const)
      expect(() => saltedHmac(salt, value, secret)).toThrow(UnencodableText)
  })
})

describe('constantTimeCompare', () => {
  test('is true for equal texts only, whatever the length of a correct beginning (A8)', () => {
    const mac = saltedHmac('a', 'value', 'secret').toString('hex')
    expect(constantTimeCompare(mac, mac)).toBe(true)
    for (let length = 0; length < mac.length; length++) {
      expect(constantTimeCompare(mac, mac.slice(0, length))).toBe(false)
      expect(constantTimeCompare(mac, mac.slice(0, length).padEnd(mac.length, '-'))).toBe(false)
    }
    expect(constantTimeCompare(mac, `${mac}0`)).toBe(false)
    expect(constantTimeCompare('', '')).toBe(true)
  })

  test('tells apart texts of equal length and different bytes', () => {
    expect(constantTimeCompare('é', 'e')).toBe(false)
    expect(constantTimeCompare('\ud800', '\udbff')).toBe(false)
    expect(constantTimeCompare('\ud800', '\ufffd')).toBe(false)
    expect(constantTimeCompare('é', 'é')).toBe(true)
  })
})

describe('lengthPrefixed', () => {
  test('gives no two lists the same text', () => {
    const list = fc.array(fc.string({ unit: fc.constantFrom('0', '1', '2', ':', 'a', 'é', '\u{1f600}') }))
    fc.assert(
      fc.property(list, list, (one, other) => (lengthPrefixed(one) === lengthPrefixed(other)) === (JSON.stringify(one) === JSON.stringify(other))),
    )
    expect(lengthPrefixed(['a', '', '1:b'])).toBe('1:a0:3:1:b')
    expect(lengthPrefixed(['ab', 'c'])).not.toBe(lengthPrefixed(['a', 'bc']))
  })
})

describe('keyedName', () => {
  const key = deriveKey('counters', 'secret')

  test('is the keyed hash of the texts behind their lengths', () => {
    expect(keyedName(key, 'account', 'ada')).toBe(hmac(key, '7:account3:ada').toString('hex'))
    expect(keyedName(deriveKey('counters', 'another'), 'account', 'ada')).not.toBe(keyedName(key, 'account', 'ada'))
    expect(keyedName(key, 'accounta', 'da')).not.toBe(keyedName(key, 'account', 'ada'))
  })

  test('is there for what has no UTF-8 form', () => {
    expect(keyedName(key, '\ud800')).toMatch(/^[0-9a-f]{64}$/)
  })
})
