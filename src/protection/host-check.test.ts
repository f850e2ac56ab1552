import { describe, expect, test } from 'vitest'

import { checkHost } from './host-check.js'

const allowed = ['app.test', '.example.com', '[2001:db8::1]']

describe('checkHost', () => {
  test.each([
    ['app.test', 'app.test'],
    ['APP.test', 'app.test'],
    ['app.test:8000', 'app.test'],
    ['app.test.', 'app.test'],
    ['app.test.:8000', 'app.test'],
    ['example.com', 'example.com'],
    ['a.b.example.com', 'a.b.example.com'],
    ['[2001:DB8::1]:443', '[2001:db8::1]'],
  ])('M-11: allows %j', (header, name) => {
    expect(checkHost(header, allowed)?.name).toBe(name)
  })

  test.each([
    'evil.test',
    'app.test.evil.test',
    'evilapp.test',
    'evilexample.com',
    'app.test:80@evil.test',
    'user@app.test',
    'app.test, evil.test',
    'app.test evil.test',
    'app.test/evil',
    'app.test#',
    'app.test\n',
    ' app.test',
    'app.test:',
    'app.test:80:80',
    'app.test..',
    '[2001:db8::1',
    '[2001:db8::2]',
    '[app.test]',
    '2001:db8::1',
    '',
    '.',
  ])('F7: refuses %j', (header) => {
    expect(checkHost(header, allowed)).toBe(null)
  })

  test('F7: * allows every name, and no malformed one', () => {
    expect(checkHost('any.test:1', ['*'])).toEqual({ name: 'any.test', host: 'any.test:1' })
    for (const header of ['app.test:80@evil.test', '\u212aelvin.test', 'a b', '', '.', 'a'.repeat(300)]) expect(checkHost(header, ['*'])).toBe(null)
  })

  test('F7: without an entry, or a header, nothing is allowed', () => {
    expect(checkHost('app.test', [])).toBe(null)
    expect(checkHost('app.test', [''])).toBe(null)
    expect(checkHost(undefined, ['*'])).toBe(null)
  })
})
