import { describe, expect, test } from 'vitest'
import { cookieHeader, keepCookie, type CookieJar } from './cookie-jar.js'

describe('a cookie jar', () => {
  test.each([
    ['a=b', [['a', 'b']]],
    ['a=b=c; Path=/; HttpOnly', [['a', 'b=c']]],
    ['a=; Path=/', [['a', '']]],
    ['a=b;Max-Age=10', [['a', 'b']]],
    ['held=new', [['held', 'new']]],
    ['held=; Max-Age=0; Path=/', []],
    ['held=;max-age=0', []],
    ['held=; Max-Age=-1', []],
    ['held=; Expires=Thu, 01 Jan 1970 00:00:00 GMT', []],
    ['held=; expires=Thu, 01 Jan 1970 00:00:01 GMT; path=/', []],
    // The age goes before the date.
    ['held=on; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT', [['held', 'on']]],
    ['held=on; Expires=Tue, 24 Nov 2037 00:00:00 GMT', [['held', 'on']]],
    ['held=on; Expires=soon', [['held', 'on']]],
  ])('%s', (text, expected) => {
    const jar: CookieJar = new Map(text.startsWith('held') ? [['held', 'old']] : [])
    keepCookie(jar, text)
    expect([...jar]).toEqual(expected)
  })

  test('says what it holds in one header', () => {
    expect(cookieHeader(new Map())).toBeNull()
    expect(
      cookieHeader(
        new Map([
          ['a', '1'],
          ['b', 'x=y'],
        ]),
      ),
    ).toBe('a=1; b=x=y')
  })
})
