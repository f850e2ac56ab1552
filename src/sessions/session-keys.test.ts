import { describe, expect, test } from 'vitest'
import { hashedKey, isPossibleKey, newSessionKey } from './session-keys.js'

describe('newSessionKey', () => {
  test('7.2.2, 7.2.3, 11.5.1: is another each time, of 32 out of 36 letters: 165 bits', () => {
    const keys = Array.from({ length: 10_000 }, () => newSessionKey())
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(key).toMatch(/^[a-z0-9]{32}$/)
    expect(32 * Math.log2(36)).toBeGreaterThan(128)
    // Each letter 8,889 times, give or take; a source that leaves some out, or favours some, is far outside of that.
    const counts = new Map<string, number>()
    for (const letter of keys.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(36)
    for (const [letter, count] of counts) expect([letter, Math.abs(count - 320_000 / 36) < 600]).toEqual([letter, true])
  })

  test('takes its chance from where it is told to, and from nowhere else', () => {
    expect(newSessionKey((size) => new Uint8Array(size))).toBe('a'.repeat(32))
  })
})

describe('a key at rest', () => {
  test('is 40 letters from which the key does not follow', () => {
    const key = newSessionKey()
    expect(hashedKey(key)).toMatch(/^[0-9a-f]{40}$/)
    expect(hashedKey(key)).not.toContain(key.slice(0, 8))
    expect(isPossibleKey(key)).toBe(true)
  })
})
