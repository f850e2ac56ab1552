import { describe, expect, test } from 'vitest'
import { ImproperlyConfigured } from '../base/errors.js'
import { settleSessions } from './settings.js'

describe('settleSessions', () => {
  test('has Django’s defaults, and keeps hashes of keys', () => {
    expect(settleSessions()).toEqual({
      cookieName: 'sessionid',
      cookieAge: 1_209_600,
      cookieDomain: null,
      cookiePath: '/',
      cookieSecure: 'auto',
      cookieHttpOnly: true,
      cookieSameSite: 'Lax',
      expireAtBrowserClose: false,
      saveEveryRequest: false,
      idleTimeout: null,
      absoluteTimeout: null,
      keepKeys: 'hashed',
    })
  })

  test('keeps plain keys where a Django reads them, and refuses to do otherwise', () => {
    expect(settleSessions({}, { isShared: true }).keepKeys).toBe('plain')
    expect(() => settleSessions({ keepKeys: 'hashed' }, { isShared: true })).toThrow(/looks for plain keys/)
  })

  test('refuses times that are none, names that no cookie has, and cookies that browsers drop', () => {
    for (const cookieAge of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => settleSessions({ cookieAge })).toThrow(ImproperlyConfigured)
    expect(() => settleSessions({ idleTimeout: 0 })).toThrow(/sessions\.idleTimeout is 0/)
    expect(() => settleSessions({ absoluteTimeout: -5 })).toThrow(/sessions\.absoluteTimeout is -5/)
    for (const cookieName of ['', 'a b', 'a;b', 'a=b', 'ä']) expect(() => settleSessions({ cookieName })).toThrow(/Use letters/)
    expect(() => settleSessions({ cookieSameSite: 'None', cookieSecure: false })).toThrow(/secure cookies only/)
  })
})
