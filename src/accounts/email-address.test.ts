import { afterEach, describe, expect, test, vi } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { isEmailAddress } from '../base/email-address.js'
import { canonicalAddress, isSameAddress, normalizeEmail } from './email-address.js'

type Case = VectorCase &
  (
    | { readonly kind: 'normalize'; readonly input: string | null; readonly output: string }
    | { readonly kind: 'valid'; readonly input: string; readonly valid: boolean }
    | { readonly kind: 'same'; readonly a: string; readonly b: string; readonly same: boolean }
  )

const MEGABYTE = 1 << 20
const cases = readVectors<Case>('emails')

afterEach(() => vi.restoreAllMocks())

describe('emails.json', () => {
  test('is read whole', () => {
    expect(cases).toHaveLength(313)
  })

  test.each(cases)('$id: $kind', (one) => {
    if (one.kind === 'normalize') return expect(normalizeEmail(one.input)).toBe(one.output)
    if (one.kind === 'valid') return expect(isEmailAddress(one.input)).toBe(one.valid)
    expect(isSameAddress(one.a, one.b)).toBe(one.same)
    expect(isSameAddress(one.b, one.a)).toBe(one.same)
  })
})

describe('normalizeEmail', () => {
  test('trims and lower-cases only the domain, and only where there is one (U-8)', () => {
    expect(normalizeEmail(' Foo@Bar.COM ')).toBe('Foo@bar.com')
    expect(normalizeEmail('a@B@C.COM')).toBe('a@B@c.com')
    expect(normalizeEmail('  x ')).toBe('  x ')
    expect(normalizeEmail(undefined)).toBe('')
  })
})

describe('isSameAddress', () => {
  test('tells apart what a database’s collation may not (B1)', () => {
    expect(isSameAddress('mıke@example.org', 'mike@example.org')).toBe(false)
    expect(isSameAddress('mike@exámple.org', 'mike@example.org')).toBe(false)
    expect(isSameAddress('mike@example.org', 'MIKE@EXAMPLE.ORG')).toBe(true)
  })
})

describe('canonicalAddress', () => {
  test('is one for all spellings that reach one account (B8)', () => {
    const spellings = ['victim@corp.test', 'VICTIM@CORP.TEST', 'ｖｉｃｔｉｍ@corp.test', 'Victim@Corp.Test']
    expect(new Set(spellings.map(canonicalAddress))).toEqual(new Set(['victim@corp.test']))
  })
})

describe('an address of a megabyte (B11)', () => {
  test('is neither normalised nor folded, and the same as none', () => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    const upper = vi.spyOn(String.prototype, 'toUpperCase')
    const lower = vi.spyOn(String.prototype, 'toLowerCase')
    for (const text of [
      'a'.repeat(MEGABYTE),
      `a@${'\u0316\u0300'.repeat(MEGABYTE)}`,
      `${' '.repeat(MEGABYTE)}a@b.test`,
      `a@${'É'.repeat(MEGABYTE)}`,
    ]) {
      expect(isSameAddress(text, text)).toBe(false)
      expect(canonicalAddress(text)).toBeNull()
      expect(normalizeEmail(text)).toBe(text)
      expect(isEmailAddress(text)).toBe(false)
    }
    for (const spy of [normalize, upper, lower]) expect(spy).not.toHaveBeenCalled()
  })

  test('nor does one count that has to grow or shrink to have the length of an address', () => {
    expect(canonicalAddress(`${'\ufdfa'.repeat(20)}@b.test`)).toBeNull()
    expect(canonicalAddress(`${'e\u0301'.repeat(300)}@b.test`)).toBeNull()
  })
})
