import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { FixedClock } from '../base/clock.js'
import { findCookie, readCookies, serializeCookie, serializeDeletedCookie } from './cookies.js'

describe('readCookies', () => {
  test('E1: a bracket, a quote or a comma inside a value begins no other cookie', () => {
    expect([...readCookies('ga=x]csrftoken=evil')]).toEqual([['ga', ['x]csrftoken=evil']]])
    expect([...readCookies('ga="a; csrftoken=evil"')]).toEqual([
      ['ga', ['"a']],
      ['csrftoken', ['evil"']],
    ])
    expect([...readCookies('ga=a, csrftoken=evil')]).toEqual([['ga', ['a, csrftoken=evil']]])
    expect([...readCookies('a=1;b=2;  c=3 \t; d')]).toEqual([
      ['a', ['1']],
      ['b', ['2']],
      ['c', ['3']],
    ])
  })

  test('E5: a cookie without a name is none, whatever stands behind it', () => {
    expect([...readCookies('=__Host-csrftoken=evil; =; __Host-csrftoken=good')]).toEqual([['__Host-csrftoken', ['good']]])
    expect(findCookie('=__Host-csrftoken=evil', '__Host-csrftoken')).toEqual({ value: null, count: 0 })
  })

  test('E5: two of one name are both seen', () => {
    expect(readCookies('sessionid=a; theme=x; sessionid=b').get('sessionid')).toEqual(['a', 'b'])
    expect(findCookie('sessionid=a; theme=x; sessionid=b', 'sessionid')).toEqual({ value: 'a', count: 2 })
  })

  test('J10: names of the language are names like any other', () => {
    expect([...readCookies('__proto__=1; constructor=2; toString=3')]).toEqual([
      ['__proto__', ['1']],
      ['constructor', ['2']],
      ['toString', ['3']],
    ])
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  test('nothing is decoded', () => {
    expect(readCookies('a=%41; b="x"; c=x=y==').get('a')).toEqual(['%41'])
    expect(readCookies('a=%41; b="x"; c=x=y==').get('b')).toEqual(['"x"'])
    expect(readCookies('a=%41; b="x"; c=x=y==').get('c')).toEqual(['x=y=='])
  })

  test('is empty without a header', () => {
    for (const header of [undefined, null, '', ';;;', ' ']) expect(readCookies(header).size).toBe(0)
  })
})

describe('findCookie', () => {
  test('E1: gives what readCookies gives, for any header', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '=', ';', ' ', '\t', '; ', 'a=', ' a=', '__Host-a', '-', '"', ',', ']')
    const header = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(header, fc.constantFrom('a', 'b', 'ab', '__Host-a', ''), (text, name) => {
        const values = readCookies(text).get(name) ?? []
        expect(findCookie(text, name)).toEqual({ value: values[0] ?? null, count: values.length })
      }),
      { numRuns: 1000 },
    )
  })

  test('a longer name that ends or begins with it is another', () => {
    expect(findCookie('xsessionid=1; sessionid2=2; session id=3; sessionid =4', 'sessionid').count).toBe(0)
    expect(findCookie('SessionId=1', 'sessionid').count).toBe(0)
  })

  test.each(['a=', 'a', '; ', ' ', 'a =', '=a=', ' a', ';a= '])('J12: 4 MB of %j take no more than a moment', (piece) => {
    const header = piece.repeat(4_000_000 / piece.length)
    const start = performance.now()
    expect(findCookie(header, 'a').count).toBe(readCookies(header).get('a')?.length ?? 0)
    // A tenth of a second is usual; work that grew with the square of the length took 40 seconds.
    expect(performance.now() - start).toBeLessThan(8_000)
  })
})

