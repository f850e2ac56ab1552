import { describe, expect, test } from 'vitest'
import { VerifiedTexts } from './verified-texts.js'

describe('VerifiedTexts', () => {
  test('is bounded by number, and keeps what is used', () => {
    const texts = new VerifiedTexts()
    texts.remember('used', '{}')
    for (let n = 0; n < 30_000; n++) {
      texts.remember(`text ${n}`, '{}')
      if (n % 1000 === 0) expect(texts.find('used')).toBe('{}')
    }
    expect(texts.size).toBeLessThanOrEqual(2 * 4096)
    expect(texts.find('used')).toBe('{}')
    expect(texts.find('text 29999')).toBe('{}')
    expect(texts.find('text 0')).toBeUndefined()
  })

  test('is bounded by size, and takes no text that would push out many', () => {
    const texts = new VerifiedTexts()
    for (let n = 0; n < 2000; n++) texts.remember(`${n} ${'x'.repeat(7000)}`, 'y'.repeat(7000))
    expect(texts.size * 14_000).toBeLessThanOrEqual(2 * 4 * 1024 * 1024)
    texts.remember('long', 'z'.repeat(17_000))
    expect(texts.find('long')).toBeUndefined()
  })
})
