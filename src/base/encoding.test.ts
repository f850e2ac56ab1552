import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import {
  decodeUid,
  encodeUtf8,
  fromBase36,
  fromBase62,
  fromBase64Url,
  fromHex,
  toBase36,
  toBase62,
  toBase64Url,
  toHex,
  UnencodableText,
} from './encoding.js'

interface Case extends VectorCase {
  readonly kind: string
  readonly text: string
  readonly int?: number
  readonly value?: number | string | null
  readonly error?: string
  readonly hex?: string | null
}

const signing = readVectors<Case>('signing')
const resetTokens = readVectors<Case>('reset_tokens')
const of = (cases: readonly Case[], kind: string): readonly Case[] => {
  const found = cases.filter((one) => one.kind === kind)
  expect(found).not.toHaveLength(0)
  return found
}

describe('encodeUtf8', () => {
  test('refuses half of a surrogate pair, which would be signed as another text', () => {
    expect(() => encodeUtf8('a\ud800')).toThrow(UnencodableText)
    expect(encodeUtf8('é👍').toString('hex')).toBe('c3a9f09f918d')
  })
})

describe('base64url', () => {
  test('agrees with Django’s', () => {
    for (const { hex, text, id } of of(signing, 'b64')) {
      expect(toBase64Url(Buffer.from(hex ?? '', 'hex')), id).toBe(text)
      expect(fromBase64Url(text)?.toString('hex'), id).toBe(hex)
    }
  })

  test('reads one spelling only: no padding, no other alphabet, no loose bits, no impossible length', () => {
    for (const text of ['NDI=', 'N!D', 'a+b/', 'NDJ\n', 'A', 'abcde', 'AB', ' ', '\ud800', 'é']) expect(fromBase64Url(text), text).toBeNull()
    expect(fromBase64Url('')).toHaveLength(0)
  })

  test('reads back what it writes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => fromBase64Url(toBase64Url(bytes))?.equals(bytes)))
  })

  test('writes the part of a larger buffer it is given', () => {
    expect(toBase64Url(new Uint8Array([1, 52, 50, 2]).subarray(1, 3))).toBe('NDI')
  })
})

describe('decodeUid', () => {
  test('is as lenient as Django’s (K-11)', () => {
    const cases = [...of(resetTokens, 'uid'), ...of(resetTokens, 'uid-decode')]
    for (const { hex, text, id } of cases) expect(decodeUid(text)?.toString('hex'), id).toBe(hex)
    for (const { hex, text, id } of of(resetTokens, 'uid')) expect(toBase64Url(Buffer.from(hex ?? '', 'hex')), id).toBe(text)
    expect(decodeUid('N!D I')?.toString()).toBe('42')
    // Python's answers: a sign that fills no group is skipped and forgotten, one that does ends the text.
    expect(decodeUid('MQ=MQMQ=MQ')?.toString('hex')).toBe('310310310310')
    expect(decodeUid('MQ==MTIz')?.toString('hex')).toBe('31')
  })

  test('answers null for impossible lengths, broken text, and more than any key needs', () => {
    for (const text of ['A', 'MQMQM', 'M!!Q', '\ud800', 'A'.repeat(1 << 20)]) expect(decodeUid(text), text.slice(0, 9)).toBeNull()
  })
})

describe('base 36', () => {
  test('writes as Django does', () => {
    for (const { int, text, id } of of(resetTokens, 'base36')) {
      expect(toBase36(int ?? -1), id).toBe(text)
      expect(fromBase36(text), id).toBe(int)
    }
    expect(toBase36(738936000)).toBe('c7xyo0')
  })

  test('reads only what it writes; Django reads more, but accepts a token in no other spelling (K-8)', () => {
    for (const { value, text, id } of of(resetTokens, 'base36-decode')) {
      const isCanonical = typeof value === 'number' && value.toString(36) === text
      expect(fromBase36(text), id).toBe(isCanonical ? value : null)
    }
    for (const text of ['', '01', '-1', '+1', 'A', '1_0', ' 1', '１', 'z'.repeat(1000)]) expect(fromBase36(text), text).toBeNull()
    expect(fromBase36('0')).toBe(0)
  })

  test('refuses to write what is no whole number', () => {
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => toBase36(value)).toThrow(RangeError)
  })
})

describe('base 62', () => {
  test('writes and reads as Django does', () => {
    for (const { int, text, id } of of(signing, 'b62')) {
      expect(toBase62(int ?? Number.NaN), id).toBe(text)
      expect(fromBase62(text), id).toBe(int)
    }
    for (const { value, error, text, id } of of(signing, 'b62-decode')) expect(fromBase62(text), id).toBe(error === undefined ? value : null)
    expect(toBase62(0)).toBe('0')
  })

  test('reads nothing that is no number, or too large to be one', () => {
    for (const text of ['', ' ', '1 ', '1.5', 'é', '1\n', 'z'.repeat(1000), '-'.repeat(3)]) expect(fromBase62(text), text).toBeNull()
    expect(() => toBase62(0.5)).toThrow(RangeError)
  })
})

describe('hexadecimal', () => {
  test('is read in lower case and whole bytes only', () => {
    expect(toHex(new Uint8Array([0, 255]))).toBe('00ff')
    expect(fromHex('00ff')).toEqual(Buffer.from([0, 255]))
    for (const text of ['0', 'FF', 'gg', '00 ', '00\n']) expect(fromHex(text), text).toBeNull()
  })
})
