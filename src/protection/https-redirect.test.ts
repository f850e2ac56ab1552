import { describe, expect, test } from 'vitest'
import { httpsRedirect, type HttpsRedirectSettings } from './https-redirect.js'

const settings: HttpsRedirectSettings = { secureSslRedirect: true, secureRedirectExempt: [], secureSslHost: null }

describe('httpsRedirect', () => {
  test('M-10: keeps host, path and query', () => {
    const redirect = httpsRedirect(settings)
    expect(redirect?.('shop.example', '/products/?page=2&next=//evil.test')).toBe('https://shop.example/products/?page=2&next=//evil.test')
    expect(redirect?.('[::1]:8000', '/')).toBe('https://[::1]:8000/')
  })

  test('F2: two slashes stay a path', () => {
    expect(new URL(httpsRedirect(settings)?.('shop.example', '//evil.test/x') ?? '').host).toBe('shop.example')
  })

  test('goes to another host where one is named', () => {
    expect(httpsRedirect({ ...settings, secureSslHost: 'shop.example' })?.('www.shop.example', '/a?b')).toBe('https://shop.example/a?b')
  })

  test('leaves what is exempt, searched for in the path without its first slash and without the query', () => {
    const redirect = httpsRedirect({ ...settings, secureRedirectExempt: [/^health$/g, '^well-known/'] })
    for (let round = 0; round < 3; round++) expect(redirect?.('shop.example', '/health?x=1')).toBeNull()
    expect(redirect?.('shop.example', '/well-known/acme/x')).toBeNull()
    expect(redirect?.('shop.example', '/healthy')).toBe('https://shop.example/healthy')
    expect(redirect?.('shop.example', '/?health')).toBe('https://shop.example/?health')
  })

  test('is none where it is off, and refuses what could not work either way', () => {
    expect(httpsRedirect({ ...settings, secureSslRedirect: false })).toBeNull()
    expect(() => httpsRedirect({ ...settings, secureSslHost: 'https://shop.example/' })).toThrow(/host without scheme/)
    expect(() => httpsRedirect({ ...settings, secureRedirectExempt: ['('] })).toThrow(/no pattern/)
  })
})
