import { describe, expect, test } from 'vitest'

import { ImproperlyConfigured } from '../base/errors.js'
import { ALPHANUMERIC, getRandomString, type RandomSource } from './random.js'

/** Gives these bytes, one after the other, however many are asked for. */
function scripted(...bytes: number[]): RandomSource {
  return (size) => new Uint8Array(bytes.splice(0, size))
}

describe('getRandomString', () => {
  test('draws letters and digits unless told otherwise (K-12)', () => {
    expect(getRandomString(1000)).toMatch(/^[a-zA-Z0-9]{1000}$/)
    expect(getRandomString(32, 'ab')).toMatch(/^[ab]{32}$/)
    expect(getRandomString(0)).toBe('')
    expect(getRandomString(22)).not.toBe(getRandomString(22))
  })

  test('throws away bytes that would favour the first letters', () => {
    // 248 is four times 62: bytes from 248 on have no full round.
    expect(getRandomString(3, ALPHANUMERIC, scripted(247, 248, 255, 0, 62))).toBe('9aa')
  })

  test('gives every letter the same chance', () => {
    let next = 0
    const everyByte: RandomSource = (size) => Uint8Array.from({ length: size }, () => next++ % 256)
    const counts = new Map<string, number>()
    for (const letter of getRandomString(248, ALPHANUMERIC, everyByte)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect([...counts.values()]).toEqual(Array<number>(62).fill(4))
  })

  test('can use all 256 values of a byte', () => {
    const alphabet = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
    expect(getRandomString(2, alphabet, scripted(255, 0))).toBe('\u00ff\0')
  })

  test('refuses an alphabet or a length it cannot serve', () => {
    for (const alphabet of ['', 'a'.repeat(257)]) expect(() => getRandomString(1, alphabet)).toThrow(ImproperlyConfigured)
    for (const length of [-1, 0.5, Number.NaN]) expect(() => getRandomString(length)).toThrow(ImproperlyConfigured)
  })
})
