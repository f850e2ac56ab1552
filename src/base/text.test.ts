import { describe, expect, test } from 'vitest'

import {
  codePointLength,
  hasControlCharacter,
  hasLoneSurrogate,
  hasNullCharacter,
  isDigit,
  isLongerThan,
  lower,
  NORMALIZABLE,
  nfkc,
  splitWords,
  strip,
} from './text.js'

const MEGABYTE = 1 << 20

describe('nfkc', () => {
  test('gives compatible characters one spelling', () => {
    expect(nfkc('ｉａｍ')).toBe('iam')
    expect(nfkc('e\u0301')).toBe('é')
    expect(nfkc('ﬁ①')).toBe('fi1')
  })

  test('refuses what would take time with the square of its length (B11)', () => {
    expect(nfkc('a' + '\u0316\u0300'.repeat(MEGABYTE))).toBeNull()
    expect(nfkc('a'.repeat(NORMALIZABLE))).toHaveLength(NORMALIZABLE)
  })

  test('has room for every name of 255 characters, of which four may compose into one', () => {
    expect(nfkc('α\u0313\u0300\u0345'.repeat(255))).toBe('ᾂ'.repeat(255))
  })
})

describe('strip', () => {
  test('removes what Python calls white space, and nothing else (PV-12)', () => {
    const spaces: number[] = []
    for (let code = 0; code <= 0xffff; code++) if (strip(String.fromCharCode(code)) === '') spaces.push(code)
    const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
    const expected = [range(9, 0xd), range(0x1c, 0x20), 0x85, 0xa0, 0x1680, range(0x2000, 0x200a), 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]
    expect(spaces).toEqual(expected.flat())
  })

  test('keeps what stands inside', () => {
    expect(strip('\u001f a \u0085 b\u3000')).toBe('a \u0085 b')
    expect(strip('\ufeffa')).toBe('\ufeffa')
    expect(strip(' \n ')).toBe('')
    expect(strip('')).toBe('')
  })

  test('reads a megabyte of spaces between two letters once (B11)', () => {
    const text = `a${' '.repeat(MEGABYTE)}b`
    expect(strip(text)).toBe(text)
  })
})

describe('lower', () => {
  test('knows the sigma that ends a word, and the dotted I, as Python does', () => {
    expect(lower('ΟΔΟΣ ΟΔΟΣ.')).toBe('οδος οδος.')
    expect(lower('Σ')).toBe('σ')
    expect(lower('İ')).toBe('i\u0307')
  })
})

describe('isDigit', () => {
  test('counts digits of every script and Python’s 128 others (PV-11)', () => {
    const decimal = /^\p{Nd}$/u
    let others = 0
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      if (isDigit(character) && !decimal.test(character)) others++
    }
    expect(others).toBe(128)
    for (const text of ['0123456789', '１２３', '²³', '٣', '①']) expect(isDigit(text), text).toBe(true)
  })

  test('is false for no text, for one other character, and for a line break at the end', () => {
    for (const text of ['', '½', '一', '12a', '1 2', '12\n', '-1', '1.0']) expect(isDigit(text), text).toBe(false)
  })
})

describe('splitWords', () => {
  test('splits where Python’s \\W+ does: at marks, but not at letters, numbers or the underscore (PV-8)', () => {
    expect(splitWords('ada@example.com')).toEqual(['ada', 'example', 'com'])
    expect(splitWords('élan_½①Ⅷ漢')).toEqual(['élan_½①Ⅷ漢'])
    expect(splitWords('de\u0301ja')).toEqual(['de', 'ja'])
    expect(splitWords('.a.')).toEqual(['', 'a', ''])
    expect(splitWords('...')).toEqual(['', ''])
  })
})

describe('codePointLength', () => {
  test('counts code points, a broken surrogate as one', () => {
    expect(codePointLength('')).toBe(0)
    expect(codePointLength('a👍é')).toBe(3)
    expect(codePointLength('\ud800')).toBe(1)
    expect(codePointLength('\ud800\ud83d\ude00\udc00')).toBe(3)
    expect(codePointLength('\udc00\ud800')).toBe(2)
  })
})

describe('isLongerThan', () => {
  test('counts code points', () => {
    expect(isLongerThan('👍'.repeat(150), 150)).toBe(false)
    expect(isLongerThan('👍'.repeat(151), 150)).toBe(true)
    expect(isLongerThan('a'.repeat(150), 150)).toBe(false)
    expect(isLongerThan('a'.repeat(151), 150)).toBe(true)
    expect(isLongerThan('', 0)).toBe(false)
  })
})

describe('characters that are refused', () => {
  test('a null, controls and line separators, halves of pairs', () => {
    expect(hasNullCharacter('a\0')).toBe(true)
    expect(hasNullCharacter('a')).toBe(false)
    for (const bad of ['\0', '\n', '\r', '\t', '\u007f', '\u0085', '\u2028', '\u2029', '\u001b']) expect(hasControlCharacter(`a${bad}b`)).toBe(true)
    expect(hasControlCharacter('a é 👍\u200b')).toBe(false)
    for (const bad of ['\ud800', 'a\udc00', '\ud83d\ud83d\ude00', '\ude00\ud83d']) expect(hasLoneSurrogate(bad)).toBe(true)
    for (const good of ['', 'é', '👍', '\uffff']) expect(hasLoneSurrogate(good)).toBe(false)
  })
})
