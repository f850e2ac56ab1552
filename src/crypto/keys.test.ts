import { inspect } from 'node:util'

import { describe, expect, test } from 'vitest'

import { ImproperlyConfigured } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { Keys } from './keys.js'

describe('Keys', () => {
  test('13.3.4: lists the current key first, then the fallbacks in order', () => {
    const keys = new Keys('new', [new Secret('old'), 'older'])
    expect(keys.all.map((key) => key.reveal())).toEqual(['new', 'old', 'older'])
    expect(Keys.from(keys)).toBe(keys)
    expect(Keys.from('new').all).toHaveLength(1)
  })

  test('makes keys for one use by a prefix', () => {
    const keys = new Keys('new', ['old']).prefixed('cookies ')
    expect(keys.all.map((key) => key.reveal())).toEqual(['cookies new', 'cookies old'])
  })

  test('never shows a key (K4)', () => {
    const keys = new Keys('canary-one', ['canary-two'])
    for (const text of [inspect(keys, { depth: 9, showHidden: true }), JSON.stringify(keys), String(keys.current)])
      expect(text).not.toContain('canary')
  })

  test('refuses an empty key, and one that is no UTF-8, without repeating it', () => {
    for (const [current, fallbacks] of [
      ['', []],
      ['good', ['']],
      ['canary\ud800', []],
    ] as const) {
      expect(() => new Keys(current, fallbacks)).toThrow(ImproperlyConfigured)
      expect(() => new Keys(current, fallbacks)).not.toThrow(/canary/)
    }
  })
})
