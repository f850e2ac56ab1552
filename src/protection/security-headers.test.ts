import { describe, expect, test } from 'vitest'

import { securityHeaders } from './security-headers.js'

describe('securityHeaders', () => {
  test('M-10: are Django’s defaults, and a policy that allows nothing written into a page', () => {
    const { 'content-security-policy': policy, ...others } = Object.fromEntries(securityHeaders().overHttps)
    expect(others).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|nonce|\*|http/)
  })

  test('M-10: tell of HTTPS only over HTTPS', () => {
    const headers = securityHeaders({ strictTransport: { seconds: 31_536_000, includeSubdomains: true, preload: true } })
    expect(headers.overHttps.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains; preload')
    expect(headers.overHttp.has('strict-transport-security')).toBe(false)
    expect(securityHeaders({ strictTransport: { seconds: 60 } }).overHttps.get('strict-transport-security')).toBe('max-age=60')
    expect(securityHeaders({ strictTransport: { seconds: 0 } }).overHttps.has('strict-transport-security')).toBe(false)
  })

  test('refuse at the start what no browser would accept', () => {
    for (const seconds of [-1, 1.5, Number.NaN]) expect(() => securityHeaders({ strictTransport: { seconds } })).toThrow(/whole number/)
    expect(() => securityHeaders({ strictTransport: { seconds: 60, preload: true } })).toThrow(/preload/)
    expect(() => securityHeaders({ contentSecurityPolicy: "default-src 'self'\r\nSet-Cookie: x" })).toThrow(/one line/)
  })

  test('let a site have another policy or none', () => {
    expect(securityHeaders({ contentSecurityPolicy: "default-src 'self'" }).overHttp.get('content-security-policy')).toBe("default-src 'self'")
    expect(securityHeaders({ contentSecurityPolicy: null }).overHttp.has('content-security-policy')).toBe(false)
  })
})