describe('serializeCookie', () => {
  const clock = new FixedClock('2026-11-23T12:00:00Z')

  test('M-4: writes both of Max-Age and expires, in Django’s order', () => {
    expect(serializeCookie('sessionid', 'abc', { maxAge: 1_209_600, httpOnly: true, sameSite: 'Lax', clock })).toBe(
      'sessionid=abc; expires=Mon, 07 Dec 2026 12:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax',
    )
    expect(serializeCookie('sessionid', 'a.b:c', { domain: '.shop.example', path: '/x', secure: true, sameSite: 'None' })).toBe(
      'sessionid=a.b:c; Domain=.shop.example; Path=/x; SameSite=None; Secure',
    )
    expect(serializeCookie('a', 'b', { maxAge: 5, expires: new Date(0) })).toBe('a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5; Path=/')
  })

  test('M-4: writes neither for a cookie that ends with the browser', () => {
    expect(serializeCookie('sessionid', 'abc', { maxAge: null, expires: null })).toBe('sessionid=abc; Path=/')
  })

  const hostile = [';', '\r', '\n', '\0', '\u007f', '\t', '; Domain=evil.test', '\r\nSet-Cookie: a=b', 'é', '\u010d', '\u{1f36a}']
  test.each(hostile)('J11: %j is refused in every part', (bad) => {
    expect(() => serializeCookie(`a${bad}`, 'b')).toThrow(/cookie/)
    expect(() => serializeCookie('a', `b${bad}`)).toThrow(/cookie/)
    expect(() => serializeCookie('a', 'b', { path: `/${bad}` })).toThrow(/cookie/)
    expect(() => serializeCookie('a', 'b', { domain: `a${bad}.example` })).toThrow(/cookie/)
    expect(() => serializeCookie('a', 'b', { sameSite: `Lax${bad}` as 'Lax' })).toThrow(/cookie/)
  })

  test('J11: what is no number and no date is refused', () => {
    for (const maxAge of [Number.NaN, 1.5, Infinity]) expect(() => serializeCookie('a', 'b', { maxAge })).toThrow(/whole number/)
    expect(() => serializeCookie('a', 'b', { expires: new Date(Number.NaN) })).toThrow(/date/)
    expect(() => serializeCookie('', 'b')).toThrow(/name/)
    for (const value of ['a b', 'a,b', '"a"', 'a\\b']) expect(() => serializeCookie('a', value)).toThrow(/value/)
    for (const path of ['', 'x', 'x/']) expect(() => serializeCookie('a', 'b', { path })).toThrow(/path/)
    for (const domain of ['', '.', 'a..b', 'a b']) expect(() => serializeCookie('a', 'b', { domain })).toThrow(/domain/)
  })

  test('J11: no text of any kind adds an attribute or a line', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string())
    fc.assert(
      fc.property(text, text, text, text, (name, value, path, domain) => {
        let written: string
        try {
          written = serializeCookie(name, value, { path: `/${path}`, domain, clock, maxAge: 1 })
        } catch {
          return
        }
        expect(written).toMatch(/^[!-~]+=[!-~]*; Domain=[^;]+; expires=[^;]+; Max-Age=1; Path=\/[^;]*$/)
      }),
    )
  })

  test('3.3.5: refuses what a browser would drop without a word', () => {
    expect(() => serializeCookie('__Host-a', 'b')).toThrow(/secure/)
    expect(() => serializeCookie('__Secure-a', 'b')).toThrow(/secure/)
    expect(() => serializeCookie('__Host-a', 'b', { secure: true, path: '/x' })).toThrow(/path/)
    expect(() => serializeCookie('__Host-a', 'b', { secure: true, domain: 'a.example' })).toThrow(/domain/)
    expect(serializeCookie('__Host-a', 'b', { secure: true })).toBe('__Host-a=b; Path=/; Secure')
  })

  test('what is written is read again as it was', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        let written: string
        try {
          written = serializeCookie('a', value)
        } catch {
          return
        }
        const sent = written.slice(0, written.indexOf(';'))
        expect(findCookie(`x=1; ${sent}; y=2`, 'a')).toEqual({ value: value === '' ? '""' : value, count: 1 })
      }),
    )
  })
})

describe('serializeDeletedCookie', () => {
  test('M-4: is Django’s', () => {
    expect(serializeDeletedCookie('sessionid', { sameSite: 'Lax' })).toBe(
      'sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax',
    )
  })

  test('C-3: is secure only where a browser would refuse it otherwise', () => {
    expect(serializeDeletedCookie('sessionid', { sameSite: 'None' })).toContain('; Secure')
    expect(serializeDeletedCookie('__Host-sessionid')).toContain('; Secure')
    expect(serializeDeletedCookie('__Secure-sessionid')).toContain('; Secure')
    expect(serializeDeletedCookie('sessionid')).not.toContain('Secure')
  })
})
