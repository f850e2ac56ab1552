import { afterEach, describe, expect, test, vi } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { NORMALIZABLE } from '../base/text.js'
import {
  asciiUsernameValidator,
  normalizeUsername,
  unicodeUsernameValidator,
  USERNAME_MAX_LENGTH,
  usernameFromInput,
  usernameProblems,
} from './names.js'

interface Case extends VectorCase {
  readonly group: string
  readonly input: string
  readonly normalized: string
  readonly unicode_valid: boolean
  readonly ascii_valid: boolean
  readonly normalized_valid: boolean
  readonly field_codes: readonly string[]
  readonly form: string
}

const MEGABYTE = 1 << 20
const cases = readVectors<Case>('usernames')

afterEach(() => vi.restoreAllMocks())

describe('usernames.json', () => {
  test('is read whole', () => {
    expect(cases).toHaveLength(620)
  })

  test.each(cases)('$id: $group', ({ input, normalized, unicode_valid, ascii_valid, normalized_valid, field_codes, form }) => {
    expect(normalizeUsername(input)).toBe(normalized)
    expect(unicodeUsernameValidator(input) === null).toBe(unicode_valid)
    expect(asciiUsernameValidator(input) === null).toBe(ascii_valid)
    expect(unicodeUsernameValidator(normalized) === null).toBe(normalized_valid)
    expect(usernameProblems(input).map((one) => one.code)).toEqual(field_codes)
    expect(usernameFromInput(input)).toBe(form)
  })
})

describe('normalizeUsername', () => {
  test('gives names one spelling and other types back as they are (U-7)', () => {
    expect(normalizeUsername('ｉａｍ')).toBe('iam')
    expect(normalizeUsername(7)).toBe(7)
    expect(normalizeUsername(null)).toBeNull()
  })
})

describe('usernameProblems', () => {
  test('counts to the column’s length, by code points', () => {
    expect(usernameProblems('é'.repeat(USERNAME_MAX_LENGTH))).toEqual([])
    expect(usernameProblems('𝐚'.repeat(USERNAME_MAX_LENGTH))).toEqual([])
    expect(usernameProblems('𝐚'.repeat(200))).toEqual([{ code: 'max_length', key: 'max_length', params: { limit: 150, length: 200 }, field: null }])
    expect(usernameProblems('a'.repeat(200), { maxLength: 254 })).toEqual([])
  })

  test('asks the validator of the model', () => {
    expect(usernameProblems('zoé')).toEqual([])
    expect(usernameProblems('zoé', { validator: asciiUsernameValidator }).map((one) => one.key)).toEqual(['invalid.username_ascii'])
  })
})

describe('unicodeUsernameValidator', () => {
  test('refuses a line break at the end, marks, and what is invisible (PV-14, PV-16, B5)', () => {
    for (const name of ['ada\n', 'e\u0301', 'a b', 'a\u00a0b', 'a\u200bb', 'a\0', 'a\ud800', '', 'a/b', 'a\u202eb'])
      expect(unicodeUsernameValidator(name)?.code).toBe('invalid')
  })
})

describe('a name of a megabyte (B11)', () => {
  const hostile = [
    'a'.repeat(MEGABYTE),
    'a' + '\u0316\u0300'.repeat(MEGABYTE / 2),
    '\ufdfa'.repeat(MEGABYTE),
    ' '.repeat(MEGABYTE),
    `${' '.repeat(MEGABYTE)}a`,
    '\u1100\u1161\u11a8'.repeat(MEGABYTE / 3),
  ]

  test('is never normalised, and refused for its length alone', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    const validator = vi.fn(() => null)
    for (const name of hostile) {
      expect(normalizeUsername(name)).toBe(name)
      expect(usernameFromInput(name)).toBe(name)
      expect(usernameProblems(name, { validator }).map((one) => one.code)).toEqual(['max_length'])
    }
    expect(normalize).not.toHaveBeenCalled()
    expect(validator).not.toHaveBeenCalled()
  })

  test('nor is anything longer than could shrink to fit 255 characters', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    usernameFromInput('é'.repeat(NORMALIZABLE + 1), { maxLength: MEGABYTE })
    expect(normalize).not.toHaveBeenCalled()
    expect(usernameFromInput('ｅ'.repeat(NORMALIZABLE), { maxLength: MEGABYTE })).toBe('e'.repeat(NORMALIZABLE))
    expect(normalize).toHaveBeenCalledOnce()
  })
})
