import { describe, expect, test } from 'vitest'

import { FixedClock } from '../base/clock.js'
import { UnencodableText } from '../base/encoding.js'
import { ImproperlyConfigured } from '../base/errors.js'
import { Keys } from './keys.js'
import { checkToken, makeToken, type TokenMeaning } from './purpose-tokens.js'

const DAY = 86400
const meaning: TokenMeaning = { purpose: 'email-change', subject: '42', context: ['old@example.com', 'new@example.com'] }

function desk(): { keys: Keys; clock: FixedClock; token: string; isGood: (other?: Partial<TokenMeaning>, token?: unknown) => boolean } {
  const keys = new Keys('current key')
  const clock = new FixedClock('2026-01-01T00:00:00Z')
  const token = makeToken(keys, meaning, { clock })
  return { keys, clock, token, isGood: (other = {}, given = token) => checkToken(keys, given, { ...meaning, ...other }, { maxAge: DAY, clock }) }
}

describe('checkToken', () => {
  test('accepts a token for what it was made', () => {
    const { isGood, token } = desk()
    expect(isGood()).toBe(true)
    expect(token).toMatch(/^[0-9a-z]+-[\w-]{43}$/)
  })

  test('refuses it for another purpose, subject or fact, or with a fact more or less', () => {
    const { isGood } = desk()
    expect(isGood({ purpose: 'email-verification' })).toBe(false)
    expect(isGood({ subject: '43' })).toBe(false)
    expect(isGood({ context: ['old@example.com', 'other@example.com'] })).toBe(false)
    expect(isGood({ context: ['new@example.com', 'old@example.com'] })).toBe(false)
    expect(isGood({ context: ['old@example.com'] })).toBe(false)
    expect(isGood({ context: ['old@example.com', 'new@example.com', ''] })).toBe(false)
    expect(isGood({ context: [] })).toBe(false)
  })

  test('accepts it for as many seconds as allowed, and not one more', () => {
    const { isGood, clock } = desk()
    clock.advance(DAY)
    expect(isGood()).toBe(true)
    clock.advance(1)
    expect(isGood()).toBe(false)
  })

  test('bears with a clock that is a minute behind, and not with a token from the future', () => {
    const { isGood, clock } = desk()
    clock.advance(-60)
    expect(isGood()).toBe(true)
    clock.advance(-1)
    expect(isGood()).toBe(false)
  })

  test('accepts what a retired key signed, and nothing of an unknown key', () => {
    const { token, clock } = desk()
    expect(checkToken(new Keys('next key', ['current key']), token, meaning, { maxAge: DAY, clock })).toBe(true)
    expect(checkToken(new Keys('next key'), token, meaning, { maxAge: DAY, clock })).toBe(false)
  })

  test('has one spelling: neither case, padding, nor leading zeros may change', () => {
    const { isGood, token } = desk()
    for (const other of [
      `0${token}`,
      `${token}=`,
      `${token}\n`,
      ` ${token}`,
      token.toUpperCase(),
      token.slice(0, -1),
      '',
      '-',
      token.replace('-', ':'),
    ])
      expect(isGood({}, other), other).toBe(false)
    for (let at = 0; at < token.length; at++)
      expect(isGood({}, `${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`)).toBe(false)
  })

  test('says no to what is no text (B10)', () => {
    const { isGood, token } = desk()
    for (const other of [0, null, true, [token], { $ne: '' }, new String(token)]) expect(isGood({}, other)).toBe(false)
  })

  test('says no where what is asked about cannot be written, while the maker is told', () => {
    const { isGood, keys } = desk()
    expect(isGood({ subject: '\ud800' })).toBe(false)
    expect(() => makeToken(keys, { ...meaning, subject: '\ud800' })).toThrow(UnencodableText)
  })
})

describe('makeToken', () => {
  test('makes no two meanings alike, however their parts are cut (D4)', () => {
    const { keys, clock } = desk()
    const words = ['', 'a', '1', ':', '|', '1:a', '|a', 'a|', '\0']
    const lists = words.flatMap((one) => [[one], ...words.flatMap((two) => [[one, two], ...words.map((three) => [one, two, three])])])
    const tokens = lists.map(([subject = '', ...context]) => makeToken(keys, { purpose: 'p', subject, context }, { clock }))
    expect(tokens).toHaveLength(9 + 81 + 729)
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('needs a purpose', () => {
    expect(() => makeToken(new Keys('k'), { purpose: '', subject: '1' })).toThrow(ImproperlyConfigured)
  })
})
