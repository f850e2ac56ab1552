import { describe, expect, test } from 'vitest'

import { readVectors, type VectorCase } from '../../test/support/vectors.js'
import { isEmailAddress, validateEmail } from './email-address.js'

interface Case extends VectorCase {
  readonly kind: 'valid' | 'normalize' | 'same'
  readonly input: string
  readonly valid: boolean
}

describe('isEmailAddress', () => {
  test('accepts and refuses what Django does (PV-17)', () => {
    const cases = readVectors<Case>('emails').filter((one) => one.kind === 'valid')
    expect(cases).toHaveLength(123)
    for (const { id, input, valid } of cases) expect(isEmailAddress(input), `${id} ${JSON.stringify(input)}`).toBe(valid)
  })

  test.each([
    'a@[0000:0000:0000:0000:0000:ffff:192.168.100.200]', // 45 characters; Django stops at 39
    'a@[1:2:3:4:5:6:7::8]',
    'a@[1.2.3.4.5]',
    'a@x.xn--',
    'a@x.xn--a-b1',
    '"a"b@x.com',
    '"a@x.com',
    '"@x.com',
    'a@x.ex-',
    'a@😀.com',
  ])('refuses %s', (text) => {
    expect(isEmailAddress(text)).toBe(false)
  })

  test.each(['a@[1:2:3:4:5:6:7::]', 'a@x.xn--1', 'a@x.XN--1A', '"\\ \\"\\\\"@x.com', 'a@ö-ö.example', 'ı@x.com'])('accepts %s', (text) => {
    expect(isEmailAddress(text)).toBe(true)
  })

  test('refuses what becomes two addresses or none when it is normalised (B2)', () => {
    for (const text of ['a@corp.test＠evil.test', 'a@corp.test﹫evil.test', 'a@℀.com', 'a@x．com', 'a@b\u00a0c.com', 'a@x.c②m1'])
      expect(isEmailAddress(text), text).toBe(false)
  })

  test('refuses an address list, names and line breaks (B3, B4)', () => {
    for (const text of [
      'a@evil.test,b@corp.test',
      'a@evil.test;b@corp.test',
      'A <a@corp.test>',
      'a@b.test\r\nBcc:x@evil.test',
      'a@b.test\n',
      'a@b\u2028c.test',
      'a@b\u2029c.test',
      'a@b\0.test',
      'a@\ud800.test',
    ])
      expect(isEmailAddress(text), JSON.stringify(text)).toBe(false)
  })

  test('reads nothing longer than an address (B11)', () => {
    const megabyte = 1 << 20
    for (const text of [
      'a'.repeat(megabyte),
      'a@'.repeat(megabyte),
      '"\\'.repeat(megabyte),
      `a@${'a-'.repeat(megabyte)}`,
      `a@${'a.'.repeat(megabyte)}`,
      '\u0316\u0300'.repeat(megabyte),
    ])
      expect(isEmailAddress(text)).toBe(false)
    expect(isEmailAddress(`${'a'.repeat(314)}@b.com`)).toBe(true)
    expect(isEmailAddress(`${'a'.repeat(315)}@b.com`)).toBe(false)
  })
})

describe('validateEmail', () => {
  test('names Django’s code', () => {
    expect(validateEmail('ada@example.com')).toBeNull()
    expect(validateEmail('ada')?.code).toBe('invalid')
  })
})
